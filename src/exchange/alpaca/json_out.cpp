#include "exchange/alpaca/json_out.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

/// Bytes of the UTF-8 character at the start of `text`; zero when there is none (RFC 3629, table 4).
std::size_t character_length(std::string_view text) {
    const auto byte = [text](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (0xc2 <= first && first <= 0xdf) return follows(1) ? 2 : 0;
    if (0xe0 <= first && first <= 0xef) {
        const bool is_long_form = first == 0xe0 && byte(1) < 0xa0;
        const bool is_surrogate = first == 0xed && 0x9f < byte(1);
        return follows(1) && follows(2) && !is_long_form && !is_surrogate ? 3 : 0;
    }
    if (0xf0 <= first && first <= 0xf4) {
        const bool is_long_form = first == 0xf0 && byte(1) < 0x90;
        const bool is_beyond = first == 0xf4 && 0x8f < byte(1);
        return follows(1) && follows(2) && follows(3) && !is_long_form && !is_beyond ? 4 : 0;
    }
    return 0;
}

/// What a stranger sent may come back in a message: bytes that are no UTF-8 become U+FFFD.
void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = character_length(text);
        if (length == 0) {
            out += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
}

}  // namespace

void JsonOut::separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
}

JsonOut& JsonOut::open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
    return *this;
}

JsonOut& JsonOut::close(char bracket) {
    out_ += bracket;
    needs_comma_ = true;
    return *this;
}

JsonOut& JsonOut::key(std::string_view name) {
    text(name);
    out_ += ':';
    needs_comma_ = false;
    return *this;
}

JsonOut& JsonOut::text(std::string_view value) {
    separate();
    out_ += '"';
    append_escaped(out_, value);
    out_ += '"';
    return *this;
}

JsonOut& JsonOut::number(Decimal value) {
    separate();
    append_decimal(out_, value);
    return *this;
}

JsonOut& JsonOut::number(std::int64_t value) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", value);
    return *this;
}

JsonOut& JsonOut::amount(Decimal value) {
    separate();
    out_ += '"';
    append_decimal(out_, value);
    out_ += '"';
    return *this;
}

JsonOut& JsonOut::time(Timestamp value) {
    separate();
    out_ += '"';
    append_time(out_, value);
    out_ += '"';
    return *this;
}

JsonOut& JsonOut::time_or_null(std::string_view name, Timestamp value) {
    return value == Timestamp{} ? null(name) : time(name, value);
}

JsonOut& JsonOut::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

}  // namespace plumb::exchange::alpaca
