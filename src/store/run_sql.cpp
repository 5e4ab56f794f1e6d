#include "store/run_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "store/bar_archive.hpp"
#include "store/sqlite.hpp"
#include "store/trading_record.hpp"

namespace plumb::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEmptyBars =
    "SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS granularity, NULL::VARCHAR AS instrument, "
    "NULL::TIMESTAMPTZ AS open_time, "
    "NULL::DECIMAL(38,18) AS open, NULL::DECIMAL(38,18) AS high, NULL::DECIMAL(38,18) AS low, "
    "NULL::DECIMAL(38,18) AS close, "
    "NULL::DECIMAL(38,18) AS volume, NULL::VARCHAR AS origin WHERE false";

/// Whether the query speaks of `word`, quoted or not, in any case.
bool names(const std::string& query, const std::string& word) {
    const auto lower = [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); };
    const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    for (std::size_t at = 0; at + word.size() <= query.size(); ++at) {
        if (at > 0 && in_word(query[at - 1])) continue;
        std::size_t same = 0;
        while (same < word.size() && lower(query[at + same]) == lower(word[same])) ++same;
        if (same == word.size() && (at + same == query.size() || !in_word(query[at + same]))) return true;
    }
    return false;
}

/// The files are listed one by one: a workspace's path may hold characters that a pattern would read
/// otherwise.
Result<std::string> exact_bars(const BarArchive& archive) {
    const auto entries = archive.entries();
    if (!entries) return fail(entries.error());
    if (entries->empty()) return std::string{kEmptyBars};
    std::string sql;
    for (const BarArchive::Entry& entry : *entries) {
        sql += fmt::format(
            "{}SELECT {} AS source, {} AS granularity, {} AS instrument, open_time, open, high, low, close, "
            "volume, "
            "origin FROM read_parquet({}, hive_partitioning = false)",
            sql.empty() ? "" : " UNION ALL ", sql_literal(entry.source),
            sql_literal(granularity_name(entry.length)), sql_literal(entry.instrument),
            sql_literal(entry.file.string()));
    }
    return sql;
}

Status make_views(DuckDb& database, const BarArchive& archive) {
    const Result<std::string> exact = exact_bars(archive);
    if (!exact) return fail(exact.error());
    if (const Status made = database.run("CREATE VIEW bars_exact AS " + *exact); !made) return made;
    return database.run(
        "CREATE VIEW bars AS SELECT source, granularity, instrument, open_time, open::DOUBLE AS open, "
        "high::DOUBLE AS high, low::DOUBLE AS low, close::DOUBLE AS close, volume::DOUBLE AS volume, origin "
        "FROM bars_exact");
}

const char* duckdb_type(std::string_view declared) {
    if (declared.find("INT") != std::string_view::npos) return "BIGINT";
    if (declared.find("REAL") != std::string_view::npos || declared.find("DOUBLE") != std::string_view::npos)
        return "DOUBLE";
    return "VARCHAR";
}

/// Copies one table of the record.
Status copy_table(Database& record, DuckDb& database, const std::string& table) {
    Result<Statement> about = record.prepare("SELECT name, type FROM pragma_table_info(?)");
    if (!about) return fail(about.error());
    about->bind(1, std::string_view{table});
    std::string columns;
    std::vector<std::string> types;
    for (;;) {
        const Result<bool> more = about->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        types.emplace_back(duckdb_type(about->text(1)));
        columns += (columns.empty() ? "" : ", ") + sql_name(about->text(0)) + " " + types.back();
    }
    if (const Status made = database.run("CREATE TABLE " + sql_name(table) + "(" + columns + ")"); !made)
        return made;
    Result<DuckAppender> rows = database.append_to(table);
    if (!rows) return fail(rows.error());
    Result<Statement> all = record.prepare("SELECT * FROM " + sql_name(table));
    if (!all) return fail(all.error());
    for (;;) {
        const Result<bool> more = all->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        for (std::size_t i = 0; i < types.size(); ++i) {
            const int column = static_cast<int>(i);
            if (all->kind(column) == Statement::Kind::null)
                rows->null(i);
            else if (types[i] == "BIGINT")
                rows->bigint(i, all->integer(column));
            else if (types[i] == "DOUBLE")
                rows->real(i, all->real(column));
            else
                rows->text(i, all->text(column));
        }
        if (const Status ended = rows->end_row(); !ended) return ended;
    }
    return rows->finish();
}

