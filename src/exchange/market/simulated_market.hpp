#pragma once

#include <memory>
#include <vector>

#include "exchange/market/house.hpp"
#include "exchange/market/price_walk.hpp"
#include "exchange/market/world.hpp"

namespace plumb::exchange::market {

/// One venue's part of the simulated market: every market steps each 250 ms, each at its own offset.
///
/// A market whose path is no name of the world stays empty. A call that goes over more than five minutes
/// jumps: the minutes between are the path's own, without orders and prints of theirs.
class SimulatedMarket : public VenueMarket {
 public:
    /// One walk a market, by id; null for none. Quotes every market at `start`.
    SimulatedMarket(VenueModel& model, std::uint64_t seed, Timestamp start, Timestamp begins_at,
                    std::span<PriceWalk* const> walks);

    void advance(Timestamp now) override;
    void on_events(std::span<const ModelEvent> events) override;

    std::vector<ClosedBar> bars(InstrumentId instrument, Duration length, Timestamp from, Timestamp to,
                                std::size_t count, Timestamp now) const override;
    std::optional<OpenBar> open_bar(InstrumentId instrument, Duration length, Timestamp now) const override;
    std::vector<PastTrade> trades(InstrumentId instrument, Timestamp from, Timestamp to,
                                  std::size_t count) const override;
    DaySummary day(InstrumentId instrument, Timestamp now) const override;
    Timestamp begins_at() const override { return begins_at_; }

 private:
    struct Market {
        InstrumentId id;
        PriceWalk* walk = nullptr;
        House house;
        MarketPast past;
        Rng rng;
        Duration offset{};
        Timestamp next_funding{};
    };

    void step(Market& market, std::int64_t number, Timestamp at, bool is_first);
    void mark(Market& market, const MarketSpec& spec, double mid, Timestamp at);
    double basis(const Market& market, Timestamp at) const;
    void jump(Timestamp now);

    VenueModel& model_;
    Timestamp start_;
    Timestamp begins_at_;
    std::vector<Market> markets_;          // by id
    std::vector<std::uint32_t> schedule_;  // by offset
    std::int64_t round_ = 1;               // of all markets, 250 ms long
    std::size_t turn_ = 0;                 // within schedule_
};

}  // namespace plumb::exchange::market
