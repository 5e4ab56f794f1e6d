#include "selection/refusal.hpp"

#include <fmt/format.h>

namespace plumb::selection {

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::too_few_rows: return "too_few_rows";
        case Refusal::degenerate: return "degenerate";
        case Refusal::pegged: return "pegged";
        case Refusal::leg_stationary: return "leg_stationary";
        case Refusal::collinear: return "collinear";
        case Refusal::p_above_threshold: return "p_above_threshold";
        case Refusal::negative_hedge: return "negative_hedge";
        case Refusal::extreme_hedge: return "extreme_hedge";
        case Refusal::half_life_out_of_bounds: return "half_life_out_of_bounds";
        case Refusal::uneconomic: return "uneconomic";
        case Refusal::fdr: return "fdr";
        case Refusal::holdout_failed: return "holdout_failed";
        case Refusal::mean_shift: return "mean_shift";
        case Refusal::deviation_changed: return "deviation_changed";
    }
    return "unknown";
}

std::string_view question(Refusal refusal) {
    switch (refusal) {
        case Refusal::too_few_rows: return "too few common rows";
        case Refusal::degenerate: return "no statistic possible";
        case Refusal::pegged: return "a leg is pegged";
        case Refusal::leg_stationary: return "a leg is stationary by itself";
        case Refusal::collinear: return "collinear: the same thing twice";
        case Refusal::p_above_threshold: return "p not below the threshold";
        case Refusal::negative_hedge: return "negative hedge ratio";
        case Refusal::extreme_hedge: return "extreme hedge ratio";
        case Refusal::half_life_out_of_bounds: return "half-life outside its bounds";
        case Refusal::uneconomic: return "spread smaller than its costs";
        case Refusal::fdr: return "false-discovery rate above its level";
        case Refusal::holdout_failed: return "held-back part: not stationary";
        case Refusal::mean_shift: return "held-back part: mean moved";
        case Refusal::deviation_changed: return "held-back part: deviation changed";
    }
    return "unknown";
}

std::string Refused::sentence() const {
    switch (kind) {
        case Refusal::too_few_rows:
            return fmt::format("{:.0f} common rows, at least {:.0f} are needed", found, limit);
        case Refusal::degenerate: return fmt::format("no statistic possible: {}", about);
        case Refusal::pegged: return fmt::format("{} (found {:.4g}, limit {:.4g})", about, found, limit);
        case Refusal::leg_stationary:
            return fmt::format("{} is stationary by itself: unit root rejected with p = {:.4f}, limit {:.2f}",
                               about, found, limit);
        case Refusal::collinear:
            return fmt::format("one leg is the other: 1 - R^2 = {:.2e}, limit {:.2e}", found, limit);
        case Refusal::p_above_threshold:
            return fmt::format("p = {:.4f} of both orientations is not below {:.4g}", found, limit);
        case Refusal::negative_hedge:
            return fmt::format("hedge ratio {:.6g}: both legs would be bought", found);
        case Refusal::extreme_hedge:
            return fmt::format("hedge of {:.4g} per unit of value, limit {:.4g}: one leg is nearly all",
                               found, limit);
        case Refusal::half_life_out_of_bounds:
            return found > 0 ? fmt::format("half-life {:.1f} bars, limit {:.1f}", found, limit)
                             : std::string{"no half-life: the spread does not revert"};
        case Refusal::uneconomic:
            return fmt::format("entry to exit earns {:.2f} times the round-trip cost, {:.2f} is asked", found,
                               limit);
        case Refusal::fdr: return fmt::format("false-discovery rate q = {:.4f}, level {:.4g}", found, limit);
        case Refusal::holdout_failed:
            return about.empty()
                       ? fmt::format("held-back part: p = {:.4f} with the hedge ratio fixed, limit {:.4g}",
                                     found, limit)
                       : fmt::format("held-back part: {} (found {:.4g}, limit {:.4g})", about, found, limit);
        case Refusal::mean_shift:
            return fmt::format("held-back part: mean moved by {:.2f} fitted deviations, limit {:.2f}", found,
                               limit);
        case Refusal::deviation_changed:
            return fmt::format("held-back part: deviation is {:.2f} times the fitted one, limit {:.2f}",
                               found, limit);
    }
    return "unknown";
}

}  // namespace plumb::selection
