#include "stats/mackinnon.hpp"

#include <fmt/core.h>

#include <cmath>
#include <numbers>
#include <span>

#include "stats/mackinnon_tables.hpp"

namespace plumb::stats {
namespace {

double polynomial(std::span<const double> coefficients, double x) {
    double value = 0;
    for (std::size_t i = coefficients.size(); i-- > 0;) value = value * x + coefficients[i];
    return value;
}

std::span<const tables::CriticalRow> critical_rows(Trend trend) {
    switch (trend) {
        case Trend::none: return tables::kCriticalNone;
        case Trend::constant: return tables::kCriticalConstant;
        case Trend::linear: return tables::kCriticalLinear;
        case Trend::quadratic: return tables::kCriticalQuadratic;
    }
    return {};
}

}  // namespace

Result<double> mackinnon_p_value(double statistic, Trend trend, std::size_t series) {
    if (series < 1 || series > kPValueSeriesMax) {
        return fail(Errc::unsupported,
                    fmt::format("p-values are tabulated for 1 to 6 series, asked for {}", series));
    }
    if (std::isnan(statistic)) return fail(Errc::not_finite, "the statistic is not a number");
    const tables::PValueSurface& surface = tables::kPValueSurfaces[trend_columns(trend)][series - 1];
    if (statistic > surface.high) return 1.0;
    if (statistic < surface.low) return 0.0;
    const double z = statistic <= surface.star ? polynomial(surface.small, statistic)
                                               : polynomial(surface.large, statistic);
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

Result<std::array<double, 3>> mackinnon_critical_values(Trend trend, std::size_t series,
                                                        double observations) {
    const std::span<const tables::CriticalRow> rows = critical_rows(trend);
    if (series < 1 || series > rows.size()) {
        return fail(Errc::unsupported,
                    fmt::format("critical values are tabulated for 1 to {} series, asked for {}", rows.size(),
                                series));
    }
    if (!(observations > 0))
        return fail(Errc::invalid_argument,
                    fmt::format("observations must be positive, found {}", observations));
    std::array<double, 3> values{};
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = polynomial(rows[series - 1].level[i], 1 / observations);
    return values;
}

}  // namespace plumb::stats
