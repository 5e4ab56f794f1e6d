#pragma once

#include <cstddef>

namespace plumb::stats {

/// The deterministic part of a regression: statsmodels' "n", "c", "ct" and "ctt".
enum class Trend : unsigned char { none, constant, linear, quadratic };

/// How many deterministic columns `trend` brings: 0, 1, 2 or 3.
constexpr std::size_t trend_columns(Trend trend) { return static_cast<std::size_t>(trend); }

/// Time mapped to tau = u t + v, which runs over [-1, 1] for t = 1..n: powers of tau are far less alike than
/// those of t.
struct UnitTime {
    explicit constexpr UnitTime(std::size_t n)
        : u{2 / (static_cast<double>(n) - 1)},
          v{-(static_cast<double>(n) + 1) / (static_cast<double>(n) - 1)} {}
    constexpr double at(double t) const { return u * t + v; }

    double u;
    double v;
};

}  // namespace plumb::stats
