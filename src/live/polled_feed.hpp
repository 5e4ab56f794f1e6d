#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/bar.hpp"
#include "io/tls.hpp"
#include "live/live_feed.hpp"
#include "ports/market_data_feed.hpp"
#include "wire/venue.hpp"

namespace plumb::live {

struct PolledFeedOptions {
    std::vector<InstrumentId> instruments;
    io::TlsOptions tls;
    Duration tick = std::chrono::seconds{1};
    Duration patience = std::chrono::seconds{30};  // with one question, its repeats included
    std::optional<Duration> interval;              // between polls; nothing: what the venue's plan allows
    /// Called from next(), for what people may want to read: `lost` for a poll that failed, `ready` for the
    /// next good one. May be empty.
    std::function<void(const wire::StreamNote&)> on_note;
};

/// A venue without streams as a MarketDataFeed: its quotes are asked for as often as its plan allows, and
/// come as closed bars marked quoted once a later price is known. A poll that fails is a gap and is told;
/// nothing is made up for it. Reads on the thread of next(); a Tick on every whole second.
class PolledFeed : public MarketDataFeed {
 public:
    /// `venue` outlives the feed. Nothing is sent before next(). Errc::unsupported for a venue whose quotes
    /// are not polled; Errc::invalid_argument without instruments; errors of TlsContext::make.
    static Result<std::unique_ptr<PolledFeed>> start(wire::Venue& venue, PolledFeedOptions options);
    ~PolledFeed() override;

    /// Errc::denied with the venue's words where it refuses the key. Nothing after stop_from_signal().
    Result<std::optional<MarketEvent>> next() override;
    void stop_from_signal() noexcept { stopping_.store(true, std::memory_order_relaxed); }

    /// One subscription of bars for each instrument: live while polls succeed and its price is not old.
    /// `last_data` is the end of the price's own minute, or when it came if that was before.
    LiveHealth health() const;
    /// The minutes not over yet, with the latest price of each instrument that has one.
    const std::vector<OpenBar>& open_bars() const;
    /// Between polls; zero before the first was answered.
    Duration interval() const;

 private:
    class Machine;
    explicit PolledFeed(std::unique_ptr<Machine> machine);

    std::unique_ptr<Machine> machine_;
    std::atomic<bool> stopping_ = false;
};

}  // namespace plumb::live
