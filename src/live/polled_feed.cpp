#include "live/polled_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "live/rest_client.hpp"
#include "wire/polled_venue.hpp"

namespace plumb::live {
namespace {

using Note = wire::StreamNote;

constexpr Duration kPollUnsaid = std::chrono::minutes{1};  // of a venue that says nothing of intervals
constexpr Duration kOld = std::chrono::minutes{10};        // a price, beyond two intervals between polls
constexpr Duration kPollMax = std::chrono::hours{6};       // credits that are used up are looked at again

wire::RepeatOptions repeat_within(Duration patience) {
    wire::RepeatOptions repeat;
    repeat.deadline = patience;
    return repeat;
}

}  // namespace

class PolledFeed::Machine {
 public:
    Machine(wire::Venue& venue, PolledFeedOptions options, io::TlsContext tls)
        : options_{std::move(options)},
          venue_{venue},
          tls_{std::move(tls)},
          http_{reactor_, tls_},
          rest_{reactor_, http_, venue, repeat_within(options_.patience)} {
        for (const InstrumentId each : options_.instruments) {
            wire::StreamHealth health;
            health.subscription = {each, wire::DataKind::bar, std::chrono::minutes{1}};
            health_.push_back(health);
        }
    }

    Result<std::optional<MarketEvent>> next(const std::atomic<bool>& stopping) {
        if (!begun_) begin();
        const auto stopped = [&] { return stopping.load(std::memory_order_relaxed); };
        for (;;) {
            if (stopped()) return std::optional<MarketEvent>{};
            if (denied_) return fail(Errc::denied, *denied_);
            if (!bars_.empty()) {
                const MarketEvent event{bars_.front()};
                bars_.pop_front();
                return std::optional<MarketEvent>{event};
            }
            const Timestamp now = reactor_.now();
            if (next_tick_ <= now) {
                const Tick tick{second_before(now)};
                next_tick_ = tick.now + options_.tick;
                return std::optional<MarketEvent>{tick};
            }
            reactor_.run_until([&] { return stopped() || denied_ || !bars_.empty(); }, next_tick_ - now);
        }
    }

    LiveHealth health() const {
        LiveHealth health;
        health.subscriptions = health_;
        health.trouble = trouble_;
        health.stopped = denied_.has_value();
        health.now = reactor_.now();
        for (wire::StreamHealth& each : health.subscriptions) {
            if (each.state == wire::StreamState::live && *each.last_data + kOld + 2 * interval_ < health.now)
                each.state = wire::StreamState::stale;
        }
        return health;
    }
    const std::vector<OpenBar>& open_bars() const { return open_; }
    Duration interval() const { return interval_; }

 private:
    Timestamp second_before(Timestamp now) const {
        return timestamp_from_ns(to_ns(now) / options_.tick.count() * options_.tick.count());
    }

    /// What is left of the plan, then which coin a name means, then prices. Without the first two the venue's
    /// own defaults count, so their failure is told and stops nothing.
    void begin() {
        begun_ = true;
        next_tick_ = second_before(reactor_.now()) + options_.tick;
        rest_.ask(wire::AskPermissions{}, [this](const RestAnswer& plan) {
            if (!usable(plan)) return;
            rest_.ask_all_pages(wire::AskListings{}, [this](const RestAnswer& coins) {
                if (usable(coins)) poll();
            });
        });
    }

    /// False when nothing will ever be answered.
    bool usable(const RestAnswer& answer) {
        if (answer.reply.verdict == wire::Verdict::ok) return true;
        if (is_refused_key(answer)) {
            denied_ = trouble_of(venue_.capabilities(), answer);
            return false;
        }
        tell(Note::Kind::venue_error, trouble_of(venue_.capabilities(), answer));
        return true;
    }

    /// What could not be asked for want of credits is no refusal of the key.
    static bool is_refused_key(const RestAnswer& answer) {
        return answer.reply.verdict == wire::Verdict::unauthorized && !answer.not_asked;
    }

    void poll() {
        rest_.ask(wire::AskQuotes{options_.instruments}, [this](const RestAnswer& answer) { take(answer); });
    }

