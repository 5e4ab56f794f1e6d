#pragma once

#include <memory>
#include <vector>

#include "exchange/market/house.hpp"
#include "exchange/market/markets_past.hpp"
#include "exchange/market/price_path.hpp"
#include "exchange/market/world.hpp"

namespace plumb::exchange::market {

/// One venue's part of the simulated market: every market steps each 250 ms, each at its own offset.
///
/// A market whose path is no name of the world stays empty. A call that goes over more than five minutes
/// jumps: the minutes between are the path's own, without orders and prints of theirs.
class SimulatedMarket : public MarketsPast {
 public:
    /// One walk a market, by id; null for none. Quotes every market at `start`.
    SimulatedMarket(VenueModel& model, std::uint64_t seed, Timestamp start, Timestamp begins_at,
                    std::span<PricePath* const> paths);

    void advance(Timestamp now) override;

 private:
    struct Market {
        InstrumentId id;
        PricePath* path = nullptr;
        House house;
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
    std::vector<Market> markets_;          // by id
    std::vector<std::uint32_t> schedule_;  // by offset
    std::int64_t round_ = 1;               // of all markets, 250 ms long
    std::size_t turn_ = 0;                 // within schedule_
};

}  // namespace plumb::exchange::market
