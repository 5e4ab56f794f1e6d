#include "app/setting_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/decimal.hpp"
#include "base/nearest.hpp"
#include "base/time.hpp"

namespace plumb::app {
namespace {

Error unfit(const Setting& setting, std::string_view text, Errc code = Errc::parse) {
    return Error{code, fmt::format("expected {}, found \"{}\"", expected_of(setting), text.substr(0, 80))};
}

Result<std::string> read_flag(const Setting& setting, std::string_view text) {
    if (text == "true" || text == "yes" || text == "on") return "true";
    if (text == "false" || text == "no" || text == "off") return "false";
    return fail(unfit(setting, text));
}

Result<std::string> read_integer(const Setting& setting, std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) return fail(unfit(setting, text, Errc::out_of_range));
    if (error != std::errc{} || end != text.data() + text.size()) return fail(unfit(setting, text));
    const auto value = static_cast<double>(number);
    if (value < setting.range.min || value > setting.range.max)
        return fail(unfit(setting, text, Errc::out_of_range));
    return std::string{text};
}

Result<std::string> read_decimal(const Setting& setting, std::string_view text) {
    const Result<Decimal> value = Decimal::parse(text);
    if (!value) return fail(unfit(setting, text, value.error().code()));
    const double approximate = value->to_double();
    if (approximate < setting.range.min || approximate > setting.range.max) {
        return fail(unfit(setting, text, Errc::out_of_range));
    }
    return value->to_string();
}

Result<std::string> read_granularity(const Setting& setting, std::string_view text) {
    const Result<Duration> length = parse_duration(text);
    if (!length) return fail(unfit(setting, text));
    const std::string name = granularity_name(*length);
    if (!has_word(kGranularities, name)) return fail(unfit(setting, text, Errc::out_of_range));
    return name;
}

Result<std::string> read_symbols(const Setting& setting, std::string_view text) {
    std::string symbols;
    std::size_t longest = 0;
    for_each_word(text, [&](std::string_view symbol) {
        if (!symbols.empty()) symbols += ' ';
        symbols += symbol;
        longest = std::max(longest, symbol.size());
    });
    constexpr std::size_t kSymbolMax = 40;
    if (symbols.empty() || longest > kSymbolMax) return fail(unfit(setting, text));
    for (const char c : symbols) {
        const bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           std::string_view{" /:._-"}.find(c) != std::string_view::npos;
        if (!known) return fail(unfit(setting, text));
    }
    return symbols;
}

Result<std::string> read_text(const Setting& setting, std::string_view text) {
    if (text.empty()) return fail(unfit(setting, text));
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) return fail(unfit(setting, text));
    }
    return std::string{text};
}

}  // namespace

Result<double> read_number(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
        return fail(Errc::parse, "expected a finite number");
    }
    return number;
}

std::string expected_of(const Setting& setting) {
    const std::string unit = setting.unit.empty() ? std::string{} : fmt::format(" ({})", setting.unit);
    switch (setting.type) {
        case Type::flag: return "true or false";
        case Type::integer:
            return fmt::format("whole number from {} to {}{}", setting.range.min, setting.range.max, unit);
        case Type::number:
            return fmt::format("number from {} to {}{}", setting.range.min, setting.range.max, unit);
        case Type::money:
            return fmt::format("decimal number from {} to {}{}", setting.range.min, setting.range.max, unit);
        case Type::text: return "one line of text";
        case Type::choice: return fmt::format("one of {}", setting.choices);
        case Type::path: return "path";
        case Type::symbols: return "instruments such as BTC/USD ETH/USD";
        case Type::granularity: return fmt::format("one of {}", kGranularities);
        case Type::date: return "date such as 2024-08-08 or 2024-08-08T12:30:00Z";
        case Type::parameters: return "name=value";
        case Type::secret: return "a key";
    }
    return {};
}

Result<std::string> read_value(const Setting& setting, std::string_view text) {
    switch (setting.type) {
        case Type::flag: return read_flag(setting, text);
        case Type::integer: return read_integer(setting, text);
        case Type::number: {
            const Result<double> number = read_number(text);
            if (!number) return fail(unfit(setting, text));
            if (*number < setting.range.min || *number > setting.range.max) {
                return fail(unfit(setting, text, Errc::out_of_range));
            }
            return std::string{text};
        }
        case Type::money: return read_decimal(setting, text);
        case Type::choice:
            if (!has_word(setting.choices, text)) return fail(unfit(setting, text));
            return std::string{text};
        case Type::symbols: return read_symbols(setting, text);
        case Type::granularity: return read_granularity(setting, text);
        case Type::date: {
            const Result<Timestamp> time = parse_timestamp(text);
            if (!time) return fail(unfit(setting, text));
            return to_iso(*time);
        }
        case Type::parameters: {
            const std::size_t equals = text.find('=');
            if (equals == std::string_view::npos || equals == 0) return fail(unfit(setting, text));
            return read_text(setting, text);
        }
        case Type::text:
        case Type::path: return read_text(setting, text);
        case Type::secret: return fail(Errc::invalid_argument, "a secret is not a value");
    }
    return fail(Errc::invalid_argument, "unknown type");
}

Result<std::string> read_choices(const Setting& setting, std::string_view text) {
    std::vector<std::string_view> known;
    for_each_word(setting.choices, [&](std::string_view word) { known.push_back(word); });
    std::string words;
    std::string_view unknown;
    bool is_twice = false;
    for_each_word(text, [&](std::string_view word) {
        if (std::ranges::find(known, word) == known.end()) unknown = word;
        is_twice |= has_word(words, word);
        words.append(words.empty() ? "" : " ").append(word);
    });
    if (!unknown.empty())
        return fail(Errc::invalid_argument, fmt::format("unknown {} \"{}\": nearest known is {}", setting.key,
                                                        unknown, nearest(unknown, known)));
    if (words.empty() || is_twice) return fail(unfit(setting, text));
    return words;
}

}  // namespace plumb::app
