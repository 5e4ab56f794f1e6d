#include "venues/binance/fields.hpp"

namespace plumb::venues::binance {
namespace {

constexpr Decimal kLeast = Decimal::from_units(1);

constexpr std::array<std::int64_t, 19> kPowers = [] {
    std::array<std::int64_t, 19> powers{};
    std::int64_t power = 1;
    for (auto& entry : powers) {
        entry = power;
        if (power < Decimal::kOne) power *= 10;
    }
    return powers;
}();

}  // namespace

bool Fields::has_all(std::string_view keys) const {
    for (const char key : keys)
        if (!has(key)) return false;
    return true;
}

std::optional<std::string_view> text_of(std::string_view token) {
    if (token.size() < 2 || token.front() != '"') return std::nullopt;
    std::size_t end =
        1;  // a loop: find_first_of calls memchr for each byte, which doubled the cost of a frame
    while (end < token.size() && token[end] != '"' && token[end] != '\\') ++end;
    if (end == token.size() || token[end] == '\\') return std::nullopt;
    return token.substr(1, end - 1);
}

std::optional<std::uint64_t> number_of(std::string_view token) {
    while (!token.empty() &&
           (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
        token.remove_suffix(1);
    if (token.empty() || 19 < token.size()) return std::nullopt;  // 19 nines fit 64 bits
    if (token.size() > 1 && token.front() == '0') return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : token) {
        if (c < '0' || '9' < c) return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number;
}

std::optional<Decimal> decimal_of(std::string_view token) {
    const std::optional<std::string_view> text = text_of(token);
    if (!text || text->empty()) return std::nullopt;
    // The usual case in one pass: digits, perhaps a point and digits, eighteen of them at most.
    std::uint64_t digits = 0;
    std::size_t count = 0, decimals = 0;
    bool point = false;
    for (const char c : *text) {
        if (c == '.' && !point && count > 0) {
            point = true;
        } else if ('0' <= c && c <= '9' && count < 18) {
            digits = digits * 10 + static_cast<unsigned>(c - '0');
            ++count;
            decimals += point ? 1 : 0;
        } else {
            const Result<Decimal> parsed = Decimal::parse(*text);
            return parsed ? std::optional{*parsed} : std::nullopt;
        }
    }
    if (count == 0 || (point && decimals == 0)) return std::nullopt;
    return Decimal::from_units(static_cast<Int128>(digits) * kPowers[18 - decimals]);
}

std::optional<Timestamp> time_of_number(std::uint64_t number) {
    constexpr std::uint64_t kMicrosecondsFrom = 100'000'000'000'000;
    constexpr std::uint64_t kMicrosecondsMax = 9'000'000'000'000'000;
    if (number < kMicrosecondsFrom) {
        // Later than 2255 does not fit nanoseconds.
        if (9'000'000'000'000 <= number) return std::nullopt;
        return timestamp_from_ms(static_cast<std::int64_t>(number));
    }
    if (kMicrosecondsMax <= number) return std::nullopt;
    return Timestamp{std::chrono::microseconds{static_cast<std::int64_t>(number)}};
}

void FieldReader::refuse(const char* reason, char key) {
    if (refused_) return;
    const std::size_t offset =
        fields_.has(key) ? static_cast<std::size_t>(fields_.token(key).data() - frame_) : 0;
    refused_ = Refused{reason, std::string_view{&key, 1}, offset};
}

std::string_view FieldReader::take(char key) {
    if (fields_.has(key)) return fields_.token(key);
    refuse("a key is missing", key);
    return {};
}

std::string_view FieldReader::text(char key) {
    const std::optional<std::string_view> text = text_of(take(key));
    if (!text) refuse("expected text in quotes", key);
    return text.value_or(std::string_view{});
}

std::uint64_t FieldReader::number(char key) {
    const std::optional<std::uint64_t> number = number_of(take(key));
    if (!number) refuse("expected a whole number without quotes", key);
    return number.value_or(0);
}

bool FieldReader::truth(char key) {
    const std::string_view token = take(key);
    if (token.starts_with("true")) return true;
    if (!token.starts_with("false")) refuse("expected true or false", key);
    return false;
}

Timestamp FieldReader::time(char key) {
    const std::uint64_t count = number(key);
    const std::optional<Timestamp> time = time_of_number(count);
    if (!time || count == 0) refuse("expected a time in milliseconds or microseconds", key);
    return time.value_or(Timestamp{});
}

Decimal FieldReader::decimal(char key) {
    const std::optional<Decimal> value = decimal_of(take(key));
    if (!value) refuse("expected a decimal number in quotes", key);
    return value.value_or(Decimal{});
}

Decimal FieldReader::in_band(char key, Decimal least, Decimal most) {
    const Decimal value = decimal(key);
    if (value < least)
        refuse(least.is_zero() ? "expected a number not below zero" : "expected a number above zero", key);
    if (most < value) refuse("the number is larger than any market's", key);
    return value;
}

Price FieldReader::price(char key) { return Price{in_band(key, kLeast, kPriceMax)}; }
Price FieldReader::price_or_zero(char key) { return Price{in_band(key, Decimal{}, kPriceMax)}; }
Quantity FieldReader::quantity(char key) { return Quantity{in_band(key, kLeast, kQuantityMax)}; }
Quantity FieldReader::quantity_or_zero(char key) { return Quantity{in_band(key, Decimal{}, kQuantityMax)}; }

}  // namespace plumb::venues::binance
