#include "stats_cases/case_functions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace plumb::stats_cases {
namespace {

struct Entry {
    std::string_view name;
    CaseFunction function;
};

constexpr Entry kFunctions[] = {
    {"adfuller", &run_adf},
    {"coint", &run_engle_granger},
    {"coint_all_ordered_pairs", &run_panel},
    {"coint_johansen", &run_johansen},
    {"coint_rolling", &run_walk_forward},
    {"fdr", &run_false_discovery},
    {"half_life", &run_half_life},
    {"hurst_rs", &run_hurst_rescaled_range},
    {"hurst_std", &run_hurst_deviation},
    {"kalman_hedge", &run_kalman},
    {"kpss", &run_kpss},
    {"mackinnoncrit", &run_mackinnon_critical},
    {"mackinnonp", &run_mackinnon_p},
    {"moments", &run_moments},
    {"ols", &run_ols},
    {"ou_mle", &run_ornstein_uhlenbeck},
    {"performance", &run_performance},
    {"rolling_ols", &run_rolling_ols},
    {"rolling_zscore", &run_rolling_zscore},
    {"variance_ratio", &run_variance_ratio},
};

}  // namespace

CaseFunction find_function(std::string_view name) {
    const auto* found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                     [&](const Entry& e) { return e.name == name; });
    return found == std::end(kFunctions) ? nullptr : found->function;
}

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Result<stats::Trend> trend_argument(const Json& args, const char* name, const char* otherwise) {
    const Result<std::string> text = argument_text(args, name, otherwise);
    if (!text) return fail(text.error());
    if (*text == "n" || *text == "nc") return stats::Trend::none;
    if (*text == "c") return stats::Trend::constant;
    if (*text == "ct") return stats::Trend::linear;
    if (*text == "ctt") return stats::Trend::quadratic;
    return fail(Errc::invalid_argument, fmt::format("{}: expected n, c, ct or ctt, found {}", name, *text));
}

Result<stats::AdfOptions> lag_arguments(const Json& args) {
    stats::AdfOptions options;
    const auto choice = args.find("autolag");
    if (choice != args.end() && choice->is_null()) {
        options.lag_choice = stats::LagChoice::fixed;
    } else {
        Result<std::string> text = argument_text(args, "autolag", "aic");
        if (!text) return fail(text.error());
        std::transform(text->begin(), text->end(), text->begin(),
                       [](unsigned char c) { return std::tolower(c); });
        if (*text == "aic")
            options.lag_choice = stats::LagChoice::aic;
        else if (*text == "bic")
            options.lag_choice = stats::LagChoice::bic;
        else if (*text == "t-stat")
            options.lag_choice = stats::LagChoice::t_stat;
        else
            return fail(Errc::invalid_argument,
                        fmt::format("autolag: expected aic, bic, t-stat or null, found {}", *text));
    }
    const auto lags = args.find("maxlag");
    if (lags != args.end() && !lags->is_null()) {
        const Result<int> lags_max = argument_int(args, "maxlag", 0);
        if (!lags_max) return fail(lags_max.error());
        options.lags_max = *lags_max;
    }
    return options;
}

}  // namespace plumb::stats_cases
