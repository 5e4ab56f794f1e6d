#pragma once

#include <filesystem>

#include "core/bar_history.hpp"

namespace plumb::store {

/// How a Parquet file of bars is laid out. Both are read back exactly, by us and by DuckDB, pandas and
/// polars.
enum class ParquetLayout : unsigned char {
    archive,  // open_time TIMESTAMPTZ, open high low close volume DECIMAL(38,18), origin VARCHAR; ZSTD
    pandas,   // open high low close volume DOUBLE, __index_level_0__ TIMESTAMPTZ as pandas' index; SNAPPY
};

struct ParquetRead {
    Duration length{};                  // zero: the smallest step, of which all others must be multiples
    Timestamp from = Timestamp::min();  // rows that open in [from, to)
    Timestamp to = Timestamp::max();
    /// Where above zero: rows off the multiples of this length that have no volume are made of prices
    /// somebody polled. Each becomes the `quoted` bar of its slot, or is dropped where the slot has a bar
    /// already.
    Duration polled_into{};
};

struct ParquetBars {
    BarHistory bars;
    std::size_t polled = 0;  // bars made of polled prices
    std::size_t polled_dropped = 0;
};

/// Reads bars from any Parquet file that has a time column (open_time, ts, timestamp, time, date, datetime,
/// index or
/// __index_level_0__; a timestamp, a date, or an epoch number whose magnitude tells the unit), open, high,
/// low and close in any case, and perhaps volume and origin. Doubles become the shortest decimal that is the
/// same double. Without an origin column, bars of four equal prices and no volume are `filled`, others
/// `traded`. The name is left empty.
///
/// Errc::missing_column (among them files without time, which cannot be bars), not_finite, non_positive,
/// out_of_range, unsorted, duplicate, empty, too_short, truncated, corrupt, not_found: one line with file,
/// row and column. Rows stream; about 0.5 us each.
Result<BarHistory> read_parquet_bars(const std::filesystem::path& path, const ParquetRead& how = {});
/// The same, with what became of polled prices.
Result<ParquetBars> read_parquet_counted(const std::filesystem::path& path, const ParquetRead& how);

/// Writes all bars, in one step: a reader sees the old file or the new. Makes missing folders.
/// Errc::disk_full and Errc::io leave the old file intact. Errc::out_of_range for a value of 1e20 or more
/// (archive layout).
Status write_parquet_bars(const BarHistory& history, const std::filesystem::path& path, ParquetLayout layout);

}  // namespace plumb::store
