#include "live/live_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "live/rest_client.hpp"
#include "live/stream_driver.hpp"
#include "live/venue_clock.hpp"

namespace plumb::live {
namespace {

// What one chunk of a socket brings is read to its end before the engine's thread is woken for it, or until
// so many events wait.
constexpr std::size_t kWakeAt = 64;
// A signal handler can only set a flag; this is how often it is looked at.
constexpr Duration kLook = std::chrono::milliseconds{100};

Timestamp next_multiple(Timestamp time, Duration step) {
    return timestamp_from_ns((to_ns(time) / step.count() + 1) * step.count());
}

/// Of what the market says; the beginning of time for all else, which no tick has to go before.
Timestamp received_at(const wire::News& news) {
    const auto* market = std::get_if<wire::MarketNews>(&news);
    if (market == nullptr) return Timestamp::min();
    return std::visit(
        [](const auto& each) {
            if constexpr (requires { each.received_at; })
                return each.received_at;
            else
                return Timestamp::min();
        },
        *market);
}

}  // namespace

bool LiveHealth::all_live() const {
    return !subscriptions.empty() && std::ranges::all_of(subscriptions, [](const wire::StreamHealth& each) {
        return each.state == wire::StreamState::live;
    });
}

/// All that lives on the feed's own thread. Data come as a sink's events from the streams, and leave through
/// the inbox.
class LiveFeed::Machine : public wire::WireSink {
 public:
    Machine(wire::Venue& venue, LiveFeedOptions options, io::TlsContext tls)
        : options_{std::move(options)},
          venue_{venue},
          tls_{std::move(tls)},
          inbox_{waking_late(options_.inbox)},
          band_{options_.inbox.instruments, options_.band} {
        for (const wire::Subscription& each : options_.by_need) {
            if (each.kind == wire::DataKind::book) books_.try_emplace(each.instrument, options_.books);
            if (each.kind == wire::DataKind::quote) quoted_.push_back(each.instrument);
        }
        std::ranges::sort(quoted_);
    }

    ~Machine() override {
        reactor_.call([this] { take_down(); });
        reactor_.stop();
    }

    void start() {
        reactor_.start();
        reactor_.call([this] { set_up(); });
    }

    void take(const wire::WireEvent& event) override {
        if (const auto* delta = std::get_if<BookDelta>(&event)) return take_depth(*delta);
        if (std::holds_alternative<OpenBar>(event)) return;  // no alternative of MarketEvent (F13)
        if (band_.check(event) != wire::Poison::none) return;
        tell(event);
    }

    LiveHealth health() {
        LiveHealth health;
        reactor_.call([&] {
            health.now = reactor_.now();
            health.stopped = true;
            for (const auto& lane : lanes_) {
                const wire::StreamPool& pool = lane->pool();
                for (wire::StreamHealth& each : pool.health(lane->now())) {
                    // By the wall clock, as the prices themselves.
                    if (each.last_data) *each.last_data += health.now - lane->now();
                    health.subscriptions.push_back(std::move(each));
                }
                health.streams += pool.counters();
                if (health.trouble.empty()) health.trouble = pool.trouble();
                health.stopped = health.stopped && pool.stopped();
            }
            timespec cpu{};
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
            health.reader_cpu = std::chrono::seconds{cpu.tv_sec} + std::chrono::nanoseconds{cpu.tv_nsec};
            health.held_prints = band_.held();
            for (const auto& [id, book] : books_) health.books_lost += book.times_lost();
            if (clock_) {
                health.clock_offset = clock_->clock().offset(reactor_.now());
                if (health.clock_offset) health.clock_error = clock_->clock().error(reactor_.now());
            }
        });
        health.inbox = inbox_.counters();
        return health;
    }

