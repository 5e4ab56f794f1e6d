#include "wire/history_download.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "base/rng.hpp"
#include "wire/history_gaps.hpp"

using namespace plumb;
using namespace plumb::wire;

namespace {

constexpr Duration kHour = std::chrono::hours{1};
const Timestamp kStart = timestamp_from_ms(1'700'006'400'000);  // 2023-11-15 00:00 UTC

Ohlcv values_at(int hour, int revision = 0) {
    const Price price{Decimal{100 + hour % 37}};
    return {price, price, price, price, Quantity{Decimal{1 + hour + revision}}};
}

/// A venue's history and the ways in which venues differ.
struct Archive {
    std::map<int, int> hours;  // that have a bar, and its last revision
    int first_hour = 0;
    std::size_t per_page = 100;
    bool newest_first = false;
    bool end_is_included = false;
    bool doubles = false;  // gives a bar twice
    bool revises = false;  // gives an older revision beside the last
    bool gives_open_bar = false;
    int empty_pages = 0;    // before each page
    bool no_pages = false;  // cuts silently instead

    struct Answer {
        Reply reply;
        std::vector<WireEvent> events;
    };

    ClosedBar bar(int hour, int revision) const {
        return {InstrumentId{3}, BarOrigin::traded, kStart + hour * kHour, kHour, values_at(hour, revision)};
    }
    Answer answer(const AskBars& ask, Timestamp now) const {
        std::vector<ClosedBar> all;
        for (const auto& [hour, revision] : hours) {
            const Timestamp open = kStart + hour * kHour;
            const bool inside = ask.from <= open && (open < ask.to || (end_is_included && open == ask.to));
            if (inside && open <= now) all.push_back(bar(hour, revision));
        }
        if (newest_first) std::ranges::reverse(all);
        Answer answer;
        answer.reply.verdict = Verdict::ok;
        std::size_t at = 0;
        int empties = 0;
        if (!ask.page.empty()) {
            at = std::stoul(ask.page);
            empties = std::stoi(ask.page.substr(ask.page.find('/') + 1));
        }
        if (empties < empty_pages) {
            answer.reply.next_page = std::to_string(at) + "/" + std::to_string(empties + 1);
            return answer;
        }
        const std::size_t end = std::min(all.size(), at + per_page);
        for (; at < end; ++at) {
            const ClosedBar& each = all[at];
            const bool open = now < each.close_time();
            if (open && !gives_open_bar) continue;
            answer.events.emplace_back(each);
            if (doubles) answer.events.emplace_back(each);
            if (revises) {
                ClosedBar older = each;
                older.values.volume = Quantity{Decimal::from_units(Decimal::kOne / 2)};
                answer.events.emplace_back(older);
            }
        }
        if (at < all.size() && !no_pages) answer.reply.next_page = std::to_string(at) + "/0";
        return answer;
    }
};

DownloadPlan plan_of(int from, int to, std::size_t per_request = 0) {
    DownloadPlan plan;
    plan.instrument = InstrumentId{3};
    plan.length = kHour;
    plan.wanted = {kStart + from * kHour, kStart + to * kHour};
    plan.bars_per_request = per_request;
    return plan;
}

/// Asks until done or `most` questions; each answer takes a tenth of a second.
std::vector<ClosedBar> run(HistoryDownload& download, const Archive& archive, Timestamp& now,
                           int most = 10'000) {
    std::vector<ClosedBar> bars;
    for (int i = 0; i < most && !download.done(); ++i) {
        now += std::chrono::milliseconds{100};
        const auto ask = download.next(now);
        REQUIRE(ask);
        const Archive::Answer answer = archive.answer(*ask, now);
        download.answered(answer.reply, answer.events, now);
        for (const ClosedBar& bar : download.take()) bars.push_back(bar);
    }
    return bars;
}

Archive with_hours(int from, int to) {
    Archive archive;
    for (int hour = from; hour < to; ++hour) archive.hours[hour] = 0;
    return archive;
}

}  // namespace

TEST_CASE("whatever the venue's pages look like, each closed bar of the time comes once, in order") {
    Rng rng{3};
    for (int round = 0; round < 400; ++round) {
        Archive archive;
        for (int hour = -20; hour < 400; ++hour)
            if (rng.below(10) != 0) archive.hours[hour] = static_cast<int>(rng.below(3));
        archive.per_page = 1 + rng.below(60);
        archive.newest_first = rng.below(2) != 0;
        archive.end_is_included = rng.below(2) != 0;
        archive.doubles = rng.below(2) != 0;
        archive.revises = rng.below(2) != 0;
        archive.gives_open_bar = rng.below(2) != 0;
        archive.empty_pages = static_cast<int>(rng.below(3));
        const int from = static_cast<int>(rng.below(200)), to = from + 1 + static_cast<int>(rng.below(300));
        const std::size_t per_request = rng.below(2) * (1 + rng.below(120));
        Timestamp now = kStart + 300 * kHour + std::chrono::minutes{rng.below(60)};
        const Timestamp started = now;
        HistoryDownload download{plan_of(from, to, per_request), now};
        const std::vector<ClosedBar> bars = run(download, archive, now);
        REQUIRE(download.done());
        REQUIRE_FALSE(download.trouble());
        std::vector<int> expected;
        for (const auto& [hour, revision] : archive.hours) {
            const Timestamp close = kStart + (hour + 1) * kHour;
            if (from <= hour && hour < to && close + std::chrono::seconds{3} <= started)
                expected.push_back(hour);
        }
        std::vector<ClosedBar> sorted = bars;
        std::ranges::sort(sorted, {}, &ClosedBar::open_time);
        REQUIRE(sorted.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const ClosedBar truth = archive.bar(expected[i], archive.hours.at(expected[i]));
            REQUIRE(sorted[i] == truth);
        }
        CHECK(download.progress() == doctest::Approx(1));
        CHECK(download.answered_spans().holds(download.wanted()));
        if (archive.revises && !expected.empty()) CHECK(download.counts().conflicts > 0);
    }
}

