#pragma once

#include "exchange/faults/fault_action.hpp"
#include "exchange/faults/fault_script.hpp"
#include "exchange/faults/script_reader.hpp"

namespace plumb::exchange {

/// Reads the `do` of a rule of this trigger; no trigger: venue actions only.
FaultAction read_action(const YAML::Node& node, std::optional<Trigger> trigger, ScriptText& text);

/// The venue actions among the keys of `map`; marks all their keys as known.
std::vector<VenueAction> read_venue_actions(ScriptMap& map, ScriptText& text);

/// With `instrument`, the key of that name is read too.
FeeRule read_fees(const YAML::Node& node, ScriptText& text, std::string* instrument = nullptr);
ViewLag read_lag(ScriptMap& map);
/// Within 31 days either way.
std::optional<Duration> read_clock_offset(ScriptMap& map, std::string_view key);

}  // namespace plumb::exchange
