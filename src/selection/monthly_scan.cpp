#include "selection/monthly_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "selection/spread_report.hpp"
#include "stats/engle_granger.hpp"
#include "stats/half_life.hpp"
#include "stats/moments.hpp"

namespace plumb::selection {

namespace {

// rows_min, 30 at least, keeps n above 3, which the corrections divide by.
Result<MonthlySpread> describe(std::span<const double> spread) {
    const auto found = stats::moments(spread);
    if (!found) return fail(found.error());
    if (!found->skewness || !found->kurtosis_excess)
        return fail(Errc::constant_series, "spread: does not move");
    const auto n = static_cast<double>(spread.size());
    MonthlySpread moments;
    moments.mean = found->mean;
    moments.deviation = found->deviation_sample();
    moments.min = found->min;
    moments.max = found->max;
    moments.skewness = *found->skewness * std::sqrt(n * (n - 1)) / (n - 2);
    moments.kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * *found->kurtosis_excess + 6);
    if (const auto half_life = stats::half_life(spread)) moments.half_life = *half_life;
    return moments;
}

Result<MonthlyPair> test_monthly(const Panel& panel, const CommonRows& common, std::size_t first,
                                 std::size_t second, double significance) {
    const auto test = stats::engle_granger(common.first, common.second);
    if (!test) return fail(test.error().at(fmt::format("{} / {}", panel.names[first], panel.names[second])));
    MonthlyPair pair;
    pair.first = first;
    pair.second = second;
    pair.p_value = test->p_value;
    pair.is_cointegrated = pair.p_value < significance;
    pair.critical = test->critical.value_or(std::array<double, 3>{});
    pair.statistic = test->statistic;
    const auto together = stats::co_moments(common.second, common.first);
    if (!together || !together->slope_no_constant || !together->correlation) {
        return fail(Errc::singular, "no hedge ratio without constant");
    }
    pair.hedge_ratio = *together->slope_no_constant;
    pair.rows = common.count();
    pair.start = panel.times[common.rows.front()];
    pair.end = panel.times[common.rows.back()];
    pair.correlation = *together->correlation;
    const auto spread = describe(spread_of(common.first, common.second, pair.hedge_ratio));
    if (!spread) return fail(spread.error());
    pair.spread = *spread;
    return pair;
}

}  // namespace

std::size_t MonthlyScan::cointegrated_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(pairs, &MonthlyPair::is_cointegrated));
}

Result<MonthlyScan> scan_monthly(const Panel& panel, const MonthlyScanOptions& options) {
    if (const Status sound = check_panel(panel); !sound) return fail(sound.error());
    if (panel.series_count() < 2) {
        return fail(Errc::too_short, fmt::format("a pair needs two series, found {}", panel.series_count()));
    }
    constexpr std::size_t kRowsLeast = 30;
    if (options.rows_min < kRowsLeast || !(0 < options.significance && options.significance < 1)) {
        return fail(Errc::invalid_argument,
                    fmt::format("expected at least {} rows and a significance in (0, 1), found {} "
                                "and {}",
                                kRowsLeast, options.rows_min, options.significance));
    }
    MonthlyScan scan;
    for (std::size_t first = 0; first < panel.series_count(); ++first) {
        for (std::size_t second = first + 1; second < panel.series_count(); ++second) {
            const CommonRows common = common_rows(panel, first, second, {0, panel.rows()});
            if (common.count() < options.rows_min) {
                ++scan.too_short;
                continue;
            }
            const Result<MonthlyPair> pair = test_monthly(panel, common, first, second, options.significance);
            if (pair)
                scan.pairs.push_back(*pair);
            else
                scan.errors.push_back(pair.error().message());
        }
    }
    std::ranges::stable_sort(scan.pairs, {}, &MonthlyPair::p_value);
    return scan;
}

}  // namespace plumb::selection