TEST_CASE("fault_F13: the candle in hand is never stored as closed, and is asked for again later") {
    const Archive archive = [] {
        Archive each = with_hours(0, 50);
        each.gives_open_bar = true;
        return each;
    }();
    for (const int seconds : {0, 1, 2, 3, 1800, 3599}) {
        Timestamp now = kStart + 10 * kHour + std::chrono::seconds{seconds};
        HistoryDownload download{plan_of(0, 50), now};
        const auto bars = run(download, archive, now);
        // Within three seconds of its close even hour 9 may still be written.
        const int closed = seconds < 3 ? 9 : 10;
        CHECK(bars.size() == static_cast<std::size_t>(closed));
        CHECK(download.wanted().to == kStart + closed * kHour);
        for (const ClosedBar& bar : bars) CHECK(bar.close_time() <= now);
    }
}

TEST_CASE("days that begin elsewhere than at midnight UTC: the open one leaves its time unanswered") {
    DownloadPlan plan;
    plan.instrument = InstrumentId{3};
    plan.length = std::chrono::days{1};
    plan.wanted = {kStart, kStart + std::chrono::days{10}};
    // New York's midnight. At 02:00 UTC on the fourth day, the bar of the third is still open.
    const Timestamp now = kStart + std::chrono::days{3} + std::chrono::hours{2};
    HistoryDownload download{plan, now};
    REQUIRE(download.next(now));
    std::vector<WireEvent> events;
    for (int day = 0; day < 3; ++day) {
        events.emplace_back(ClosedBar{InstrumentId{3}, BarOrigin::traded,
                                      kStart + std::chrono::days{day} + std::chrono::hours{5},
                                      std::chrono::days{1}, values_at(day)});
    }
    Reply ok;
    ok.verdict = Verdict::ok;
    download.answered(ok, events, now);
    CHECK(download.done());
    CHECK(download.take().size() == 2);
    CHECK(download.counts().unfinished == 1);
    CHECK(download.answered_spans().all().back().to == kStart + std::chrono::days{2} + std::chrono::hours{5});
}

TEST_CASE("it resumes from what is known: nothing is asked twice") {
    const Archive archive = with_hours(0, 100);
    Timestamp now = kStart + 1000 * kHour;
    DownloadPlan plan = plan_of(0, 100, 10);
    HistoryDownload first{plan, now};
    const auto half = run(first, archive, now, 4);  // then the process dies
    CHECK(half.size() == 40);
    CHECK(first.progress() == doctest::Approx(0.4));
    plan.known = first.answered_spans();
    plan.known.add({kStart + 60 * kHour, kStart + 70 * kHour});  // from an import
    HistoryDownload second{plan, now};
    const auto rest = run(second, archive, now);
    CHECK(rest.size() == 50);
    CHECK(second.counts().questions == 5);
    plan.known.add(second.answered_spans());
    HistoryDownload third{plan, now};
    CHECK(third.done());
    CHECK(third.progress() == 1);
}

TEST_CASE("a page that leads nowhere ends the download instead of looping") {
    Timestamp now = kStart + 1000 * kHour;
    Reply reply;
    reply.verdict = Verdict::ok;
    HistoryDownload same{plan_of(0, 10), now};
    int asked = 0;
    while (!same.done() && asked < 1000) {
        REQUIRE(same.next(now));
        ++asked;
        reply.next_page = "again";
        same.answered(reply, {}, now);
    }
    CHECK(asked == 2);
    CHECK(same.trouble()->words.find("lead nowhere") != std::string::npos);
    CHECK(same.answered_spans().empty());
    HistoryDownload endless{plan_of(0, 10), now};
    for (asked = 0; !endless.done() && asked < 1000; ++asked) {
        REQUIRE(endless.next(now));
        reply.next_page = std::to_string(asked);
        endless.answered(reply, {}, now);
    }
    CHECK(asked == HistoryDownload::kEmptyPagesMax + 1);
}

