#include "selection/pair_tests.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "stats/engle_granger.hpp"
#include "stats/johansen.hpp"
#include "stats/moments.hpp"
#include "stats/panel_scan.hpp"

namespace plumb::selection {

namespace {

// Place of the pair first < second in the order (0,1), (0,2), .. (1,2), ..
std::size_t pair_index(std::size_t count, std::size_t first, std::size_t second) {
    return first * count - first * (first + 1) / 2 + second - first - 1;
}

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

// The statistic decides: p-values saturate at 0 and 1. Names decide between equals, so that the panel's order
// does not.
void settle(const Panel& panel, OrientedTest tested, OrientedTest reversed, PairReport& pair) {
    pair.tested = tested;
    pair.reversed = reversed;
    if (std::pair{reversed.statistic, std::string_view{panel.names[pair.x]}} <
        std::pair{tested.statistic, std::string_view{panel.names[pair.y]}}) {
        std::swap(pair.y, pair.x);
        std::swap(pair.tested, pair.reversed);
    }
    pair.p_pair = std::min(1.0, 2 * pair.tested->p_value);
}

void test_by_engle_granger(const Panel& panel, const CommonRows& common, PairReport& pair) {
    const Result<OrientedTest> tested = test_oriented(common.first, common.second);
    const Result<OrientedTest> reversed = test_oriented(common.second, common.first);
    if (tested && reversed)
        settle(panel, *tested, *reversed, pair);
    else
        pair.refused = refusal_of(tested ? reversed.error() : tested.error(), common.first, common.second);
}

// The tabulated level that the trace statistic of "no relation" exceeds: an upper bound of p, since no p is
// tabulated. A pair of rank two has two stationary legs and is no pair.
double johansen_p_bound(const stats::JohansenResult& result) {
    constexpr std::array kLevels = {0.10, 0.05, 0.01};
    if (result.trace_critical[1][1] < result.trace[1]) return 1;
    double bound = 1;
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
        if (result.trace_critical[0][i] < result.trace[0]) bound = kLevels[i];
    }
    return bound;
}

// The relation is symmetric; the leg of the larger value is made the dependent one, so that the hedge is at
// most one for one.
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

void test_alone(const Panel& panel, Rows fitting, const FindOptions& options, PairReport& pair) {
    const CommonRows common = common_rows(panel, pair.y, pair.x, fitting);
    pair.rows = common.count();
    if (pair.rows < options.rows_min) {
        pair.refused = Refused{
            Refusal::too_few_rows, static_cast<double>(pair.rows), static_cast<double>(options.rows_min), {}};
        return;
    }
    pair.fitted_until = panel.times[common.rows.back()];
    if (options.method == Method::johansen)
        test_by_johansen(common, pair);
    else
        test_by_engle_granger(panel, common, pair);
}

// Series with closes on exactly the same rows, and those closes.
struct Group {
    std::vector<std::size_t> members;  // panel indices, ascending
    std::vector<std::size_t> rows;
    std::vector<std::vector<double>> closes;
};

std::vector<Group> group_by_rows(const Panel& panel, Rows fitting) {
    std::map<std::vector<std::size_t>, Group> groups;
    for (std::size_t series = 0; series < panel.series_count(); ++series) {
        CommonRows own = common_rows(panel, series, series, fitting);
        Group& group = groups[own.rows];
        group.members.push_back(series);
        group.closes.push_back(std::move(own.first));
        group.rows = std::move(own.rows);
    }
    std::vector<Group> list;
    for (auto& [rows, group] : groups) list.push_back(std::move(group));
    return list;
}

OrientedTest oriented(const stats::PairTest& test) {
    return {test.statistic, test.p_value, test.used_lag, test.hedge_ratio, test.intercept};
}

// One scan for all pairs of a group. What it does not take (too few rows for its lag search) or calls
// anything but tested stays to be asked one by one, for the reason.
void test_together(const Panel& panel, const Group& group, const FindOptions& options,
                   std::vector<PairReport>& pairs, std::vector<bool>& done) {
    if (group.members.size() < 2 || group.rows.size() < options.rows_min) return;
    const std::vector<std::span<const double>> closes{group.closes.begin(), group.closes.end()};
    const auto scan = stats::scan_panel({closes});
    if (!scan) return;
    for (std::size_t second = 1; second < group.members.size(); ++second) {
        for (std::size_t first = 0; first < second; ++first) {
            const stats::PairTest& tested = scan->at(first, second);
            const stats::PairTest& reversed = scan->at(second, first);
            if (tested.outcome != stats::PairOutcome::tested ||
                reversed.outcome != stats::PairOutcome::tested)
                continue;
            const std::size_t index =
                pair_index(panel.series_count(), group.members[first], group.members[second]);
            PairReport& pair = pairs[index];
            pair.rows = group.rows.size();
            pair.fitted_until = panel.times[group.rows.back()];
            settle(panel, oriented(tested), oriented(reversed), pair);
            done[index] = true;
        }
    }
}

}  // namespace

std::vector<PairReport> test_pairs(const Panel& panel, Rows fitting, const FindOptions& options) {
    const std::size_t count = panel.series_count();
    std::vector<PairReport> pairs(count * (count - 1) / 2);
    for (std::size_t first = 0; first < count; ++first) {
        for (std::size_t second = first + 1; second < count; ++second) {
            PairReport& pair = pairs[pair_index(count, first, second)];
            pair.y = first;
            pair.x = second;
        }
    }
    std::vector<bool> done(pairs.size(), false);
    if (options.method == Method::engle_granger) {
        for (const Group& group : group_by_rows(panel, fitting))
            test_together(panel, group, options, pairs, done);
    }
    for (std::size_t index = 0; index < pairs.size(); ++index) {
        if (!done[index]) test_alone(panel, fitting, options, pairs[index]);
    }
    return pairs;
}

}  // namespace plumb::selection
