#include "codec/csv_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace plumb::codec {
namespace {

/// Reads one quoted field that starts at `at` (on the quote); leaves `at` behind the closing quote.
Result<std::string> quoted_field(std::string_view text, std::size_t& at, std::size_t& line) {
    const std::size_t opened = line;
    std::string field;
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\n') ++line;
        if (text[at] != '"') {
            field += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
            field += '"';
            ++at;
        } else {
            ++at;
            return field;
        }
    }
    return fail(Errc::truncated, fmt::format("line {}: expected a closing quote, found the end of the file", opened));
}

}  // namespace

Result<std::vector<CsvRow>> parse_csv_rows(std::string_view text, const CsvRowLimits& limits) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<CsvRow> rows;
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size();) {
        CsvRow row;
        for (bool more = true; more;) {
            if (at < text.size() && text[at] == '"') {
                auto field = quoted_field(text, at, line);
                if (!field) return fail(field.error());
                row.push_back(*std::move(field));
            } else {
                const std::size_t end = std::min(text.find_first_of(",\r\n", at), text.size());
                row.emplace_back(text.substr(at, end - at));
                at = end;
            }
            if (row.size() > limits.fields_max) {
                return fail(Errc::out_of_range, fmt::format("line {}: expected at most {} fields", line, limits.fields_max));
            }
            more = at < text.size() && text[at] == ',';
            if (more) ++at;
        }
        if (at < text.size() && text[at] == '\r') ++at;
        if (at < text.size() && text[at] != '\n') {
            return fail(Errc::parse, fmt::format("line {}: expected a comma or the end of the line after field {}", line,
                                                 row.size()));
        }
        ++at;
        ++line;
        if (row.size() == 1 && row[0].empty()) continue;
        if (rows.size() == limits.rows_max) {
            return fail(Errc::out_of_range, fmt::format("expected at most {} rows, found more", limits.rows_max));
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + '"';
}

}  // namespace plumb::codec
