#include "stats/half_life.hpp"

#include <fmt/core.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "stats/linear_regression.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {

Result<MeanReversion> fit_mean_reversion(std::span<const double> spread) {
    if (Status ok = check_series(spread, 13); !ok) return fail(std::move(ok.error()));
    const ScaledSeries scaled = scale_series(spread, Shift::none);
    std::vector<double> change(spread.size() - 1);
    for (std::size_t t = 0; t < change.size(); ++t) change[t] = scaled.values[t + 1] - scaled.values[t];
    const std::span<const double> lagged = std::span<const double>{scaled.values}.first(change.size());
    const Result<LinearFit> fit = fit_linear(change, lagged, Trend::constant);
    if (!fit) return fail(fit.error().at("change on level"));

    MeanReversion out;
    out.lambda = fit->parameters[0];
    out.alpha = fit->parameters[1] * scaled.scale;
    out.lambda_error = fit->standard_errors[0];
    out.lambda_t = fit->t_values[0];
    if (out.lambda < 0) {
        out.half_life_linear = -std::numbers::ln2 / out.lambda;
        out.half_life = out.lambda <= -1 ? 0.0 : -std::numbers::ln2 / std::log1p(out.lambda);
    }
    return out;
}

Result<double> half_life(std::span<const double> spread) {
    const Result<MeanReversion> fit = fit_mean_reversion(spread);
    if (!fit) return fail(fit.error());
    if (!fit->half_life || *fit->half_life == 0) {
        return fail(Errc::not_mean_reverting,
                    fmt::format("lambda = {:.6g} lies outside (-1, 0)", fit->lambda));
    }
    return *fit->half_life;
}

}  // namespace plumb::stats
