#pragma once

#include <vector>

#include "store/record_rows.hpp"

namespace plumb::store {

/// All that a restart reads, checked. Rows are in order of their numbers, which count from 1 without gaps.
struct LoadedRecord {
    RecordMeta meta;
    RecordProgress progress;
    std::vector<Instrument> instruments;
    std::vector<std::uint32_t> instrument_checksums;
    std::vector<RecordedPair> pairs;
    std::vector<std::uint32_t> pair_checksums;
    std::vector<RecordedOrder> orders;  // with the state they stand in; final ones too
    std::vector<RecordedFill> fills;
    std::int64_t equity_rows = 0;
    Money equity_high;  // zero without rows
    std::int64_t note_rows = 0;
};

/// Reads the record in one transaction and believes nothing: SQLite's own integrity check (pages, indexes),
/// our table definitions, the checksum of every row, and the number and sum of rows of every counted table
/// (S03).
///
/// Errc::newer_format, Errc::corrupt, Errc::io, Errc::locked. Cost: reads the whole file; 0.4 s for 20 000
/// orders with as many states and fills (10 MB), of which most is SQLite's check.
Result<LoadedRecord> load_record(Database& database);

/// Calls take(row) for each row of `query`, whose columns are those of `table`, after its checksum was
/// verified. Stops at the first error.
template <class Take>
Status for_each_row(Statement& query, const Table& table, Row& row, Take take) {
    for (;;) {
        const Result<bool> there = query.step();
        if (!there) return fail(there.error());
        if (!*there) break;
        if (Status read = row.read(query, table); !read) return read;
        if (Status taken = take(row); !taken) return taken;
    }
    query.reset();
    return {};
}

}  // namespace plumb::store
