#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/units.hpp"
#include "venues/binance/decode.hpp"

namespace plumb::venues::binance {

/// The scalar members of one JSON object whose keys are single letters, as raw JSON tokens ("\"0.1\"", "12",
/// "true").
class Fields {
 public:
    void clear() { seen_ = 0; }
    /// False when the key is there already.
    bool set(char key, std::string_view token) {
        const unsigned slot = slot_of(key);
        const bool fresh = (seen_ >> slot & 1) == 0;
        seen_ |= std::uint64_t{1} << slot;
        tokens_[slot] = token;
        return fresh;
    }
    bool has(char key) const { return (seen_ >> slot_of(key) & 1) != 0; }
    bool has_all(std::string_view keys) const;
    std::string_view token(char key) const { return tokens_[slot_of(key)]; }

    static bool is_key(char c) { return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z'); }

 private:
    static unsigned slot_of(char key) {
        return static_cast<unsigned>(key <= 'Z' ? key - 'A' : 26 + key - 'a');
    }

    std::uint64_t seen_ = 0;
    std::array<std::string_view, 52> tokens_;
};

/// The text between the quotes of a JSON string token without escapes; nothing for every other token.
std::optional<std::string_view> text_of(std::string_view token);
std::optional<std::uint64_t> number_of(std::string_view token);
/// Decimal text in quotes, as the venue writes all prices and quantities; numbers without quotes are refused.
std::optional<Decimal> decimal_of(std::string_view token);
/// Milliseconds, or microseconds from 1e14 on (the year 5138 in milliseconds).
std::optional<Timestamp> time_of_number(std::uint64_t number);

// Bands for what a stranger writes: beyond them no market is, and within them no sum can overflow.
inline constexpr Decimal kPriceMax{1'000'000'000'000};
inline constexpr Decimal kQuantityMax{10'000'000'000'000'000};

/// Reads members of an object, remembers the first thing wrong, and gives zeros from then on.
class FieldReader {
 public:
    FieldReader(const Fields& fields, const char* frame) : fields_{fields}, frame_{frame} {}

    std::string_view text(char key);
    std::uint64_t number(char key);
    bool truth(char key);
    Timestamp time(char key);
    Price price(char key);          // above zero
    Price price_or_zero(char key);  // not below zero
    Quantity quantity(char key);    // above zero
    Quantity quantity_or_zero(char key);
    Decimal decimal(char key);  // any sign

    template <std::size_t Capacity>
    FixedText<Capacity> fixed(char key) {
        const std::string_view found = text(key);
        if (FixedText<Capacity>::fits(found)) return FixedText<Capacity>{found};
        refuse("the text is longer than the venue promises", key);
        return {};
    }

    void refuse(const char* reason, char key);
    bool ok() const { return !refused_; }
    const Refused& refused() const { return *refused_; }

 private:
    /// The token, or an empty one after refusing that it is missing.
    std::string_view take(char key);
    Decimal in_band(char key, Decimal least, Decimal most);

    const Fields& fields_;
    const char* frame_;
    std::optional<Refused> refused_;
};

}  // namespace plumb::venues::binance
