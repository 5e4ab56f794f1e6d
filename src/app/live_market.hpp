#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "app/venue_session.hpp"
#include "live/live_feed.hpp"
#include "live/polled_feed.hpp"

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

/// Live prices of some instruments of a venue: quotes and trades, and mark prices where the venue has them;
/// bars marked quoted of a venue whose quotes must be asked for. Ids count from zero in the order given. What
/// streams is read on a thread of its own until it is destroyed, what is asked for on that of next().
class LiveMarket final : public MarketDataFeed {
 public:
    /// The most needed first: what the venue's limits leave no room for is left out from the end, and said.
    /// `on_note` is called on the thread that reads. Errors of open_venue, TlsContext::make and
    /// LiveFeed::start.
    static Result<std::unique_ptr<LiveMarket>> open(const Settings& settings, std::string_view venue,
                                                    std::span<const LiveInstrument> instruments,
                                                    std::function<void(const wire::StreamNote&)> on_note);

    Result<std::optional<MarketEvent>> next() override;

    const InstrumentTable& instruments() const { return instruments_; }
    live::LiveHealth health() const { return polled_ ? polled_->health() : feed_->health(); }
    /// What the price band compares the first print with.
    void seed_price(InstrumentId instrument, Price price) {
        if (feed_) feed_->seed_price(instrument, price);
    }
    /// Of a venue without streams, whose quotes are asked for; null for the others.
    const live::PolledFeed* polled() const { return polled_.get(); }

 private:
    LiveMarket() = default;

    InstrumentTable instruments_;
    std::string title_, key_from_;
    std::unique_ptr<wire::Venue> venue_;
    // One of the two. They go first: they use the venue.
    std::unique_ptr<live::LiveFeed> feed_;
    std::unique_ptr<live::PolledFeed> polled_;
};

}  // namespace plumb::app
