#pragma once

#include <vector>

#include "base/rng.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::market {

/// How the other participants behave in one market.
struct HouseStyle {
    double spread_bps = 1;       // ask minus bid over mid, before rounding outward to ticks
    double trade_size = 1;       // expected, in units of base
    double trade_chance = 0.25;  // of a trade in a step
    double price = 1;            // what the grid of the deeper levels is made for
};

/// The other participants of one market: a book around a mid price, and prints.
///
/// Ten levels a side through orders of their own: the touch follows the mid, the deeper ones rest on a coarse
/// grid, so that a small move changes one order a side. Sizes grow away from the touch. What others take is
/// put back at the next step. All randomness is of the step's generator.
class House {
 public:
    House(InstrumentId instrument, const MarketSpec& market, const HouseStyle& style);

    /// Quotes around `mid`, then perhaps takes: at most one aggressive order. Does nothing in a market that
    /// is not open. Cost: two to six calls of the model.
    void step(VenueModel& model, double mid, Rng& rng, Timestamp now);
    /// As step, and surely takes.
    void begin(VenueModel& model, double mid, Rng& rng, Timestamp now);

 private:
    struct Level {
        std::int64_t ticks = 0;
        OrderNumber order = 0;
    };
    struct Book {
        Side side = Side::buy;
        std::vector<Level> levels;  // best first
        Quantity touch_quantity;    // as placed
    };

    void requote(VenueModel& model, double mid, Rng& rng, Timestamp now);
    void settle(VenueModel& model, Book& book, std::int64_t touch, Rng& rng, Timestamp now);
    void forget_ended(VenueModel& model, Book& book, Timestamp now);
    bool is_whole(const VenueModel& model) const;
    void take(VenueModel& model, Rng& rng, Timestamp now);
    std::int64_t level_ticks(Side side, std::int64_t touch, int level) const;
    Quantity quantity(int level, Rng& rng) const;
    Price price_of(std::int64_t ticks) const;
    OrderSpec order(Side side, std::int64_t ticks, Quantity quantity) const;

    InstrumentId instrument_;
    Price tick_;
    Quantity lot_;
    double tick_size_;
    double lot_size_;
    std::int64_t lots_min_;
    std::int64_t lots_max_;
    HouseStyle style_;
    double half_spread_;       // of the mid
    std::int64_t grid_ticks_;  // between the deeper levels
    double lots_mean_;         // of a trade
    double quoted_mid_ = 0;    // in ticks
    Book bids_{Side::buy, {}, {}};
    Book asks_{Side::sell, {}, {}};
};

}  // namespace plumb::exchange::market
