#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/csv_table.hpp"
#include "core/bar_history.hpp"

namespace plumb::codec {

/// How to read a file of bars. `file` is for messages. A `length` of zero means: learn it from the times, as
/// the smallest step, of which all other steps must be multiples.
struct CsvBarsRead {
    std::string file;
    Duration length{};
};

/// The text of a file that may be gzip: inflated, or as it is. Errors name `file`.
Result<std::string> csv_text(std::string bytes, const std::string& file);

/// Reads bars of one instrument from CSV text (CsvKind::bars or quote_bars); the history's name is left
/// empty.
///
/// Prices come out exactly as written. A bar without volume whose four prices are equal is what venues print
/// for quiet intervals: its origin is `filled`. Files with a close alone give flat traded bars; volume is
/// zero where there is no such column. Quote bars give mid prices with origin `quoted`; a row with an
/// unquoted side gives no bar. Files that are strictly newest first are read from the end.
/// Errc::missing_column, empty, too_short, parse, not_finite, non_positive, out_of_range (low above high),
/// unsorted, duplicate, length_mismatch: one line with file, row, column, expected, found, what to do. One
/// pass; about 1.5 us a row.
Result<BarHistory> read_csv_bars(std::string_view text, const CsvBarsRead& how);

/// Reads a wide file of closes (CsvKind::closes): one history per column, named as the column is. Empty cells
/// are missing bars. Errors as read_csv_bars.
Result<std::vector<BarHistory>> read_csv_closes(std::string_view text, const CsvBarsRead& how);

}  // namespace plumb::codec
