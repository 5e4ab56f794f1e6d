#pragma once

#include <cstddef>
#include <span>

#include "stats/adf.hpp"

// The arithmetic of the panel scan, eight (or four) pairs at a time. The same code is compiled for AVX-512,
// AVX2 and the baseline; best_kernel() picks what this machine has.

namespace plumb::stats {

struct PreparedPanel;

/// What all pairs of a scan share.
struct SearchPlan {
    LagChoice lag_choice;
    /// Item p: what the residual sum of squares with p lags is multiplied by so that the smallest product is
    /// the smallest criterion: exp(2 (p + 1) / rows) for AIC, rows^((p + 1) / rows) for BIC.
    const double* penalty;
};

/// One y against the x of a tile, lanes over x.
struct SearchRow {
    const PreparedPanel* panel;
    std::size_t y;
    std::size_t x_first;
    std::size_t x_count;
    const double* cross;  ///< K_h[y, x] = sum_t (dy_t dx_t-h + dx_t dy_t-h): cross[h * cross_stride + lane]
    std::size_t cross_stride;
    const double* products;  ///< sum_t z_y z_x, by lane
    // out, by lane; room for a last vector store
    double* slope;
    double* share;  ///< residual share of the detrended y: ssr / Syy
    double* lag;    ///< chosen lag, or negative where the moments are not exact enough
};

/// Autocovariance sums and edge values of the residuals of some pairs, one after the other: value k of lane i
/// is at [k * width + i].
struct ResidualMoments {
    double* products;  ///< r_h = sum_t d_t d_t-h, h = 0..lag
    double* first_difference;
    double* last_difference;
    double* first_level;
    double* last_level;
    double* sum_squares;
};

struct PanelKernel {
    std::size_t width;
    /// Doubles of workspace a call needs.
    std::size_t (*workspace)(std::size_t lags);
    void (*search_row)(const SearchRow&, const SearchPlan&, double* workspace);
    /// Chooses the lag of `width` residuals; negative where a pivot fails.
    void (*search)(const ResidualMoments&, std::size_t differences, std::size_t lags, const SearchPlan&,
                   double* workspace, double* lag);
    /// The t-statistic of the level with `lag` lags on all rows; `valid` is 0 where a pivot fails.
    void (*fit)(const ResidualMoments&, std::size_t differences, std::size_t lag, double* workspace,
                double* statistic, double* valid);
};

/// What this machine can run, the fastest last.
std::span<const PanelKernel* const> usable_kernels();
const PanelKernel& best_kernel();

}  // namespace plumb::stats
