#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/duckdb.hpp"

namespace plumb::store {

struct SqlTable {
    std::vector<DuckColumn> columns;
    std::vector<std::vector<std::optional<std::string>>>
        rows;  // texts, as DuckDB casts them; nothing for NULL
};

struct SqlLimits {
    std::size_t rows_max = 100'000;
};

/// Answers one SQL query over a workspace; DuckDB's dialect.
///
/// Views over the archive: `bars` (source, granularity, instrument, open_time, open, high, low, close,
/// volume, origin) with DOUBLE prices, made to calculate with, and `bars_exact` with the DECIMAL(38,18)
/// values as stored. Tables of the trading record (orders, fills, pairs, ...) are there under their own
/// names; those the query names are copied before it runs, so the record is only ever read. Times are UTC.
///
/// The query cannot write or reach anything: statements other than SELECT, VALUES, DESCRIBE, SHOW are
/// refused, and file access ends at the archive's folder, network and extensions included. Errc::denied,
/// Errc::invalid_argument (does not compile), Errc::out_of_range above rows_max, errors of DuckDb::query and
/// of the record.
Result<SqlTable> run_sql(const std::filesystem::path& workspace, const std::string& query,
                         const SqlLimits& limits = {});

}  // namespace plumb::store
