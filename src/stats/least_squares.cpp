#include "stats/least_squares.hpp"

#include <cmath>

#include "base/check.hpp"

namespace plumb::stats {

double dot(std::span<const double> a, std::span<const double> b) {
    double sum[4] = {0, 0, 0, 0};
    const std::size_t n = a.size();
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (std::size_t k = 0; k < 4; ++k) sum[k] += a[i + k] * b[i + k];
    }
    for (; i < n; ++i) sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

LeastSquares::LeastSquares(std::size_t rows, std::size_t columns)
    : rows_{rows}, columns_{columns}, storage_(rows * columns), length_(columns), pivot_row_(columns, kNone) {
    PLUMB_CHECK(rows >= columns);
}

std::span<double> LeastSquares::column(std::size_t index) { return {storage_.data() + index * rows_, rows_}; }

void LeastSquares::reflect(std::size_t column, std::span<double> target) const {
    const std::size_t row = pivot_row_[column];
    const std::span<const double> v{reflectors_.data() + column * rows_ + row, rows_ - row};
    const std::span<double> part = target.subspan(row);
    const double twice = 2 * dot(v, part);
    for (std::size_t i = 0; i < v.size(); ++i) part[i] -= twice * v[i];
}

void LeastSquares::factor() {
    reflectors_.assign(storage_.size(), 0.0);
    std::size_t row = 0;
    for (std::size_t j = 0; j < columns_; ++j) {
        const std::span<double> values = column(j);
        length_[j] = std::sqrt(dot(values, values));
        if (length_[j] > 0) {
            for (double& v : values) v /= length_[j];
        }
        for (std::size_t k = 0; k < j; ++k) {
            if (independent(k)) reflect(k, values);
        }
        if (row == rows_) continue;
        const std::span<double> rest = values.subspan(row);
        const double norm = std::sqrt(dot(rest, rest));
        if (!(norm > kRankTolerance)) continue;
        const double head = rest[0] > 0 ? -norm : norm;
        const std::span<double> v{reflectors_.data() + j * rows_ + row, rows_ - row};
        for (std::size_t i = 0; i < v.size(); ++i) v[i] = rest[i];
        v[0] -= head;
        const double size = std::sqrt(dot(v, v));
        for (double& entry : v) entry /= size;
        rest[0] = head;
        for (std::size_t i = 1; i < rest.size(); ++i) rest[i] = 0;
        pivot_row_[j] = row++;
    }
}

std::size_t LeastSquares::rank_before(std::size_t count) const {
    std::size_t rank = 0;
    for (std::size_t j = 0; j < count; ++j) rank += independent(j) ? 1 : 0;
    return rank;
}

void LeastSquares::project(std::span<double> target) const {
    for (std::size_t j = 0; j < columns_; ++j) {
        if (independent(j)) reflect(j, target);
    }
}

std::vector<double> LeastSquares::solve(std::span<const double> projected) const {
    std::vector<double> coefficients(columns_, 0.0);
    for (std::size_t j = columns_; j-- > 0;) {
        if (!independent(j)) continue;
        const std::size_t row = pivot_row_[j];
        double sum = projected[row];
        for (std::size_t k = j + 1; k < columns_; ++k) {
            if (independent(k)) sum -= r(row, k) * coefficients[k];
        }
        coefficients[j] = sum / r(row, j);
    }
    for (std::size_t j = 0; j < columns_; ++j) {
        if (independent(j)) coefficients[j] /= length_[j];
    }
    return coefficients;
}

}  // namespace plumb::stats
