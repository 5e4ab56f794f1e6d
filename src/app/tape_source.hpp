#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/instrument.hpp"
#include "ports/history_source.hpp"
#include "ports/market_data_feed.hpp"
#include "store/tape.hpp"

namespace plumb::app {

/// What a tape was recorded of.
struct TapeDescription {
    std::vector<Instrument> instruments;  // with their grids, ids as on the tape
    bool bars = true;                     // prices came as bars
};
Result<TapeDescription> describe_tape(const std::filesystem::path& path);

/// A recorded tape's closed bars as a history, so that what was recorded can be searched and traded again
/// (`--data-source replay --tape FILE`). A tape of quotes and trades has names and no bars.
Result<std::unique_ptr<HistorySource>> open_tape_history(const std::filesystem::path& path);

/// The market events of a tape, in order, under the ids of `table`; instruments it lacks are left out. The
/// torn end of a killed session ends the feed.
Result<std::unique_ptr<MarketDataFeed>> open_tape_feed(const std::filesystem::path& path,
                                                       const InstrumentTable& table);

}  // namespace plumb::app
