#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::codec {

using CsvRow = std::vector<std::string>;

struct CsvRowLimits {
    std::size_t rows_max = 5'000'000;
    std::size_t fields_max = 1'000;  // per row
};

/// Splits CSV as RFC 4180 writes it: commas, fields in double quotes may hold commas, line ends and doubled quotes; CR
/// LF or LF; a byte order mark and empty lines are passed over. No field is trimmed or interpreted.
///
/// Errors name the line: Errc::truncated for a quote that never closes, Errc::parse for text after a closing quote,
/// Errc::out_of_range above a limit. Cost: O(bytes), every field a string; meant for state files, not for bar archives.
Result<std::vector<CsvRow>> parse_csv_rows(std::string_view text, const CsvRowLimits& limits = {});

/// One field as pandas writes it: quoted only where it holds a comma, a quote or a line end.
std::string csv_field(std::string_view text);

}  // namespace plumb::codec
