#pragma once

#include <string_view>

#include "base/time.hpp"
#include "core/ids.hpp"

namespace plumb {

enum class SignalType : unsigned char { hold, buy_spread, sell_spread, buy, sell, exit, emergency_exit };

/// Why a signal was raised, or why none was.
enum class Reason : unsigned char {
    none,
    entry_threshold,  // |z| at or above entry
    mean_reverted,    // |z| at or below exit
    overshoot,        // through the mean and out of the other side
    stop,             // |z| at or above stop
    stale_leg,        // a leg older than its tier allows
    stale_emergency,  // a leg older than the emergency age while holding
    missing_price,
    no_deviation,  // spread deviation not above zero
    cooling_down,  // stopped out; waits for the spread to come back before entering again
    session_end,   // closing down
    command,       // a person said so
};

std::string_view to_string(
    SignalType type);  // "BUY_SPREAD": the earlier programs' spelling, which log readers know
std::string_view to_string(Reason reason);

/// What a strategy wants of a pair.
struct Signal {
    PairId pair;
    SignalType type = SignalType::hold;
    Reason reason = Reason::none;
    double z = 0;           // NaN when no price is good enough to compute one
    double confidence = 0;  // in [0, 1]
    double spread = 0;      // quote currency
    Timestamp at;
};

}  // namespace plumb
