#include "stats/engle_granger.hpp"

#include <fmt/core.h>

#include <array>

#include "stats/mackinnon.hpp"

namespace plumb::stats {

Result<EngleGrangerResult> engle_granger(std::span<const double> y,
                                         std::span<const std::span<const double>> x,
                                         const EngleGrangerOptions& options) {
    const std::size_t series = x.size() + 1;
    if (series > kPValueSeriesMax) {
        return fail(Errc::unsupported, fmt::format("at most {} series, found {}", kPValueSeriesMax, series));
    }
    Result<LinearFit> hedge = fit_linear(y, x, options.trend);
    if (!hedge) return fail(std::move(hedge.error()));
    if (hedge->one_minus_r_squared <= kCollinearShare) {
        return fail(Errc::collinear, fmt::format("1 - R^2 = {:.3g}: the series are the same up to a factor",
                                                 hedge->one_minus_r_squared));
    }
    const AdfOptions adf_options{Trend::none, options.lag_choice, options.lags_max};
    const Result<AdfResult> adf = adf_test(hedge->residuals, adf_options);
    if (!adf) return fail(adf.error().at("residual"));

    EngleGrangerResult result;
    result.statistic = adf->statistic;
    result.used_lag = adf->used_lag;
    result.rows = adf->rows;
    result.criterion = adf->criterion;
    result.p_value = mackinnon_p_value(adf->statistic, options.trend, series).value();
    if (options.trend != Trend::none) {
        result.critical =
            mackinnon_critical_values(options.trend, series, static_cast<double>(y.size() - 1)).value();
    }
    result.hedge = std::move(*hedge);
    return result;
}

Result<EngleGrangerResult> engle_granger(std::span<const double> y, std::span<const double> x,
                                         const EngleGrangerOptions& options) {
    const std::array<std::span<const double>, 1> regressors{x};
    return engle_granger(y, regressors, options);
}

}  // namespace plumb::stats
