#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"

namespace plumb::stats {

enum class DiscoveryRule : unsigned char {
    benjamini_hochberg,   ///< independent or positively dependent tests (1995)
    benjamini_yekutieli,  ///< any dependence: p-values times 1 + 1/2 + .. + 1/m (2001)
};

/// Adjusted p-values ("q") in the order given: running minimum from the largest down of p_(i) m / i, capped
/// at 1. Rejecting where q <= level keeps the expected share of false discoveries at or below level.
///
/// @return  empty · not_finite · out_of_range (a p outside [0, 1])
/// Cost: O(m log m). Checked against testdata/stats/multitest.json.
Result<std::vector<double>> adjust_p_values(std::span<const double> p_values, DiscoveryRule rule);

}  // namespace plumb::stats
