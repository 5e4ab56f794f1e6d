#include "stats/variance_ratio.hpp"

#include <fmt/core.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "stats/least_squares.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

double two_sided_p(double z) { return std::erfc(std::fabs(z) / std::numbers::sqrt2); }

}  // namespace

Result<VarianceRatio> variance_ratio(std::span<const double> level, std::size_t q) {
    if (q < 2) return fail(Errc::invalid_argument, fmt::format("q must be at least 2, found {}", q));
    if (Status ok = check_series(level, q + 2); !ok) return fail(std::move(ok.error()));
    const ScaledSeries scaled = scale_series(level, Shift::mean);
    const std::vector<double>& x = scaled.values;
    const std::size_t n = x.size() - 1;
    const double count = static_cast<double>(n);
    const double qd = static_cast<double>(q);
    const double mean = (x[n] - x[0]) / count;

    std::vector<double> squares(n);
    double total = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double d = (level[t + 1] - level[t]) / scaled.scale - mean;
        squares[t] = d * d;
        total += squares[t];
    }
    if (!(total > 1e-26)) return fail(Errc::constant_series, "all differences are equal");
    double aggregated = 0;
    for (std::size_t t = q; t <= n; ++t) {
        const double d = x[t] - x[t - q] - qd * mean;
        aggregated += d * d;
    }
    const double m = qd * (count - qd + 1) * (1 - qd / count);
    VarianceRatio out;
    out.ratio = (aggregated / m) / (total / (count - 1));
    out.z_homoscedastic = (out.ratio - 1) / std::sqrt(2 * (2 * qd - 1) * (qd - 1) / (3 * qd * count));
    double theta = 0;
    const std::span<const double> s{squares};
    for (std::size_t j = 1; j < q; ++j) {
        const double weight = 2 * (qd - static_cast<double>(j)) / qd;
        theta += weight * weight * (dot(s.subspan(j), s.first(n - j)) / (total * total));
    }
    if (!(theta > 0))
        return fail(Errc::singular, "no two neighbouring differences move: the robust variance is zero");
    out.z_robust = (out.ratio - 1) / std::sqrt(theta);
    out.p_homoscedastic = two_sided_p(out.z_homoscedastic);
    out.p_robust = two_sided_p(out.z_robust);
    return out;
}

}  // namespace plumb::stats
