#include "stats/johansen.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/johansen_tables.hpp"
#include "stats/least_squares.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

using Column = std::vector<double>;
using Columns = std::vector<Column>;

void remove_mean(std::span<double> v) {
    for (int pass = 0; pass < 2; ++pass) {
        const double mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
        for (double& value : v) value -= mean;
    }
}

void remove_line(std::span<double> v) {
    const double n = static_cast<double>(v.size());
    const double middle = (n - 1) / 2;
    for (int pass = 0; pass < 2; ++pass) {
        remove_mean(v);
        double stv = 0;
        for (std::size_t t = 0; t < v.size(); ++t) stv += (static_cast<double>(t) - middle) * v[t];
        const double slope = stv / (n * (n * n - 1) / 12);
        for (std::size_t t = 0; t < v.size(); ++t) v[t] -= slope * (static_cast<double>(t) - middle);
    }
}

Column slice(const Column& v, std::size_t start, std::size_t count) {
    return {v.begin() + static_cast<std::ptrdiff_t>(start),
            v.begin() + static_cast<std::ptrdiff_t>(start + count)};
}

LeastSquares factored(const Columns& columns) {
    LeastSquares qr{columns.front().size(), columns.size()};
    for (std::size_t j = 0; j < columns.size(); ++j) std::ranges::copy(columns[j], qr.column(j).begin());
    qr.factor();
    return qr;
}

/// Subtracts from each target what `regressors` explain, twice.
void project_out(const Columns& regressors, Columns& targets) {
    if (regressors.empty()) return;
    const LeastSquares design = factored(regressors);
    for (Column& target : targets) {
        for (int pass = 0; pass < 2; ++pass) {
            Column projected = target;
            design.project(projected);
            const std::vector<double> coefficients = design.solve(projected);
            for (std::size_t j = 0; j < regressors.size(); ++j) {
                for (std::size_t t = 0; t < target.size(); ++t)
                    target[t] -= coefficients[j] * regressors[j][t];
            }
        }
    }
}

struct Svd {
    std::vector<double> values;              // descending
    std::vector<std::vector<double>> right;  // right[i] belongs to values[i]
};

/// One-sided Jacobi (Hestenes 1958) on the columns of a small square matrix, columns[j][i].
Svd singular_values(Columns columns) {
    const std::size_t p = columns.size();
    Columns right(p, Column(p, 0.0));
    for (std::size_t j = 0; j < p; ++j) right[j][j] = 1;
    constexpr int kSweepsMax = 60;  // quadratic convergence: 12 columns take about 6
    for (int sweep = 0; sweep < kSweepsMax; ++sweep) {
        bool rotated = false;
        for (std::size_t a = 0; a + 1 < p; ++a) {
            for (std::size_t b = a + 1; b < p; ++b) {
                const double aa = dot(columns[a], columns[a]);
                const double bb = dot(columns[b], columns[b]);
                const double ab = dot(columns[a], columns[b]);
                if (std::fabs(ab) <= 1e-16 * std::sqrt(aa * bb)) continue;
                rotated = true;
                const double zeta = (bb - aa) / (2 * ab);
                const double t = (zeta >= 0 ? 1.0 : -1.0) / (std::fabs(zeta) + std::hypot(1.0, zeta));
                const double c = 1 / std::hypot(1.0, t);
                const double s = c * t;
                const auto rotate = [&](Column& u, Column& v) {
                    for (std::size_t i = 0; i < p; ++i) {
                        const double ui = u[i];
                        u[i] = c * ui - s * v[i];
                        v[i] = s * ui + c * v[i];
                    }
                };
                rotate(columns[a], columns[b]);
                rotate(right[a], right[b]);
            }
        }
        if (!rotated) break;
    }
    std::vector<std::size_t> order(p);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> norms(p);
    for (std::size_t j = 0; j < p; ++j) norms[j] = std::sqrt(dot(columns[j], columns[j]));
    std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t j) { return norms[j]; });
    Svd out;
    for (const std::size_t j : order) {
        out.values.push_back(norms[j]);
        out.right.push_back(right[j]);
    }
    return out;
}

/// Orthonormal basis of the columns' span, from a full-rank factorisation: Q = A R^-1, columns orthogonalised
/// again.
Columns orthonormal(Columns columns) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t k = 0; k < j; ++k) {
                const double along = dot(columns[k], columns[j]);
                for (std::size_t t = 0; t < columns[j].size(); ++t) columns[j][t] -= along * columns[k][t];
            }
            const double length = std::sqrt(dot(columns[j], columns[j]));
            for (double& v : columns[j]) v /= length;
        }
    }
    return columns;
}

Status check_inputs(std::span<const std::span<const double>> series, const JohansenOptions& options) {
    const std::size_t p = series.size();
    if (p < 2 || p > kJohansenSeriesMax) {
        return fail(Errc::unsupported,
                    fmt::format("Johansen's test takes 2 to {} series, found {}", kJohansenSeriesMax, p));
    }
    if (options.trend == Trend::quadratic)
        return fail(Errc::unsupported, "Johansen's test knows det_order -1, 0 and 1");
    if (options.lagged_differences < 0)
        return fail(Errc::invalid_argument, "the number of lagged differences is negative");
    const std::size_t parameters = p * (static_cast<std::size_t>(options.lagged_differences) + 1);
    const std::size_t length_min = 3 * (parameters + 2);
    for (std::size_t j = 0; j < p; ++j) {
        if (series[j].size() != series[0].size()) {
            return fail(Errc::length_mismatch, fmt::format("series 0 has {} values, series {} has {}",
                                                           series[0].size(), j, series[j].size()));
        }
        if (Status ok = check_series(series[j], length_min); !ok) {
            return fail(std::move(ok.error()).at(fmt::format("series {}", j)));
        }
    }
    return {};
}

