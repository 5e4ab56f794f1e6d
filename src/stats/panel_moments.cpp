#include "stats/panel_moments.hpp"

#include <cblas.h>

#include <algorithm>

namespace plumb::stats {
namespace {

constexpr std::size_t kRowMultiple = 8;

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define PLUMB_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define PLUMB_CLONES
#endif

/// out[r][t] = d[r][t] + d[r][t - lag] for t = lag..m-1, `count` rows of length m.
PLUMB_CLONES void lagged_sums(const double* d, std::size_t count, std::size_t m, std::size_t lag,
                              double* out) {
    for (std::size_t r = 0; r < count; ++r) {
        const double* from = d + r * m;
        double* to = out + r * m;
        for (std::size_t t = lag; t < m; ++t) to[t - lag] = from[t] + from[t - lag];
    }
}

/// c[y][x] += a_y b_x + p_y q_x.
PLUMB_CLONES void add_outer(double* c, std::size_t rows, std::size_t columns, std::size_t stride,
                            const double* a, const double* b, const double* p, const double* q) {
    for (std::size_t y = 0; y < rows; ++y) {
        double* row = c + y * stride;
        for (std::size_t x = 0; x < columns; ++x) row[x] += a[y] * b[x] + p[y] * q[x];
    }
}

struct Product {
    const double* a;
    const double* b;
    std::size_t rows;
    std::size_t columns;
    std::size_t length;  // of the dot products
    std::size_t lead;    // distance between rows of a and b
    double* c;
    std::size_t stride;
    double beta;
};

/// c = a b' + beta c; a symmetric product costs half.
void multiply(const Product& p) {
    const int rows = static_cast<int>(p.rows);
    const int columns = static_cast<int>(p.columns);
    const int length = static_cast<int>(p.length);
    const int lead = static_cast<int>(p.lead);
    const int stride = static_cast<int>(p.stride);
    if (p.a != p.b) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, length, 1.0, p.a, lead, p.b, lead,
                    p.beta, p.c, stride);
        return;
    }
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, rows, length, 1.0, p.a, lead, p.beta, p.c, stride);
    for (std::size_t y = 1; y < p.rows; ++y) {
        for (std::size_t x = 0; x < y; ++x) p.c[y * p.stride + x] = p.c[x * p.stride + y];
    }
}

std::size_t padded(std::size_t columns) { return (columns + kRowMultiple - 1) / kRowMultiple * kRowMultiple; }

}  // namespace

TileMoments::TileMoments(std::size_t lags, std::size_t tile_max, std::size_t differences) : lags_{lags} {
    const std::size_t area = tile_max * padded(tile_max);
    products_.resize(area);
    correction_.resize(area);
    cross_.resize(area * (lags + 1));
    turned_.resize(area * (lags + 1));
    sums_y_.resize(tile_max * differences);
    sums_x_.resize(tile_max * differences);
    openblas_set_num_threads(1);  // results and timing must not depend on how many cores there are
}

void TileMoments::compute(const PreparedPanel& panel, TileRange y, TileRange x) {
    rows_ = y.count;
    columns_ = x.count;
    stride_ = padded(x.count);
    const std::size_t n = panel.observations;
    const std::size_t m = panel.differences;
    const std::size_t area = lag_stride();
    const bool same = y.first == x.first;
    std::fill_n(products_.begin(), area, 0.0);
    std::fill_n(cross_.begin(), area, 0.0);
    multiply({panel.level_of(y.first), panel.level_of(x.first), rows_, columns_, n, n, products_.data(),
              stride_, 0.0});
    multiply({panel.difference_of(y.first), panel.difference_of(x.first), rows_, columns_, m, m,
              cross_.data(), stride_, 0.0});
    for (std::size_t i = 0; i < area; ++i) {
        cross_[i] *= 2;
        correction_[i] = -cross_[i];
    }
    for (std::size_t h = 1; h <= lags_; ++h) {
        const double* first = panel.first_difference.data() + (h - 1) * panel.stride;
        const double* last = panel.last_difference.data() + (h - 1) * panel.stride;
        add_outer(correction_.data(), rows_, columns_, stride_, first + y.first, first + x.first,
                  last + y.first, last + x.first);
        double* cross = cross_.data() + h * area;
        std::copy_n(correction_.begin(), area, cross);
        lagged_sums(panel.difference_of(y.first), rows_, m, h, sums_y_.data());
        if (!same) lagged_sums(panel.difference_of(x.first), columns_, m, h, sums_x_.data());
        multiply({sums_y_.data(), same ? sums_y_.data() : sums_x_.data(), rows_, columns_, m - h, m, cross,
                  stride_, 1.0});
    }
}

void TileMoments::transpose() {
    const std::size_t stride = padded(rows_);
    const std::size_t area = columns_ * stride;
    const auto turn = [&](const double* from, double* to) {
        std::fill_n(to, area, 0.0);
        for (std::size_t row = 0; row < rows_; ++row) {
            for (std::size_t column = 0; column < columns_; ++column)
                to[column * stride + row] = from[row * stride_ + column];
        }
    };
    turn(products_.data(), turned_.data());
    std::copy_n(turned_.begin(), area, products_.begin());
    for (std::size_t h = 0; h <= lags_; ++h)
        turn(cross_.data() + h * lag_stride(), turned_.data() + h * area);
    std::swap(cross_, turned_);
    std::swap(rows_, columns_);
    stride_ = stride;
}

}  // namespace plumb::stats
