#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "ports/history_source.hpp"

namespace plumb::replay {

/// Opens a folder of price files as a history: `SYMBOL.csv[.gz]` per instrument, or one wide file of closes
/// in the folder, or the wide file itself (or one symbol's file) as `path`.
///
/// Names come from the file names: BTCUSDT is BTC/USDT, AAPL is AAPL/USD, ETH-USD_bars is ETH/USD (a last
/// part such as _bars, _quotebars, _1h or _historical is no part of the name). Where an instrument has bars
/// and quote bars, the bars are taken. Files of ticks and files that are no price files stay unread; folders
/// below are not looked into. Only headers are read here; bars() reads the instrument's file anew each time,
/// so that nothing is held in memory (a wide file is read once and held). Errc::not_found for a path that is
/// not there or a folder without price files, Errc::duplicate when two files would have one name or two wide
/// files are there, else the first trouble met: one line with the file.
Result<std::unique_ptr<HistorySource>> open_csv_folder(const std::filesystem::path& path,
                                                       std::string_view quote_default = "USD");

/// The instrument a file name speaks of: "ETH-USD_bars.csv.gz" is ETH/USD.
Result<std::string> instrument_of_file(const std::filesystem::path& file,
                                       std::string_view quote_default = "USD");

}  // namespace plumb::replay
