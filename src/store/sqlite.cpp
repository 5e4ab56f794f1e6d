#include "store/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/check.hpp"

namespace plumb::store {
namespace {

/// How long a statement waits for another process's lock before it answers Errc::locked.
constexpr int kBusyTimeoutMs = 2000;

Errc meaning(int code, int system_errno) {
    const bool no_room = system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY) return Errc::not_found;
    switch (code & 0xff) {
        case SQLITE_FULL: return Errc::disk_full;
        case SQLITE_IOERR: return no_room ? Errc::disk_full : Errc::io;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT: return Errc::corrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Errc::locked;
        case SQLITE_CONSTRAINT: return Errc::duplicate;
        case SQLITE_CANTOPEN: return no_room ? Errc::disk_full : Errc::not_found;
        case SQLITE_ERROR:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG: return Errc::invalid_argument;
        default: return Errc::io;
    }
}

/// SQLite 3.40 does not keep errno of a COMMIT that failed, so ours is asked first; callers set it to 0
/// before they call.
Error describe(sqlite3* database, std::string_view doing) {
    const int own_errno = errno;
    const int code = sqlite3_extended_errcode(database);
    const bool outside = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    const int system_errno = !outside ? 0 : own_errno != 0 ? own_errno : sqlite3_system_errno(database);
    const std::string_view system = system_errno != 0 ? std::strerror(system_errno) : "";
    return Error{meaning(code, system_errno),
                 fmt::format("{}: {} (SQLite {}{}{})", doing, sqlite3_errmsg(database), code,
                             system.empty() ? "" : ", ", system)};
}

/// A path as an SQLite URI names it.
std::string uri_of(const std::filesystem::path& path, std::string_view query) {
    std::string uri = "file:";
    for (const char each : std::filesystem::absolute(path).string()) {
        if (each == '?' || each == '#' || each == '%') {
            uri += fmt::format("%{:02x}", static_cast<unsigned>(static_cast<unsigned char>(each)));
        } else {
            uri += each;
        }
    }
    return uri + std::string{query};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

// Binding fails only for a parameter that is not there: a bug in our SQL.
void Statement::bind(int parameter, std::int64_t value) {
    PLUMB_CHECK(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
}

void Statement::bind(int parameter, double value) {
    PLUMB_CHECK(sqlite3_bind_double(statement_.get(), parameter, value) == SQLITE_OK);
}

void Statement::bind(int parameter, std::string_view value) {
    const char* bytes = value.empty() ? "" : value.data();  // a null pointer would be NULL
    PLUMB_CHECK(sqlite3_bind_text(statement_.get(), parameter, bytes, static_cast<int>(value.size()),
                                  SQLITE_STATIC) == SQLITE_OK);
}

void Statement::bind_null(int parameter) {
    PLUMB_CHECK(sqlite3_bind_null(statement_.get(), parameter) == SQLITE_OK);
}

Result<bool> Statement::step() {
    errno = 0;
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return fail(describe(sqlite3_db_handle(statement_.get()), "trading record"));
}

Status Statement::run() {
    for (;;) {
        const Result<bool> row = step();
        if (row && *row) continue;
        sqlite3_reset(statement_.get());
        if (!row) return fail(row.error());
        return {};
    }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

Statement::Kind Statement::kind(int column) const {
    switch (sqlite3_column_type(statement_.get(), column)) {
        case SQLITE_INTEGER: return Kind::integer;
        case SQLITE_FLOAT: return Kind::real;
        case SQLITE_NULL: return Kind::null;
        default: return Kind::text;  // BLOB is read as its bytes
    }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Statement::column_name(int column) const {
    const char* name = sqlite3_column_name(statement_.get(), column);
    return name == nullptr ? std::string_view{} : std::string_view{name};
}

bool Statement::read_only() const { return sqlite3_stmt_readonly(statement_.get()) != 0; }

Result<Database> Database::open(const std::filesystem::path& path, Access access) {
    sqlite3* raw = nullptr;
    const int flags = access == Access::read_write ? SQLITE_OPEN_READWRITE
                      : access == Access::in_memory
                          ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
                          : SQLITE_OPEN_READONLY;
    const std::string name = access == Access::in_memory   ? ":memory:"
                             : access == Access::immutable ? uri_of(path, "?immutable=1")
                                                           : path.string();
    const int uri = access == Access::immutable ? SQLITE_OPEN_URI : 0;
    errno = 0;
    const int code = sqlite3_open_v2(name.c_str(), &raw, flags | uri | SQLITE_OPEN_NOMUTEX, nullptr);
    PLUMB_CHECK(raw != nullptr);  // only without memory
    Database database{raw};
    if (code != SQLITE_OK) return fail(describe(raw, fmt::format("cannot open {}", path.string())));
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    database.checkpoint_on_close(false);
    return database;
}

Status Database::execute(const char* sql) {
    errno = 0;
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return fail(error("trading record"));
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    errno = 0;
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    Statement statement{raw};
    if (code != SQLITE_OK) return fail(error("trading record"));
    if (raw == nullptr) return fail(Errc::invalid_argument, "expected an SQL statement, found none");
    const std::string_view tail{rest, sql.size() - static_cast<std::size_t>(rest - sql.data())};
    if (tail.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
        return fail(Errc::invalid_argument, "expected one SQL statement, found more");
    }
    return statement;
}

Result<std::string> Database::answer(std::string_view sql) {
    Result<Statement> statement = prepare(sql);
    if (!statement) return fail(statement.error());
    const Result<bool> row = statement->step();
    if (!row) return fail(row.error());
    return *row ? std::string{statement->text(0)} : std::string{};
}

int Database::changes() const { return sqlite3_changes(database_.get()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

void Database::checkpoint_on_close(bool allowed) {
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, allowed ? 0 : 1, nullptr);
}

void Database::try_checkpoint() {
    sqlite3_busy_timeout(database_.get(), 0);
    sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(database_.get(), kBusyTimeoutMs);
}

std::string Database::serialize() {
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes{
        sqlite3_serialize(database_.get(), "main", &size, 0), &sqlite3_free};
    PLUMB_CHECK(bytes != nullptr);
    return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

Error Database::error(std::string_view doing) const { return describe(database_.get(), doing); }

}  // namespace plumb::store
