#include <algorithm>

#include "stats/false_discovery.hpp"
#include "stats/panel_scan.hpp"
#include "stats_cases/case_functions.hpp"

// coint_all_ordered_pairs: the panel scan as matrices, and what it counts.

namespace plumb::stats_cases {
namespace {

struct Matrices {
    Json statistic = Json::array();
    Json p_value = Json::array();
    Json used_lag = Json::array();
    Json hedge_ratio = Json::array();
};

Json cell(const stats::PairTest& pair, double value) {
    return pair.outcome == stats::PairOutcome::tested ? Json(value) : Json(nullptr);
}

Matrices matrices(const stats::ScanReport& report) {
    Matrices out;
    for (std::size_t y = 0; y < report.series_count; ++y) {
        Json statistic = Json::array();
        Json p_value = Json::array();
        Json used_lag = Json::array();
        Json hedge_ratio = Json::array();
        for (std::size_t x = 0; x < report.series_count; ++x) {
            if (x == y) {
                for (Json* row : {&statistic, &p_value, &used_lag, &hedge_ratio}) row->push_back(nullptr);
                continue;
            }
            const stats::PairTest& pair = report.at(y, x);
            const bool tested = pair.outcome == stats::PairOutcome::tested;
            statistic.push_back(cell(pair, pair.statistic));
            p_value.push_back(cell(pair, pair.p_value));
            used_lag.push_back(tested ? pair.used_lag : -1);
            hedge_ratio.push_back(pair.outcome == stats::PairOutcome::collinear
                                      ? Json(pair.hedge_ratio)
                                      : cell(pair, pair.hedge_ratio));
        }
        out.statistic.push_back(std::move(statistic));
        out.p_value.push_back(std::move(p_value));
        out.used_lag.push_back(std::move(used_lag));
        out.hedge_ratio.push_back(std::move(hedge_ratio));
    }
    return out;
}

void add_counts(Json& out, const stats::ScanReport& report) {
    const auto below = [&](std::size_t y, std::size_t x, double level) {
        const stats::PairTest& pair = report.at(y, x);
        return pair.outcome == stats::PairOutcome::tested && pair.p_value < level;
    };
    int ordered_05 = 0;
    int ordered_01 = 0;
    int both = 0;
    int either = 0;
    for (std::size_t y = 0; y < report.series_count; ++y) {
        for (std::size_t x = 0; x < report.series_count; ++x) {
            if (x == y) continue;
            ordered_05 += below(y, x, 0.05);
            ordered_01 += below(y, x, 0.01);
            if (x < y) continue;
            both += below(y, x, 0.05) && below(x, y, 0.05);
            either += below(y, x, 0.05) || below(x, y, 0.05);
        }
    }
    out["count_p_below_0.05"] = ordered_05;
    out["count_p_below_0.01"] = ordered_01;
    out["unordered_both_below_0.05"] = both;
    out["unordered_min_below_0.05"] = either;
}

void add_discoveries(Json& out, const stats::ScanReport& report) {
    std::vector<double> p_values;
    for (const stats::PairTest& pair : report.pairs) {
        if (pair.outcome == stats::PairOutcome::tested) p_values.push_back(pair.p_value);
    }
    const auto count = [](const std::vector<double>& q) {
        return std::ranges::count_if(q, [](double v) { return v <= 0.10; });
    };
    const auto bh = stats::adjust_p_values(p_values, stats::DiscoveryRule::benjamini_hochberg);
    const auto by = stats::adjust_p_values(p_values, stats::DiscoveryRule::benjamini_yekutieli);
    out["bh_q0.10_rejections"] = bh ? count(*bh) : 0;
    out["by_q0.10_rejections"] = by ? count(*by) : 0;
    out["bh_min_adjusted"] = bh ? Json(*std::ranges::min_element(*bh)) : Json(nullptr);
}

}  // namespace

Result<Json> run_panel(const CaseContext& context) {
    const Result<std::vector<Series>> series = context.input.list(context.item, "series");
    if (!series) return fail(series.error());
    const Result<stats::Trend> trend = trend_argument(context.args, "trend", "c");
    if (!trend) return fail(trend.error());
    const Result<stats::AdfOptions> lags = lag_arguments(context.args);
    if (!lags) return fail(lags.error());
    const std::vector<std::span<const double>> columns = views(*series);
    const Result<stats::ScanReport> report =
        stats::scan_panel({columns}, {*trend, lags->lag_choice, lags->lags_max});
    if (!report) return fail(report.error());
    Matrices grid = matrices(*report);
    Json out{{"stat", std::move(grid.statistic)},
             {"pvalue", std::move(grid.p_value)},
             {"usedlag", std::move(grid.used_lag)},
             {"hedge_ratio", std::move(grid.hedge_ratio)}};
    add_counts(out, *report);
    add_discoveries(out, *report);
    return out;
}

}  // namespace plumb::stats_cases