TEST_CASE("a venue that cuts silently is asked for the rest") {
    for (const bool newest_first : {false, true}) {
        Archive archive = with_hours(0, 95);
        archive.no_pages = true;
        archive.per_page = 10;
        archive.newest_first = newest_first;
        Timestamp now = kStart + 1000 * kHour;
        DownloadPlan plan = plan_of(0, 100, 10);
        // The claim is right, yet the venue's bars are denser than we think: twice per hour would be cut too.
        plan.bars_per_request = 10;
        HistoryDownload download{plan, now};
        CHECK(run(download, archive, now).size() == 95);
        HistoryDownload generous{plan_of(0, 100, 10), now};
        CHECK(run(generous, archive, now).size() == 95);
    }
}

TEST_CASE("what is not ours is left out and counted") {
    Timestamp now = kStart + 1000 * kHour;
    HistoryDownload download{plan_of(0, 10), now};
    REQUIRE(download.next(now));
    ClosedBar good{InstrumentId{3}, BarOrigin::traded, kStart, kHour, values_at(0)};
    std::vector<WireEvent> events{good};
    ClosedBar other = good;
    other.instrument = InstrumentId{4};
    events.emplace_back(other);
    other = good;
    other.length = 2 * kHour;
    events.emplace_back(other);
    other = good;
    other.open_time += std::chrono::minutes{7};
    events.emplace_back(other);
    other = good;
    other.open_time = kStart + 10 * kHour;  // the end is not included
    events.emplace_back(other);
    other = good;
    other.values.low = other.values.high + Price{Decimal{5}};
    events.emplace_back(other);
    events.emplace_back(Refused{"no", {}, 0});
    Reply ok;
    ok.verdict = Verdict::ok;
    download.answered(ok, events, now);
    CHECK(download.take().size() == 1);
    CHECK(download.counts().foreign == 3);
    CHECK(download.counts().outside == 1);
    CHECK(download.counts().refused == 2);
}

TEST_CASE("a venue that answers for another time is no proof of a gap") {
    Timestamp now = kStart + 1000 * kHour;
    HistoryDownload download{plan_of(0, 10), now};
    REQUIRE(download.next(now));
    const std::vector<WireEvent> events{
        ClosedBar{InstrumentId{3}, BarOrigin::traded, kStart + 500 * kHour, kHour, values_at(0)}};
    Reply ok;
    ok.verdict = Verdict::ok;
    download.answered(ok, events, now);
    REQUIRE(download.trouble());
    CHECK(download.answered_spans().empty());
}

TEST_CASE("fault_E20: a rate limit is waited for exactly, and not for ever; other refusals end it at once") {
    Timestamp now = kStart + 1000 * kHour;
    HistoryDownload download{plan_of(0, 10), now};
    Reply limited;
    limited.verdict = Verdict::rate_limited;
    limited.retry_at = now + std::chrono::seconds{42};
    REQUIRE(download.next(now));
    download.answered(limited, {}, now);
    CHECK(download.wake_at() == limited.retry_at);
    CHECK_FALSE(download.next(*limited.retry_at - Duration{1}));
    now = *limited.retry_at;
    int asked = 0;
    while (!download.done()) {
        REQUIRE(download.next(now));
        ++asked;
        download.answered(limited, {}, now);
    }
    CHECK(asked == HistoryDownload::kRateWaitsMax);
    for (const Verdict verdict : {Verdict::refused, Verdict::not_found, Verdict::unauthorized, Verdict::clock,
                                  Verdict::unavailable, Verdict::unknown}) {
        HistoryDownload ended{plan_of(0, 100, 10), now};
        REQUIRE(ended.next(now));
        Reply reply;
        reply.verdict = verdict;
        ended.answered(reply, {}, now);
        CHECK(ended.done());
        CHECK(ended.trouble()->verdict == verdict);
        CHECK_FALSE(ended.next(now + kHour));
    }
}

TEST_CASE("fault_F14: gaps of the venue and gaps of ours are told apart") {
    BarHistory bars{"BTC/USD", kHour};
    for (const int hour : {0, 1, 4, 5, 9})
        REQUIRE(bars.append(kStart + hour * kHour, values_at(hour), BarOrigin::traded));
    TimeSpans answered{{kStart, kStart + 8 * kHour}};
    const auto gaps = gaps_of(bars, kHour, {kStart, kStart + 12 * kHour}, answered);
    REQUIRE(gaps.size() == 4);
    CHECK(gaps[0].of == HistoryGap::Of::venue);
    CHECK(gaps[0].span == TimeSpan{kStart + 2 * kHour, kStart + 4 * kHour});
    CHECK(gaps[0].bars == 2);
    CHECK(gaps[1].of == HistoryGap::Of::venue);
    CHECK(gaps[1].span == TimeSpan{kStart + 6 * kHour, kStart + 8 * kHour});
    CHECK(gaps[2].of == HistoryGap::Of::ours);
    CHECK(gaps[2].bars == 1);
    CHECK(gaps[3].bars == 2);
    CHECK(slot_of(kStart, std::chrono::days{7}) == kStart - std::chrono::days{2});  // a Wednesday
}
