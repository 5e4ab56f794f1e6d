#pragma once

#include "app/report_collector.hpp"
#include "app/session_metrics.hpp"
#include "app/trading_session.hpp"

namespace plumb::app {

/// A session without record, whose course was collected.
struct PaperRun {
    SessionOutcome outcome;
    ReportCollector collector;
    SessionMetrics metrics;
    double seconds = 0;  // it took
};

/// Runs a plan on paper, keeping no record and taking no lock. The diary goes to logs/trading.log of the
/// workspace; with
/// --json the events go to `streams.out` too. Errors of run_session.
Result<PaperRun> run_on_paper(const Settings& settings, const Streams& streams, TradingPlan& plan,
                              Money capital);

/// The open time of the bar at which the first `share` of the window's times ends, so that a search on what
/// is before it and trading on what follows share no bar. Errc::too_short below a hundred times.
Result<Timestamp> split_time(const Settings& settings, HistorySource& source, const HistoryWindow& window,
                             double share);

}  // namespace plumb::app
