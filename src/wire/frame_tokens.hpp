#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "wire/json_tokens.hpp"

/// Tokens of a frame in hand, read eight bytes at a time. The same answers as the functions of
/// json_tokens.hpp, which take over whatever is not usual; frame_tokens_test.cpp holds one against the other.
/// Every token here needs kFramePadding readable bytes behind its end, as JsonFrame and JsonWalk have them.
namespace plumb::wire {

inline constexpr std::size_t kFramePadding = 16;

namespace eight {
// Eight bytes as one word, the first byte lowest.
static_assert(std::endian::native == std::endian::little);
inline constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;

inline std::uint64_t load(const char* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    return word;
}
/// The bytes less '0': the digits themselves where they were digits.
inline std::uint64_t load_digits(const char* from) { return load(from) ^ (kOnes * '0'); }
/// How many bytes from the first on are digits, 0 to 8. A carry spoils only what follows the first that is
/// none.
inline unsigned count_digits(std::uint64_t word) {
    const std::uint64_t others = ((word + kOnes * 0x76) | word) & kHighs;
    return others == 0 ? 8 : static_cast<unsigned>(std::countr_zero(others)) / 8;
}
/// Eight digits, the first the highest, as a number: pairs, fours, then all (Lemire's method, of which three
/// multiplications are left).
inline std::uint64_t number(std::uint64_t digits) {
    constexpr std::uint64_t kMask = 0x000000ff000000ff;
    constexpr std::uint64_t kUpper = 100 + (std::uint64_t{1'000'000} << 32);
    constexpr std::uint64_t kLower = 1 + (std::uint64_t{10'000} << 32);
    digits = digits * 10 + (digits >> 8);
    return ((digits & kMask) * kUpper + ((digits >> 16) & kMask) * kLower) >> 32;
}
/// Above zero where one of the bytes is `byte`; the lowest bit set is that of the first.
inline std::uint64_t find(std::uint64_t word, char byte) {
    const std::uint64_t zeros = word ^ (kOnes * static_cast<unsigned char>(byte));
    return (zeros - kOnes) & ~zeros & kHighs;
}
}  // namespace eight

/// As text_of.
inline std::optional<std::string_view> frame_text_of(std::string_view token) {
    if (token.size() < 2 || token.front() != '"') return std::nullopt;
    for (std::size_t at = 1; at < token.size(); at += 8) {
        const std::uint64_t word = eight::load(token.data() + at);
        const std::uint64_t ends = eight::find(word, '"') | eight::find(word, '\\');
        if (ends == 0) continue;
        const std::size_t end = at + static_cast<unsigned>(std::countr_zero(ends)) / 8;
        if (token.size() <= end || token[end] != '"') return std::nullopt;
        return token.substr(1, end - 1);
    }
    return std::nullopt;
}

/// As number_of.
inline std::optional<std::uint64_t> frame_number_of(std::string_view token) {
    const std::size_t size = token.size();
    if (size == 0 || 16 < size || (token.front() == '0' && size > 1)) return number_of(token);
    const char* text = token.data();
    if (size <= 8) {
        const std::uint64_t word = eight::load_digits(text);
        if (eight::count_digits(word) < size) return number_of(token);
        return eight::number(word << (64 - 8 * size));
    }
    const std::uint64_t upper = eight::load_digits(text), lower = eight::load_digits(text + size - 8);
    if (eight::count_digits(upper) != 8 || eight::count_digits(lower) != 8) return number_of(token);
    return eight::number(upper << (128 - 8 * size)) * 100'000'000 + eight::number(lower);
}

/// As decimal_of. At once: one to seven digits before the point, none to eight behind it.
inline std::optional<Decimal> frame_decimal_of(std::string_view token, Decimals style) {
    if (token.empty()) return std::nullopt;
    const bool is_text = token.front() == '"';
    if (style != Decimals::either && is_text != (style == Decimals::quoted)) return std::nullopt;
    const char* text = token.data() + (is_text ? 1 : 0);
    const std::uint64_t word = eight::load_digits(text);
    const unsigned before = eight::count_digits(word);
    if (before == 0 || before == 8) return decimal_of(token, style);
    const std::uint64_t whole = eight::number(word << (64 - 8 * before));
    const char* end = text + before;
    std::uint64_t fraction = 0;
    if (*end == '.') {
        std::uint64_t tail = eight::load_digits(end + 1);
        const unsigned behind = eight::count_digits(tail);
        if (behind == 0) return decimal_of(token, style);
        if (behind < 8) tail &= (std::uint64_t{1} << 8 * behind) - 1;
        fraction = eight::number(tail);
        end += 1 + behind;
    }
    const char* last = token.data() + token.size();
    if (is_text ? last <= end || *end != '"' : end != last) return decimal_of(token, style);
    constexpr std::int64_t kUnitsOfFraction = Decimal::kOne / 100'000'000;
    return Decimal::from_units(
        static_cast<Int128>(static_cast<std::int64_t>(whole * 100'000'000 + fraction)) * kUnitsOfFraction);
}

}  // namespace plumb::wire
