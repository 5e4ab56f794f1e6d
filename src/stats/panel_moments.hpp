#pragma once

#include <cstddef>
#include <vector>

#include "stats/prepared_panel.hpp"

namespace plumb::stats {

/// Rows and columns of a block of pairs, as indices of series.
struct TileRange {
    std::size_t first;
    std::size_t count;
};

/// Moments between the series of two ranges: products[y][x] = sum z_y z_x and, for each lag h, the symmetric
/// K_h[y][x] = sum_t (dy_t dx_t-h + dx_t dy_t-h). Rows are padded with zeros to a multiple of eight.
class TileMoments {
 public:
    TileMoments(std::size_t lags, std::size_t tile_max, std::size_t differences);

    /// Matrix products, one per lag. By polarisation w_t = d_t + d_t-h has W W' = K_h + 2 C_0 less a few
    /// products at the edges, so half the work of forming C_h and its transpose does. Cost: count_y count_x n
    /// (lags + 2) flops, half of it where y = x.
    void compute(const PreparedPanel& panel, TileRange y, TileRange x);
    /// The same block seen from the other side.
    void transpose();

    std::size_t stride() const { return stride_; }
    std::size_t lag_stride() const { return stride_ * rows_; }
    const double* products(std::size_t row) const { return products_.data() + row * stride_; }
    /// K_0[row]; K_h is lag_stride() further each.
    const double* cross(std::size_t row) const { return cross_.data() + row * stride_; }

 private:
    std::size_t lags_;
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t stride_ = 0;
    std::vector<double> products_;
    std::vector<double> cross_;
    std::vector<double> correction_;
    std::vector<double> sums_y_;
    std::vector<double> sums_x_;
    std::vector<double> turned_;
};

}  // namespace plumb::stats
