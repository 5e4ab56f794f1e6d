#pragma once

#include <functional>

#include "app/exit_status.hpp"
#include "app/settings.hpp"
#include "app/streams.hpp"
#include "app/trading_plan.hpp"
#include "engine/session_driver.hpp"

namespace plumb::app {

/// What a session left behind, for reports.
struct SessionOutcome {
    engine::SessionSummary summary;
    EquityPoint last;
    bool halted = false;
    std::size_t open_pairs = 0;
};

struct SessionRequest {
    bool indefinite = false;                 // no duration
    bool keep_record = true;                 // a backtest keeps none and takes no lock
    std::vector<SessionObserver*> watchers;  // besides the log
    /// Called before the first event, for watchers that look at the engine too.
    std::function<void(const engine::Engine&, const TradingPlan&)> on_engine;
    Money capital;
};

/// One paper session over a plan's prices: opens the workspace and its trading record, takes up what the
/// record holds, runs, and tells how it went. A killed session continues where the record says: same
/// positions, pairs and cash.
Result<SessionOutcome> run_session(const Settings& settings, const Streams& streams, TradingPlan& plan,
                                   const SessionRequest& request);

/// The pairs of this workspace's record; nothing when there is none. Errors of a damaged or newer record.
Result<HeldPairs> held_pairs(const Settings& settings);

}  // namespace plumb::app