    Result<Depth> depth(InstrumentId instrument, std::size_t most) {
        Result<Depth> found = fail(Errc::not_found, "no book of this instrument is subscribed");
        reactor_.call([&] {
            const auto at = books_.find(instrument);
            if (at == books_.end()) return;
            if (!at->second.valid()) {
                found = fail(Errc::stale,
                             "the book is not valid: " + std::string{to_string(at->second.trouble())});
                return;
            }
            Depth depth;
            depth.sequence = at->second.sequence();
            for (const Side side : {Side::buy, Side::sell}) {
                const OrderBook& book = at->second.book();
                auto& levels = side == Side::buy ? depth.bids : depth.asks;
                for (std::size_t i = 0; i < std::min(most, book.depth(side)); ++i)
                    levels.push_back(book.level(side, i));
            }
            found = std::move(depth);
        });
        return found;
    }

    void seed(InstrumentId instrument, Price price) {
        reactor_.call([&] { band_.seed(instrument, price); });
    }

    /// Why nothing more will come; empty while something may.
    struct End {
        bool over = false;
        Errc code = Errc::denied;
        std::string why;
    };
    End end() {
        End end;
        reactor_.call([&] {
            bool stopped = true, refused = true;
            for (const auto& lane : lanes_) {
                const wire::StreamPool& pool = lane->pool();
                stopped = stopped && pool.stopped();
                for (const wire::StreamHealth& each : pool.health(lane->now()))
                    refused = refused && (each.state == wire::StreamState::refused ||
                                          each.state == wire::StreamState::left_out);
                if (end.why.empty()) end.why = pool.trouble();
            }
            end.over = stopped || refused;
            end.code = stopped ? Errc::denied : Errc::rejected;
        });
        if (end.over)
            end.why = fmt::format("{}: {}", venue_.capabilities().title,
                                  end.why.empty() ? "the venue refuses every subscription" : end.why);
        return end;
    }

    wire::Inbox& inbox() { return inbox_; }
    Timestamp wall_now() const { return reactor_.now(); }
    bool looks_over() const { return looks_over_.load(std::memory_order_relaxed); }

 private:
    static wire::InboxOptions waking_late(wire::InboxOptions options) {
        options.wake_at = kWakeAt;
        return options;
    }

    void tell(const wire::WireEvent& event) {
        (void)inbox_.push(event);  // only account news can be refused, and there are none here
        if (!inbox_.owes_wake() || settling_) return;
        settling_ = true;
        // Runs when the bytes at hand are read.
        reactor_.post([this] {
            settling_ = false;
            inbox_.settle();
        });
    }

    void set_up() {
        http_.emplace(reactor_, tls_);
        rest_.emplace(reactor_, *http_, venue_);
        if (Duration::zero() < venue_.capabilities().clock_tolerance)
            clock_.emplace(*rest_, venue_.capabilities().clock_tolerance);
        for (unsigned char lane = 0; lane < venue_.lanes(); ++lane) {
            std::vector<wire::Subscription> ours;
            for (const wire::Subscription& each : options_.by_need) {
                if (venue_.lane_of(each) == lane) ours.push_back(each);
            }
            if (ours.empty()) continue;
            StreamDriverOptions options;
            options.pool = options_.pool;
            options.on_note = [this](const wire::StreamNote& note, Timestamp at) { take_note(note, at); };
            lanes_.push_back(std::make_unique<StreamDriver>(
                reactor_, tls_, &*rest_, ours, [this, lane] { return venue_.market_stream_of(lane); }, *this,
                std::move(options)));
        }
        lanes_.front()->on_tick([this](Timestamp now) { tick(now); });
        for (const auto& lane : lanes_) lane->start();
    }

    void take_down() {
        lanes_.clear();
        clock_.reset();
        rest_.reset();
        http_.reset();
    }

