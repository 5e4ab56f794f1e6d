#include "exchange/alpaca/json_out.hpp"

#include <fmt/format.h>

#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
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
