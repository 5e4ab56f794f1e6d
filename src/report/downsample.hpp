#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace plumb::report {

constexpr std::size_t kPointsMax = 4000;

/// Which indices of long series to draw: the first, the last, and in each of equally many buckets those where
/// any of the columns (all of one length, on one time axis) is smallest or largest, so that no extreme is
/// lost. Ascending; all indices where there are at most `points_max` (at least 2 + 2 per column). Cost:
/// O(rows columns).
std::vector<std::size_t> keep_extremes(std::initializer_list<std::span<const double>> columns,
                                       std::size_t points_max = kPointsMax);

}  // namespace plumb::report
