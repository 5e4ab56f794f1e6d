#include "wire/history_download.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.hpp"
#include "wire/history_gaps.hpp"

namespace plumb::wire {
namespace {

constexpr Duration kDay = std::chrono::days{1};
constexpr Duration kRateWait = std::chrono::seconds{5};  // where the venue does not say how long
constexpr std::size_t kLooseEndsMax = 100'000;

/// Days of an exchange with a home may begin at its own midnight; what is shorter begins on the grid.
bool on_grid(Timestamp open, Duration length) {
    if (length < kDay) return slot_of(open, length) == open;
    return slot_of(open, std::chrono::minutes{1}) == open;
}

Duration total(const TimeSpans& spans) {
    Duration sum{};
    for (const TimeSpan& span : spans.all()) sum += span.to - span.from;
    return sum;
}

/// Whether a page's bars rise or fall throughout.
bool is_ordered(std::span<const ClosedBar> bars) {
    const auto rises = [](const ClosedBar& a, const ClosedBar& b) { return a.open_time <= b.open_time; };
    const auto falls = [](const ClosedBar& a, const ClosedBar& b) { return b.open_time <= a.open_time; };
    return std::ranges::adjacent_find(bars, std::not_fn(rises)) == bars.end() ||
           std::ranges::adjacent_find(bars, std::not_fn(falls)) == bars.end();
}

}  // namespace

HistoryDownload::HistoryDownload(DownloadPlan plan, Timestamp now) : plan_{std::move(plan)} {
    PLUMB_CHECK(plan_.length > Duration{});
    // The slot in hand is open; so is the one before while the venue may still write it.
    const Timestamp open_slot = slot_of(now - plan_.settles, plan_.length);
    plan_.wanted.to = std::min(plan_.wanted.to, open_slot);
    if (plan_.wanted.empty()) {
        plan_.wanted.to = plan_.wanted.from;
        return;
    }
    const TimeSpans missing = plan_.known.missing(plan_.wanted);
    known_before_ = plan_.wanted.to - plan_.wanted.from - total(missing);
    for (const TimeSpan& span : missing.all()) plan_windows(span);
}

void HistoryDownload::plan_windows(TimeSpan span) {
    const auto most = static_cast<std::int64_t>(plan_.bars_per_request);
    // Cut on the grid, so that a window of n slots is n bars.
    while (!span.empty()) {
        TimeSpan window = span;
        if (most > 0) {
            const Duration room = window.to - window.from;
            if (room / plan_.length >= most)
                window.to = slot_of(window.from, plan_.length) + most * plan_.length;
        }
        window.to = std::min(window.to, span.to);
        windows_.push_back({.span = window, .page = {}, .pages_seen = {}, .bars = {}, .unfinished_from = {}});
        span.from = window.to;
    }
}

std::optional<AskBars> HistoryDownload::next(Timestamp now) {
    if (asking_ || done()) return std::nullopt;
    if (wake_at_ && now < *wake_at_) return std::nullopt;
    wake_at_.reset();
    asking_ = true;
    ++counts_.questions;
    const Window& window = windows_.front();
    return AskBars{plan_.instrument, plan_.length, window.span.from, window.span.to, window.page};
}

void HistoryDownload::answered(const Reply& reply, std::span<const WireEvent> events, Timestamp now) {
    PLUMB_CHECK(asking_ && !windows_.empty());
    asking_ = false;
    if (reply.verdict == Verdict::rate_limited) return ask_again_at(reply, now);
    if (reply.verdict != Verdict::ok) {
        stopped_ = true;
        trouble_ = reply;
        return;
    }
    rate_waits_ = 0;
    Window& window = windows_.front();
    const std::size_t before = window.bars.size();
    take_bars(events, now);
    if (reply.next_page.empty()) return finish_window();
    // A page that leads on must lead somewhere else, and bring something sooner or later.
    window.empty_pages = window.bars.size() == before ? window.empty_pages + 1 : 0;
    const bool again = std::ranges::find(window.pages_seen, reply.next_page) != window.pages_seen.end();
    if (again || ++window.pages > kPagesPerWindowMax || window.empty_pages > kEmptyPagesMax) {
        return stop(Verdict::unknown,
                    "its pages of bars lead nowhere: the same page again, or nothing on them");
    }
    window.pages_seen.push_back(reply.next_page);
    window.page = reply.next_page;
}

void HistoryDownload::take_bars(std::span<const WireEvent> events, Timestamp now) {
    Window& window = windows_.front();
    const std::size_t before = window.bars.size();
    for (const WireEvent& event : events) {
        if (const auto* bar = std::get_if<ClosedBar>(&event))
            take_bar(bar->values, bar->open_time, bar->length, bar->instrument, bar->origin, now);
        else if (const auto* open = std::get_if<OpenBar>(&event))
            take_bar(open->values, open->open_time, open->length, open->instrument, open->origin, now);
        else if (std::holds_alternative<Refused>(event))
            ++counts_.refused;
    }
    if (!is_ordered(std::span{window.bars}.subspan(before))) ++counts_.unordered;
}

/// Whether a bar is over is our arithmetic, not the name it came under: a venue's list ends with a bar that
/// is still being built, and an earlier one may have been called open when its answer was made.
void HistoryDownload::take_bar(const Ohlcv& values, Timestamp open, Duration length, InstrumentId instrument,
                               BarOrigin origin, Timestamp now) {
    Window& window = windows_.front();
    if (instrument != plan_.instrument || length != plan_.length || !on_grid(open, length)) {
        ++counts_.foreign;
        return;
    }
    if (!check_bar(values)) {
        ++counts_.refused;
        return;
    }
    if (!window.span.holds(open)) {
        ++counts_.outside;
        ++window.outside;
        const bool near = window.span.from - length <= open && open <= window.span.to + length;
        window.another_time = window.another_time || !near;
        return;
    }
    if (now < open + length + plan_.settles) {
        ++counts_.unfinished;
        window.unfinished_from = std::min(open, window.unfinished_from.value_or(open));
        return;
    }
    window.bars.push_back({instrument, origin, open, length, values});
}

void HistoryDownload::finish_window() {
    Window window = std::move(windows_.front());
    windows_.pop_front();
    if (window.bars.empty() && window.another_time)
        return stop(Verdict::unknown, "it answered with bars of another time than was asked for");
    const std::size_t came = window.bars.size();
    std::ranges::stable_sort(window.bars, {}, &ClosedBar::open_time);
    std::size_t kept = 0;
    for (const ClosedBar& bar : window.bars) {
        if (kept == 0 || window.bars[kept - 1].open_time != bar.open_time) {
            window.bars[kept++] = bar;
            continue;
        }
        ClosedBar& first = window.bars[kept - 1];
        if (first.values == bar.values) {
            ++counts_.duplicates;
            continue;
        }
        ++counts_.conflicts;
        if (first.values.volume < bar.values.volume) first = bar;
    }
    window.bars.resize(kept);
    counts_.bars += kept;
    TimeSpan answered = window.span;
    if (window.unfinished_from) answered.to = std::min(answered.to, *window.unfinished_from);
    // As many bars as one answer may hold, and time left: what was cut off is asked for by itself.
    const bool full = plan_.bars_per_request > 0 && came >= plan_.bars_per_request && window.pages == 0;
    if (full && kept > 0 && counts_.questions < kLooseEndsMax) {
        const TimeSpan got{window.bars.front().open_time, window.bars.back().open_time + plan_.length};
        const TimeSpans rest = TimeSpans{got}.missing(answered);
        for (const TimeSpan& span : rest.all()) plan_windows(span);
        answered = {std::max(answered.from, got.from), std::min(answered.to, got.to)};
    }
    answered_.add(answered);
    std::ranges::move(window.bars, std::back_inserter(ready_));
}

void HistoryDownload::ask_again_at(const Reply& reply, Timestamp now) {
    if (++rate_waits_ > kRateWaitsMax) {
        stopped_ = true;
        trouble_ = reply;
        return;
    }
    wake_at_ = std::max(reply.retry_at.value_or(now + kRateWait), now);
}

void HistoryDownload::stop(Verdict verdict, std::string words) {
    stopped_ = true;
    trouble_ = Reply{};
    trouble_->verdict = verdict;
    trouble_->words = std::move(words);
}

std::vector<ClosedBar> HistoryDownload::take() {
    std::ranges::stable_sort(ready_, {}, &ClosedBar::open_time);
    return std::exchange(ready_, {});
}

double HistoryDownload::progress() const {
    const Duration wanted = plan_.wanted.to - plan_.wanted.from;
    if (wanted <= Duration{}) return 1;
    return std::min(1.0, to_seconds(known_before_ + total(answered_)) / to_seconds(wanted));
}

}  // namespace plumb::wire
