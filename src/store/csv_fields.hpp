#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::store {

/// A CSV text by column name. Columns may come in any order; those asked for must be there, once each.
class CsvFields {
 public:
    /// Errc::missing_column names what the header lacks, Errc::parse a row that is longer or shorter than the
    /// header.
    static Result<CsvFields> read(std::string_view csv, const std::vector<std::string_view>& columns);

    std::size_t rows() const { return rows_.size(); }
    /// The text at `row` of the column that was `column`-th in the list asked for.
    const std::string& text(std::size_t row, std::size_t column) const { return rows_[row][where_[column]]; }
    /// A number as Python writes it; nothing for an empty field, nan and inf. Errc::parse names line and
    /// column.
    Result<std::optional<double>> number_if(std::size_t row, std::size_t column) const;
    /// As number_if, but Errc::not_finite where there is none.
    Result<double> number(std::size_t row, std::size_t column) const;
    /// The columns of the header that nobody asked for.
    const std::vector<std::string>& unknown_columns() const { return unknown_; }

 private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> where_;
    std::vector<std::string> names_, unknown_;
};

/// A number as pandas writes it in CSV: repr(number), empty for nothing.
std::string csv_number(const std::optional<double>& number);

/// A text as pandas writes it in CSV: quoted only where it holds a comma, a quote or a line end.
std::string csv_text(std::string_view text);

}  // namespace plumb::store
