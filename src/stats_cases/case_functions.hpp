#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "stats/adf.hpp"
#include "stats_cases/case_input.hpp"

namespace plumb::stats_cases {

struct CaseContext {
    const Json& item;
    const Json args;
    CaseInput& input;
};

using CaseFunction = Result<Json> (*)(const CaseContext&);

/// nullptr where no statistic has that name.
CaseFunction find_function(std::string_view name);

// unit roots and cointegration
Result<Json> run_adf(const CaseContext& context);
Result<Json> run_engle_granger(const CaseContext& context);
Result<Json> run_panel(const CaseContext& context);
Result<Json> run_walk_forward(const CaseContext& context);
Result<Json> run_johansen(const CaseContext& context);
Result<Json> run_kpss(const CaseContext& context);
Result<Json> run_mackinnon_p(const CaseContext& context);
Result<Json> run_mackinnon_critical(const CaseContext& context);
// one spread
Result<Json> run_half_life(const CaseContext& context);
Result<Json> run_ornstein_uhlenbeck(const CaseContext& context);
Result<Json> run_hurst_deviation(const CaseContext& context);
Result<Json> run_hurst_rescaled_range(const CaseContext& context);
Result<Json> run_variance_ratio(const CaseContext& context);
Result<Json> run_rolling_zscore(const CaseContext& context);
// fits and figures
Result<Json> run_ols(const CaseContext& context);
Result<Json> run_rolling_ols(const CaseContext& context);
Result<Json> run_kalman(const CaseContext& context);
Result<Json> run_moments(const CaseContext& context);
Result<Json> run_performance(const CaseContext& context);
Result<Json> run_false_discovery(const CaseContext& context);

/// A number, or null.
Json optional_number(const std::optional<double>& value);
Result<stats::Trend> trend_argument(const Json& args, const char* name, const char* otherwise);
/// "autolag" (any case, null for none) and "maxlag".
Result<stats::AdfOptions> lag_arguments(const Json& args);

}  // namespace plumb::stats_cases
