#pragma once

#include "engine/engine.hpp"
#include "ports/trading_record.hpp"

namespace plumb::engine {

/// What a restart hands to the engine, from what the record returned. Starting up is recovering: a new record
/// gives an empty recovery. Errc::corrupt, in one line, when the record holds a position or an open order
/// that no pair of this session owns (it must not be traded around), or when a pair's standing and the fills
/// disagree about what it holds.
Result<Recovered> recover(const RecordedState& state);

}  // namespace plumb::engine
