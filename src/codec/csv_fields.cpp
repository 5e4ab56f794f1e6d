#include "codec/csv_fields.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace plumb::codec {
namespace {

constexpr std::size_t kNumberTextMax = 80;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "73,188,570" to "73188570": groups of three digits after the first, no comma behind the point.
Result<std::string_view> without_separators(std::string_view text, std::span<char> out) {
    const auto refuse = [] {
        return fail(Errc::parse, "a number whose thousands are separated in groups of three");
    };
    if (text.size() > out.size()) return fail(Errc::parse, "a number of at most 80 characters");
    const std::size_t whole = std::min(text.find_first_of(".eE"), text.size());
    if (text.find(',', whole) != std::string_view::npos) return refuse();
    std::size_t length = 0, digits = 0;
    bool seen = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == whole && seen && digits != 3) return refuse();
        if (text[i] == ',') {
            if (digits == 0 || digits > 3 || (seen && digits != 3)) return refuse();
            seen = true;
            digits = 0;
            continue;
        }
        if (i < whole) digits += is_digit(text[i]) ? 1 : 0;
        out[length++] = text[i];
    }
    if (whole == text.size() && digits != 3) return refuse();
    return std::string_view{out.data(), length};
}

bool is_not_finite(std::string_view text) {
    std::string lower;
    for (const char c : text.substr(0, 10))
        lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (lower.starts_with('-') || lower.starts_with('+')) lower.erase(0, 1);
    return lower == "nan" || lower == "inf" || lower == "infinity" || lower == "<na>" || lower == "null" ||
           lower == "none" || lower == "na" || lower == "n/a";
}

template <class Parse>
Result<Decimal> number(std::string_view text, Parse parse) {
    text = trimmed(text);
    if (text.empty()) return fail(Errc::empty, "a number");
    if (is_not_finite(text)) return fail(Errc::not_finite, "a finite number");
    std::array<char, kNumberTextMax> plain;
    if (text.find(',') != std::string_view::npos) {
        const Result<std::string_view> joined = without_separators(text, plain);
        if (!joined) return fail(joined.error());
        text = *joined;
    }
    Result<Decimal> value = parse(text);
    if (value) return value;
    switch (value.error().code()) {
        case Errc::inexact: return fail(Errc::inexact, "at most 18 decimals");
        case Errc::overflow: return fail(Errc::overflow, "a number within +-1.7e20");
        default: return fail(Errc::parse, "a number");
    }
}

/// "06/27/2025" with an optional " 16:00[:00]", as the ISO text of the same moment.
Result<Timestamp> parse_month_first(std::string_view text) {
    const auto refuse = [] { return fail(Errc::parse, "a date as MM/DD/YYYY"); };
    std::array<int, 3> parts{};
    const std::string_view date = text.substr(0, std::min(text.find(' '), text.size()));
    std::string_view rest = date;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), parts[i]);
        const bool last = i == 2;
        const bool at_end = end == rest.data() + rest.size();
        if (error != std::errc{} || at_end != last || (!last && *end != '/')) return refuse();
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + (last ? 0 : 1));
    }
    if (parts[0] < 1 || parts[0] > 12 || parts[1] < 1 || parts[1] > 31 || parts[2] < 1000 ||
        parts[2] > 9999) {
        return refuse();
    }
    const auto two = [](int n) {
        return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    };
    const Result<Timestamp> time = parse_timestamp(std::to_string(parts[2]) + "-" + two(parts[0]) + "-" +
                                                   two(parts[1]) + std::string{text.substr(date.size())});
    if (!time) return refuse();
    return time;
}

Result<std::int64_t> parse_whole(std::string_view text) {
    const Result<Decimal> value = Decimal::parse(text);
    const auto refuse = [] {
        return fail(Errc::parse, "a whole number of seconds, ms, us or ns since 1970");
    };
    if (!value || value->units() % Decimal::kOne != 0) return refuse();
    const Int128 whole = value->units() / Decimal::kOne;
    if (whole > std::numeric_limits<std::int64_t>::max() ||
        whole < std::numeric_limits<std::int64_t>::min()) {
        return refuse();
    }
    return static_cast<std::int64_t>(whole);
}

}  // namespace

Result<Decimal> parse_number(std::string_view text) {
    return number(text, [](std::string_view plain) { return Decimal::parse(plain); });
}

Result<Decimal> parse_number_rounded(std::string_view text) {
    return number(text, [](std::string_view plain) { return Decimal::parse_rounded(plain); });
}

Result<TimeColumn::Spelling> TimeColumn::spelling_of(std::string_view text) {
    if (text.find('/') != std::string_view::npos) return Spelling::month_first;
    const bool dashed = text.size() > 4 && text[4] == '-';
    if (dashed) return Spelling::iso;
    const Result<std::int64_t> epoch = parse_whole(text);
    if (!epoch) return fail(Errc::parse, "an epoch time, an ISO date or MM/DD/YYYY");
    if (*epoch >= 100'000'000'000'000'000) return Spelling::nanoseconds;
    if (*epoch >= 100'000'000'000'000) return Spelling::microseconds;
    if (*epoch >= 100'000'000'000) return Spelling::milliseconds;
    if (*epoch >= 100'000'000) return Spelling::seconds;
    return fail(Errc::parse, "an epoch time of 1973 or later, an ISO date or MM/DD/YYYY");
}

Result<Timestamp> TimeColumn::read(std::string_view text) {
    text = trimmed(text);
    const Result<Spelling> spelling = spelling_of(text);
    if (!spelling) return fail(spelling.error());
    if (spelling_ == Spelling::unknown) spelling_ = *spelling;
    if (*spelling != spelling_)
        return fail(Errc::parse, "a time spelled as in the first row, with the same unit");
    if (spelling_ == Spelling::month_first) return parse_month_first(text);
    if (spelling_ == Spelling::iso) {
        const Result<Timestamp> time = parse_timestamp(text);
        if (!time) return fail(Errc::parse, "a time such as 2024-08-08 or 2024-08-08T23:54:15Z");
        return time;
    }
    const Result<std::int64_t> epoch = parse_whole(text);
    if (!epoch) return fail(epoch.error());
    static constexpr std::array<std::int64_t, 4> kUnit = {1'000'000'000, 1'000'000, 1'000, 1};
    const auto unit = static_cast<std::size_t>(spelling_) - static_cast<std::size_t>(Spelling::seconds);
    const Int128 ns = static_cast<Int128>(*epoch) * kUnit[unit];
    if (ns > std::numeric_limits<std::int64_t>::max())
        return fail(Errc::out_of_range, "a time before the year 2262");
    return timestamp_from_ns(static_cast<std::int64_t>(ns));
}

}  // namespace plumb::codec
