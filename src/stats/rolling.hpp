#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "stats/engle_granger.hpp"

namespace plumb::stats {

/// The last `capacity` values, for statistics that are asked at every bar. Means and deviations are computed
/// anew from the values (relative to the oldest): a running sum of squares loses a price of 60,000 that moves
/// by a cent.
///
/// Cost: push O(1), the rest O(capacity). No allocation after construction.
class RollingWindow {
 public:
    explicit RollingWindow(std::size_t capacity);

    void push(double value);
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return values_.size(); }
    bool full() const { return size_ == values_.size(); }

    /// Mean and deviation of what is in the window; ddof 0 or 1. The deviation is exactly 0 where all values
    /// are equal.
    struct Level {
        double mean;
        double deviation;
    };
    /// Absent until ddof + 1 values are there.
    std::optional<Level> level(int ddof) const;
    /// (latest - mean) / deviation; absent until the window is full and where the deviation is 0.
    std::optional<double> zscore(int ddof) const;

 private:
    std::vector<double> values_;
    std::size_t next_ = 0;
    std::size_t size_ = 0;
};

/// z-score of each value in the window of `window` values that ends with it; absent before the first full
/// window and where the deviation is 0. @return  empty · not_finite · invalid_argument (window < 2, ddof not
/// 0 or 1). Cost: O(n window).
Result<std::vector<std::optional<double>>> rolling_zscore(std::span<const double> series, std::size_t window,
                                                          int ddof);

struct RollingFit {
    double slope = 0;
    double intercept = 0;
    std::optional<double> zscore;  ///< last residual over the residuals' deviation (ddof 1)
};

/// y on (x, 1) in each window; absent before the first full window and where x does not move.
/// @return  empty · length_mismatch · not_finite · invalid_argument (window < 3). Cost: O(n window).
Result<std::vector<std::optional<RollingFit>>> rolling_ols(std::span<const double> y,
                                                           std::span<const double> x, std::size_t window);

struct WalkForwardTest {
    std::size_t start = 0;  ///< index of the window's first value
    Result<EngleGrangerResult> test;
};

struct WalkForwardOptions {
    std::size_t window = 0;
    std::size_t step = 0;
    EngleGrangerOptions test;
};

/// Engle-Granger on windows [start, start + window), start = 0, step, 2 step, ...; a window that cannot be
/// tested carries its error.
/// @return  length_mismatch · invalid_argument (window or step 0) · too_short (no window fits)
Result<std::vector<WalkForwardTest>> walk_forward_engle_granger(std::span<const double> y,
                                                                std::span<const double> x,
                                                                const WalkForwardOptions& options);

}  // namespace plumb::stats
