#include "selection/find_options.hpp"

#include <fmt/format.h>

namespace plumb::selection {

namespace {

struct Bound {
    const char* name;
    double found;
    double low;
    double high;
};

}  // namespace

Status check_options(const FindOptions& options) {
    constexpr double kBig = 1e9;
    const Bound bounds[] = {
        {"p-threshold", options.p_threshold, 0, 1},
        {"fdr", options.fdr_level, 0, 1},
        {"holdout-fraction", options.holdout_fraction, 0, 0.9},
        {"leg-stationary-p", options.leg_stationary_p, 0, 1},
        {"hedge-value-min", options.hedge_value_min, 0, options.hedge_value_max},
        {"hedge-value-max", options.hedge_value_max, options.hedge_value_min, kBig},
        {"half-life-min", options.half_life_bars_min, 0, kBig},
        {"half-life-share", options.half_life_share_max, 0, 1},
        {"cost-factor", options.cost_factor, 0, kBig},
        {"fee-bps", options.cost.fee_bps, 0, 1e4},
        {"half-spread-bps", options.cost.half_spread_bps, 0, 1e4},
        {"entry-zscore", options.band.z_entry, options.band.z_exit, kBig},
        {"exit-zscore", options.band.z_exit, 0, options.band.z_entry},
        {"holdout-p", options.holdout.p_max, 0, 1},
        {"holdout-mean-shift", options.holdout.mean_shift_max, 0, kBig},
        {"holdout-deviation-min", options.holdout.deviation_ratio_min, 0,
         options.holdout.deviation_ratio_max},
    };
    for (const Bound& bound : bounds) {
        if (bound.low <= bound.found && bound.found <= bound.high) continue;
        return fail(Errc::invalid_argument, fmt::format("{}: expected {} to {}, found {}", bound.name,
                                                        bound.low, bound.high, bound.found));
    }
    return {};
}

}  // namespace plumb::selection
