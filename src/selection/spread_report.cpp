#include "selection/spread_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "stats/adf.hpp"
#include "stats/half_life.hpp"
#include "stats/moments.hpp"

namespace plumb::selection {

namespace {

std::size_t crossings_of(std::span<const double> values, double level) {
    std::size_t crossings = 0;
    for (std::size_t i = 1; i < values.size(); ++i)
        crossings += (values[i - 1] < level) != (values[i] < level);
    return crossings;
}

std::optional<double> half_life_of(std::span<const double> spread) {
    const auto bars = stats::half_life(spread);
    if (!bars) return std::nullopt;
    return *bars;
}

// Entry and exit, both legs: four times fee and half spread on the value of one unit of the spread.
double round_trip_cost(const SpreadReport& spread, double hedge_ratio, const TradingCost& cost) {
    const double value = spread.price_y + std::abs(hedge_ratio) * spread.price_x;
    return 2 * (cost.fee_bps + cost.half_spread_bps) * 1e-4 * value;
}

double selection_score(double p, const SpreadReport& spread) {
    const double reversion = spread.half_life ? 1 / (1 + *spread.half_life) : 1e-6;
    return (1 - std::min(1.0, p)) + reversion + 1 / (1 + spread.deviation);
}

}  // namespace

std::vector<double> spread_of(std::span<const double> y, std::span<const double> x, double hedge_ratio) {
    PLUMB_CHECK(y.size() == x.size());
    std::vector<double> spread(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) spread[i] = y[i] - hedge_ratio * x[i];
    return spread;
}

Result<SpreadReport> measure_spread(std::span<const double> y, std::span<const double> x,
                                    const OrientedTest& test, const FindOptions& options) {
    if (y.empty()) return fail(Errc::empty, "spread: no common rows");
    const std::vector<double> spread = spread_of(y, x, test.hedge_ratio);
    const auto moments = stats::moments(spread);
    if (!moments) return fail(moments.error());
    if (!(moments->variance_sample > 0)) return fail(Errc::constant_series, "spread: does not move");
    SpreadReport report;
    report.mean = moments->mean;
    report.deviation = moments->deviation_sample();
    report.half_life = half_life_of(spread);
    report.crossings = crossings_of(spread, report.mean);
    report.price_y = y.back();
    report.price_x = x.back();
    report.hedge_value = std::abs(test.hedge_ratio) * report.price_x / report.price_y;
    const double gain = (options.band.z_entry - options.band.z_exit) * report.deviation;
    const double cost = round_trip_cost(report, test.hedge_ratio, options.cost);
    report.gain_over_cost = cost > 0 ? gain / cost : std::numeric_limits<double>::infinity();
    report.selection_score = selection_score(test.p_value, report);
    return report;
}

HoldoutReport measure_holdout(std::span<const double> y, std::span<const double> x, const OrientedTest& test,
                              const SpreadReport& fitted) {
    HoldoutReport report;
    report.rows = y.size();
    const std::vector<double> spread = spread_of(y, x, test.hedge_ratio);
    const auto moments = stats::moments(spread);
    if (!moments) return report;  // fewer than two rows: screen_holdout refuses it for that
    if (const auto unit_root = stats::adf_test(spread)) report.adf_p = unit_root->p_value;
    report.half_life = half_life_of(spread);
    report.mean_shift = (moments->mean - fitted.mean) / fitted.deviation;
    report.deviation_ratio = moments->deviation_sample() / fitted.deviation;
    report.crossings = crossings_of(spread, fitted.mean);
    return report;
}

std::optional<Refused> screen_spread(const OrientedTest& test, const SpreadReport& spread, std::size_t rows,
                                     const FindOptions& options) {
    if (options.positive_hedge_required && !(test.hedge_ratio > 0)) {
        return Refused{Refusal::negative_hedge, test.hedge_ratio, 0, {}};
    }
    if (spread.hedge_value < options.hedge_value_min) {
        return Refused{Refusal::extreme_hedge, spread.hedge_value, options.hedge_value_min, {}};
    }
    if (options.hedge_value_max < spread.hedge_value) {
        return Refused{Refusal::extreme_hedge, spread.hedge_value, options.hedge_value_max, {}};
    }
    const double half_life_max = options.half_life_share_max * static_cast<double>(rows);
    if (!spread.half_life) return Refused{Refusal::half_life_out_of_bounds, 0, half_life_max, {}};
    if (*spread.half_life < options.half_life_bars_min) {
        return Refused{Refusal::half_life_out_of_bounds, *spread.half_life, options.half_life_bars_min, {}};
    }
    if (half_life_max < *spread.half_life) {
        return Refused{Refusal::half_life_out_of_bounds, *spread.half_life, half_life_max, {}};
    }
    if (spread.gain_over_cost < options.cost_factor) {
        return Refused{Refusal::uneconomic, spread.gain_over_cost, options.cost_factor, {}};
    }
    return std::nullopt;
}

std::optional<Refused> screen_holdout(const HoldoutReport& holdout, const HoldoutLimits& limits) {
    if (holdout.rows < limits.rows_min) {
        return Refused{Refusal::holdout_failed, static_cast<double>(holdout.rows),
                       static_cast<double>(limits.rows_min), "too few common rows"};
    }
    const double shift = std::abs(holdout.mean_shift);
    // A limit of 1 accepts any p, one that cannot be computed included.
    if (limits.p_max < 1 && !holdout.adf_p) {
        return Refused{Refusal::holdout_failed, 1, limits.p_max, "no test possible"};
    }
    if (limits.p_max < 1 && !(*holdout.adf_p < limits.p_max)) {
        return Refused{Refusal::holdout_failed, *holdout.adf_p, limits.p_max, {}};
    }
    if (!(shift < limits.mean_shift_max))
        return Refused{Refusal::mean_shift, shift, limits.mean_shift_max, {}};
    if (holdout.deviation_ratio < limits.deviation_ratio_min) {
        return Refused{Refusal::deviation_changed, holdout.deviation_ratio, limits.deviation_ratio_min, {}};
    }
    if (limits.deviation_ratio_max < holdout.deviation_ratio) {
        return Refused{Refusal::deviation_changed, holdout.deviation_ratio, limits.deviation_ratio_max, {}};
    }
    return std::nullopt;
}

}  // namespace plumb::selection
