#pragma once

#include "app/history.hpp"
#include "app/settings.hpp"
#include "app/streams.hpp"
#include "ports/history_source.hpp"
#include "selection/pair_finder.hpp"
#include "store/benchmarks_file.hpp"

namespace plumb::app {

/// One search for pairs over a source's history, and what came of it.
struct BenchmarkSearch {
    selection::Panel panel;
    selection::FindOptions options;
    selection::Findings findings;
    store::Benchmarks benchmarks;  // the survivors, at most --max-groups
    double seconds = 0;            // the search alone
};

/// Loads the history that the settings ask for and searches it. Errors of the source, of the panel, of the
/// options.
Result<BenchmarkSearch> search_benchmarks(const Settings& settings, HistorySource& source);
/// The same over a window of the caller's.
Result<BenchmarkSearch> search_benchmarks(const Settings& settings, HistorySource& source,
                                          const HistoryWindow& window);

/// The benchmarks to trade by: the workspace's latest; computed and saved anew where there are none, or where
/// they are older than --benchmark-refresh-days and the source's present is the calendar's. Says which on the
/// diary stream.
Result<store::Benchmarks> benchmarks_to_trade(const Settings& settings, HistorySource& source,
                                              const Streams& streams);

}  // namespace plumb::app
