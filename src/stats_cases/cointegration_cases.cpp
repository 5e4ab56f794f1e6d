#include <fmt/core.h>

#include <limits>

#include "stats/engle_granger.hpp"
#include "stats/johansen.hpp"
#include "stats/kpss.hpp"
#include "stats/mackinnon.hpp"
#include "stats/rolling.hpp"
#include "stats_cases/case_functions.hpp"

// Unit roots and cointegration: adfuller, coint, coint_rolling, coint_johansen, kpss, mackinnonp,
// mackinnoncrit.

namespace plumb::stats_cases {
namespace {

Result<stats::EngleGrangerOptions> engle_granger_options(const Json& args) {
    const Result<stats::Trend> trend = trend_argument(args, "trend", "c");
    if (!trend) return fail(trend.error());
    const Result<stats::AdfOptions> lags = lag_arguments(args);
    if (!lags) return fail(lags.error());
    return stats::EngleGrangerOptions{*trend, lags->lag_choice, lags->lags_max};
}

}  // namespace

Result<Json> run_adf(const CaseContext& context) {
    const Result<Series> x = context.input.named(context.item, "x");
    if (!x) return fail(x.error());
    Result<stats::AdfOptions> options = lag_arguments(context.args);
    if (!options) return fail(options.error());
    const Result<stats::Trend> trend = trend_argument(context.args, "regression", "c");
    if (!trend) return fail(trend.error());
    options->trend = *trend;
    const Result<stats::AdfResult> adf = stats::adf_test(*x, *options);
    if (!adf) return fail(adf.error());
    Json out{{"stat", adf->statistic},
             {"pvalue", adf->p_value},
             {"usedlag", adf->used_lag},
             {"nobs", adf->rows},
             {"crit", adf->critical}};
    if (adf->criterion) out["icbest"] = *adf->criterion;
    return out;
}

Result<Json> run_engle_granger(const CaseContext& context) {
    const Result<Series> y = context.input.named(context.item, "y");
    if (!y) return fail(y.error());
    const Result<std::vector<Series>> x = context.input.list(context.item, "x");
    if (!x) return fail(x.error());
    const Result<stats::EngleGrangerOptions> options = engle_granger_options(context.args);
    if (!options) return fail(options.error());
    const Result<stats::EngleGrangerResult> test = stats::engle_granger(*y, views(*x), *options);
    if (!test) return fail(test.error());
    Json out{{"stat", test->statistic}, {"pvalue", test->p_value}};
    out["crit"] = test->critical ? Json(*test->critical) : Json{nullptr, nullptr, nullptr};
    out["params"] = test->hedge.parameters;
    out["rsquared"] = test->hedge.r_squared();
    out["ssr"] = test->hedge.ssr;
    out["usedlag"] = test->used_lag;
    out["adf_nobs"] = test->rows;
    if (test->criterion) out["icbest"] = *test->criterion;
    return out;
}

Result<Json> run_walk_forward(const CaseContext& context) {
    const Result<Series> y = context.input.named(context.item, "y");
    if (!y) return fail(y.error());
    const Result<Series> x = context.input.named(context.item, "x");
    if (!x) return fail(x.error());
    const Result<stats::EngleGrangerOptions> options = engle_granger_options(context.args);
    if (!options) return fail(options.error());
    const Result<int> window = argument_int(context.args, "window", 0);
    if (!window) return fail(window.error());
    const Result<int> step = argument_int(context.args, "step", 1);
    if (!step) return fail(step.error());
    if (*window < 1 || *step < 1) return fail(Errc::invalid_argument, "window and step must be positive");
    const stats::WalkForwardOptions walk{static_cast<std::size_t>(*window), static_cast<std::size_t>(*step),
                                         *options};
    const auto tests = stats::walk_forward_engle_granger(*y, *x, walk);
    if (!tests) return fail(tests.error());
    Json rows = Json::array();
    for (const stats::WalkForwardTest& one : *tests) {
        Json row = Json::array({one.start});
        if (one.test) {
            row.insert(row.end(), {one.test->statistic, one.test->p_value, one.test->used_lag,
                                   one.test->hedge.parameters[0]});
            row.push_back(one.test->hedge.parameters.size() > 1 ? Json(one.test->hedge.parameters[1])
                                                                : Json(nullptr));
        } else {
            row.insert(row.end(), {nullptr, nullptr, -1, nullptr, nullptr});
        }
        rows.push_back(std::move(row));
    }
    return Json{{"rows", std::move(rows)}};
}

Result<Json> run_johansen(const CaseContext& context) {
    const Result<std::vector<Series>> x = context.input.list(context.item, "x");
    if (!x) return fail(x.error());
    const Result<int> order = argument_int(context.args, "det_order", 0);
    if (!order) return fail(order.error());
    const Result<int> lags = argument_int(context.args, "k_ar_diff", 1);
    if (!lags) return fail(lags.error());
    if (*order < -1 || *order > 1)
        return fail(Errc::unsupported, fmt::format("det_order: expected -1, 0 or 1, found {}", *order));
    const stats::JohansenOptions options{static_cast<stats::Trend>(*order + 1), *lags};
    const Result<stats::JohansenResult> test = stats::johansen_test(views(*x), options);
    if (!test) return fail(test.error());
    Json out{{"eig", test->eigenvalues},
             {"trace", test->trace},
             {"trace_crit", test->trace_critical},
             {"maxeig", test->max_eigenvalue},
             {"maxeig_crit", test->max_eigenvalue_critical}};
    Json vectors = Json::array();  // rows are series, columns relations
    for (std::size_t j = 0; j < test->relations.size(); ++j) {
        Json row = Json::array();
        for (const std::vector<double>& relation : test->relations) row.push_back(relation[j]);
        vectors.push_back(std::move(row));
    }
    out["evec_first1"] = std::move(vectors);
    out["nobs_used"] = test->rows;
    return out;
}

Result<Json> run_kpss(const CaseContext& context) {
    const Result<Series> x = context.input.spread(context.item);
    if (!x) return fail(x.error());
    stats::KpssOptions options;
    const Result<stats::Trend> trend = trend_argument(context.args, "regression", "c");
    if (!trend) return fail(trend.error());
    options.trend = *trend;
    const auto lags = context.args.find("nlags");
    if (lags != context.args.end() && lags->is_number()) {
        const Result<int> count = argument_int(context.args, "nlags", 0);
        if (!count) return fail(count.error());
        options.rule = stats::KpssLags::fixed;
        options.lags = *count;
    } else {
        const Result<std::string> rule = argument_text(context.args, "nlags", "auto");
        if (!rule) return fail(rule.error());
        if (*rule == "legacy")
            options.rule = stats::KpssLags::legacy;
        else if (*rule != "auto")
            return fail(Errc::invalid_argument,
                        fmt::format("nlags: expected auto, legacy or a number, found {}", *rule));
    }
    const Result<stats::KpssResult> test = stats::kpss_test(*x, options);
    if (!test) return fail(test.error());
    return Json{
        {"stat", test->statistic}, {"pvalue", test->p_value}, {"lags", test->lags}, {"crit", test->critical}};
}

Result<Json> run_mackinnon_p(const CaseContext& context) {
    const Result<stats::Trend> trend = trend_argument(context.args, "regression", "c");
    if (!trend) return fail(trend.error());
    const Result<int> series = argument_int(context.args, "N", 1);
    if (!series) return fail(series.error());
    if (*series < 1) return fail(Errc::invalid_argument, "N must be positive");
    if (!context.item.contains("stat")) return fail(Errc::invalid_argument, "the case has no \"stat\"");
    const Json& statistic = context.item["stat"];
    const Result<Series> statistics = numbers(statistic.is_array() ? statistic : Json::array({statistic}));
    if (!statistics) return fail(statistics.error());
    Json values = Json::array();
    for (const double t : *statistics) {
        const Result<double> p = stats::mackinnon_p_value(t, *trend, static_cast<std::size_t>(*series));
        if (!p) return fail(p.error());
        values.push_back(*p);
    }
    return Json{{"pvalues", std::move(values)}};
}

Result<Json> run_mackinnon_critical(const CaseContext& context) {
    const Result<stats::Trend> trend = trend_argument(context.args, "regression", "c");
    if (!trend) return fail(trend.error());
    const Result<int> series = argument_int(context.args, "N", 1);
    if (!series) return fail(series.error());
    if (*series < 1) return fail(Errc::invalid_argument, "N must be positive");
    Json nobs = context.item.contains("nobs") ? context.item["nobs"] : Json::array({"inf"});
    const Result<Series> observations = numbers(nobs.is_array() ? nobs : Json::array({nobs}));
    if (!observations) return fail(observations.error());
    Json rows = Json::array();
    for (const double n : *observations) {
        const auto values = stats::mackinnon_critical_values(*trend, static_cast<std::size_t>(*series), n);
        if (!values) return fail(values.error());
        rows.push_back(*values);
    }
    return Json{{"crit", std::move(rows)}};
}

}  // namespace plumb::stats_cases