/// Copies the tables of the trading record that the query names.
Status copy_record(const fs::path& path, DuckDb& database, const std::string& query) {
    std::error_code error;
    if (!fs::exists(path, error)) return {};
    Result<Database> record = Database::open(path, Database::Access::read_only);
    if (!record) return fail(Error{record.error()}.at(path.string()));
    Result<Statement> list =
        record->prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    if (!list) return fail(Error{list.error()}.at(path.string()));
    std::vector<std::string> tables;
    for (;;) {
        const Result<bool> more = list->step();
        if (!more) return fail(Error{more.error()}.at(path.string()));
        if (!*more) break;
        if (names(query, std::string{list->text(0)})) tables.emplace_back(list->text(0));
    }
    for (const std::string& table : tables) {
        if (const Status copied = copy_table(*record, database, table); !copied) {
            return fail(Error{copied.error()}.at(path.string() + ", table " + table));
        }
    }
    return {};
}

/// From here on the database reads the archive's folder and nothing else.
Status close_doors(DuckDb& database, const BarArchive& archive) {
    const std::string folder = fs::absolute(archive.root()).lexically_normal().string() + "/";
    for (const std::string& statement :
         {"SET allowed_directories = [" + sql_literal(folder) + "]",
          std::string{"SET enable_external_access = false"}, std::string{"SET lock_configuration = true"}}) {
        if (const Status set = database.run(statement); !set) return set;
    }
    return {};
}

/// Refuses what is no query by its first word, for a clear message. That nothing else runs does not rest on
/// it: the text is only ever compiled as a subquery, where the grammar takes nothing but queries, and DuckDb
/// refuses a text of several statements before it compiles any. (Compiling is not harmless: EXPORT DATABASE
/// makes its folder then.)
Status check_reads_only(const std::string& query) {
    static constexpr std::array<std::string_view, 10> kWords = {
        "select", "with", "from", "values", "describe", "show", "table", "summarize", "pivot", "unpivot"};
    std::string word;
    for (const char c : query) {
        if (!std::isalpha(static_cast<unsigned char>(c))) break;
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (query.empty())
        return fail(Errc::invalid_argument, "expected a query such as SELECT * FROM bars, found nothing");
    if (word.empty() || std::ranges::find(kWords, word) != kWords.end()) return {};
    return fail(Errc::denied, "expected a query that only reads (SELECT, DESCRIBE, SHOW), found " + word);
}

/// All columns as text, whatever their type: the query becomes a subquery with plain column names.
std::string as_text(const std::string& query, std::size_t columns) {
    std::string select, aliases;
    for (std::size_t i = 0; i < columns; ++i) {
        select += fmt::format("{}CAST(c{} AS VARCHAR)", i == 0 ? "" : ", ", i);
        aliases += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    }
    return "SELECT " + select + " FROM (" + query + "\n) AS answer(" + aliases + ")";
}

std::string trimmed(std::string query) {
    const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
    query.erase(query.begin(), std::ranges::find_if_not(query, blank));
    while (!query.empty() && (std::isspace(static_cast<unsigned char>(query.back())) || query.back() == ';'))
        query.pop_back();
    return query;
}

}  // namespace

Result<SqlTable> run_sql(const fs::path& workspace, const std::string& query, const SqlLimits& limits) {
    const BarArchive archive{fs::absolute(workspace).lexically_normal()};
    Result<DuckDb> database = DuckDb::open();
    if (!database) return fail(database.error());
    if (const Status made = make_views(*database, archive); !made) return fail(made.error());
    if (const Status copied = copy_record(trading_record_path(workspace), *database, query); !copied)
        return fail(copied.error());
    if (const Status closed = close_doors(*database, archive); !closed) return fail(closed.error());

    const std::string plain = trimmed(query);
    if (const Status reads = check_reads_only(plain); !reads) return fail(reads.error());
    auto columns = database->describe("SELECT * FROM (" + plain + "\n) AS answer");
    if (!columns) return fail(columns.error());
    SqlTable table{std::move(*columns), {}};
    Result<DuckRows> rows = database->query(as_text(plain, table.columns.size()));
    if (!rows) return fail(rows.error());
    for (;;) {
        const Result<bool> more = rows->next_block();
        if (!more) return fail(more.error());
        if (!*more) return table;
        if (table.rows.size() + rows->rows() > limits.rows_max) {
            return fail(Errc::out_of_range,
                        fmt::format("expected at most {} rows, found more; add a LIMIT", limits.rows_max));
        }
        for (std::size_t row = 0; row < rows->rows(); ++row) {
            auto& texts = table.rows.emplace_back();
            for (std::size_t column = 0; column < table.columns.size(); ++column) {
                if (rows->is_null(column, row))
                    texts.emplace_back();
                else
                    texts.emplace_back(rows->text(column, row));
            }
        }
    }
}

}  // namespace plumb::store
