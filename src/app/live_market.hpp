#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "app/venue_session.hpp"
#include "live/live_feed.hpp"

namespace plumb::app {

/// An instrument and the venue's own spelling of it.
struct LiveInstrument {
    Instrument instrument;
    std::string symbol;
    TradingStatus status = TradingStatus::open;
};

/// The instruments of these names with their grids, as the venue lists them; where a venue of data alone
/// lists none, spelt by its rule. Errc::not_found for a name that it does not list, naming the nearest.
Result<std::vector<LiveInstrument>> live_instruments(VenueSession& session,
                                                     std::span<const std::string> names);

/// Live prices of some instruments of a venue: quotes and trades, and mark prices where the venue has them.
/// Ids count from zero in the order given. Reads on a thread of its own until it is destroyed.
class LiveMarket final : public MarketDataFeed {
 public:
    /// The most needed first: what the venue's limits leave no room for is left out from the end, and said.
    /// `on_note` is called on the feed's thread. Errors of open_venue, TlsContext::make and LiveFeed::start.
    static Result<std::unique_ptr<LiveMarket>> open(const Settings& settings, std::string_view venue,
                                                    std::span<const LiveInstrument> instruments,
                                                    std::function<void(const wire::StreamNote&)> on_note);

    Result<std::optional<MarketEvent>> next() override;

    const InstrumentTable& instruments() const { return instruments_; }
    live::LiveHealth health() const { return feed_->health(); }
    /// From a signal handler too.
    void stop() noexcept { feed_->stop_from_signal(); }
    live::LiveFeed& feed() { return *feed_; }

 private:
    LiveMarket() = default;

    InstrumentTable instruments_;
    std::string title_, key_from_;
    std::unique_ptr<wire::Venue> venue_;
    std::unique_ptr<live::LiveFeed> feed_;  // goes first: it uses the venue
};

}  // namespace plumb::app
