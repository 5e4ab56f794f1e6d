#include "stats/linear_regression.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "stats/least_squares.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

// Below this share of the total, what is left of y is rounding.
constexpr double kExactFitShare = 1e-26;

std::string name_of(std::size_t regressor, std::size_t count) {
    return count == 1 ? std::string{"x"} : fmt::format("x[{}]", regressor);
}

Status check_inputs(std::span<const double> y, std::span<const std::span<const double>> x, Trend trend) {
    if (x.empty()) return fail(Errc::empty, "no regressor");
    const std::size_t parameters = x.size() + trend_columns(trend);
    const std::size_t length_min = 3 * (parameters + 2);
    for (std::size_t j = 0; j < x.size(); ++j) {
        if (x[j].size() != y.size()) {
            return fail(Errc::length_mismatch, fmt::format("y has {} values, {} has {}", y.size(),
                                                           name_of(j, x.size()), x[j].size()));
        }
    }
    if (Status ok = check_series(y, length_min); !ok) return fail(std::move(ok.error()).at("y"));
    for (std::size_t j = 0; j < x.size(); ++j) {
        if (Status ok = check_series(x[j], length_min); !ok)
            return fail(std::move(ok.error()).at(name_of(j, x.size())));
    }
    return {};
}

/// Rows of T in parameters = T theta + offset, theta the coefficients in centred, scaled columns.
std::vector<std::vector<double>> back_transform(const ScaledSeries& y, std::span<const ScaledSeries> x,
                                                Trend trend, std::size_t n) {
    const std::size_t k = x.size() + trend_columns(trend);
    std::vector<std::vector<double>> rows(k, std::vector<double>(k, 0.0));
    for (std::size_t j = 0; j < x.size(); ++j) rows[j][j] = y.scale / x[j].scale;
    if (trend == Trend::none) return rows;
    const UnitTime time{n};
    const std::size_t c = x.size();
    for (std::size_t j = 0; j < x.size(); ++j) rows[c][j] = -rows[j][j] * x[j].shift;
    rows[c][c] = y.scale;
    if (trend >= Trend::linear) {
        rows[c][c + 1] = y.scale * time.v;
        rows[c + 1][c + 1] = y.scale * time.u;
    }
    if (trend == Trend::quadratic) {
        rows[c][c + 2] = y.scale * time.v * time.v;
        rows[c + 1][c + 2] = y.scale * 2 * time.u * time.v;
        rows[c + 2][c + 2] = y.scale * time.u * time.u;
    }
    return rows;
}

/// Standard deviations of T theta, in units of the residual deviation: rows of T R^-1.
std::vector<double> error_factors(const LeastSquares& design,
                                  const std::vector<std::vector<double>>& transform) {
    const std::size_t k = design.columns();
    std::vector<double> factors(k);
    for (std::size_t p = 0; p < k; ++p) {
        std::vector<double> w(k);
        double sum = 0;
        for (std::size_t j = 0; j < k; ++j) {
            double value = transform[p][j] / design.column_length(j);
            for (std::size_t i = 0; i < j; ++i) value -= w[i] * design.r(i, j);
            w[j] = value / design.r(j, j);
            sum += w[j] * w[j];
        }
        factors[p] = std::sqrt(sum);
    }
    return factors;
}

LeastSquares build_design(std::span<const ScaledSeries> x, Trend trend, std::size_t n) {
    LeastSquares design{n, x.size() + trend_columns(trend)};
    for (std::size_t j = 0; j < x.size(); ++j) {
        const std::span<double> column = design.column(j);
        for (std::size_t i = 0; i < n; ++i) column[i] = x[j].values[i];
    }
    const UnitTime time{n};
    for (std::size_t power = 0; power < trend_columns(trend); ++power) {
        const std::span<double> column = design.column(x.size() + power);
        for (std::size_t i = 0; i < n; ++i) {
            const double t = time.at(static_cast<double>(i + 1));
            column[i] = power == 0 ? 1.0 : (power == 1 ? t : t * t);
        }
    }
    design.factor();
    return design;
}

