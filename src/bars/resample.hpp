#pragma once

#include "core/bar_history.hpp"

namespace plumb::bars {

/// Longer bars from shorter ones: open of the first, highest high, lowest low, close of the last, sum of
/// volumes.
///
/// Filled bars carry a price forward and are no news: they set nothing while the slot has another bar, so a
/// quiet minute never sets the open (the venue's own longer bars agree). A slot of filled bars only is
/// filled. Among the others the slot's origin is traded where any is, else quoted, else simulated. Missing
/// bars stay missing: the slot is made of what there is, and a slot without bars gives none. The last slot is
/// left out unless the history reaches its end: an unfinished bar is no bar (F13).
/// @param length  a multiple of history.length()
/// @return        Errc::unsupported otherwise, or when a bar would straddle two slots. O(n).
Result<BarHistory> resample(const BarHistory& history, Duration length);

}  // namespace plumb::bars
