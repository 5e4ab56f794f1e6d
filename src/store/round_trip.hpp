#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "store/record_rows.hpp"

namespace plumb::store {

/// One leg of a closed round trip, from its fills.
struct RoundTripLeg {
    std::string instrument;
    Side entry_side = Side::buy;  // of the first fill
    Quantity entry_quantity, exit_quantity;
    Price entry_price, exit_price;  // averages, weighted by quantity, rounded at 1e-18
    Money fees;
    std::int64_t fills = 0;
};

/// A row of a trade log: in, out, and what came of it.
struct RoundTrip {
    std::string pair;
    SpreadSide side = SpreadSide::flat;
    Timestamp entered_at, exited_at;
    double entry_z = 0, exit_z = 0;
    double entry_spread = 0, exit_spread = 0;  // quote currency
    std::array<RoundTripLeg, 2> legs;
    Money realized;  // as the engine told it, fees included
    Money fees;
    Money profit_of_fills;  // sold minus bought minus fees, from the fills alone: a check on `realized`
    std::string signal;     // "EXIT", "EMERGENCY_EXIT"
    std::string reason;
};

/// Gives each closed trip the fills of its pair recorded since the pair's trip before it. `trips` and `fills`
/// in the order of the record. Errc::overflow for amounts beyond Decimal. Cost: O(trips + fills · log pairs).
Result<std::vector<RoundTrip>> join_round_trips(std::span<const RecordedTrip> trips,
                                                std::span<const RecordedFill> fills);

}  // namespace plumb::store
