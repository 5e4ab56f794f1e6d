#include "exchange/binance/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace plumb::exchange::binance {
namespace {

constexpr std::int64_t kMicrosecondsFrom = 100'000'000'000'000;  // 1e14: in milliseconds the year 5138
constexpr std::int64_t kTimeMax = 9'000'000'000'000;  // in milliseconds the year 2255: a Timestamp's end
constexpr std::string_view kNumberRange = "^[0-9]{1,20}$";
constexpr std::string_view kAmountRange = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";

int hex_digit(char letter) {
    if ('0' <= letter && letter <= '9') return letter - '0';
    if ('a' <= letter && letter <= 'f') return letter - 'a' + 10;
    if ('A' <= letter && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

Checked<bool> add_pairs(std::string_view text, std::vector<Parameters::One>& pairs) {
    const std::size_t first = pairs.size();
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        auto name = percent_decoded(pair.substr(0, equals));
        auto value =
            percent_decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value) return refuse(-1100, "Illegal characters found in a parameter.");
        for (std::size_t i = first; i < pairs.size(); ++i) {
            if (pairs[i].name == *name) return refuse(-1101, "Duplicate values for a parameter detected.");
        }
        if (pairs.size() == Parameters::kParametersMax)
            return refuse(-1101, "Too many parameters sent for this endpoint.");
        pairs.push_back({std::move(*name), std::move(*value), false});
    }
    return true;
}

/// Collects the members of one JSON object with their literal text; lists of texts and numbers inside are
/// kept as JSON, anything deeper is refused.
class MemberReader : public nlohmann::json_sax<nlohmann::json> {
 public:
    explicit MemberReader(std::vector<Parameters::One>& pairs) : pairs_{pairs} {}
    bool duplicate() const { return duplicate_; }

