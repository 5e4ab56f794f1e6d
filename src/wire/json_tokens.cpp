#include "wire/json_tokens.hpp"

#include <array>
#include <cstdlib>

#include "wire/frame_tokens.hpp"

namespace plumb::wire {
namespace {

constexpr std::array<std::int64_t, 19> kPowers = [] {
    std::array<std::int64_t, 19> powers{};
    std::int64_t power = 1;
    for (auto& entry : powers) {
        entry = power;
        if (power < Decimal::kOne) power *= 10;
    }
    return powers;
}();

constexpr std::size_t kNoPoint = static_cast<std::size_t>(-1);

std::string_view trimmed(std::string_view token) {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
    return token;
}

/// Digits at `at`, exactly `count` of them; below zero when they are not there.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (text.size() < at + count) return -1;
    int number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || '9' < text[i]) return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/// "Z", "+00:00", "-05:30"; nothing for anything else.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
    if (text == "Z") return std::chrono::minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const int hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
    if (hours < 0 || 23 < hours || minutes < 0 || 59 < minutes) return std::nullopt;
    const std::chrono::minutes offset{hours * 60 + minutes};
    return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<std::string_view> text_of(std::string_view token) {
    if (token.size() < 2 || token.front() != '"') return std::nullopt;
    // A loop: find_first_of calls memchr for each byte, which doubled the cost of a frame.
    std::size_t end = 1;
    while (end < token.size() && token[end] != '"' && token[end] != '\\') ++end;
    if (end == token.size() || token[end] == '\\') return std::nullopt;
    return token.substr(1, end - 1);
}

std::optional<std::uint64_t> number_of(std::string_view token) {
    token = trimmed(token);
    if (token.empty() || 19 < token.size()) return std::nullopt;  // 19 nines fit 64 bits
    if (token.size() > 1 && token.front() == '0') return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : token) {
        if (c < '0' || '9' < c) return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number;
}

std::optional<Decimal> decimal_of(std::string_view token, Decimals style) {
    // Most prices are short and in quotes: one pass, to the closing quote.
    if (style != Decimals::bare && token.size() > 2 && token.front() == '"') {
        std::uint64_t sum = 0;
        std::size_t at = 1, count = 0, before_point = kNoPoint;
        for (; at < token.size() && count <= 18; ++at) {
            const auto digit = static_cast<unsigned char>(token[at] - '0');
            if (digit <= 9) {
                sum = sum * 10 + digit;
                ++count;
            } else if (token[at] == '.' && before_point == kNoPoint && count > 0) {
                before_point = count;
            } else {
                break;
            }
        }
        const std::size_t decimals = before_point == kNoPoint ? 0 : count - before_point;
        if (at < token.size() && token[at] == '"' && 0 < count && count <= 18 && before_point != count)
            return Decimal::from_units(static_cast<Int128>(sum) * kPowers[18 - decimals]);
    }
    const bool is_text = !token.empty() && token.front() == '"';
    if (style != Decimals::either && is_text != (style == Decimals::quoted)) return std::nullopt;
    std::string_view text = trimmed(token);
    if (is_text) {
        const std::optional<std::string_view> inner = text_of(token);
        if (!inner) return std::nullopt;
        text = *inner;
    }
    if (text.empty()) return std::nullopt;
    // The usual case in one pass: digits, perhaps a point and digits, eighteen of them at most.
    std::uint64_t sum = 0;
    std::size_t count = 0, decimals = 0;
    bool point = false;
    for (const char c : text) {
        if (c == '.' && !point && count > 0) {
            point = true;
        } else if ('0' <= c && c <= '9' && count < 18) {
            sum = sum * 10 + static_cast<unsigned>(c - '0');
            ++count;
            decimals += point ? 1 : 0;
        } else {
            const Result<Decimal> parsed = is_text ? Decimal::parse(text) : Decimal::parse_rounded(text);
            return parsed ? std::optional{*parsed} : std::nullopt;
        }
    }
    if (count == 0 || (point && decimals == 0)) return std::nullopt;
    return Decimal::from_units(static_cast<Int128>(sum) * kPowers[18 - decimals]);
}

std::optional<Timestamp> time_of_number(std::uint64_t number) {
    constexpr std::uint64_t kMicrosecondsFrom = 100'000'000'000'000;
    constexpr std::uint64_t kNanosecondsFrom = 100'000'000'000'000'000;
    constexpr std::uint64_t kNanosecondsMax = 9'000'000'000'000'000'000;  // 2255
    if (number < kMicrosecondsFrom) {
        if (9'000'000'000'000 <= number) return std::nullopt;
        return timestamp_from_ms(static_cast<std::int64_t>(number));
    }
    if (number < kNanosecondsFrom) {
        if (9'000'000'000'000'000 <= number) return std::nullopt;
        return Timestamp{std::chrono::microseconds{static_cast<std::int64_t>(number)}};
    }
    if (kNanosecondsMax <= number) return std::nullopt;
    return timestamp_from_ns(static_cast<std::int64_t>(number));
}

std::optional<Timestamp> time_of_text(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    // Every digit's place is fixed: all are taken, and looked at together whether they were digits.
    unsigned others = 0;
    const auto two = [&](std::size_t at) {
        const unsigned tens = static_cast<unsigned char>(text[at] - '0');
        const unsigned ones = static_cast<unsigned char>(text[at + 1] - '0');
        others |= (tens + 0x76) | (ones + 0x76);  // 0x80 or more for what is no digit
        return static_cast<int>(tens * 10 + ones);
    };
    const int y = two(0) * 100 + two(2), m = two(5), d = two(8), hh = two(11), mm = two(14), ss = two(17);
    if (others > 0x7f || y < 1900 || 2254 < y || 23 < hh || 59 < mm || 59 < ss) return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    std::size_t at = 19;
    std::int64_t ns = 0;
    if (at < text.size() && text[at] == '.') {
        ++at;
        std::size_t count = 0;
        std::int64_t place = 100'000'000;  // of the next digit, in nanoseconds
        if (at + 8 <= text.size()) {       // the first eight at once
            std::uint64_t word = eight::load_digits(text.data() + at);
            count = eight::count_digits(word);
            if (count < 8) word &= (std::uint64_t{1} << 8 * count) - 1;
            ns = static_cast<std::int64_t>(eight::number(word)) * 10;
            place = kPowers[8 - count];
            at += count;
        }
        for (; at < text.size() && '0' <= text[at] && text[at] <= '9'; ++at, ++count, place /= 10)
            ns += (text[at] - '0') * place;  // zero behind the ninth
        if (count == 0) return std::nullopt;
    }
    const std::optional<minutes> offset = offset_of(text.substr(at));
    if (!offset) return std::nullopt;
    return Timestamp{sys_days{date}} + hours{hh} + minutes{mm} + seconds{ss} + nanoseconds{ns} - *offset;
}

}  // namespace plumb::wire
