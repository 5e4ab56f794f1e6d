#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace plumb::store {

/// "PLMB" in the header of the file: `file trading_record.db` shows it, and other SQLite files are refused.
constexpr std::int32_t kApplicationId = 0x504C4D42;
/// Counted up whenever an older program could misread the file. Written as SQLite's user_version.
constexpr int kFormatVersion = 1;

/// A table of the record. The first column is its row number, the last its checksum.
struct Table {
    std::string_view name;
    std::string_view sql;  // as SQLite keeps it in sqlite_schema; a file that says otherwise is damaged
    int columns;           // all of them

    int cells() const { return columns - 1; }  // without the checksum
    std::string insert() const;                // "INSERT INTO t VALUES(?1,...)"
    std::string replace()
        const;  // "UPDATE t SET b = ?2, ... WHERE first column = ?1"; a name is never changed
    std::string select_all() const;  // in order of row number
};

extern const Table kMeta;         // one row: what this record is, and how often it was opened
extern const Table kProgress;     // one row: the cursor, and how many rows each counted table must have
extern const Table kSessions;     // each opening
extern const Table kInstruments;  //
extern const Table kPairs;        // the model as traded and the standing
extern const Table kOrders;       // intents, never changed
extern const Table kOrderStates;  // what became of them, appended; the last one holds
extern const Table kFills;        // the set that positions are computed from
extern const Table kRoundTrips;   // closed ones
extern const Table kEquity;
extern const Table kNotes;

/// Makes all tables, indexes and views in an empty database, and marks it as ours.
Status create_schema(Database& database);
/// Errc::corrupt when it is not our kind of file or a definition differs, Errc::newer_format with both
/// versions.
Status check_format(Database& database);
Status check_schema(Database& database);

}  // namespace plumb::store
