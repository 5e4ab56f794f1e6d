#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "store/run_sql.hpp"

namespace plumb::app {
namespace {

using Cell = std::optional<std::string>;

void print_json(const store::SqlTable& table, std::ostream& out) {
    for (const std::vector<Cell>& row : table.rows) {
        nlohmann::ordered_json line = nlohmann::ordered_json::object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            line[table.columns[i].name] =
                row[i] ? nlohmann::ordered_json(*row[i]) : nlohmann::ordered_json(nullptr);
        }
        out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    }
}

void print_table(const store::SqlTable& table, std::ostream& out) {
    constexpr std::size_t kCellMax = 60;
    std::vector<std::size_t> widths;
    for (const auto& column : table.columns) widths.push_back(std::min(kCellMax, column.name.size()));
    for (const std::vector<Cell>& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i]) widths[i] = std::max(widths[i], std::min(kCellMax, one_line(*row[i]).size()));
        }
    }
    const auto cell = [&](std::size_t i, std::string_view text) {
        out << fmt::format("{}{:<{}}", i == 0 ? "" : "  ", one_line(text), widths[i]);
    };
    for (std::size_t i = 0; i < table.columns.size(); ++i) cell(i, table.columns[i].name);
    out << '\n';
    for (const std::vector<Cell>& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            cell(i, row[i] ? std::string_view{*row[i]} : std::string_view{"NULL"});
        out << '\n';
    }
}

}  // namespace

/// `plumb sql "select ..."`: one query over the archive and the trading record. Values are printed as DuckDB
/// writes them, in JSON as strings, so that decimals stay exact.
Result<ExitStatus> run_sql(const Settings& settings, const Streams& streams) {
    if (settings.arguments().empty())
        return fail(Errc::invalid_argument, "sql expected a query in quotes, found none");
    const Result<store::SqlTable> table = store::run_sql(settings.workspace(), settings.arguments().front());
    if (!table &&
        table.error().code() == Errc::denied) {  // a query that may not run is wrong use, not an answer
        return fail(Errc::invalid_argument, table.error().message());
    }
    if (!table) return fail(table.error());
    if (settings.flag("json")) {
        print_json(*table, streams.out);
    } else {
        print_table(*table, streams.out);
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
