#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/result.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// The largest number of series for which p-values are tabulated, and for which critical values are.
constexpr std::size_t kPValueSeriesMax = 6;
constexpr std::size_t kCriticalSeriesMax = 12;

/// Asymptotic p-value of a unit-root (series = 1) or cointegration (series = 2..6) t-statistic.
///
/// @return  in [0, 1]; exact zeros and ones only outside the tabulated range. not_finite · unsupported
/// (series beyond 6) Relative accuracy holds into the far tail: the normal distribution is taken from erfc.
/// Source: MacKinnon 1994. Cost: two polynomials and one erfc.
Result<double> mackinnon_p_value(double statistic, Trend trend, std::size_t series);

/// 1, 5 and 10 % critical values; `observations` may be infinite.
/// @return  unsupported where MacKinnon 2010 has no table (no deterministics with more than one series; more
/// than 12 series)
Result<std::array<double, 3>> mackinnon_critical_values(Trend trend, std::size_t series, double observations);

}  // namespace plumb::stats
