#pragma once

#include <vector>

#include "selection/find_options.hpp"
#include "selection/findings.hpp"

namespace plumb::selection {

/// Tests every unordered pair of the panel on rows `fitting`, both orientations; each report carries y, x,
/// rows, its tests and p_pair, or the refusal too_few_rows, degenerate or collinear. In panel order (0,1),
/// (0,2), .. (1,2), ..
///
/// Series that are complete on the same rows go through stats' panel scan together; pairs whose gaps differ
/// are tested one by one on their common rows.
std::vector<PairReport> test_pairs(const Panel& panel, Rows fitting, const FindOptions& options);

}  // namespace plumb::selection
