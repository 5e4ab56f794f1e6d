#pragma once

#include <string_view>

#include "base/decimal.hpp"
#include "base/time.hpp"

namespace plumb::codec {

/// A number as people and programs write it: blanks around it, "73,188,570", "1.02912e+10". Exact:
/// Errc::inexact for a non-zero digit beyond the eighteenth decimal. Errc::not_finite for NaN and infinities,
/// Errc::empty for nothing, Errc::parse for text.
Result<Decimal> parse_number(std::string_view text);
/// As parse_number, but rounds at the eighteenth decimal: for volumes, which some programs print from binary
/// doubles.
Result<Decimal> parse_number_rounded(std::string_view text);

/// Reads the times of one column. The first value decides the spelling, all others must share it.
///
/// Whole numbers are epoch times; their magnitude tells the unit: 1e8 and more seconds, 1e11 and more
/// milliseconds, 1e14 microseconds, 1e17 nanoseconds (each covers the years 1973 to 5138; smaller numbers are
/// refused, they are counters or yyyymmdd). Else ISO 8601 ("2024-08-08[T23:54[:15]]", UTC where no zone is
/// given) or "MM/DD/YYYY[ HH:MM[:SS]]", month first, UTC.
class TimeColumn {
 public:
    /// Errc::parse says what was expected.
    Result<Timestamp> read(std::string_view text);

 private:
    enum class Spelling : unsigned char {
        unknown,
        seconds,
        milliseconds,
        microseconds,
        nanoseconds,
        iso,
        month_first
    };
    static Result<Spelling> spelling_of(std::string_view text);

    Spelling spelling_ = Spelling::unknown;
};

}  // namespace plumb::codec
