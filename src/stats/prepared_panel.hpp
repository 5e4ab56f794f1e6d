#pragma once

#include <cstddef>
#include <vector>

#include "base/result.hpp"
#include "stats/panel_scan.hpp"

namespace plumb::stats {

/// A panel made ready for the scan: every series in units of its own standard deviation with the trend
/// removed (Frisch-Waugh: the hedge regression of what is left has the slope and residual of the full one),
/// its differences, and the values at the edges of the sample. Arrays "by item" hold one value per series,
/// contiguous over series, so that lanes over x load them whole.
struct PreparedPanel {
    std::size_t series_count = 0;
    std::size_t stride = 0;  ///< series_count rounded up, plus room for a last vector load
    std::size_t observations = 0;
    std::size_t differences = 0;  ///< observations - 1
    std::size_t lags = 0;
    Trend trend = Trend::constant;

    std::vector<double> level;        ///< series-major, `observations` each
    std::vector<double> difference;   ///< series-major, `differences` each
    std::vector<double> sum_squares;  ///< of level
    std::vector<double> total;        ///< sum of squares before the trend was removed: the denominator of R^2
    std::vector<double> own_products;      ///< item h: sum_t d_t d_t-h, h = 0..lags
    std::vector<double> first_difference;  ///< item k: d_k, k < lags
    std::vector<double> last_difference;   ///< item k: d_m-1-k, k < lags
    std::vector<double> first_level;       ///< item k: z_k, k <= lags
    std::vector<double> last_level;        ///< item k: z_m-k, k <= lags

    std::vector<double> unit;       ///< standard deviation taken out, in the series' own units
    std::vector<double> intercept;  ///< trend at t = 0, in the series' own units
    std::vector<bool> usable;
    std::vector<SeriesFault> faults;

    const double* level_of(std::size_t series) const { return level.data() + series * observations; }
    const double* difference_of(std::size_t series) const { return difference.data() + series * differences; }
};

/// @return  the errors of scan_panel
Result<PreparedPanel> prepare_panel(const PanelView& panel, const ScanOptions& options);

}  // namespace plumb::stats
