#pragma once

#include <vector>

#include "core/bar_history.hpp"

namespace plumb::bars {

/// Intervals in a row that have no bar.
struct Gap {
    Timestamp first_missing;   // open time
    Timestamp next_bar;        // open time of the bar after it
    std::int64_t missing = 0;  // whole bars

    friend bool operator==(const Gap&, const Gap&) = default;
};

/// Every gap between the first bar and the last, oldest first. Markets that close overnight have one a night:
/// what is an outage is the caller's to say. O(n).
std::vector<Gap> gaps(const BarHistory& history);

}  // namespace plumb::bars