    void tick(Timestamp now) {
        if (clock_) {
            clock_->tick(reactor_.now());
            for (const auto& lane : lanes_) lane->set_venue_offset(clock_->offset(reactor_.now()));
        }
        for (auto& [instrument, book] : books_) {
            if (!book.wants_snapshot(now) || !carried(instrument)) continue;
            book.asked(now);
            if (options_.books.snapshot_by == wire::SnapshotBy::question) {
                ask_snapshot(instrument);
            } else if (book.trouble() != wire::BookTrouble::never_loaded &&
                       book.trouble() != wire::BookTrouble::connection_lost) {
                // Else it is on its way.
                for (const auto& lane : lanes_) lane->resubscribe({instrument, wire::DataKind::book, {}});
            }
        }
    }

    /// Whether the book's subscription is answered: before that nothing is to be asked for it.
    bool carried(InstrumentId instrument) const {
        for (const auto& lane : lanes_) {
            for (std::size_t i = 0; i < lane->pool().sessions(); ++i) {
                const wire::StreamSession& session = lane->pool().session(i);
                const std::size_t row = session.subscriptions().find(instrument, wire::DataKind::book);
                if (row == wire::SubscriptionSet::kNone) continue;
                const wire::StreamState state = session.state(row, lane->now());
                return state == wire::StreamState::live || state == wire::StreamState::acknowledged;
            }
        }
        return false;
    }

    void ask_snapshot(InstrumentId instrument) {
        rest_->ask(wire::AskBook{instrument}, [this](const RestAnswer& answer) {
            for (const wire::WireEvent& event : answer.events) {
                if (const auto* delta = std::get_if<BookDelta>(&event)) take_depth(*delta);
            }
        });
    }

    void take_depth(const BookDelta& delta) {
        const auto at = books_.find(delta.instrument);
        if (at == books_.end()) return;
        using Outcome = wire::BookKeeper::Outcome;
        const Outcome outcome = at->second.take(delta, lanes_.front()->now());
        if (outcome != Outcome::changed && outcome != Outcome::validated) return;
        if (std::ranges::binary_search(quoted_, delta.instrument)) return;
        Quote quote = at->second.book().top();
        quote.instrument = delta.instrument;
        quote.sequence = at->second.sequence();
        quote.venue_time = delta.venue_time;
        quote.received_at = delta.received_at;
        Quote& last = tops_[delta.instrument];
        const bool same = last.bid == quote.bid && last.ask == quote.ask &&
                          last.bid_quantity == quote.bid_quantity && last.ask_quantity == quote.ask_quantity;
        if (same || band_.check(quote) != wire::Poison::none) return;
        last = quote;
        tell(quote);
    }

    void take_note(const wire::StreamNote& note, Timestamp at) {
        using Kind = wire::StreamNote::Kind;
        if (note.kind == Kind::lost || note.kind == Kind::stopped) {
            // Whatever a lost connection carried has a gap from here on.
            for (auto& [instrument, book] : books_) {
                if (note.kind == Kind::stopped || !carried(instrument)) book.lost();
            }
        }
        if (note.kind == Kind::stopped || note.kind == Kind::refused || note.kind == Kind::left_out) {
            looks_over_.store(true, std::memory_order_relaxed);
            inbox_.wake();
        }
        if (options_.on_note) options_.on_note(note, at);
    }

