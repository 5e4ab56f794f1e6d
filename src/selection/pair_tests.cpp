#include "selection/pair_tests.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "stats/engle_granger.hpp"
#include "stats/johansen.hpp"
#include "stats/moments.hpp"

namespace plumb::selection {

namespace {

Refused refusal_of(const Error& error, std::span<const double> a, std::span<const double> b) {
    if (error.code() != Errc::collinear) return {Refusal::degenerate, 0, 0, error.message()};
    const auto together = stats::co_moments(a, b);
    const double correlation = together ? together->correlation.value_or(1) : 1;
    return {Refusal::collinear, 1 - correlation * correlation, stats::kCollinearShare, {}};
}

Result<OrientedTest> test_oriented(std::span<const double> y, std::span<const double> x) {
    const auto test = stats::engle_granger(y, x);
    if (!test) return fail(test.error());
    const std::vector<double>& parameters = test->hedge.parameters;
    return OrientedTest{test->statistic, test->p_value, test->used_lag, parameters[0], parameters[1]};
}

// The statistic decides: p-values saturate at 0 and 1. Names decide between equals, so that the panel's order does not.
bool reversed_is_better(const Panel& panel, const PairReport& pair) {
    const std::pair tested{pair.tested->statistic, std::string_view{panel.names[pair.y]}};
    const std::pair reversed{pair.reversed->statistic, std::string_view{panel.names[pair.x]}};
    return reversed < tested;
}

void test_by_engle_granger(const Panel& panel, const CommonRows& common, PairReport& pair) {
    const Result<OrientedTest> tested = test_oriented(common.first, common.second);
    const Result<OrientedTest> reversed = test_oriented(common.second, common.first);
    if (!tested || !reversed) {
        pair.refused = refusal_of(tested ? reversed.error() : tested.error(), common.first, common.second);
        return;
    }
    pair.tested = *tested;
    pair.reversed = *reversed;
    if (reversed_is_better(panel, pair)) {
        std::swap(pair.y, pair.x);
        std::swap(pair.tested, pair.reversed);
    }
    pair.p_pair = std::min(1.0, 2 * pair.tested->p_value);
}

// The tabulated level that the trace statistic of "no relation" exceeds: an upper bound of p, since no p is tabulated. A pair of
// rank two has two stationary legs and is no pair.
double johansen_p_bound(const stats::JohansenResult& result) {
    constexpr std::array kLevels = {0.10, 0.05, 0.01};
    if (result.trace_critical[1][1] < result.trace[1]) return 1;
    double bound = 1;
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
        if (result.trace_critical[0][i] < result.trace[0]) bound = kLevels[i];
    }
    return bound;
}

// The relation is symmetric; the leg of the larger value is made the dependent one, so that the hedge is at most one for one.
void test_by_johansen(const CommonRows& common, PairReport& pair) {
    const std::array<std::span<const double>, 2> series = {common.first, common.second};
    const auto result = stats::johansen_test(series);
    if (!result) {
        pair.refused = refusal_of(result.error(), common.first, common.second);
        return;
    }
    OrientedTest test;
    test.statistic = result->trace[0];
    test.p_value = johansen_p_bound(*result);
    test.used_lag = 1;
    test.hedge_ratio = -result->relations[0][1];
    const auto first = stats::moments(common.first);
    const auto second = stats::moments(common.second);
    if (!first || !second || !std::isfinite(test.hedge_ratio) || test.hedge_ratio == 0) {
        pair.refused = Refused{Refusal::degenerate, 0, 0, "the relation has a leg of no weight"};
        return;
    }
    test.intercept = first->mean - test.hedge_ratio * second->mean;
    if (std::abs(test.hedge_ratio) * common.second.back() > common.first.back()) {
        std::swap(pair.y, pair.x);
        test.intercept /= -test.hedge_ratio;
        test.hedge_ratio = 1 / test.hedge_ratio;
    }
    pair.tested = test;
    pair.p_pair = test.p_value;
}

}  // namespace

std::vector<PairReport> test_pairs(const Panel& panel, Rows fitting, const FindOptions& options) {
    std::vector<PairReport> pairs;
    pairs.reserve(panel.series_count() * (panel.series_count() - 1) / 2);
    for (std::size_t first = 0; first < panel.series_count(); ++first) {
        for (std::size_t second = first + 1; second < panel.series_count(); ++second) {
            PairReport& pair = pairs.emplace_back();
            pair.y = first;
            pair.x = second;
            const CommonRows common = common_rows(panel, first, second, fitting);
            pair.rows = common.count();
            if (pair.rows < options.rows_min) {
                pair.refused = Refused{Refusal::too_few_rows, static_cast<double>(pair.rows),
                                       static_cast<double>(options.rows_min), {}};
                continue;
            }
            pair.fitted_until = panel.times[common.rows.back()];
            if (options.method == Method::johansen) test_by_johansen(common, pair);
            else test_by_engle_granger(panel, common, pair);
        }
    }
    return pairs;
}

}  // namespace plumb::selection
