#pragma once

#include <span>
#include <vector>

#include "core/effect.hpp"
#include "strategy/market_view.hpp"

namespace plumb::strategy {

/// What a strategy may see and say in one cycle.
struct Context {
    const MarketView& market;
    std::span<const PairStatus> pairs;  // by pair id: what each holds now
    std::vector<Signal>& signals;       // what it wants; capacity is reserved, push_back does not allocate
    std::vector<Recalibrated>& recalibrations;
};

/// Decides, each cycle, from prices and holdings. Pure: no clock, no I/O, no orders; the engine sizes and
/// sends.
class Strategy {
 public:
    virtual ~Strategy() = default;

    /// Called once per cycle, after all prices of the moment are in. In warm-up the same call feeds its
    /// memory and the signals are thrown away, so a restart with enough history decides as if it had never
    /// stopped.
    virtual void on_cycle(const Context& context) = 0;
    /// The models traded, by pair id, as they stand now (recalibration changes mean and deviation).
    virtual std::span<const PairModel> models() const = 0;
};

}  // namespace plumb::strategy
