#pragma once

#include <array>
#include <string>

#include "base/time.hpp"
#include "core/ids.hpp"
#include "core/units.hpp"

namespace plumb {

/// A stored spread model, ready to trade: spread = weight[0] * price[0] + weight[1] * price[1], in quote
/// currency. Long the spread buys the leg with the positive weight and sells the other, in units proportional
/// to the weights.
struct PairModel {
    PairId id;
    std::string name;  // "BTC-ETH": the benchmark's id, stable across sessions
    std::array<InstrumentId, 2> legs;
    std::array<double, 2> weights{};  // 1 and minus the hedge ratio
    double spread_mean = 0;           // quote currency
    double spread_std = 0;            // quote currency, > 0
    double half_life = 0;             // bars
    Timestamp fitted_until;           // no price after this was used
};

enum class SpreadSide : signed char { flat = 0, long_spread = 1, short_spread = -1 };

/// What a pair is doing. Every end state is hedged (open), flat, or halted with an alarm (E12).
enum class PairPhase : unsigned char { flat, opening, open, closing, unwinding, halted };

std::string_view to_string(SpreadSide side);
std::string_view to_string(PairPhase phase);
Result<SpreadSide> parse_spread_side(std::string_view text);
Result<PairPhase> parse_pair_phase(std::string_view text);

/// A pair's intent and standing, written to the trading record whenever it changes, so that a position never
/// survives without its pair, stop and deadline (S09).
struct PairStatus {
    PairId pair;
    PairPhase phase = PairPhase::flat;
    SpreadSide side = SpreadSide::flat;
    std::array<Quantity, 2> target{};    // signed units wanted per leg
    std::array<Quantity, 2> held{};      // signed units filled per leg, owned by this pair
    std::array<Quantity, 2> residual{};  // target minus the exact weights' units: what lot rounding left
    std::array<Money, 2> entry_value{};  // signed price * quantity of what was opened
    Money realized;                      // of the current or last round trip, fees included
    Money fees;
    double entry_z = 0;
    double entry_spread = 0;
    Timestamp entered_at;
    Timestamp deadline;          // when opening or closing must be complete
    bool cooling_down = false;   // stopped out; no entry before |z| falls below the exit threshold
    unsigned char attempts = 0;  // orders sent to complete the present phase
};

}  // namespace plumb
