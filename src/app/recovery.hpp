#pragma once

#include "engine/engine.hpp"
#include "ports/trading_record.hpp"
#include "venues/paper/paper_venue.hpp"

namespace plumb::app {

/// What a restart hands to the engine and to the paper venue, from what the record returned. Starting up is recovering:
/// a new record gives an empty recovery. Errc::corrupt when the record holds a position that no pair of this session
/// owns, naming it: such a position must not be traded around.
Result<engine::Recovered> recover(const RecordedState& state);

/// The paper venue gets back its working orders and positions, which it keeps nowhere but in the record.
void restore_paper(const RecordedState& state, const engine::Recovered& recovered, venues::paper::PaperVenue& venue);

}  // namespace plumb::app
