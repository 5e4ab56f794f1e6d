#include "store/duckdb.hpp"

#include <duckdb.h>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/check.hpp"

namespace plumb::store {
namespace {

/// Gives a C handle back when it goes.
template <class Handle, void (*Destroy)(Handle*)>
class Owned {
 public:
    Owned() = default;
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    ~Owned() { reset(); }
    void reset() {
        if (handle_ != Handle{}) Destroy(&handle_);
        handle_ = Handle{};
    }
    Handle get() const { return handle_; }
    Handle* out() { return &handle_; }
    void put(Handle handle) {
        reset();
        handle_ = handle;
    }

 private:
    Handle handle_{};
};

using Chunk = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using Prepared = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Extracted = Owned<duckdb_extracted_statements, duckdb_destroy_extracted>;
using LogicalType = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;

void destroy_appender(duckdb_appender* appender) { duckdb_appender_destroy(appender); }

/// A result is a struct, not a handle.
struct Answer {
    duckdb_result result{};
    bool any = false;
    Answer() = default;
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer() {
        if (any) duckdb_destroy_result(&result);
    }
};

std::string_view words_of(const char* text) {
    return text != nullptr ? std::string_view{text} : "no reason given";
}

std::string type_name(duckdb_logical_type type) {
    switch (duckdb_get_type_id(type)) {
        case DUCKDB_TYPE_BOOLEAN: return "BOOLEAN";
        case DUCKDB_TYPE_TINYINT: return "TINYINT";
        case DUCKDB_TYPE_SMALLINT: return "SMALLINT";
        case DUCKDB_TYPE_INTEGER: return "INTEGER";
        case DUCKDB_TYPE_BIGINT: return "BIGINT";
        case DUCKDB_TYPE_HUGEINT: return "HUGEINT";
        case DUCKDB_TYPE_UTINYINT: return "UTINYINT";
        case DUCKDB_TYPE_USMALLINT: return "USMALLINT";
        case DUCKDB_TYPE_UINTEGER: return "UINTEGER";
        case DUCKDB_TYPE_UBIGINT: return "UBIGINT";
        case DUCKDB_TYPE_FLOAT: return "FLOAT";
        case DUCKDB_TYPE_DOUBLE: return "DOUBLE";
        case DUCKDB_TYPE_DECIMAL:
            return fmt::format("DECIMAL({},{})", duckdb_decimal_width(type), duckdb_decimal_scale(type));
        case DUCKDB_TYPE_DATE: return "DATE";
        case DUCKDB_TYPE_TIME: return "TIME";
        case DUCKDB_TYPE_TIMESTAMP: return "TIMESTAMP";
        case DUCKDB_TYPE_TIMESTAMP_S: return "TIMESTAMP_S";
        case DUCKDB_TYPE_TIMESTAMP_MS: return "TIMESTAMP_MS";
        case DUCKDB_TYPE_TIMESTAMP_NS: return "TIMESTAMP_NS";
        case DUCKDB_TYPE_TIMESTAMP_TZ: return "TIMESTAMP WITH TIME ZONE";
        case DUCKDB_TYPE_INTERVAL: return "INTERVAL";
        case DUCKDB_TYPE_BLOB: return "BLOB";
        case DUCKDB_TYPE_VARCHAR: return "VARCHAR";
        default: return "OTHER";
    }
}

}  // namespace

Error duckdb_error(std::string_view words) {
    struct Meaning {
        std::string_view part;
        Errc code;
        const char* advice;
    };
    static constexpr std::array<Meaning, 12> kMeanings = {{
        {"No space left on device", Errc::disk_full, "; make room and run it again"},
        {"Disk quota exceeded", Errc::disk_full, "; make room and run it again"},
        {"File too large", Errc::disk_full, "; raise the limit on file sizes and run it again"},
        {"No magic bytes found at end of file", Errc::truncated,
         "; the file was cut short: fetch or copy it again"},
        {"too small to be a Parquet file", Errc::truncated,
         "; the file was cut short: fetch or copy it again"},
        {"No files found that match", Errc::not_found, ""},
        {"No such file or directory", Errc::not_found, ""},
        {"Permission Error", Errc::denied, ""},
        {"Binder Error", Errc::invalid_argument, ""},
        {"Catalog Error", Errc::invalid_argument, ""},
        {"Parser Error", Errc::invalid_argument, ""},
        {"Conversion Error", Errc::invalid_argument, ""},
    }};
    // The first paragraph says it; what follows repeats the query.
    std::string line;
    for (const char c : words.substr(0, words.find("\n\n")))
        line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    for (const Meaning& meaning : kMeanings) {
        if (words.find(meaning.part) != std::string_view::npos)
            return Error{meaning.code, line + meaning.advice};
    }
    const bool damaged =
        words.find("arquet") != std::string_view::npos || words.find("TProtocol") != std::string_view::npos ||
        words.find("ecompress") != std::string_view::npos || words.find("Snappy") != std::string_view::npos;
    return Error{damaged ? Errc::corrupt : Errc::io, line};
}

std::string sql_literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string{"''"} : std::string{c};
    return out + "'";
}

