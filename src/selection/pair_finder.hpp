#pragma once

#include "selection/find_options.hpp"
#include "selection/findings.hpp"
#include "selection/panel.hpp"

namespace plumb::selection {

/// Finds the cointegrated pairs of a panel and says of every other pair why not.
///
/// The panel's last holdout_fraction of rows is held back. On the rest: each leg by itself, both orientations
/// of every pair, false-discovery rate over the family, and for pairs below the threshold the spread's
/// economy; hedge ratio, mean and deviation come from there alone. On the part held back the pair is tested
/// again with all three fixed.
///
/// @return  invalid_argument (options) · check_panel's errors · too_short (fewer than two series, or a
/// fitting part below rows_min) No survivor is an answer, not an error. Deterministic; no clock, no I/O.
/// Cost: the panel scan of all pairs; details only for pairs below the threshold (100 names of 720 rows: well
/// under a second).
Result<Findings> find_pairs(const Panel& panel, const FindOptions& options = {});

}  // namespace plumb::selection
