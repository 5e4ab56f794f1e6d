#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "selection/panel.hpp"

namespace plumb::selection {

/// The earlier 4-hour program's scan, figure for figure, so that its users can compare: one orientation, the
/// hedge ratio without constant though the test has one, no correction for the number of tests, nothing held
/// back. What it finds is a list to look at, not a list to trade; find_pairs judges.
struct MonthlyScanOptions {
    double significance = 0.05;
    std::size_t rows_min = 1000;
};

/// Moments of symbol1 - hedge_ratio * symbol2, quote currency.
struct MonthlySpread {
    double mean = 0;
    double deviation = 0;  ///< ddof 1
    double min = 0;
    double max = 0;
    double skewness = 0;  ///< adjusted Fisher-Pearson (G1), as pandas
    double kurtosis = 0;  ///< excess, unbiased (G2), as pandas
    std::optional<double>
        half_life;  ///< bars; from the AR(1) slope. The earlier program takes the correlation of
                    ///< change and level for the slope: on its own pairs six times too short
};

struct MonthlyPair {
    std::size_t first = 0;         ///< panel index of symbol1, the dependent series
    std::size_t second = 0;        ///< panel index of symbol2
    bool is_cointegrated = false;  ///< p_value < significance
    double p_value = 1;
    std::array<double, 3> critical{};  ///< 1, 5, 10 %
    double statistic = 0;
    double hedge_ratio = 0;  ///< least squares of symbol1 on symbol2 without constant
    std::size_t rows = 0;
    Timestamp start;  ///< open time of the first and last common bar
    Timestamp end;
    double correlation = 0;
    MonthlySpread spread;
};

struct MonthlyScan {
    std::vector<MonthlyPair> pairs;   ///< every pair tested, ascending p
    std::size_t too_short = 0;        ///< fewer than rows_min common rows
    std::vector<std::string> errors;  ///< pairs without a statistic, and why

    std::size_t cointegrated_count() const;
};

/// Tests coint(symbol1, symbol2) of every pair i < j in the panel's order on raw closes: constant, lags by
/// AIC.
/// @return  check_panel's errors · too_short (fewer than two series). Cost: one Engle-Granger a pair.
/// Checked against published verdicts, testdata/selection/.
Result<MonthlyScan> scan_monthly(const Panel& panel, const MonthlyScanOptions& options = {});

}  // namespace plumb::selection
