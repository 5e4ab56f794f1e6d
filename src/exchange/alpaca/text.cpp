#include "exchange/alpaca/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plumb::exchange::alpaca {
namespace {

int hex_digit(char c) {
    if ('0' <= c && c <= '9') return c - '0';
    if ('a' <= c && c <= 'f') return c - 'a' + 10;
    if ('A' <= c && c <= 'F') return c - 'A' + 10;
    return -1;
}

char* put_digits(char* out, unsigned value, int width) {
    for (int i = width - 1; 0 <= i; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

}  // namespace

void append_time(std::string& out, Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 40> text;
    char* end = put_digits(text.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *end++ = '-';
    end = put_digits(end, static_cast<unsigned>(date.month()), 2);
    *end++ = '-';
    end = put_digits(end, static_cast<unsigned>(date.day()), 2);
    *end++ = 'T';
    end = put_digits(end, static_cast<unsigned>(clock.hours().count()), 2);
    *end++ = ':';
    end = put_digits(end, static_cast<unsigned>(clock.minutes().count()), 2);
    *end++ = ':';
    end = put_digits(end, static_cast<unsigned>(clock.seconds().count()), 2);
    if (const auto rest = clock.subseconds().count(); 0 < rest) {
        *end++ = '.';
        end = put_digits(end, static_cast<unsigned>(rest), 9);
        while (end[-1] == '0') --end;
    }
    *end++ = 'Z';
    out.append(text.data(), end);
}

std::string time_text(Timestamp time) {
    std::string out;
    append_time(out, time);
    return out;
}

std::optional<Timestamp> parse_time(std::string_view text) {
    const bool is_date = text.size() == 10;
    if (!is_date && (text.size() < 17 || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))) {
        return std::nullopt;
    }
    const Result<Timestamp> time = parse_timestamp(text);
    if (!time) return std::nullopt;
    return *time;
}

void append_decimal(std::string& out, Decimal value) {
    std::array<char, Decimal::kTextMax> text;
    out.append(text.data(), value.print(text.data()));
}

std::optional<Decimal> parse_number(std::string_view text) {
    const Result<Decimal> number = Decimal::parse_rounded(text);
    if (!number) return std::nullopt;
    return *number;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() < i + 3) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view item = text.substr(0, comma);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

std::string upper_case(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

}  // namespace plumb::exchange::alpaca
