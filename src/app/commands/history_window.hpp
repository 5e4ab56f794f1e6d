#pragma once

#include <optional>
#include <vector>

#include "app/data_source.hpp"

namespace plumb::app {

/// Which bars a search looks at.
struct HistoryWindow {
    Duration length{};             // of a bar; zero: as stored
    std::optional<Duration> back;  // from the end of the latest bar of all
    std::optional<Timestamp> from, to;
};

/// --from and --to, or --days back from the end, in bars of `length`.
HistoryWindow history_window(const Settings& settings, Duration length);

/// Bars of the instruments chosen with --symbols and --exclude-symbols. An instrument without a bar in the
/// window is left out. Errc::empty when nothing is left; else the errors of chosen_names and load_histories.
Result<std::vector<BarHistory>> load_window(const Settings& settings, HistorySource& source,
                                            const HistoryWindow& window);

}  // namespace plumb::app
