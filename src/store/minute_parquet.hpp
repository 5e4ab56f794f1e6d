#pragma once

#include <filesystem>
#include <string>

#include "store/parquet_bars.hpp"

namespace plumb::store {

/// One-minute bars in the files that the candle collector of agentic_system_trading keeps: a Parquet file per
/// symbol with pandas' index, under two names, because its collector and its signal engine disagree.
std::filesystem::path minute_file_collected(const std::filesystem::path& workspace,
                                            const std::string& instrument);
std::filesystem::path minute_file_signals(const std::filesystem::path& workspace,
                                          const std::string& instrument);

/// The symbol a file name speaks of: BTC_1m_historical.parquet and BTC_historical.parquet are BTC/USD.
Result<std::string> instrument_of_minute_file(const std::filesystem::path& file);

/// Reads such a file; the name comes from the file name, the length must be one minute (Errc::unsupported).
/// Where its feed had just begun the collector wrote a bar of prices it saw, stamped with the second it saw
/// the first, without volume. Such a row becomes the quoted bar of its minute (`polled`), or is dropped where
/// that minute has a bar (`polled_dropped`). Other errors as read_parquet_bars.
Result<ParquetBars> import_minute_parquet(const std::filesystem::path& file);

/// Writes such a file: SNAPPY, columns open high low close volume as DOUBLE and the index __index_level_0__,
/// with pandas' metadata, so that pandas.read_parquet gives the same frame as the earlier program's own file.
/// Errc::unsupported unless the bars are of one minute; errors of write_parquet_bars.
Status export_minute_parquet(const BarHistory& bars, const std::filesystem::path& file);

}  // namespace plumb::store
