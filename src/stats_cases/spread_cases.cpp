#include <fmt/core.h>

#include "stats/half_life.hpp"
#include "stats/hurst.hpp"
#include "stats/ornstein_uhlenbeck.hpp"
#include "stats/rolling.hpp"
#include "stats/variance_ratio.hpp"
#include "stats_cases/case_functions.hpp"

// One spread: half_life, ou_mle, hurst_std, hurst_rs, variance_ratio, rolling_zscore.

namespace plumb::stats_cases {
namespace {

Result<std::size_t> argument_count(const Json& args, const char* name, int otherwise) {
    const Result<int> value = argument_int(args, name, otherwise);
    if (!value) return fail(value.error());
    if (*value < 0) return fail(Errc::invalid_argument, fmt::format("{} is negative: {}", name, *value));
    return static_cast<std::size_t>(*value);
}

}  // namespace

Result<Json> run_half_life(const CaseContext& context) {
    const Result<Series> spread = context.input.spread(context.item);
    if (!spread) return fail(spread.error());
    const Result<stats::MeanReversion> fit = stats::fit_mean_reversion(*spread);
    if (!fit) return fail(fit.error());
    return Json{{"lambda", fit->lambda},
                {"alpha", fit->alpha},
                {"lambda_se", fit->lambda_error},
                {"lambda_t", fit->lambda_t},
                {"half_life", optional_number(fit->half_life_linear)},
                {"half_life_exact", optional_number(fit->half_life)}};
}

Result<Json> run_ornstein_uhlenbeck(const CaseContext& context) {
    const Result<Series> spread = context.input.spread(context.item);
    if (!spread) return fail(spread.error());
    const Result<double> dt = argument_number(context.args, "dt", 1.0);
    if (!dt) return fail(dt.error());
    const Result<stats::OrnsteinUhlenbeck> fit = stats::fit_ornstein_uhlenbeck(*spread, *dt);
    if (!fit) return fail(fit.error());
    Json out{{"phi", fit->phi},
             {"c", fit->c},
             {"var_eps", fit->innovation_variance},
             {"loglik", fit->log_likelihood}};
    if (fit->process) {
        out["theta"] = fit->process->theta;
        out["mu"] = fit->process->mu;
        out["sigma"] = fit->process->sigma;
        out["half_life"] = fit->process->half_life;
        out["stationary_sd"] = fit->process->stationary_deviation;
    }
    out["valid"] = fit->process.has_value();
    return out;
}

Result<Json> run_hurst_deviation(const CaseContext& context) {
    const Result<Series> spread = context.input.spread(context.item);
    if (!spread) return fail(spread.error());
    const Result<std::size_t> lag_min = argument_count(context.args, "min_lag", 2);
    if (!lag_min) return fail(lag_min.error());
    const Result<std::size_t> lag_max = argument_count(context.args, "max_lag", 20);
    if (!lag_max) return fail(lag_max.error());
    const Result<double> hurst = stats::hurst_from_deviations(*spread, *lag_min, *lag_max);
    if (!hurst) return fail(hurst.error());
    return Json{{"hurst", *hurst}};
}

Result<Json> run_hurst_rescaled_range(const CaseContext& context) {
    const Result<Series> spread = context.input.spread(context.item);
    if (!spread) return fail(spread.error());
    const Result<std::size_t> window_min = argument_count(context.args, "min_window", 8);
    if (!window_min) return fail(window_min.error());
    const Result<stats::RescaledRange> range = stats::hurst_from_rescaled_range(*spread, *window_min);
    if (!range) return fail(range.error());
    return Json{{"hurst", range->hurst}, {"windows", range->windows}};
}

Result<Json> run_variance_ratio(const CaseContext& context) {
    const Result<Series> spread = context.input.spread(context.item);
    if (!spread) return fail(spread.error());
    const Result<std::size_t> q = argument_count(context.args, "q", 2);
    if (!q) return fail(q.error());
    const Result<stats::VarianceRatio> test = stats::variance_ratio(*spread, *q);
    if (!test) return fail(test.error());
    return Json{{"vr", test->ratio},
                {"z_homoscedastic", test->z_homoscedastic},
                {"p_homoscedastic", test->p_homoscedastic},
                {"z_robust", test->z_robust},
                {"p_robust", test->p_robust}};
}

Result<Json> run_rolling_zscore(const CaseContext& context) {
    const Result<Series> series = context.input.spread(context.item);
    if (!series) return fail(series.error());
    const Result<std::size_t> window = argument_count(context.args, "window", 20);
    if (!window) return fail(window.error());
    const Result<int> ddof = argument_int(context.args, "ddof", 0);
    if (!ddof) return fail(ddof.error());
    const auto zscores = stats::rolling_zscore(*series, *window, *ddof);
    if (!zscores) return fail(zscores.error());
    Json z = Json::array();
    for (const std::optional<double>& value : *zscores) z.push_back(optional_number(value));
    return Json{{"z", std::move(z)}};
}

}  // namespace plumb::stats_cases
