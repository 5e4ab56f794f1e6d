#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "app/streams.hpp"
#include "ports/history_source.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::app {

/// The demo's past ends and its feed begins here unless a command says otherwise: a fixed moment, so that one
/// seed is one market whenever it is asked for.
constexpr Timestamp kDemoLiveStart = timestamp_from_ms(1'736'121'600'000);  // 2025-01-06 00:00 UTC, a Monday
/// The demo's past. Not a setting: a path depends on its start, so another start would be another market.
constexpr Duration kDemoHistory = std::chrono::days{90};

/// The simulated market of a seed.
venues::demo::DemoSpec demo_market(std::uint64_t seed);

/// The door to the past that --data-source, --data-dir and --seed name. `people` see how a venue's download
/// goes.
/// @return Errc::invalid_argument for csv without --data-dir; Errc::unsupported for sources without a past;
/// the source's errors
Result<std::unique_ptr<HistorySource>> open_history(const Settings& settings,
                                                    const Streams* people = nullptr);

/// The names of `names` that --symbols and --exclude-symbols choose, by any spelling; all of them where
/// nothing is said.
Result<std::vector<std::string>> chosen_names(const Settings& settings,
                                              const std::vector<std::string>& names);

/// Which bars a command looks at.
struct HistoryWindow {
    Duration length{};             // of a bar; zero: as stored
    std::optional<Duration> back;  // from the end
    std::optional<Timestamp> from, to;
};

/// The window that --from, --to and --days ask for: the last --days where no --from is given, counted from
/// the latest bar there is, and from now on a live venue.
HistoryWindow history_window(const Settings& settings, Duration length);

/// Bars of the instruments on offer (--symbols and --exclude-symbols choose by any spelling), `back` from the
/// latest bar of all. An instrument without a bar in the window is left out.
/// @return Errc::not_found for a symbol not on offer, naming what is; Errc::empty when nothing is left
Result<std::vector<BarHistory>> load_histories(HistorySource& source, const Settings& settings,
                                               const HistoryWindow& window);

}  // namespace plumb::app