std::string sql_name(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string{"\"\""} : std::string{c};
    return out + "\"";
}

// ── rows ──

struct DuckRows::State {
    Prepared statement;
    Answer answer;
    Chunk chunk;
};

void DuckRows::Release::operator()(State* state) const { delete state; }

Result<bool> DuckRows::next_block() {
    state_->chunk.put(duckdb_fetch_chunk(state_->answer.result));
    if (state_->chunk.get() != nullptr) return true;
    const char* trouble = duckdb_result_error(&state_->answer.result);
    if (trouble != nullptr && *trouble != '\0') return fail(duckdb_error(trouble));
    return false;
}

std::size_t DuckRows::rows() const { return duckdb_data_chunk_get_size(state_->chunk.get()); }

const void* DuckRows::data(std::size_t column) const {
    return duckdb_vector_get_data(duckdb_data_chunk_get_vector(state_->chunk.get(), column));
}

bool DuckRows::is_null(std::size_t column, std::size_t row) const {
    auto* mask = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(state_->chunk.get(), column));
    return mask != nullptr && !duckdb_validity_row_is_valid(mask, row);
}

std::int64_t DuckRows::bigint(std::size_t column, std::size_t row) const {
    return static_cast<const std::int64_t*>(data(column))[row];
}

double DuckRows::real(std::size_t column, std::size_t row) const {
    return static_cast<const double*>(data(column))[row];
}

float DuckRows::real32(std::size_t column, std::size_t row) const {
    return static_cast<const float*>(data(column))[row];
}

Int128 DuckRows::hugeint(std::size_t column, std::size_t row) const {
    const duckdb_hugeint value = static_cast<const duckdb_hugeint*>(data(column))[row];
    return static_cast<Int128>(value.upper) * (static_cast<Int128>(1) << 64) + value.lower;
}

std::string_view DuckRows::text(std::size_t column, std::size_t row) const {
    auto* value = const_cast<duckdb_string_t*>(static_cast<const duckdb_string_t*>(data(column))) + row;
    return {duckdb_string_t_data(value), duckdb_string_t_length(*value)};
}

// ── appender ──

struct DuckAppender::State {
    Owned<duckdb_appender, destroy_appender> appender;
    Chunk chunk;
    std::size_t row = 0;

    duckdb_vector vector(std::size_t column) const {
        return duckdb_data_chunk_get_vector(chunk.get(), column);
    }

    Status flush() {
        if (row == 0) return {};
        duckdb_data_chunk_set_size(chunk.get(), row);
        if (duckdb_append_data_chunk(appender.get(), chunk.get()) == DuckDBError) {
            return fail(duckdb_error(words_of(duckdb_appender_error(appender.get()))));
        }
        duckdb_data_chunk_reset(chunk.get());
        row = 0;
        return {};
    }
};

void DuckAppender::Release::operator()(State* state) const { delete state; }

void DuckAppender::bigint(std::size_t column, std::int64_t value) {
    static_cast<std::int64_t*>(duckdb_vector_get_data(state_->vector(column)))[state_->row] = value;
}

void DuckAppender::real(std::size_t column, double value) {
    static_cast<double*>(duckdb_vector_get_data(state_->vector(column)))[state_->row] = value;
}

void DuckAppender::decimal(std::size_t column, Decimal value) {
    const duckdb_hugeint units{static_cast<std::uint64_t>(value.units()),
                               static_cast<std::int64_t>(value.units() >> 64)};
    static_cast<duckdb_hugeint*>(duckdb_vector_get_data(state_->vector(column)))[state_->row] = units;
}

void DuckAppender::text(std::size_t column, std::string_view value) {
    duckdb_vector_assign_string_element_len(state_->vector(column), state_->row, value.data(), value.size());
}

void DuckAppender::blob(std::size_t column, std::string_view value) { text(column, value); }

void DuckAppender::null(std::size_t column) {
    duckdb_vector_ensure_validity_writable(state_->vector(column));
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(state_->vector(column)), state_->row);
}

Status DuckAppender::end_row() {
    if (++state_->row < duckdb_vector_size()) return {};
    return state_->flush();
}

Status DuckAppender::finish() {
    if (const Status flushed = state_->flush(); !flushed) return flushed;
    if (duckdb_appender_close(state_->appender.get()) == DuckDBError) {
        return fail(duckdb_error(words_of(duckdb_appender_error(state_->appender.get()))));
    }
    return {};
}

// ── database ──

struct DuckDb::State {
    Owned<duckdb_database, duckdb_close> database;
    Owned<duckdb_connection, duckdb_disconnect> connection;

