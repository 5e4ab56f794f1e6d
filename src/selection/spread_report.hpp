#pragma once

#include <span>
#include <vector>

#include "selection/find_options.hpp"
#include "selection/findings.hpp"

namespace plumb::selection {

/// y - hedge_ratio * x, value by value.
std::vector<double> spread_of(std::span<const double> y, std::span<const double> x, double hedge_ratio);

/// What would be traded, measured on the fitting part. Errc of the statistics where the spread does not move.
Result<SpreadReport> measure_spread(std::span<const double> y, std::span<const double> x,
                                    const OrientedTest& test, const FindOptions& options);

/// The same spread on the part held back, hedge ratio, mean and deviation taken from the fit.
HoldoutReport measure_holdout(std::span<const double> y, std::span<const double> x, const OrientedTest& test,
                              const SpreadReport& fitted);

/// The first reason, if any, why the measured spread is not traded: hedge ratio, half-life, economy, in this
/// order.
std::optional<Refused> screen_spread(const OrientedTest& test, const SpreadReport& spread, std::size_t rows,
                                     const FindOptions& options);

/// The first reason, if any, why the part held back does not confirm it.
std::optional<Refused> screen_holdout(const HoldoutReport& holdout, const HoldoutLimits& limits);

}  // namespace plumb::selection
