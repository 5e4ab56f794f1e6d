#include "exchange/protocol/json_out.hpp"

#include <charconv>

namespace plumb::exchange {

namespace {

/// `width` digits with leading zeros.
void append_padded(std::string& out, std::uint64_t value, int width) {
    char digits[20];
    for (int i = width; 0 < i--; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
    out.append(digits, static_cast<std::size_t>(width));
}

bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// Length of the well-formed UTF-8 sequence at the start of `text`, zero where there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;
    if (lead == 0xed && 0x9f < byte(1)) return 0;
    if (lead == 0xf0 && byte(1) < 0x90) return 0;
    if (lead == 0xf4 && 0x8f < byte(1)) return 0;
    return length;
}

}  // namespace

void append_iso(std::string& out, Timestamp time, int decimals) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto ns = static_cast<std::uint64_t>((time - day).count());
    const std::uint64_t seconds = ns / 1'000'000'000;
    append_padded(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_padded(out, seconds / 3600, 2);
    out += ':';
    append_padded(out, seconds / 60 % 60, 2);
    out += ':';
    append_padded(out, seconds % 60, 2);
    if (0 < decimals) {
        std::uint64_t fraction = ns % 1'000'000'000;
        for (int i = decimals; i < 9; ++i) fraction /= 10;
        out += '.';
        append_padded(out, fraction, decimals);
    }
    out += 'Z';
}

std::string iso(Timestamp time, int decimals) {
    std::string out;
    append_iso(out, time, decimals);
    return out;
}

JsonOut& JsonOut::key(std::string_view name) {
    separate();
    text_ += '"';
    text_ += name;
    text_ += "\":";
    return *this;
}

JsonOut& JsonOut::quoted(std::string_view name, Decimal value) {
    key(name);
    text_ += '"';
    put(value);
    text_ += '"';
    return *this;
}

JsonOut& JsonOut::quoted_element(Decimal value) {
    separate();
    text_ += '"';
    put(value);
    text_ += '"';
    return *this;
}

JsonOut& JsonOut::null(std::string_view name) {
    key(name);
    text_ += "null";
    return *this;
}

JsonOut& JsonOut::time(std::string_view name, Timestamp time, int decimals) {
    key(name);
    text_ += '"';
    append_iso(text_, time, decimals);
    text_ += '"';
    return *this;
}

JsonOut& JsonOut::raw(std::string_view name, std::string_view json) {
    key(name);
    text_ += json;
    return *this;
}

JsonOut& JsonOut::raw_element(std::string_view json) {
    separate();
    text_ += json;
    return *this;
}

JsonOut& JsonOut::open(char bracket) {
    separate();
    return open_value(bracket);
}

JsonOut& JsonOut::open_value(char bracket) {
    text_ += bracket;
    return *this;
}

JsonOut& JsonOut::close(char bracket) {
    text_ += bracket;
    return *this;
}

JsonOut& JsonOut::separate() {
    if (text_.empty()) return *this;
    const char last = text_.back();
    if (last != '{' && last != '[' && last != ':') text_ += ',';
    return *this;
}

// What is no UTF-8 becomes U+FFFD: a stranger's bytes must not make our answer unreadable.
JsonOut& JsonOut::put_text(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    text_ += '"';
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            text_ += "\xef\xbf\xbd";
            text.remove_prefix(1);
            continue;
        }
        if (needs_escape(c)) {
            if (c == '"' || c == '\\') {
                text_ += '\\';
                text_ += c;
            } else {
                text_ += "\\u00";
                text_ += kHex[static_cast<unsigned char>(c) >> 4];
                text_ += kHex[static_cast<unsigned char>(c) & 15];
            }
        } else {
            text_.append(text.substr(0, length));
        }
        text.remove_prefix(length);
    }
    text_ += '"';
    return *this;
}

JsonOut& JsonOut::put(Decimal value) {
    char digits[Decimal::kTextMax];
    text_.append(digits, value.print(digits));
    return *this;
}

JsonOut& JsonOut::put(bool value) {
    text_ += value ? "true" : "false";
    return *this;
}

JsonOut& JsonOut::put_signed(std::int64_t value) {
    char digits[24];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return *this;
}

JsonOut& JsonOut::put_unsigned(std::uint64_t value) {
    char digits[24];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return *this;
}

}  // namespace plumb::exchange