    /// The one statement of `sql`, compiled. Errc::denied unless it only reads.
    Status prepare(const std::string& sql, Prepared& statement) {
        Extracted extracted;
        const idx_t count = duckdb_extract_statements(connection.get(), sql.c_str(), extracted.out());
        if (count == 0) {
            const std::string_view words = words_of(duckdb_extract_statements_error(extracted.get()));
            return fail(words.empty() ? Error{Errc::invalid_argument, "expected a query, found nothing"}
                                      : duckdb_error(words));
        }
        if (count > 1) return fail(Errc::denied, "expected one query, found several; run them one by one");
        const auto made =
            duckdb_prepare_extracted_statement(connection.get(), extracted.get(), 0, statement.out());
        if (made == DuckDBError) return fail(duckdb_error(words_of(duckdb_prepare_error(statement.get()))));
        if (duckdb_prepared_statement_type(statement.get()) != DUCKDB_STATEMENT_TYPE_SELECT) {
            return fail(Errc::denied,
                        "expected a query that only reads (SELECT, DESCRIBE, SHOW), found another statement");
        }
        return {};
    }
};

void DuckDb::Release::operator()(State* state) const { delete state; }

Result<DuckDb> DuckDb::open() {
    DuckDb database{std::make_unique<State>().release()};
    Owned<duckdb_config, duckdb_destroy_config> config;
    duckdb_create_config(config.out());
    // One thread: results in file order, little memory, and the second core is somebody else's.
    for (const auto& [name, value] : {std::pair{"threads", "1"}, std::pair{"memory_limit", "2GB"},
                                      std::pair{"autoinstall_known_extensions", "false"},
                                      std::pair{"autoload_known_extensions", "false"}}) {
        duckdb_set_config(config.get(), name, value);
    }
    char* trouble = nullptr;
    if (duckdb_open_ext(nullptr, database.state_->database.out(), config.get(), &trouble) == DuckDBError) {
        const Error error = duckdb_error(words_of(trouble));
        duckdb_free(trouble);
        return fail(error);
    }
    if (duckdb_connect(database.state_->database.get(), database.state_->connection.out()) == DuckDBError) {
        return fail(Errc::io, "cannot connect to an in-memory DuckDB");
    }
    if (const Status set = database.run("SET TimeZone = 'UTC'"); !set) return fail(set.error());
    return database;
}

Status DuckDb::run(const std::string& sql) {
    Answer answer;
    answer.any = true;
    if (duckdb_query(state_->connection.get(), sql.c_str(), &answer.result) == DuckDBError) {
        return fail(duckdb_error(words_of(duckdb_result_error(&answer.result))));
    }
    return {};
}

Result<DuckRows> DuckDb::query(const std::string& sql) {
    DuckRows rows{std::make_unique<DuckRows::State>().release()};
    if (const Status prepared = state_->prepare(sql, rows.state_->statement); !prepared)
        return fail(prepared.error());
    Owned<duckdb_pending_result, duckdb_destroy_pending> pending;
    if (duckdb_pending_prepared_streaming(rows.state_->statement.get(), pending.out()) == DuckDBError) {
        return fail(duckdb_error(words_of(duckdb_pending_error(pending.get()))));
    }
    rows.state_->answer.any = true;
    if (duckdb_execute_pending(pending.get(), &rows.state_->answer.result) == DuckDBError) {
        return fail(duckdb_error(words_of(duckdb_result_error(&rows.state_->answer.result))));
    }
    return rows;
}

Result<std::vector<DuckColumn>> DuckDb::describe(const std::string& sql) {
    Prepared statement;
    if (const Status prepared = state_->prepare(sql, statement); !prepared) return fail(prepared.error());
    std::vector<DuckColumn> columns;
    const idx_t count = duckdb_prepared_statement_column_count(statement.get());
    for (idx_t i = 0; i < count; ++i) {
        LogicalType type;
        type.put(duckdb_prepared_statement_column_logical_type(statement.get(), i));
        const char* name = duckdb_prepared_statement_column_name(statement.get(), i);
        columns.push_back({std::string{words_of(name)}, type_name(type.get())});
        duckdb_free(const_cast<char*>(name));
    }
    return columns;
}

Result<DuckAppender> DuckDb::append_to(const std::string& table) {
    DuckAppender appender{std::make_unique<DuckAppender::State>().release()};
    auto& state = *appender.state_;
    if (duckdb_appender_create(state_->connection.get(), nullptr, table.c_str(), state.appender.out()) ==
        DuckDBError) {
        return fail(duckdb_error(words_of(duckdb_appender_error(state.appender.get()))));
    }
    const idx_t count = duckdb_appender_column_count(state.appender.get());
    std::vector<LogicalType> types(count);
    std::vector<duckdb_logical_type> handles;
    for (idx_t i = 0; i < count; ++i) {
        types[i].put(duckdb_appender_column_type(state.appender.get(), i));
        handles.push_back(types[i].get());
    }
    state.chunk.put(duckdb_create_data_chunk(handles.data(), count));
    return appender;
}

}  // namespace plumb::store
