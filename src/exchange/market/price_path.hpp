#pragma once

#include "exchange/market/market_past.hpp"

namespace plumb::exchange::market {

/// The mid price of one name, for all venues of a process, and the minutes it went through.
class PricePath : public MinuteSource {
 public:
    /// How the name trades.
    struct Manner {
        double price = 1;       // its order of magnitude
        double spread_bps = 1;  // ask minus bid over mid
        double trade_size = 1;  // expected, in units of base
        double trade_rate = 1;  // expected, per second
    };

    /// The price at `time`. Goes forward only: a venue may ask for times up to a quarter of an hour behind
    /// the newest asked for.
    virtual double mid(Timestamp time) = 0;
    /// Minutes before `time` can be visited from here on.
    virtual void walk_to(Timestamp time) = 0;
    virtual Manner manner() const = 0;
};

}  // namespace plumb::exchange::market
