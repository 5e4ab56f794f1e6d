#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace plumb::store {

/// A compiled SQL statement, used again and again. Texts given to bind() are borrowed until the next reset().
class Statement {
 public:
    Statement() = default;

    /// Parameters count from 1, columns from 0, as SQLite counts them.
    void bind(int parameter, std::int64_t value);
    void bind(int parameter, double value);  // NaN is stored as NULL
    void bind(int parameter, std::string_view value);
    void bind_null(int parameter);

    /// True when a row is there to be read, false at the end. Errors as Database::error().
    Result<bool> step();
    /// Steps to the end and makes the statement ready for the next use, whatever came out.
    Status run();
    void reset();

    enum class Kind : unsigned char { null, integer, real, text };
    int columns() const;
    Kind kind(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;  // lives until the next step() or reset()
    std::string_view column_name(int column) const;
    bool read_only() const;  // it cannot change the file

 private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection to one SQLite file. Not for sharing between threads.
class Database {
 public:
    enum class Access : unsigned char {
        read_write,  // the file must exist
        read_only,   // the file must exist; its -shm file may be created beside it
        immutable,   // for folders nobody can write: the caller knows that nothing changes the file
        in_memory,   // a new empty database; the path is ignored
    };
    static Result<Database> open(const std::filesystem::path& path, Access access);

    /// Runs statements that answer nothing.
    Status execute(const char* sql);
    Result<Statement> prepare(std::string_view sql);
    /// The first column of the first row: what a PRAGMA answers.
    Result<std::string> answer(std::string_view sql);

    int changes() const;  // rows changed by the last statement
    bool in_transaction() const;
    /// A damaged file must stay as it was found: closing writes nothing back until this is allowed.
    void checkpoint_on_close(bool allowed);
    /// Empties the write-ahead log into the file unless a reader or the disk is in the way; never waits.
    void try_checkpoint();
    /// The bytes the database would have as a file.
    std::string serialize();

    /// What the last failure means to us. FULL, and EDQUOT or EFBIG below an IOERR: Errc::disk_full. NOTADB,
    /// CORRUPT: Errc::corrupt. BUSY, LOCKED: Errc::locked. CONSTRAINT: Errc::duplicate, Errc::not_found for a
    /// foreign key. CANTOPEN: Errc::not_found. A statement that does not compile: Errc::invalid_argument. All
    /// else: Errc::io.
    Error error(std::string_view doing) const;

 private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    explicit Database(sqlite3* database) : database_{database} {}
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace plumb::store
