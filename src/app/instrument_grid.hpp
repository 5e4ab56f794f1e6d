#pragma once

#include <optional>

#include "core/bar_history.hpp"
#include "core/instrument.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::app {

/// The trading grid of an instrument: the demo market's own, or for files one inferred from the prices: the
/// tick is the finest decimal seen, a coin's lot is worth about a cent, stocks trade in whole shares.
Instrument instrument_for(const std::optional<venues::demo::DemoSpec>& demo, const BarHistory& history);

}  // namespace plumb::app
