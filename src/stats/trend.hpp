#pragma once

#include <cstddef>

namespace plumb::stats {

/// The deterministic part of a regression: statsmodels' "n", "c", "ct" and "ctt".
enum class Trend : unsigned char { none, constant, linear, quadratic };

/// How many deterministic columns `trend` brings: 0, 1, 2 or 3.
constexpr std::size_t trend_columns(Trend trend) { return static_cast<std::size_t>(trend); }

}  // namespace plumb::stats
