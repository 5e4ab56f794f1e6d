#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/csv.hpp"
#include "codec/csv_fields.hpp"

namespace plumb::codec {

/// What a file's header says it holds.
enum class CsvKind : unsigned char {
    bars,        // a time, open high low close [volume]; or a time and close alone
    closes,      // wide: a time, then one column of closes per symbol
    quote_bars,  // a time, bid_open .. bid_close, ask_open .. ask_close
    trades,      // a time, price, size
    quotes,      // a time, bid, ask
    other,       // no price file of ours
};

/// A CSV with a header row: columns by name (any case), rows oldest first, errors that name file, row and
/// column.
class CsvTable {
 public:
    /// Borrows `text`; `file` is for messages. Errc::empty for a file without a header, Errc::parse for one
    /// whose first row is numbers, Errc::duplicate for two columns of one name.
    static Result<CsvTable> open(std::string_view text, std::string file);

    CsvKind kind() const;
    const std::vector<std::string>& columns() const { return columns_; }  // as written
    std::optional<std::size_t> find(std::string_view lower_case_name) const;
    /// Errc::missing_column names the column wanted and those found.
    Result<std::size_t> need(std::string_view lower_case_name) const;
    /// The time column: the first column where that has a time's name (ts, timestamp, open_time, date,
    /// datetime, time, recv_ns), else the only one that has. Errc::missing_column, or Errc::duplicate where
    /// date and time are apart.
    Result<std::size_t> time_column() const;

    /// Reads files that are newest first from the end, so that rows always come oldest first. Looks at two
    /// rows.
    Status orient(std::size_t time_column);
    /// Steps to the next row, false at the end. Errc::length_mismatch for a row with missing or extra fields.
    Result<bool> next();

    std::string_view field(std::size_t column) const { return fields_[column]; }
    Result<Timestamp> time(std::size_t column);
    /// A number above zero.
    Result<Decimal> price(std::size_t column) const;
    /// A number of zero or more, rounded at the eighteenth decimal.
    Result<Decimal> volume(std::size_t column) const;

    std::size_t row() const { return reader_.line(); }
    const std::string& file() const { return file_; }
    /// "FILE: row 7, column close: expected WHAT, found "abc"; correct or remove that row".
    Error trouble(Errc code, std::size_t column, std::string_view expected) const;

 private:
    CsvTable(std::string_view text, std::string file) : reader_{text}, file_{std::move(file)} {}
    Result<bool> step();

    CsvReader reader_;
    std::string file_;
    std::vector<std::string> columns_;
    std::vector<std::string> lower_;
    std::span<const std::string_view> fields_;
    TimeColumn times_;
    std::vector<CsvReader::Place> backwards_;  // rows yet to come of a file that is newest first
    bool reversed_ = false;
};

}  // namespace plumb::codec