void subtract_fit(std::span<double> residual, std::span<const double> theta, std::span<const ScaledSeries> x,
                  Trend trend) {
    const std::size_t n = residual.size();
    for (std::size_t j = 0; j < x.size(); ++j) {
        for (std::size_t i = 0; i < n; ++i) residual[i] -= theta[j] * x[j].values[i];
    }
    if (trend == Trend::none) return;
    const UnitTime time{n};
    const std::size_t c = x.size();
    for (std::size_t i = 0; i < n; ++i) {
        const double t = time.at(static_cast<double>(i + 1));
        double value = theta[c];
        if (trend >= Trend::linear) value += theta[c + 1] * t;
        if (trend == Trend::quadratic) value += theta[c + 2] * t * t;
        residual[i] -= value;
    }
}

void add_statistics(LinearFit& fit, double ssr_scaled, const ScaledSeries& y,
                    std::span<const double> factors) {
    const double n = static_cast<double>(fit.residuals.size());
    const double k = static_cast<double>(fit.parameters.size());
    const double log_variance = std::log(ssr_scaled / n) + 2 * std::log(y.scale);
    fit.log_likelihood = -n / 2 * (std::log(2 * std::numbers::pi) + log_variance + 1);
    fit.aic = -2 * fit.log_likelihood + 2 * k;
    fit.bic = -2 * fit.log_likelihood + k * std::log(n);
    const double deviation = std::sqrt(ssr_scaled / (n - k));
    for (std::size_t p = 0; p < factors.size(); ++p) {
        fit.standard_errors.push_back(deviation * factors[p]);
        fit.t_values.push_back(fit.parameters[p] / fit.standard_errors[p]);
    }
}

}  // namespace

Result<LinearFit> fit_linear(std::span<const double> y, std::span<const std::span<const double>> x,
                             Trend trend) {
    if (Status ok = check_inputs(y, x, trend); !ok) return fail(std::move(ok.error()));
    const std::size_t n = y.size();
    const Shift shift = trend == Trend::none ? Shift::none : Shift::mean;
    const ScaledSeries target = scale_series(y, shift);
    std::vector<ScaledSeries> regressors;
    for (const std::span<const double> series : x) regressors.push_back(scale_series(series, shift));

    const LeastSquares design = build_design(regressors, trend, n);
    for (std::size_t j = 0; j < design.columns(); ++j) {
        if (design.independent(j)) continue;
        const std::string name = j < x.size() ? name_of(j, x.size()) : std::string{"the trend"};
        return fail(Errc::singular, fmt::format("{} is a linear function of the regressors before it", name));
    }
    LinearFit fit;
    fit.residuals = target.values;
    std::vector<double> theta(design.columns(), 0.0);
    for (int pass = 0; pass < 2; ++pass) {  // the second pass fits what rounding left over
        std::vector<double> projected = fit.residuals;
        design.project(projected);
        const std::vector<double> step = design.solve(projected);
        for (std::size_t j = 0; j < step.size(); ++j) theta[j] += step[j];
        fit.residuals = target.values;
        subtract_fit(fit.residuals, theta, regressors, trend);
    }
    const double total = dot(target.values, target.values);
    const double ssr = dot(fit.residuals, fit.residuals);
    fit.one_minus_r_squared = ssr / total;
    if (fit.one_minus_r_squared < kExactFitShare) {
        return fail(Errc::collinear, "y is an exact linear function of the regressors");
    }
    fit.ssr = ssr * target.scale * target.scale;
    if (!std::isfinite(fit.ssr) || fit.ssr == 0) {
        return fail(Errc::out_of_range, "the sum of squared residuals is not a double: rescale y");
    }
    const auto transform = back_transform(target, regressors, trend, n);
    for (const std::vector<double>& row : transform) fit.parameters.push_back(dot(row, theta));
    if (trend != Trend::none) fit.parameters[x.size()] += target.shift;
    add_statistics(fit, ssr, target, error_factors(design, transform));
    for (double& e : fit.residuals) e *= target.scale;
    return fit;
}

Result<LinearFit> fit_linear(std::span<const double> y, std::span<const double> x, Trend trend) {
    const std::array<std::span<const double>, 1> regressors{x};
    return fit_linear(y, regressors, trend);
}

}  // namespace plumb::stats