    LiveFeedOptions options_;
    wire::Venue& venue_;
    io::TlsContext tls_;
    wire::Inbox inbox_;
    wire::PriceBand band_;
    std::map<InstrumentId, wire::BookKeeper> books_;
    std::map<InstrumentId, Quote> tops_;
    std::vector<InstrumentId> quoted_;
    std::atomic<bool> looks_over_ = false;
    bool settling_ = false;  // a settle() of the inbox is on its way
    io::Reactor reactor_;
    std::optional<io::HttpClient> http_;
    std::optional<RestClient> rest_;
    std::optional<VenueClock> clock_;
    std::vector<std::unique_ptr<StreamDriver>> lanes_;  // one for each address that brings data
};

Result<std::unique_ptr<LiveFeed>> LiveFeed::start(wire::Venue& venue, LiveFeedOptions options) {
    if (options.by_need.empty()) return fail(Errc::invalid_argument, "a feed needs subscriptions");
    const wire::Capabilities& can = venue.capabilities();
    for (const wire::Subscription& each : options.by_need) {
        if (!can.streams.has(each.kind))
            return fail(Errc::unsupported, fmt::format("{} streams no {} data", std::string{can.title},
                                                       std::string{to_string(each.kind)}));
    }
    options.books.rule = can.book_rule;
    options.books.snapshot_by = can.book_snapshot;
    if (venue.market_stream() == nullptr)
        return fail(Errc::unsupported,
                    fmt::format("{} has no stream of market data", std::string{can.title}));
    Result<io::TlsContext> tls = io::TlsContext::make(options.tls);
    if (!tls) return fail(tls.error());
    for (const wire::Subscription& each : options.by_need)
        options.inbox.instruments =
            std::max<std::size_t>(options.inbox.instruments, each.instrument.value + 1);
    // A halt may be told of any instrument the venue knows.
    options.inbox.instruments = std::max(options.inbox.instruments, venue.symbols().instruments().size());
    std::unique_ptr<LiveFeed> feed{new LiveFeed{venue, std::move(options), std::move(*tls)}};
    return feed;
}

LiveFeed::LiveFeed(wire::Venue& venue, LiveFeedOptions options, io::TlsContext tls) : tick_{options.tick} {
    machine_ = std::make_unique<Machine>(venue, std::move(options), std::move(tls));
    machine_->start();
}

LiveFeed::~LiveFeed() = default;

void LiveFeed::stop() {
    stopping_.store(true, std::memory_order_relaxed);
    machine_->inbox().wake();
}

/// After a pause of the whole machine one tick says it all.
MarketEvent LiveFeed::tick_until(Timestamp now) {
    const Tick tick{next_multiple(now, tick_) - tick_};
    next_tick_ = tick.now + tick_;
    return tick;
}

Result<std::optional<MarketEvent>> LiveFeed::next() {
    if (next_tick_ == Timestamp::min()) next_tick_ = next_multiple(machine_->wall_now(), tick_);
    while (!stopping_.load(std::memory_order_relaxed)) {
        // What waits says by itself how late it is; the clock is read only when nothing waits.
        const wire::News* news = held_ != nullptr ? held_ : machine_->inbox().take(Duration::zero());
        if (news != nullptr && next_tick_ <= received_at(*news)) {
            held_ = news;
            return std::optional<MarketEvent>{tick_until(received_at(*news))};
        }
        held_ = nullptr;
        if (news == nullptr) {
            const Timestamp now = machine_->wall_now();
            if (next_tick_ <= now) return std::optional<MarketEvent>{tick_until(now)};
            news = machine_->inbox().take(std::min(next_tick_ - now, kLook));
            if (news != nullptr && next_tick_ <= received_at(*news)) {
                held_ = news;
                continue;
            }
        }
        if (news == nullptr) {
            if (machine_->looks_over()) {
                if (auto end = machine_->end(); end.over) return fail(end.code, std::move(end.why));
            }
            continue;
        }
        const auto* market = std::get_if<wire::MarketNews>(news);
        if (market == nullptr) continue;
        std::optional<MarketEvent> event;
        std::visit(
            [&](const auto& each) {
                if constexpr (std::is_constructible_v<MarketEvent, decltype(each)>) event = each;
            },
            *market);
        if (event) return event;
    }
    return std::optional<MarketEvent>{};
}

LiveHealth LiveFeed::health() const { return machine_->health(); }
Result<LiveFeed::Depth> LiveFeed::depth(InstrumentId instrument, std::size_t depth) const {
    return machine_->depth(instrument, depth);
}
void LiveFeed::seed_price(InstrumentId instrument, Price price) { machine_->seed(instrument, price); }

}  // namespace plumb::live
