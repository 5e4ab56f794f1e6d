#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace plumb::stats {

/// Dot product in four partial sums: as fast as the latency of an addition allows, and a little more exact.
double dot(std::span<const double> a, std::span<const double> b);

/// Householder QR of a tall matrix whose columns are first scaled to unit length, so that the unit of a
/// regressor never decides its rank. Columns stay in the order they were added (nested regressions are read
/// off one factorisation).
///
/// A column that lies in the span of those before it (its remainder below kRankTolerance of its length) takes
/// no row and gets coefficient zero, as with a pseudo-inverse.
///
/// Cost: 2 rows columns^2 flops, one allocation a column. Golub and Van Loan, Matrix Computations, 5.2.
class LeastSquares {
 public:
    static constexpr double kRankTolerance = 1e-11;

    LeastSquares(std::size_t rows, std::size_t columns);

    /// The storage of a column, to be filled before factor().
    std::span<double> column(std::size_t index);
    void factor();

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    bool independent(std::size_t column) const { return pivot_row_[column] != kNone; }
    /// Whether no column depends on those before it; only then do r() and solve() mean what they say.
    bool full_rank() const { return rank_before(columns_) == columns_; }
    /// Independent columns among the first `count`.
    std::size_t rank_before(std::size_t count) const;

    /// Replaces `target` (rows long) by Q' target: its first rank_before(k) entries are what the first k
    /// columns explain, the sum of squares of the others is the residual of that regression.
    void project(std::span<double> target) const;
    /// Coefficients from a projected target, in the units of the columns as they were filled.
    std::vector<double> solve(std::span<const double> projected) const;
    /// Entry of R in the scaled columns; row <= column.
    double r(std::size_t row, std::size_t column) const { return storage_[column * rows_ + row]; }
    /// Length a column had before it was scaled.
    double column_length(std::size_t column) const { return length_[column]; }
    /// Row of R that holds the pivot of an independent column.
    std::size_t pivot_row(std::size_t column) const { return pivot_row_[column]; }

 private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    void reflect(std::size_t column, std::span<double> target) const;

    std::size_t rows_;
    std::size_t columns_;
    std::vector<double> storage_;  // column-major: R above the pivots
    std::vector<double>
        reflectors_;  // column-major: Householder vectors of unit length, from the pivot row on
    std::vector<double> length_;
    std::vector<std::size_t> pivot_row_;
};

}  // namespace plumb::stats
