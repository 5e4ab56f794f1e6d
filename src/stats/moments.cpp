#include "stats/moments.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

using Extended = long double;

Extended mean_deviation_from(std::span<const double> x, double origin) {
    Extended sum = 0;
    for (const double v : x) sum += static_cast<Extended>(v) - origin;
    return sum / static_cast<Extended>(x.size());
}

}  // namespace

double Moments::deviation_population() const { return std::sqrt(variance_population); }
double Moments::deviation_sample() const { return std::sqrt(variance_sample); }

Result<Moments> moments(std::span<const double> x) {
    if (Status ok = check_finite(x, 2); !ok) return fail(std::move(ok.error()));
    const Extended n = static_cast<Extended>(x.size());
    const Extended offset = mean_deviation_from(x, x[0]);
    Extended m2 = 0;
    Extended m3 = 0;
    Extended m4 = 0;
    for (const double v : x) {
        const Extended d = (static_cast<Extended>(v) - x[0]) - offset;
        m2 += d * d;
        m3 += d * d * d;
        m4 += d * d * d * d;
    }
    Moments out;
    out.count = x.size();
    out.mean = static_cast<double>(x[0] + offset);
    out.variance_population = static_cast<double>(m2 / n);
    out.variance_sample = static_cast<double>(m2 / (n - 1));
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    out.min = *low;
    out.max = *high;
    if (!std::isfinite(out.variance_sample))
        return fail(Errc::out_of_range, "the variance is not a double: rescale the series");
    if (out.min < out.max && m2 > 0) {
        const Extended variance = m2 / n;
        out.skewness = static_cast<double>((m3 / n) / (variance * std::sqrt(variance)));
        out.kurtosis_excess = static_cast<double>((m4 / n) / (variance * variance) - 3);
    }
    return out;
}

Result<CoMoments> co_moments(std::span<const double> x, std::span<const double> y) {
    if (x.size() != y.size()) {
        return fail(Errc::length_mismatch, fmt::format("x has {} values, y has {}", x.size(), y.size()));
    }
    if (Status ok = check_finite(x, 2); !ok) return fail(std::move(ok.error()).at("x"));
    if (Status ok = check_finite(y, 2); !ok) return fail(std::move(ok.error()).at("y"));
    const Extended offset_x = mean_deviation_from(x, x[0]);
    const Extended offset_y = mean_deviation_from(y, y[0]);
    Extended sxx = 0;
    Extended sxy = 0;
    Extended syy = 0;
    Extended raw_xx = 0;
    Extended raw_xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const Extended dx = (static_cast<Extended>(x[i]) - x[0]) - offset_x;
        const Extended dy = (static_cast<Extended>(y[i]) - y[0]) - offset_y;
        sxx += dx * dx;
        sxy += dx * dy;
        syy += dy * dy;
        raw_xx += static_cast<Extended>(x[i]) * x[i];
        raw_xy += static_cast<Extended>(x[i]) * y[i];
    }
    CoMoments out;
    out.covariance_sample = static_cast<double>(sxy / static_cast<Extended>(x.size() - 1));
    if (!std::isfinite(out.covariance_sample))
        return fail(Errc::out_of_range, "the covariance is not a double: rescale");
    if (sxx > 0 && syy > 0) out.correlation = static_cast<double>(sxy / (std::sqrt(sxx) * std::sqrt(syy)));
    if (sxx > 0) {
        const Extended slope = sxy / sxx;
        out.slope = static_cast<double>(slope);
        out.intercept = static_cast<double>((y[0] + offset_y) - slope * (x[0] + offset_x));
    }
    if (raw_xx > 0) out.slope_no_constant = static_cast<double>(raw_xy / raw_xx);
    return out;
}

}  // namespace plumb::stats
