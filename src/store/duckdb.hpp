#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"

namespace plumb::store {

/// Answers of a query, a block of rows at a time. Not for sharing between threads.
class DuckRows {
 public:
    /// The next block, false at the end. Errors as DuckDb::query.
    Result<bool> next_block();
    std::size_t rows() const;  // of the block in hand

    bool is_null(std::size_t column, std::size_t row) const;
    std::int64_t bigint(std::size_t column, std::size_t row) const;  // BIGINT columns
    double real(std::size_t column, std::size_t row) const;          // DOUBLE
    float real32(std::size_t column, std::size_t row) const;         // FLOAT
    Int128 hugeint(std::size_t column, std::size_t row) const;  // DECIMAL of more than 18 digits: its units
    std::string_view text(std::size_t column, std::size_t row) const;  // VARCHAR; until the next block

 private:
    friend class DuckDb;
    struct State;
    struct Release {
        void operator()(State* state) const;
    };
    explicit DuckRows(State* state) : state_{state} {}
    const void* data(std::size_t column) const;
    std::unique_ptr<State, Release> state_;
};

/// Appends rows to a table of an in-memory database, a block at a time.
class DuckAppender {
 public:
    /// Values of one row go in by column; then end_row(). Types must be the table's.
    void bigint(std::size_t column, std::int64_t value);    // BIGINT, TIMESTAMP, TIMESTAMPTZ (microseconds)
    void real(std::size_t column, double value);            // DOUBLE
    void decimal(std::size_t column, Decimal value);        // DECIMAL(38,18)
    void text(std::size_t column, std::string_view value);  // VARCHAR
    void blob(std::size_t column, std::string_view value);  // BLOB
    void null(std::size_t column);
    Status end_row();
    Status finish();

 private:
    friend class DuckDb;
    struct State;
    struct Release {
        void operator()(State* state) const;
    };
    explicit DuckAppender(State* state) : state_{state} {}
    std::unique_ptr<State, Release> state_;
};

struct DuckColumn {
    std::string name;
    std::string type;  // "DOUBLE", "DECIMAL(38,18)", "TIMESTAMP WITH TIME ZONE"
};

/// An in-memory DuckDB with one thread, UTC, and bounded memory. The archive's engine: reads and writes
/// Parquet.
///
/// Errors are one line: no space, quota or file size limit are Errc::disk_full, a file that is not there
/// Errc::not_found, a Parquet file without its end Errc::truncated, a damaged one Errc::corrupt, a query that
/// does not compile Errc::invalid_argument, what was forbidden Errc::denied, all else Errc::io.
class DuckDb {
 public:
    static Result<DuckDb> open();

    /// Runs statements that answer nothing.
    Status run(const std::string& sql);
    /// Exactly one SELECT (or DESCRIBE, SHOW, VALUES); its rows are streamed.
    Result<DuckRows> query(const std::string& sql);
    /// The columns one SELECT would answer. Errc::denied for any other kind of statement and for more than
    /// one.
    Result<std::vector<DuckColumn>> describe(const std::string& sql);
    Result<DuckAppender> append_to(const std::string& table);

 private:
    struct State;
    struct Release {
        void operator()(State* state) const;
    };
    explicit DuckDb(State* state) : state_{state} {}
    std::unique_ptr<State, Release> state_;
};

/// What DuckDB's words mean to us.
Error duckdb_error(std::string_view words);
/// 'text' as an SQL literal.
std::string sql_literal(std::string_view text);
/// "name" as an SQL identifier.
std::string sql_name(std::string_view name);

}  // namespace plumb::store
