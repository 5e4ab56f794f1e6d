#pragma once

#include <array>

#include "core/instrument.hpp"
#include "core/pair.hpp"

namespace plumb::risk {

/// What to trade of each leg to hold `side` of a spread.
struct PairSize {
    std::array<Quantity, 2> target{};  // signed units, multiples of each leg's lot
    std::array<Quantity, 2>
        residual{};  // target minus what the weights ask for: at most half a lot, on one leg only
    Money gross;     // value of both legs at the reference prices
};

/// Units in proportion to the weights: leg i gets k * weight[i], k chosen so that both legs together are
/// worth at most `gross`. The leg whose lot is worth more is cut down to its grid and sets k; the other is
/// rounded to its nearest lot (E13). Errc::out_of_range when either leg falls below its smallest order,
/// naming the smallest gross that would do.
Result<PairSize> size_pair(const PairModel& model, SpreadSide side, Money gross,
                           const std::array<Price, 2>& prices, const InstrumentTable& instruments);

}  // namespace plumb::risk
