#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/order_book.hpp"
#include "io/tls.hpp"
#include "ports/market_data_feed.hpp"
#include "wire/book_keeper.hpp"
#include "wire/conflate.hpp"
#include "wire/price_band.hpp"
#include "wire/stream_pool.hpp"
#include "wire/venue.hpp"

namespace plumb::live {

struct LiveFeedOptions {
    std::vector<wire::Subscription> by_need;  // the most needed first
    wire::PoolOptions pool;                   // PoolOptions::of(venue.capabilities()), changed where wanted
    wire::BookOptions books;                  // rule and snapshot are set by the venue's capabilities
    wire::BandOptions band;
    wire::InboxOptions inbox;  // `instruments` is set by the feed
    io::TlsOptions tls;
    Duration tick = std::chrono::seconds{1};
    /// Called on the feed's own thread, quickly, for what people may want to read; may be empty.
    std::function<void(const wire::StreamNote&, Timestamp at)> on_note;
};

/// What a feed is worth right now: for monitor, status and doctor.
struct LiveHealth {
    std::vector<wire::StreamHealth> subscriptions;
    wire::SessionCounters streams;
    wire::InboxCounters inbox;
    std::uint64_t held_prints = 0;  // by the price band
    std::uint64_t books_lost = 0;   // gaps, crossings
    std::string trouble;            // the latest, in one line
    bool stopped = false;           // nothing more will come
    Timestamp now;                  // of `subscriptions`: the age of data is now - last_data
    std::optional<Duration> clock_offset, clock_error;  // venue minus ours, where it was measured

    Duration reader_cpu{};  // of the feed's thread, since its start

    bool all_live() const;
};

/// A live venue as a MarketDataFeed: its own thread reads, decodes, watches and reconnects; next() hands out
/// what it found, and a Tick on every whole second, so that silence is seen. Depth stays inside: where no
/// quotes of an instrument are subscribed, its book's best levels come as quotes, from valid books only
/// (F09).
///
/// One bar of history is not asked for: gaps are filled from history by who needs whole candles.
class LiveFeed : public MarketDataFeed {
 public:
    /// `venue` outlives the feed and is used by its thread only, from start() to the destructor; its symbols
    /// must refuse what they do not know (SymbolMap::Unknown::refuse), since the table of instruments is read
    /// elsewhere meanwhile. Kinds of data that the venue does not stream are Errc::unsupported, as is a venue
    /// without a market stream; Errc::invalid_argument without subscriptions; errors of TlsContext::make.
    static Result<std::unique_ptr<LiveFeed>> start(wire::Venue& venue, LiveFeedOptions options);
    ~LiveFeed() override;

    /// Waits for the next event. Nothing after stop(). Errc::denied with the venue's words where it refuses
    /// the key or the entitlement, Errc::rejected where it refuses every subscription.
    Result<std::optional<MarketEvent>> next() override;

    /// Ends next(), now and for good. From any thread.
    void stop();
    /// The same from a signal handler: seen within a tenth of a second.
    void stop_from_signal() noexcept { stopping_.store(true, std::memory_order_relaxed); }

    /// From any thread but the feed's own.
    LiveHealth health() const;
    /// The best `depth` levels of both sides. Errc::stale while the book is not valid, with the reason;
    /// Errc::not_found where none is kept. From any thread but the feed's own.
    struct Depth {
        std::vector<BookLevel> bids, asks;  // best first
        std::uint64_t sequence = 0;
    };
    Result<Depth> depth(InstrumentId instrument, std::size_t depth) const;
    /// What the price band compares the first print with.
    void seed_price(InstrumentId instrument, Price price);

 private:
    class Machine;

    LiveFeed(wire::Venue& venue, LiveFeedOptions options, io::TlsContext tls);

    MarketEvent tick_until(Timestamp now);

    std::unique_ptr<Machine> machine_;
    const wire::News* held_ = nullptr;  // taken, and a tick goes before it
    Duration tick_;
    Timestamp next_tick_ = Timestamp::min();
    std::atomic<bool> stopping_ = false;
};

}  // namespace plumb::live
