#include <fmt/core.h>

#include <cmath>
#include <numeric>

#include "stats/false_discovery.hpp"
#include "stats/kalman_filter.hpp"
#include "stats/linear_regression.hpp"
#include "stats/moments.hpp"
#include "stats/return_metrics.hpp"
#include "stats/rolling.hpp"
#include "stats_cases/case_functions.hpp"

// Fits and figures: ols, rolling_ols, kalman_hedge, moments, performance, fdr.

namespace plumb::stats_cases {
namespace {

Result<bool> argument_bool(const Json& args, const char* name, bool otherwise) {
    const auto found = args.find(name);
    if (found == args.end() || found->is_null()) return otherwise;
    if (found->is_boolean()) return found->get<bool>();
    return fail(Errc::invalid_argument,
                fmt::format("{}: expected true or false, found {}", name, found->dump()));
}

Result<stats::KalmanOptions> kalman_options(const Json& args) {
    stats::KalmanOptions options;
    const Result<double> delta = argument_number(args, "delta", options.delta);
    if (!delta) return fail(delta.error());
    const Result<double> r = argument_number(args, "r", options.observation_variance);
    if (!r) return fail(r.error());
    const Result<double> p0 = argument_number(args, "p0", options.initial_variance);
    if (!p0) return fail(p0.error());
    options.delta = *delta;
    options.observation_variance = *r;
    options.initial_variance = *p0;
    if (args.contains("theta0")) {
        const Result<Series> state = numbers(args["theta0"]);
        if (!state) return fail(state.error().at("theta0"));
        if (state->size() != 2) return fail(Errc::invalid_argument, "theta0 is [hedge ratio, constant]");
        options.initial_state = {(*state)[0], (*state)[1]};
    }
    return options;
}

Json moments_json(const stats::Moments& m) {
    return Json{{"n", m.count},
                {"mean", m.mean},
                {"var_ddof0", m.variance_population},
                {"var_ddof1", m.variance_sample},
                {"std_ddof0", m.deviation_population()},
                {"std_ddof1", m.deviation_sample()},
                {"min", m.min},
                {"max", m.max},
                {"skew_population", optional_number(m.skewness)},
                {"kurt_excess_population", optional_number(m.kurtosis_excess)}};
}

Json kalman_json(const stats::KalmanPath& path, const std::vector<std::size_t>& at) {
    Json beta = Json::array();
    Json alpha = Json::array();
    Json innovation = Json::array();
    Json variance = Json::array();
    for (const std::size_t i : at) {
        beta.push_back(path.steps[i].hedge_ratio);
        alpha.push_back(path.steps[i].intercept);
        innovation.push_back(path.steps[i].innovation);
        variance.push_back(path.steps[i].innovation_variance);
    }
    double sum_beta = 0;
    double sum_abs_innovation = 0;
    for (const stats::KalmanStep& step : path.steps) {
        sum_beta += step.hedge_ratio;
        sum_abs_innovation += std::fabs(step.innovation);
    }
    return Json{{"beta", std::move(beta)},
                {"alpha", std::move(alpha)},
                {"innovation", std::move(innovation)},
                {"innovation_var", std::move(variance)},
                {"P_last", path.covariance_last},
                {"loglik", path.log_likelihood},
                {"sum_beta", sum_beta},
                {"sum_abs_innovation", sum_abs_innovation}};
}

/// The indices in "at", or all.
Result<std::vector<std::size_t>> indices(const Json& item, std::size_t n) {
    std::vector<std::size_t> out;
    if (!item.contains("at")) {
        out.resize(n);
        std::iota(out.begin(), out.end(), std::size_t{0});
        return out;
    }
    const Result<Series> values = numbers(item["at"]);
    if (!values) return fail(values.error().at("at"));
    for (const double value : *values) {
        if (!(value >= 0 && value < static_cast<double>(n)) || value != std::floor(value)) {
            return fail(Errc::out_of_range, fmt::format("at: {} is no index below {}", value, n));
        }
        out.push_back(static_cast<std::size_t>(value));
    }
    return out;
}

}  // namespace

Result<Json> run_ols(const CaseContext& context) {
    const Result<Series> y = context.input.named(context.item, "y");
    if (!y) return fail(y.error());
    const Result<std::vector<Series>> x = context.input.list(context.item, "x");
    if (!x) return fail(x.error());
    const Result<bool> constant = argument_bool(context.args, "const", true);
    if (!constant) return fail(constant.error());
    const auto fit =
        stats::fit_linear(*y, views(*x), *constant ? stats::Trend::constant : stats::Trend::none);
    if (!fit) return fail(fit.error());
    const Result<stats::Moments> residual = stats::moments(fit->residuals);
    if (!residual) return fail(residual.error().at("residual"));
    return Json{{"params", fit->parameters},
                {"bse", fit->standard_errors},
                {"tvalues", fit->t_values},
                {"rsquared", fit->r_squared()},
                {"ssr", fit->ssr},
                {"aic", fit->aic},
                {"bic", fit->bic},
                {"llf", fit->log_likelihood},
                {"resid_std_ddof0", residual->deviation_population()},
                {"resid_std_ddof1", residual->deviation_sample()},
                {"resid_first", fit->residuals.front()},
                {"resid_last", fit->residuals.back()}};
}

Result<Json> run_rolling_ols(const CaseContext& context) {
    const Result<Series> y = context.input.named(context.item, "y");
    if (!y) return fail(y.error());
    const Result<Series> x = context.input.named(context.item, "x");
    if (!x) return fail(x.error());
    const Result<int> window = argument_int(context.args, "window", 0);
    if (!window) return fail(window.error());
    if (*window < 1) return fail(Errc::invalid_argument, "window must be positive");
    const auto fits = stats::rolling_ols(*y, *x, static_cast<std::size_t>(*window));
    if (!fits) return fail(fits.error());
    Json beta = Json::array();
    Json constant = Json::array();
    Json z = Json::array();
    for (const std::optional<stats::RollingFit>& fit : *fits) {
        beta.push_back(fit ? Json(fit->slope) : Json(nullptr));
        constant.push_back(fit ? Json(fit->intercept) : Json(nullptr));
        z.push_back(fit ? optional_number(fit->zscore) : Json(nullptr));
    }
    return Json{
        {"beta", std::move(beta)}, {"const", std::move(constant)}, {"z_last_residual_ddof1", std::move(z)}};
}

Result<Json> run_kalman(const CaseContext& context) {
    const Result<Series> y = context.input.named(context.item, "y");
    if (!y) return fail(y.error());
    const Result<Series> x = context.input.named(context.item, "x");
    if (!x) return fail(x.error());
    const Result<stats::KalmanOptions> options = kalman_options(context.args);
    if (!options) return fail(options.error());
    const Result<stats::KalmanPath> path = stats::filter_hedge_ratio(*y, *x, *options);
    if (!path) return fail(path.error());
    const Result<std::vector<std::size_t>> at = indices(context.item, path->steps.size());
    if (!at) return fail(at.error());
    return kalman_json(*path, *at);
}

Result<Json> run_moments(const CaseContext& context) {
    const Result<Series> x = context.input.named(context.item, "x");
    if (!x) return fail(x.error());
    const Result<stats::Moments> one = stats::moments(*x);
    if (!one) return fail(one.error());
    Json out = moments_json(*one);
    if (!context.item.contains("y") && !context.item.contains("y_values")) return out;
    const Result<Series> y = context.input.named(context.item, "y");
    if (!y) return fail(y.error());
    const Result<stats::CoMoments> two = stats::co_moments(*x, *y);
    if (!two) return fail(two.error());
    out["cov_ddof1"] = two->covariance_sample;
    out["corr"] = optional_number(two->correlation);
    out["ols_slope_y_on_x"] = optional_number(two->slope);
    out["ols_const_y_on_x"] = optional_number(two->intercept);
    out["ols_slope_noconst"] = optional_number(two->slope_no_constant);
    return out;
}

Result<Json> run_performance(const CaseContext& context) {
    const Result<Series> equity = context.input.named(context.item, "equity");
    if (!equity) return fail(equity.error());
    stats::ReturnOptions options;
    const Result<double> periods =
        argument_number(context.args, "periods_per_year", options.periods_per_year);
    if (!periods) return fail(periods.error());
    const Result<double> risk_free = argument_number(context.args, "rf_per_period", 0);
    if (!risk_free) return fail(risk_free.error());
    const Result<double> acceptable = argument_number(context.args, "mar_per_period", 0);
    if (!acceptable) return fail(acceptable.error());
    options = {*periods, *risk_free, *acceptable};
    const Result<stats::ReturnMetrics> m = stats::return_metrics(*equity, options);
    if (!m) return fail(m.error());
    return Json{{"total_return", m->total_return},
                {"mean", m->mean},
                {"std_ddof1", m->deviation_sample},
                {"sharpe", optional_number(m->sharpe)},
                {"volatility_annual", m->volatility_annual},
                {"cagr", m->cagr},
                {"downside_dev", m->downside_deviation},
                {"sortino", optional_number(m->sortino)},
                {"max_drawdown", m->drawdown_max},
                {"max_drawdown_trough_index", m->drawdown_trough_index},
                {"max_drawdown_peak_index", m->drawdown_peak_index},
                {"longest_underwater_bars", m->underwater_bars_max},
                {"calmar", optional_number(m->calmar)},
                {"ulcer_index", m->ulcer_index},
                {"hit_rate", m->hit_rate},
                {"gain_to_pain", optional_number(m->gain_to_pain)},
                {"var_95_historical", m->value_at_risk_95},
                {"es_95_historical", m->expected_shortfall_95}};
}

Result<Json> run_false_discovery(const CaseContext& context) {
    const Result<Series> p = context.input.named(context.item, "p");
    if (!p) return fail(p.error());
    const Result<double> level = argument_number(context.args, "q", 0.05);
    if (!level) return fail(level.error());
    Json out;
    for (const auto& [name, rule] : {std::pair{"bh", stats::DiscoveryRule::benjamini_hochberg},
                                     std::pair{"by", stats::DiscoveryRule::benjamini_yekutieli}}) {
        const Result<std::vector<double>> adjusted = stats::adjust_p_values(*p, rule);
        if (!adjusted) return fail(adjusted.error());
        Json reject = Json::array();
        for (const double q : *adjusted) reject.push_back(q <= *level);
        out[fmt::format("{}_adjusted", name)] = *adjusted;
        out[fmt::format("{}_reject", name)] = std::move(reject);
    }
    return out;
}

}  // namespace plumb::stats_cases
