#include "codec/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace plumb::codec {
namespace {

/// The literals Python adds, found outside strings: which number of the document each is, and what it means.
struct BareLiteral {
    std::size_t ordinal;
    double value;
};

std::optional<double> bare_literal(std::string_view run) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (run == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (run == "Infinity") return kInfinity;
    if (run == "-Infinity") return -kInfinity;
    return std::nullopt;
}

bool ends_run(char c) { return std::string_view{" \t\r\n[]{},:\""}.find(c) != std::string_view::npos; }

/// Replaces each bare literal by "0" and blanks of the same length, so that every position stays true, and
/// notes which number it was. In well-formed JSON every number is exactly one run of such characters; in any
/// other the parser that follows stops at the first trouble, so a miscount cannot reach a value.
std::vector<BareLiteral> take_out_literals(std::string& text) {
    std::vector<BareLiteral> found;
    std::size_t ordinal = 0;
    std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    while (at < text.size()) {
        if (text[at] == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\') ++at;
            }
            ++at;
            continue;
        }
        if (ends_run(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && !ends_run(text[end])) ++end;
        if (const auto value = bare_literal(std::string_view{text}.substr(at, end - at))) {
            found.push_back({ordinal++, *value});
            text[at] = '0';
            std::fill(text.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                      text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
        } else if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
            ++ordinal;
        }
        at = end;
    }
    return found;
}

std::string line_and_column(std::string_view text, std::size_t position) {
    const std::string_view before = text.substr(0, std::min(position, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    return fmt::format("{}:{}", line,
                       start == std::string_view::npos ? before.size() : before.size() - start - 1);
}

/// The reason alone, out of nlohmann's "[json.exception...] parse error at line ...: syntax error while
/// parsing value - unexpected ...; last read: '...'; expected ...". What was read last may hold anything, so
/// it is left out.
std::string reason(std::string_view what) {
    const std::size_t dash = what.find(" - ");
    std::string text{dash == std::string_view::npos ? what : what.substr(dash + 3)};
    const std::size_t last_read = text.find("; last read: ");
    if (last_read != std::string::npos) {
        const std::size_t expected = text.rfind("'; expected ");
        text = text.substr(0, last_read) + (expected == std::string::npos ? "" : text.substr(expected + 1));
    }
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    }
    return text;
}

/// Builds the value from nlohmann's events, within the limits.
class Builder {
 public:
    Builder(std::string_view text, const JsonLimits& limits, std::vector<BareLiteral> literals)
        : text_{text}, limits_{limits}, literals_{std::move(literals)} {}

    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(Json::number_integer_t value) { return put_number(value); }
    bool number_unsigned(Json::number_unsigned_t value) { return put_number(value); }
    bool number_float(Json::number_float_t value, const std::string&) { return put_number(value); }
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(Json::binary_t&) { return false; }
    bool key(std::string& name) {
        Json& object = *open_.back();
        if (object.size() >= limits_.keys_max) return refuse("keys in one object", limits_.keys_max);
        slot_ = &object[name];  // a doubled key finds the old value and replaces it
        return true;
    }
    bool start_object(std::size_t) { return open(Json::object()); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& exception) {
        const std::string why = reason(exception.what());
        const bool ended =
            why.find("unexpected end of input") != std::string::npos ||
            (position >= text_.size() && why.find("missing closing quote") != std::string::npos);
        const bool overflow = exception.id == 406;
        trouble_ = Error{
            ended      ? Errc::truncated
            : overflow ? Errc::overflow
                       : Errc::parse,
            fmt::format("{}: {}", line_and_column(text_, position),
                        overflow ? "expected a number within the range of double, found a larger one" : why)};
        return false;
    }

    Result<Json> take() {
        if (trouble_) return fail(*std::move(trouble_));
        return std::move(root_);
    }

 private:
    template <class Value>
    bool put_number(Value value) {
        const std::size_t ordinal = numbers_++;
        if (next_literal_ < literals_.size() && literals_[next_literal_].ordinal == ordinal) {
            return put(literals_[next_literal_++].value);
        }
        return put(value);
    }
    template <class Value>
    bool put(Value&& value) {
        *place() = std::forward<Value>(value);
        return true;
    }
    /// Where the next value goes: the root, the key just read, or a new end of the open array.
    Json* place() {
        if (open_.empty()) return &root_;
        if (open_.back()->is_object()) return slot_;
        open_.back()->push_back(nullptr);
        return &open_.back()->back();
    }
    bool open(Json container) {
        if (open_.size() >= limits_.depth_max) return refuse("levels of nesting", limits_.depth_max);
        Json* const where = place();
        *where = std::move(container);
        open_.push_back(where);
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    bool refuse(const char* of_what, std::size_t limit) {
        trouble_ =
            Error{Errc::out_of_range, fmt::format("expected at most {} {}, found more", limit, of_what)};
        return false;
    }

    std::string_view text_;
    const JsonLimits& limits_;
    std::vector<BareLiteral> literals_;
    std::size_t next_literal_ = 0;
    std::size_t numbers_ = 0;
    Json root_;
    std::vector<Json*> open_;  // stable: a container grows only while it is the innermost
    Json* slot_ = nullptr;
    std::optional<Error> trouble_;
};

void write_string(std::string& out, const std::string& text) {
    // nlohmann escapes as Python does with ensure_ascii; bytes that are not UTF-8 become the replacement
    // character.
    out += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

void new_line(std::string& out, int indent, int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
}

void write_value(std::string& out, const Json& value, int indent, int depth) {
    if (value.is_structured() && value.empty()) {
        out += value.is_object() ? "{}" : "[]";
    } else if (value.is_object()) {
        char before = '{';
        for (auto item = value.begin(); item != value.end(); ++item) {
            out += std::exchange(before, ',');
            new_line(out, indent, depth + 1);
            write_string(out, item.key());
            out += indent < 0 ? ":" : ": ";
            write_value(out, item.value(), indent, depth + 1);
        }
        new_line(out, indent, depth);
        out += '}';
    } else if (value.is_array()) {
        char before = '[';
        for (const Json& item : value) {
            out += std::exchange(before, ',');
            new_line(out, indent, depth + 1);
            write_value(out, item, indent, depth + 1);
        }
        new_line(out, indent, depth);
        out += ']';
    } else if (value.is_number_float()) {
        const double number = value.get<double>();
        out += std::isfinite(number) ? number_text(number) : "null";
    } else if (value.is_string()) {
        write_string(out, value.get_ref<const std::string&>());
    } else {
        out += value.dump();
    }
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes_max) {
        return fail(Errc::out_of_range,
                    fmt::format("expected at most {} bytes, found {}", limits.bytes_max, text.size()));
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return fail(Errc::empty, "1:1: expected a JSON value, found nothing");
    }
    std::string copy{text};
    std::vector<BareLiteral> literals = take_out_literals(copy);
    Builder builder{copy, limits, std::move(literals)};
    Json::sax_parse(copy, &builder);
    return builder.take();
}

std::string write_json(const Json& value, int indent) {
    std::string out;
    write_value(out, value, indent, 0);
    return out;
}

std::string number_text(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
    std::string_view text{buffer, static_cast<std::size_t>(end - buffer)};
    std::string out;
    if (text.front() == '-') {
        out = "-";
        text.remove_prefix(1);
    }
    const std::size_t e = text.find('e');
    std::string digits{text.substr(0, e)};
    if (digits.size() > 1) digits.erase(1, 1);  // the point
    int exponent = 0;
    const char* const exponent_text = text.data() + e + 1 + (text[e + 1] == '+' ? 1 : 0);
    std::from_chars(exponent_text, text.data() + text.size(), exponent);
    const int count = static_cast<int>(digits.size());
    if (exponent < -4 || exponent >= 16) {  // Python's bounds for scientific notation
        out += digits.substr(0, 1);
        if (count > 1) out += '.' + digits.substr(1);
        return out + fmt::format("e{:+03d}", exponent);
    }
    if (exponent < 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    if (count <= exponent + 1)
        return out + digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0') + ".0";
    const auto whole = static_cast<std::size_t>(exponent + 1);
    return out + digits.substr(0, whole) + '.' + digits.substr(whole);
}

}  // namespace plumb::codec
