#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "core/instrument.hpp"
#include "ports/history_source.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::app {

/// A source of history, opened.
struct DataSource {
    std::string name;                         // "csv", "demo", ...
    std::unique_ptr<HistorySource> history;
    std::optional<venues::demo::DemoSpec> demo;  // the demo market's own description
};

/// Opens --data-source (demo, csv, archive). The demo market's past is the sixty days before a fixed day, so that each run
/// of a seed sees the same market. Errc::unsupported for a source without history in this version,
/// Errc::invalid_argument where --data-dir is missing.
Result<DataSource> open_data_source(const Settings& settings);

/// The names asked for with --symbols and --exclude-symbols, or all the source has; sorted. A symbol given without quote
/// matches the source's only instrument of that base. Errc::not_found names the one that is not there.
Result<std::vector<std::string>> chosen_names(const Settings& settings, HistorySource& source);

/// Histories of `names` with bars of `length` that open in [from, to); unset bounds are the data's own. Errors name the
/// instrument.
Result<std::vector<BarHistory>> load_histories(HistorySource& source, const std::vector<std::string>& names,
                                               Duration length, std::optional<Timestamp> from,
                                               std::optional<Timestamp> to);

/// The trading grid of an instrument: the demo market's own, or for files one inferred from the prices: the tick is the
/// finest decimal seen (at most 1e-8 of price), the lot is worth about a cent, stocks trade in whole shares.
Instrument instrument_for(const DataSource& source, const BarHistory& history);

}  // namespace plumb::app
