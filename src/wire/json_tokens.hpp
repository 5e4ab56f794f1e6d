#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/decimal.hpp"
#include "base/time.hpp"

namespace plumb::wire {

// Raw JSON tokens ("\"0.1\"", "12", "true") as values. None allocates; whitespace behind a token is allowed.

/// The text between the quotes of a string token without escapes; nothing for every other token.
std::optional<std::string_view> text_of(std::string_view token);
/// A whole number without quotes, sign or leading zeros, up to 19 digits (18446744073709551615 is refused).
std::optional<std::uint64_t> number_of(std::string_view token);

/// How a venue writes decimals.
enum class Decimals : unsigned char {
    quoted,  // "0.1"; anything else is of the wrong type
    bare,    // 0.1; digits beyond the eighteenth decimal are rounded, since the venue's own were a double's
    either,
};
std::optional<Decimal> decimal_of(std::string_view token, Decimals style);

/// Milliseconds, or microseconds from 1e14 on, or nanoseconds from 1e17 on (told by their size; the year 5138
/// in milliseconds).
std::optional<Timestamp> time_of_number(std::uint64_t number);
/// RFC 3339 between quotes, "2024-08-08T23:54:15.342Z", 0 to 9 decimals, Z or an offset. Digits beyond the
/// ninth are cut.
std::optional<Timestamp> time_of_text(std::string_view text);

// Bands for what a stranger writes: beyond them no market is, and within them no sum can overflow.
inline constexpr Decimal kPriceMax{1'000'000'000'000};
inline constexpr Decimal kQuantityMax{10'000'000'000'000'000};

}  // namespace plumb::wire
