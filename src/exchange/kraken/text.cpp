#include "exchange/kraken/text.hpp"

#include <charconv>

namespace plumb::exchange::kraken {

std::string lower_case(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string upper_case(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

std::optional<long long> whole_number(std::string_view text, long long lowest, long long highest) {
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value < lowest || highest < value) return std::nullopt;
    return value;
}

std::optional<Decimal> sane_decimal(std::string_view text) {
    const Result<Decimal> value = Decimal::parse(text);
    if (!value || Decimal{1'000'000'000'000} < value->abs()) return std::nullopt;
    return *value;
}

}  // namespace plumb::exchange::kraken
