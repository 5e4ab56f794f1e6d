#pragma once

// For the tests of this room: a market whose pairs are known.

#include <cmath>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "selection/panel.hpp"

namespace plumb::selection {

/// A geometric random walk from `start` with `volatility` per bar: prices stay above zero.
inline std::vector<double> simulated_walk(Rng& rng, std::size_t rows, double start,
                                          double volatility = 0.01) {
    std::vector<double> prices(rows);
    double level = std::log(start);
    for (double& price : prices) price = std::exp(level += volatility * rng.normal());
    return prices;
}

/// A stationary AR(1) around zero with the given standard deviation, started in its stationary distribution.
inline std::vector<double> simulated_reversion(Rng& rng, std::size_t rows, double persistence,
                                               double deviation) {
    std::vector<double> values(rows);
    double value = deviation * rng.normal();
    const double innovation = deviation * std::sqrt(1 - persistence * persistence);
    for (double& out : values) {
        out = value;
        value = persistence * value + innovation * rng.normal();
    }
    return values;
}

/// y = intercept + hedge_ratio * x + reversion.
inline std::vector<double> simulated_partner(const std::vector<double>& x, double intercept,
                                             double hedge_ratio, const std::vector<double>& reversion) {
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = intercept + hedge_ratio * x[i] + reversion[i];
    return y;
}

struct NamedSeries {
    std::string name;
    std::vector<double> closes;
};

inline Panel simulated_panel(const std::vector<NamedSeries>& series, double bar_seconds = 3600) {
    Panel panel;
    panel.bar_seconds = bar_seconds;
    for (std::size_t row = 0; row < series.front().closes.size(); ++row) {
        panel.times.push_back(timestamp_from_ms(1'600'000'000'000) +
                              from_seconds(bar_seconds) * static_cast<std::int64_t>(row));
    }
    for (const NamedSeries& one : series) {
        panel.names.push_back(one.name);
        panel.closes.insert(panel.closes.end(), one.closes.begin(), one.closes.end());
    }
    return panel;
}

}  // namespace plumb::selection
