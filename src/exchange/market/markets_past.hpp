#pragma once

#include <vector>

#include "exchange/market/market_past.hpp"
#include "exchange/market/world.hpp"

namespace plumb::exchange::market {

/// The past of all markets of one venue, fed by the model's events: what every kind of market has in common.
class MarketsPast : public VenueMarket {
 public:
    void on_events(std::span<const ModelEvent> events) override;

    std::vector<ClosedBar> bars(InstrumentId instrument, Duration length, Timestamp from, Timestamp to,
                                std::size_t count, Timestamp now) const override;
    std::optional<OpenBar> open_bar(InstrumentId instrument, Duration length, Timestamp now) const override;
    std::vector<DetailedBar> detailed_bars(InstrumentId instrument, Duration length, Timestamp from,
                                           Timestamp to, std::size_t count, Timestamp now) const override;
    std::optional<DetailedOpenBar> detailed_open_bar(InstrumentId instrument, Duration length,
                                                     Timestamp now) const override;
    std::vector<PastTrade> trades(InstrumentId instrument, Timestamp from, Timestamp to,
                                  std::size_t count) const override;
    DaySummary day(InstrumentId instrument, Timestamp now) const override;
    Timestamp begins_at() const override { return begins_at_; }

 protected:
    /// For `markets` of them: what may be kept is shared out among them.
    MarketsPast(Timestamp begins_at, std::size_t markets);
    /// In order of their ids. `path` may be null.
    void add_past(const Instrument& grid, InstrumentId instrument, MinuteNumber live_from,
                  const MinuteSource* path);
    void skip(InstrumentId instrument, MinuteNumber from, MinuteNumber to);

 private:
    Timestamp begins_at_;
    std::size_t minutes_max_;
    std::vector<MarketPast> pasts_;  // by id
};

}  // namespace plumb::exchange::market
