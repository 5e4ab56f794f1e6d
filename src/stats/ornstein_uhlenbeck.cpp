#include "stats/ornstein_uhlenbeck.hpp"

#include <fmt/core.h>

#include <cmath>
#include <numbers>

#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

struct Ar1 {
    double phi;
    double c;
    double variance;
    double total;
};

Ar1 fit_ar1(std::span<const double> v) {
    const std::size_t n = v.size() - 1;
    const double count = static_cast<double>(n);
    double mean_x = 0;
    double mean_y = 0;
    for (std::size_t t = 0; t < n; ++t) {
        mean_x += v[t];
        mean_y += v[t + 1];
    }
    mean_x /= count;
    mean_y /= count;
    double sxx = 0;
    double sxy = 0;
    double syy = 0;
    for (std::size_t t = 0; t < n; ++t) {
        sxx += (v[t] - mean_x) * (v[t] - mean_x);
        sxy += (v[t] - mean_x) * (v[t + 1] - mean_y);
        syy += (v[t + 1] - mean_y) * (v[t + 1] - mean_y);
    }
    if (sxx == 0) return {0, 0, 0, 0};
    const double phi = sxy / sxx;
    const double c = mean_y - phi * mean_x;
    double ssr = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double e = v[t + 1] - c - phi * v[t];
        ssr += e * e;
    }
    return {phi, c, ssr / count, syy / count};
}

}  // namespace

Result<OrnsteinUhlenbeck> fit_ornstein_uhlenbeck(std::span<const double> series, double dt) {
    if (Status ok = check_series(series, 13); !ok) return fail(std::move(ok.error()));
    if (!(dt > 0) || !std::isfinite(dt))
        return fail(Errc::invalid_argument, fmt::format("dt must be positive, found {}", dt));
    const ScaledSeries scaled = scale_series(series, Shift::mean);
    const Ar1 fit = fit_ar1(scaled.values);
    if (fit.variance <= 1e-26 * fit.total)
        return fail(Errc::singular, "each value is an exact function of the one before");

    OrnsteinUhlenbeck out;
    const double n = static_cast<double>(series.size() - 1);
    const double deviation = std::sqrt(fit.variance) * scaled.scale;
    out.phi = fit.phi;
    out.c = scaled.shift * (1 - fit.phi) + scaled.scale * fit.c;
    out.innovation_variance = deviation * deviation;
    if (!std::isfinite(out.innovation_variance) || out.innovation_variance == 0) {
        return fail(Errc::out_of_range, "the variance is not a double: rescale the series");
    }
    const double log_variance = std::log(fit.variance) + 2 * std::log(scaled.scale);
    out.log_likelihood = -0.5 * n * (std::log(2 * std::numbers::pi) + log_variance + 1);
    if (fit.phi > 0 && fit.phi < 1) {
        const double theta = -std::log(fit.phi) / dt;
        const double stationary = deviation / std::sqrt((1 - fit.phi) * (1 + fit.phi));
        out.process = OrnsteinUhlenbeck::Process{.theta = theta,
                                                 .mu = scaled.shift + scaled.scale * fit.c / (1 - fit.phi),
                                                 .sigma = stationary * std::sqrt(2 * theta),
                                                 .half_life = std::numbers::ln2 / theta,
                                                 .stationary_deviation = stationary};
    }
    return out;
}

}  // namespace plumb::stats