    void take(const RestAnswer& answer) {
        if (is_refused_key(answer)) {
            denied_ = trouble_of(venue_.capabilities(), answer);
            return;
        }
        const Timestamp now = reactor_.now();
        interval_ = options_.interval.value_or(allowed(now));
        Timestamp due = now + interval_;
        if (answer.reply.verdict != wire::Verdict::ok) {
            due = std::max(due, std::min(answer.reply.retry_at.value_or(due), now + kPollMax));
            for (wire::StreamHealth& each : health_)
                if (each.state == wire::StreamState::live) each.state = wire::StreamState::stale;
            trouble_ = trouble_of(venue_.capabilities(), answer);
            tell(Note::Kind::lost, fmt::format("{}; a gap: no prices before the next poll in {}", trouble_,
                                               to_text(due - now)));
        } else {
            take_prices(answer);
        }
        reactor_.after(due - now, [this] { poll(); });
    }

    Duration allowed(Timestamp now) const {
        const auto* polled = dynamic_cast<const wire::PolledVenue*>(&venue_);
        if (polled == nullptr) return kPollUnsaid;
        return std::min(polled->poll_interval(options_.instruments.size(), now), kPollMax);
    }

    void take_prices(const RestAnswer& answer) {
        if (!trouble_.empty()) tell(Note::Kind::ready, {});
        trouble_.clear();
        for (const wire::WireEvent& event : answer.events) {
            if (const auto* closed = std::get_if<ClosedBar>(&event)) bars_.push_back(*closed);
            if (const auto* refused = std::get_if<wire::Refused>(&event))
                trouble_ =
                    fmt::format("{}: a price was refused: {}", venue_.capabilities().title, refused->reason);
            const auto* open = std::get_if<OpenBar>(&event);
            if (open == nullptr) continue;
            const auto at = std::ranges::find(open_, open->instrument, &OpenBar::instrument);
            if (at == open_.end())
                open_.push_back(*open);
            else
                *at = *open;
            for (wire::StreamHealth& each : health_) {
                if (each.subscription.instrument != open->instrument) continue;
                each.state = wire::StreamState::live;
                // By the price's own minute: a venue may tell an old one.
                each.last_data = std::min(answer.received_at, open->open_time + open->length);
                ++each.events;
            }
        }
        std::ranges::stable_sort(bars_, {}, &ClosedBar::close_time);
        if (!trouble_.empty()) tell(Note::Kind::venue_error, trouble_);
    }

    void tell(Note::Kind kind, std::string text) {
        if (options_.on_note) options_.on_note(Note{kind, {}, std::nullopt, std::move(text)});
    }

    PolledFeedOptions options_;
    wire::Venue& venue_;
    io::Reactor reactor_;
    io::TlsContext tls_;
    io::HttpClient http_;
    RestClient rest_;
    bool begun_ = false;
    Timestamp next_tick_;
    Duration interval_{};
    std::deque<ClosedBar> bars_;  // at most one of each instrument a poll
    std::vector<OpenBar> open_;
    std::vector<wire::StreamHealth> health_;
    std::string trouble_;
    std::optional<std::string> denied_;
};

PolledFeed::PolledFeed(std::unique_ptr<Machine> machine) : machine_{std::move(machine)} {}
PolledFeed::~PolledFeed() = default;

Result<std::unique_ptr<PolledFeed>> PolledFeed::start(wire::Venue& venue, PolledFeedOptions options) {
    if (options.instruments.empty()) return fail(Errc::invalid_argument, "a feed needs instruments");
    if (!venue.capabilities().polled_quotes)
        return fail(Errc::unsupported,
                    fmt::format("{} gives no quotes to poll", std::string{venue.capabilities().title}));
    auto tls = io::TlsContext::make(options.tls);
    if (!tls) return fail(tls.error());
    return std::unique_ptr<PolledFeed>{
        new PolledFeed{std::make_unique<Machine>(venue, std::move(options), *std::move(tls))}};
}

Result<std::optional<MarketEvent>> PolledFeed::next() { return machine_->next(stopping_); }
LiveHealth PolledFeed::health() const { return machine_->health(); }
const std::vector<OpenBar>& PolledFeed::open_bars() const { return machine_->open_bars(); }
Duration PolledFeed::interval() const { return machine_->interval(); }

}  // namespace plumb::live