    bool null() override { return take("", true, false); }
    bool boolean(bool value) override { return take(value ? "true" : "false", true, false); }
    bool number_integer(number_integer_t value) override { return take(std::to_string(value), true, false); }
    bool number_unsigned(number_unsigned_t value) override {
        return take(std::to_string(value), true, false);
    }
    bool number_float(number_float_t, const string_t& text) override { return take(text, true, false); }
    bool string(string_t& value) override { return take(value, false, true); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return depth_++ == 0; }
    bool key(string_t& name) override {
        if (pairs_.size() == Parameters::kParametersMax) return false;
        duplicate_ |= std::ranges::any_of(pairs_, [&](const auto& one) { return one.name == name; });
        name_ = name;
        return true;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        if (depth_ != 1 || list_) return false;
        list_ = "[";
        return true;
    }
    bool end_array() override {
        pairs_.push_back({name_, *list_ + "]", true});
        list_.reset();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

 private:
    bool take(std::string_view text, bool literal, bool quote) {
        if (depth_ != 1) return false;
        if (!list_) {
            pairs_.push_back({name_, std::string{text}, literal});
            return true;
        }
        if (list_->size() > 1) *list_ += ',';
        *list_ += quote ? nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                        : std::string{text};
        return true;
    }

    std::vector<Parameters::One>& pairs_;
    std::string name_;
    std::optional<std::string> list_;
    int depth_ = 0;
    bool duplicate_ = false;
};

bool is_client_id_letter(char letter, Board board) {
    const bool common = ('a' <= letter && letter <= 'z') || ('A' <= letter && letter <= 'Z') ||
                        ('0' <= letter && letter <= '9') || letter == '-' || letter == '_';
    return common || (board == Board::futures && (letter == '.' || letter == ':' || letter == '/'));
}

bool is_word_of(std::string_view name, std::string_view words) {
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        if (word == name) return true;
        words.remove_prefix(std::min(words.size(), word.size() + 1));
    }
    return false;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

Timestamp time_of(std::int64_t stamp) {
    if (stamp < kMicrosecondsFrom) return timestamp_from_ms(std::min(stamp, kTimeMax));
    return Timestamp{std::chrono::microseconds{std::min(stamp, kTimeMax * 1000)}};
}

Checked<Parameters> Parameters::read(std::string_view query, std::string_view body) {
    Parameters read;
    if (auto added = add_pairs(query, read.all_); !added) return refuse(added.error());
    std::vector<One> of_body;
    if (auto added = add_pairs(body, of_body); !added) return refuse(added.error());
    for (One& one : of_body) {
        if (!read.has(one.name)) read.all_.push_back(std::move(one));
    }
    return read;
}

Checked<Parameters> Parameters::read_json(std::string_view object) {
    Parameters read;
    if (object.empty()) return read;
    MemberReader reader{read.all_};
    const bool done =
        object.front() == '{' && nlohmann::json::sax_parse(object.begin(), object.end(), &reader);
    if (!done) return refuse(-1135, "Invalid JSON Request");
    if (reader.duplicate()) return refuse(-1101, "Duplicate values for a parameter detected.");
    return read;
}

const std::string* Parameters::find(std::string_view name) const {
    const auto found = std::ranges::find(all_, name, &One::name);
    return found == all_.end() ? nullptr : &found->value;
}

void Parameters::set(std::string_view name, std::string value) {
    const auto found = std::ranges::find(all_, name, &One::name);
    if (found != all_.end())
        found->value = std::move(value);
    else
        all_.push_back({std::string{name}, std::move(value), false});
}

Checked<bool> Parameters::check_known(std::string_view known) const {
    constexpr std::string_view kOfSigned = "timestamp recvWindow signature apiKey returnRateLimits";
    if (known == "*") return true;
    std::size_t read = 0;
    for (const One& one : all_) read += is_word_of(one.name, known) || is_word_of(one.name, kOfSigned);
    if (read == all_.size()) return true;
    if (known.empty() && read == 0)
        return refuse(-1101,
                      fmt::format("Too many parameters; expected '0' and received '{}'.", all_.size()));
    return refuse(-1104,
                  fmt::format("Not all sent parameters were read; read '{}' parameter(s) but was sent '{}'.",
                              read, all_.size()));
}

Checked<std::optional<std::string_view>> Parameters::text(std::string_view name) const {
    const std::string* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->empty()) return empty(name);
    return std::string_view{*value};
}

Checked<std::string_view> Parameters::need_text(std::string_view name) const {
    const std::string* value = find(name);
    if (value == nullptr || value->empty()) return missing(name);
    return std::string_view{*value};
}

Checked<std::optional<std::int64_t>> Parameters::number(std::string_view name, std::int64_t low,
                                                        std::int64_t high) const {
    const auto value = text(name);
    if (!value) return refuse(value.error());
    if (!*value) return std::nullopt;
    if (!std::ranges::all_of(**value, [](char c) { return '0' <= c && c <= '9'; }))
        return illegal(name, kNumberRange);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars((*value)->data(), (*value)->data() + (*value)->size(), number);
    if (error != std::errc{}) return refuse(-1108, fmt::format("Parameter '{}' overflowed.", name));
    if (number < low || high < number) return invalid_data(name);
    return number;
}

Checked<std::int64_t> Parameters::need_number(std::string_view name) const {
    if (const std::string* value = find(name); value == nullptr || value->empty()) return missing(name);
    const auto value = number(name);
    if (!value) return refuse(value.error());
    return **value;
}

Checked<std::size_t> Parameters::limit(std::size_t otherwise, std::size_t max) const {
    const auto value = number("limit");
    if (!value) return refuse(value.error());
    if (!*value) return otherwise;
    if (**value == 0) return invalid_data("limit");
    return std::min(static_cast<std::size_t>(**value), max);
}

Checked<std::optional<Decimal>> Parameters::amount(std::string_view name) const {
    const auto value = text(name);
    if (!value) return refuse(value.error());
    if (!*value) return std::nullopt;
    const bool letters =
        std::ranges::all_of(**value, [](char c) { return ('0' <= c && c <= '9') || c == '.'; });
    if (!letters) return illegal(name, kAmountRange);
    const Result<Decimal> amount = Decimal::parse(**value);
    if (amount) return *amount;
    if (amount.error().code() == Errc::inexact) return too_precise(name);
    if (amount.error().code() == Errc::overflow)
        return refuse(-1108, fmt::format("Parameter '{}' overflowed.", name));
    return illegal(name, kAmountRange);
}

Checked<bool> Parameters::boolean(std::string_view name, bool otherwise) const {
    const auto value = text(name);
    if (!value) return refuse(value.error());
    if (!*value) return otherwise;
    if (**value == "true" || **value == "TRUE" || **value == "True") return true;
    if (**value == "false" || **value == "FALSE" || **value == "False") return false;
    return illegal(name, "^(true|false)$");
}

Checked<std::optional<Timestamp>> Parameters::time(std::string_view name) const {
    const auto value = number(name);
    if (!value) return refuse(value.error());
    if (!*value) return std::nullopt;
    return time_of(**value);
}

Checked<std::optional<std::vector<std::string>>> Parameters::list(std::string_view name) const {
    const auto value = text(name);
    if (!value) return refuse(value.error());
    if (!*value) return std::nullopt;
    std::vector<std::string> parts;
    if ((*value)->front() != '[') {
        for (std::string_view rest = **value; !rest.empty();) {
            parts.emplace_back(rest.substr(0, rest.find(',')));
            rest.remove_prefix(std::min(rest.size(), parts.back().size() + 1));
        }
        return parts;
    }
    const auto json = nlohmann::json::parse(**value, nullptr, false);
    if (!json.is_array())
        return refuse(-1135, fmt::format("JSON sent for parameter '{}' is not valid", name));
    for (const auto& part : json) {
        if (!part.is_string())
            return refuse(-1135, fmt::format("JSON sent for parameter '{}' is not valid", name));
        parts.push_back(part.get<std::string>());
    }
    return parts;
}

Checked<std::optional<std::string_view>> Parameters::client_id(std::string_view name, Board board) const {
    const std::string* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->empty()) return std::nullopt;
    const bool legal = value->size() <= 36 &&
                       std::ranges::all_of(*value, [&](char c) { return is_client_id_letter(c, board); });
    if (legal) return std::string_view{*value};
    if (board == Board::futures && 36 < value->size())
        return refuse(-4015, "Client order id length should not be more than 36 chars");
    return illegal(name, board == Board::spot ? "^[a-zA-Z0-9-_]{1,36}$" : "^[\\.A-Z\\:/a-z0-9_-]{1,36}$");
}

}  // namespace plumb::exchange::binance
