#include "exchange/binance/text.hpp"

#include <fmt/format.h>

#include <array>

#include "base/check.hpp"

namespace plumb::exchange::binance {
namespace {

constexpr std::array<std::uint64_t, 19> kPowers = [] {
    std::array<std::uint64_t, 19> powers{};
    std::uint64_t power = 1;
    for (std::uint64_t& one : powers) {
        one = power;
        power *= 10;
    }
    return powers;
}();

__extension__ typedef unsigned __int128 Wide;

void append_unsigned(std::string& out, Wide value) {
    if (value <= ~std::uint64_t{0}) {
        const fmt::format_int digits{static_cast<std::uint64_t>(value)};
        out.append(digits.data(), digits.size());
        return;
    }
    append_unsigned(out, value / kPowers[18]);
    const fmt::format_int low{static_cast<std::uint64_t>(value % kPowers[18])};
    out.append(18 - low.size(), '0').append(low.data(), low.size());
}

/// Bytes of the UTF-8 sequence that starts at `at`; zero when it is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || text.size() - at < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80) return 0;
    }
    if (lead == 0xe0 && byte(at + 1) < 0xa0) return 0;  // overlong
    if (lead == 0xed && 0x9f < byte(at + 1)) return 0;  // a surrogate
    if (lead == 0xf0 && byte(at + 1) < 0x90) return 0;  // overlong
    if (lead == 0xf4 && 0x8f < byte(at + 1)) return 0;  // beyond U+10FFFF
    return length;
}

}  // namespace

std::int64_t stamp(Timestamp time, TimeUnit unit) {
    if (unit == TimeUnit::milliseconds) return to_ms(time);
    return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

void append_fixed(std::string& out, Decimal value, int decimals) {
    PLUMB_CHECK(0 <= decimals && decimals <= Decimal::kDecimals);
    const auto units = static_cast<Wide>(value.abs().units());
    const Wide cut = units / kPowers[static_cast<std::size_t>(Decimal::kDecimals - decimals)];
    if (value.sign() < 0 && cut != 0) out += '-';
    if (decimals == 0) return append_unsigned(out, cut);
    const std::uint64_t one = kPowers[static_cast<std::size_t>(decimals)];
    append_unsigned(out, cut / one);
    out += '.';
    const fmt::format_int digits{static_cast<std::uint64_t>(cut % one)};
    out.append(static_cast<std::size_t>(decimals) - digits.size(), '0').append(digits.data(), digits.size());
}

void append_number(std::string& out, std::int64_t value) {
    const fmt::format_int digits{value};
    out.append(digits.data(), digits.size());
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[i++];
        } else if (byte < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
            ++i;
        } else if (const std::size_t length = sequence_length(text, i); length != 0) {
            out.append(text, i, length);
            i += length;
        } else {
            out += '?';
            ++i;
        }
    }
    out += '"';
}

void JsonWriter::begin(std::string_view key) {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ',';
    if (key.empty()) return;
    out_ += '"';
    out_ += key;
    out_ += "\":";
}

JsonWriter& JsonWriter::open(std::string_view key) {
    begin(key);
    out_ += '{';
    return *this;
}

JsonWriter& JsonWriter::close() {
    out_ += '}';
    return *this;
}

JsonWriter& JsonWriter::open_list(std::string_view key) {
    begin(key);
    out_ += '[';
    return *this;
}

JsonWriter& JsonWriter::close_list() {
    out_ += ']';
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view key, std::string_view value) {
    begin(key);
    append_quoted(out_, value);
    return *this;
}

JsonWriter& JsonWriter::fixed(std::string_view key, Decimal value, int decimals) {
    begin(key);
    out_ += '"';
    append_fixed(out_, value, decimals);
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::plain(std::string_view key, Decimal value) {
    begin(key);
    std::array<char, Decimal::kTextMax> text{};
    out_ += '"';
    out_.append(text.data(), value.print(text.data()));
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::number(std::string_view key, std::int64_t value) {
    begin(key);
    append_number(out_, value);
    return *this;
}

JsonWriter& JsonWriter::boolean(std::string_view key, bool value) {
    begin(key);
    out_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null(std::string_view key) {
    begin(key);
    out_ += "null";
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view key, std::string_view json) {
    begin(key);
    out_ += json;
    return *this;
}

}  // namespace plumb::exchange::binance
