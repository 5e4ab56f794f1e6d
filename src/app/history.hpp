#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/settings.hpp"
#include "ports/history_source.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::app {

/// The demo's past ends and its feed begins here unless a command says otherwise: a fixed moment, so that one
/// seed is one market whenever it is asked for.
constexpr Timestamp kDemoLiveStart = timestamp_from_ms(1'736'121'600'000);  // 2025-01-06 00:00 UTC, a Monday
/// The demo's past, as long as the default of --days. Not a setting: a path depends on its start, so another
/// start would be another market. Longer costs start-up time: 29 names are walked at about 1 us a minute of
/// each.
constexpr Duration kDemoHistory = std::chrono::days{30};

/// The simulated market of a seed.
venues::demo::DemoSpec demo_market(std::uint64_t seed);

/// The door to the past that --data-source, --data-dir and --seed name.
/// @return Errc::invalid_argument for csv without --data-dir; Errc::unsupported for sources without a past;
/// the source's errors
Result<std::unique_ptr<HistorySource>> open_history(const Settings& settings);

/// Which bars a command looks at.
struct HistoryWindow {
    Duration length{};             // of a bar; zero: as stored
    std::optional<Duration> back;  // from the end
    std::optional<Timestamp> from, to;
};

/// Bars of the instruments on offer (--symbols and --exclude-symbols choose by any spelling), `back` from the
/// latest bar of all. An instrument without a bar in the window is left out.
/// @return Errc::not_found for a symbol not on offer, naming what is; Errc::empty when nothing is left
Result<std::vector<BarHistory>> load_histories(HistorySource& source, const Settings& settings,
                                               const HistoryWindow& window);

}  // namespace plumb::app
