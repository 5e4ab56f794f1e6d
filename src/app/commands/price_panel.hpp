#pragma once

#include <span>

#include "core/bar_history.hpp"
#include "selection/panel.hpp"

namespace plumb::app {

/// Histories as selection wants them. Filled bars count as missing: a price carried forward is no
/// observation. Names are bases
/// ("BTC") where these are distinct, as benchmarks files have them, else "BTC/USDT".
/// @return the errors of bars::align_all
Result<selection::Panel> price_panel(std::span<const BarHistory> histories);

}  // namespace plumb::app