struct Residuals {
    Columns level;       // X_t-1
    Columns difference;  // X_t - X_t-1
    std::vector<double> scale;
};

Residuals residuals_on_lags(std::span<const std::span<const double>> series, const JohansenOptions& options) {
    const std::size_t lags = static_cast<std::size_t>(options.lagged_differences);
    const std::size_t rows = series[0].size() - 1 - lags;
    Residuals out;
    Columns lagged;
    for (const std::span<const double> input : series) {
        ScaledSeries scaled = scale_series(input, options.trend == Trend::none ? Shift::none : Shift::mean);
        if (options.trend == Trend::linear) remove_line(scaled.values);
        out.scale.push_back(scaled.scale);
        const Column& x = scaled.values;
        Column change(x.size() - 1);
        for (std::size_t t = 0; t < change.size(); ++t) change[t] = x[t + 1] - x[t];
        out.difference.push_back(slice(change, lags, rows));
        out.level.push_back(slice(x, lags, rows));
        for (std::size_t lag = 1; lag <= lags; ++lag) lagged.push_back(slice(change, lags - lag, rows));
    }
    if (options.trend != Trend::none) {
        for (Columns* columns : {&out.level, &out.difference, &lagged}) {
            for (Column& column : *columns) remove_mean(column);
        }
    }
    project_out(lagged, out.level);
    project_out(lagged, out.difference);
    for (Columns* columns : {&out.level, &out.difference}) {
        for (Column& column : *columns) {
            // Levels are of order one: what is left here is rounding, and must not be scaled up into a
            // direction.
            const double root_mean_square = std::sqrt(dot(column, column) / static_cast<double>(rows));
            if (root_mean_square < 1e-13) std::ranges::fill(column, 0.0);
        }
    }
    return out;
}

Status check_rank(const LeastSquares& qr, const char* what) {
    for (std::size_t j = 0; j < qr.columns(); ++j) {
        if (!qr.independent(j)) {
            return fail(Errc::singular,
                        fmt::format("the {} of series {} is a linear function of those before it", what, j));
        }
    }
    return {};
}

/// Weights of the series, in their own units, that give the canonical variate `direction` of the whitened
/// levels.
std::vector<double> relation(const LeastSquares& level_qr, const std::vector<double>& direction,
                             std::span<const double> scale) {
    std::vector<double> weights = level_qr.solve(direction);
    for (std::size_t j = 0; j < weights.size(); ++j) weights[j] /= scale[j];
    const double first = weights[0];
    if (first != 0) {
        for (double& w : weights) w /= first;
    }
    return weights;
}

}  // namespace

Result<JohansenResult> johansen_test(std::span<const std::span<const double>> series,
                                     const JohansenOptions& options) {
    if (Status ok = check_inputs(series, options); !ok) return fail(std::move(ok.error()));
    const std::size_t p = series.size();
    const Residuals residuals = residuals_on_lags(series, options);
    const LeastSquares level_qr = factored(residuals.level);
    const LeastSquares difference_qr = factored(residuals.difference);
    if (Status ok = check_rank(level_qr, "level"); !ok) return fail(std::move(ok.error()));
    if (Status ok = check_rank(difference_qr, "difference"); !ok) return fail(std::move(ok.error()));

    const Columns level_basis = orthonormal(residuals.level);
    const Columns difference_basis = orthonormal(residuals.difference);
    Columns correlation(p, Column(p));  // column j: level direction j seen from the differences
    for (std::size_t j = 0; j < p; ++j) {
        for (std::size_t i = 0; i < p; ++i) correlation[j][i] = dot(difference_basis[i], level_basis[j]);
    }
    const Svd svd = singular_values(std::move(correlation));

    JohansenResult out;
    out.rows = residuals.level[0].size();
    const double rows = static_cast<double>(out.rows);
    const std::size_t table = trend_columns(options.trend);
    for (std::size_t r = 0; r < p; ++r) {
        const double eigenvalue = std::min(svd.values[r] * svd.values[r], 1.0);
        if (eigenvalue >= 1)
            return fail(Errc::singular,
                        "a canonical correlation is one: the sample is too short for so many lags");
        out.eigenvalues.push_back(eigenvalue);
        out.max_eigenvalue.push_back(-rows * std::log1p(-eigenvalue));
        out.trace_critical.push_back(tables::kTraceCritical[table][p - r - 1].level);
        out.max_eigenvalue_critical.push_back(tables::kMaxEigenvalueCritical[table][p - r - 1].level);
        // Gram-Schmidt and Householder factors agree up to the sign of each row of R.
        std::vector<double> direction(residuals.level[0].size(), 0.0);
        for (std::size_t j = 0; j < p; ++j) {
            direction[j] = level_qr.r(j, j) < 0 ? -svd.right[r][j] : svd.right[r][j];
        }
        out.relations.push_back(relation(level_qr, direction, residuals.scale));
    }
    out.trace.resize(p);
    double sum = 0;
    for (std::size_t r = p; r-- > 0;) out.trace[r] = sum += out.max_eigenvalue[r];
    return out;
}

}  // namespace plumb::stats
