#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace plumb::selection {

/// Why a pair is not traded, in the order in which the questions are asked. A pair carries the first that
/// applies.
enum class Refusal : unsigned char {
    too_few_rows,             ///< common rows in the fitting part
    pegged,                   ///< a leg that does not move: a stable coin
    degenerate,               ///< a statistic cannot be computed (exact fit, a series of one value)
    leg_stationary,           ///< a leg that reverts by itself: no pair is needed to explain it
    collinear,                ///< the same thing twice: wrapped tokens, share classes
    p_above_threshold,        ///< p_pair
    negative_hedge,           ///< both legs would be bought: no hedge
    extreme_hedge,            ///< one leg is nearly all of the value
    half_life_out_of_bounds,  ///< too quick to trade or too slow to have been seen
    uneconomic,               ///< entry to exit earns less than the round trip costs, by the factor asked
    fdr,                      ///< q, where a false-discovery rate is required
    holdout_failed,           ///< the part held back: too short, or its spread has a unit root
    mean_shift,               ///< the part held back: its mean lies elsewhere
    deviation_changed,        ///< the part held back: its deviation is another
};

constexpr std::size_t kRefusalCount = 14;
constexpr std::array<Refusal, kRefusalCount> kRefusals = {Refusal::too_few_rows,
                                                          Refusal::pegged,
                                                          Refusal::degenerate,
                                                          Refusal::leg_stationary,
                                                          Refusal::collinear,
                                                          Refusal::p_above_threshold,
                                                          Refusal::negative_hedge,
                                                          Refusal::extreme_hedge,
                                                          Refusal::half_life_out_of_bounds,
                                                          Refusal::uneconomic,
                                                          Refusal::fdr,
                                                          Refusal::holdout_failed,
                                                          Refusal::mean_shift,
                                                          Refusal::deviation_changed};

/// Machine-readable, as in the enumeration: "p_above_threshold".
std::string_view to_string(Refusal refusal);
/// What was asked, for people: "p above the threshold".
std::string_view question(Refusal refusal);

/// A refusal with its evidence.
struct Refused {
    Refusal kind;
    double found = 0;
    double limit = 0;   ///< the bound that was broken
    std::string about;  ///< the leg or the error concerned; may be empty

    /// One sentence: "half-life 312.4 bars lies outside the bounds (limit 72.0)".
    std::string sentence() const;
};

}  // namespace plumb::selection
