#include "store/csv_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "codec/csv.hpp"
#include "codec/json.hpp"

namespace plumb::store {

Result<CsvFields> CsvFields::read(std::string_view csv, const std::vector<std::string_view>& columns) {
    codec::CsvReader reader{csv};
    const auto line = [&] { return fmt::format("line {}", reader.line()); };
    const auto first = reader.next();
    if (!first) return fail(first.error().at(line()));
    if (!*first) return fail(Errc::empty, "expected a header line, found an empty file");
    const std::vector<std::string> header{(*first)->begin(), (*first)->end()};
    CsvFields fields;
    for (const std::string_view column : columns) {
        const auto found = std::find(header.begin(), header.end(), column);
        if (found == header.end()) {
            return fail(Errc::missing_column, fmt::format("expected the column \"{}\", found none", column));
        }
        if (std::count(header.begin(), header.end(), column) > 1) {
            return fail(Errc::duplicate,
                        fmt::format("expected the column \"{}\" once, found it twice", column));
        }
        fields.where_.push_back(static_cast<std::size_t>(found - header.begin()));
        fields.names_.emplace_back(column);
    }
    for (const std::string& name : header) {
        if (std::find(columns.begin(), columns.end(), name) == columns.end()) fields.unknown_.push_back(name);
    }
    for (;;) {
        const auto record = reader.next();
        if (!record) return fail(record.error().at(line()));
        if (!*record) return fields;
        if ((*record)->size() != header.size()) {
            return fail(Errc::parse, fmt::format("row {}: expected {} fields, found {}",
                                                 fields.rows_.size() + 1, header.size(), (*record)->size()));
        }
        fields.rows_.emplace_back((*record)->begin(), (*record)->end());
    }
}

Result<std::optional<double>> CsvFields::number_if(std::size_t row, std::size_t column) const {
    const std::string& field = text(row, column);
    if (field.empty()) return std::optional<double>{};
    double number = 0;
    const char* const first = field.data() + (field[0] == '+' ? 1 : 0);
    const auto [end, error] = std::from_chars(first, field.data() + field.size(), number);
    if (error != std::errc{} || end != field.data() + field.size()) {
        return fail(Errc::parse, fmt::format("row {}, column \"{}\": expected a number, found \"{}\"",
                                             row + 1, names_[column], field.substr(0, 40)));
    }
    return std::isfinite(number) ? std::optional{number} : std::nullopt;
}

Result<double> CsvFields::number(std::size_t row, std::size_t column) const {
    const auto value = number_if(row, column);
    if (!value) return fail(value.error());
    if (*value) return **value;
    return fail(Errc::not_finite, fmt::format("row {}, column \"{}\": expected a finite number, found \"{}\"",
                                              row + 1, names_[column], text(row, column)));
}

std::string csv_number(const std::optional<double>& number) {
    return number ? codec::number_text(*number) : std::string{};
}

std::string csv_text(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + '"';
}

}  // namespace plumb::store
