#include "exchange/faults/script_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/nearest.hpp"
#include "exchange/faults/fault_script.hpp"

namespace plumb::exchange {
namespace {

constexpr std::size_t kBytesMax = 256 * 1024;
constexpr std::size_t kShownMax = 60;  // of a value in an error

std::string shown(const std::string& text) {
    return text.size() <= kShownMax ? text : text.substr(0, kShownMax) + "...";
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Aliases may repeat a part without bound, or contain themselves.
bool is_small(const YAML::Node& node, int depth, std::size_t& nodes_left) {
    constexpr int kDepthMax = 16;
    if (depth > kDepthMax || nodes_left == 0) return false;
    --nodes_left;
    if (node.IsMap()) {
        for (const auto& item : node) {
            if (!is_small(item.first, depth + 1, nodes_left) || !is_small(item.second, depth + 1, nodes_left))
                return false;
        }
    } else if (node.IsSequence()) {
        for (const YAML::Node& item : node) {
            if (!is_small(item, depth + 1, nodes_left)) return false;
        }
    }
    return true;
}

nlohmann::ordered_json to_json(const YAML::Node& node) {
    using Json = nlohmann::ordered_json;
    if (node.IsMap()) {
        Json object = Json::object();
        for (const auto& item : node)
            object[item.first.IsScalar() ? item.first.Scalar() : ""] = to_json(item.second);
        return object;
    }
    if (node.IsSequence()) {
        Json list = Json::array();
        for (const YAML::Node& item : node) list.push_back(to_json(item));
        return list;
    }
    if (!node.IsScalar()) return nullptr;
    const std::string& text = node.Scalar();
    if (text == "true" || text == "false") return text == "true";
    if (const std::optional<std::uint64_t> number = whole_number(text)) return *number;
    return text;
}

}  // namespace

std::optional<Duration> parse_span(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t ns;
    };
    constexpr auto kUnits = std::to_array<Unit>({{"ns", 1},
                                                 {"us", 1'000},
                                                 {"ms", 1'000'000},
                                                 {"s", 1'000'000'000},
                                                 {"m", 60'000'000'000},
                                                 {"h", 3'600'000'000'000},
                                                 {"d", 86'400'000'000'000}});
    const std::size_t letters = text.find_first_not_of("0123456789.-");
    if (text.empty() || letters == 0) return std::nullopt;
    const Result<Decimal> number = Decimal::parse(text.substr(0, letters));
    if (!number || Decimal{1'000'000'000'000} < number->abs()) return std::nullopt;
    if (letters == std::string_view::npos)
        return number->is_zero() ? std::optional<Duration>{Duration{}} : std::nullopt;
    for (const Unit& unit : kUnits) {
        if (text.substr(letters) != unit.name) continue;
        const Result<Decimal> ns = Decimal::multiply(*number, Decimal{unit.ns});
        constexpr std::int64_t kLongest = std::int64_t{36'500} * 86'400'000'000'000 / 4;  // 25 years
        if (!ns || Decimal{kLongest} < ns->abs()) return std::nullopt;
        return Duration{static_cast<std::int64_t>(ns->units() / Decimal::kOne)};
    }
    return std::nullopt;
}

std::string json_of(const YAML::Node& node) {
    return to_json(node).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void ScriptText::refuse(const YAML::Node& at, Errc code, std::string message) {
    if (trouble_) return;
    const YAML::Mark mark = at.IsDefined() ? at.Mark() : YAML::Mark::null_mark();
    refuse_line(mark.is_null() ? -1 : mark.line, code, std::move(message));
}

void ScriptText::refuse_line(int line, Errc code, std::string message) {
    if (trouble_) return;
    trouble_ = Error{code, std::move(message)}.at(line < 0 ? name_ : fmt::format("{}:{}", name_, line + 1));
}

YAML::Node load_script(std::string_view bytes, ScriptText& text) {
    if (bytes.size() > kBytesMax) {
        text.refuse_line(-1, Errc::out_of_range,
                         fmt::format("expected at most {} bytes, found {}", kBytesMax, bytes.size()));
        return {};
    }
    constexpr std::size_t kNodesMax = 50'000;
    std::size_t nodes_left = kNodesMax;
    try {
        const YAML::Node root = YAML::Load(std::string{bytes});
        if (is_small(root, 0, nodes_left)) return root;
        text.refuse(root, Errc::out_of_range, "expected at most 50000 values, 16 deep");
    } catch (const YAML::Exception& trouble) {
        text.refuse_line(trouble.mark.is_null() ? -1 : trouble.mark.line, Errc::parse,
                         "expected YAML or JSON: the text cannot be read from here on");
    }
    return {};
}

ScriptMap::ScriptMap(YAML::Node node, ScriptText& text, std::string what)
    : node_{std::move(node)}, text_{text}, what_{std::move(what)} {
    if (node_.IsMap()) {
        for (auto item = node_.begin(); item != node_.end(); ++item) {
            if (!item->first.IsScalar())
                text_.refuse(item->first, Errc::parse, fmt::format("{}: expected a key", what_));
            for (auto later = std::next(item); later != node_.end(); ++later) {
                if (item->first.IsScalar() && later->first.IsScalar() &&
                    item->first.Scalar() == later->first.Scalar())
                    text_.refuse(later->first, Errc::duplicate,
                                 fmt::format("{}: {} is there twice", what_, item->first.Scalar()));
            }
        }
        return;
    }
    if (node_.IsDefined() && !node_.IsNull())
        text_.refuse(node_, Errc::parse, fmt::format("{}: expected `key: value` pairs", what_));
}

bool ScriptMap::has(std::string_view key) const {
    return node_.IsMap() && static_cast<bool>(std::as_const(node_)[std::string{key}]);
}

YAML::Node ScriptMap::node(std::string_view key) {
    known_.emplace_back(key);
    if (!has(key)) return YAML::Node{YAML::NodeType::Undefined};
    return std::as_const(node_)[std::string{key}];
}

std::optional<std::string> ScriptMap::scalar(std::string_view key) {
    const YAML::Node found = node(key);
    if (!found.IsDefined()) return std::nullopt;
    if (found.IsScalar()) return found.Scalar();
    text_.refuse(found, Errc::parse, fmt::format("{}.{}: expected one value", what_, key));
    return std::nullopt;
}

std::optional<std::string> ScriptMap::text(std::string_view key) { return scalar(key); }

std::optional<bool> ScriptMap::choice(std::string_view key) {
    const std::optional<std::string> found = scalar(key);
    if (!found) return std::nullopt;
    if (*found == "true") return true;
    if (*found == "false") return false;
    refuse(key, Errc::parse, fmt::format("expected true or false, found \"{}\"", shown(*found)));
    return std::nullopt;
}

bool ScriptMap::flag(std::string_view key) { return choice(key).value_or(false); }

std::optional<Duration> ScriptMap::signed_duration(std::string_view key) {
    const std::optional<std::string> found = scalar(key);
    if (!found) return std::nullopt;
    const std::optional<Duration> span = parse_span(*found);
    if (!span)
        refuse(key, Errc::parse,
               fmt::format("expected a time such as 250ms, 5s or 1h, at most 25 years, found \"{}\"",
                           shown(*found)));
    return span;
}

std::optional<Duration> ScriptMap::duration(std::string_view key) {
    const std::optional<Duration> span = signed_duration(key);
    if (span && *span < Duration{}) {
        refuse(key, Errc::out_of_range, "expected no time below zero");
        return std::nullopt;
    }
    return span;
}

std::optional<Decimal> ScriptMap::decimal(std::string_view key) {
    const std::optional<std::string> found = scalar(key);
    if (!found) return std::nullopt;
    const Result<Decimal> number = Decimal::parse(*found);
    // A product of two values of a script must stay inside a Decimal.
    if (!number || Decimal{1'000'000'000'000} < number->abs()) {
        refuse(key, Errc::parse, fmt::format("expected a number, found \"{}\"", shown(*found)));
        return std::nullopt;
    }
    return *number;
}

std::optional<Decimal> ScriptMap::positive(std::string_view key) {
    const std::optional<Decimal> number = decimal(key);
    if (number && number->sign() <= 0) {
        refuse(key, Errc::out_of_range, "expected a number above zero");
        return std::nullopt;
    }
    return number;
}

std::optional<Decimal> ScriptMap::fraction(std::string_view key) {
    const std::optional<Decimal> number = positive(key);
    if (number && Decimal{1} < *number) {
        refuse(key, Errc::out_of_range, "expected at most 1");
        return std::nullopt;
    }
    return number;
}

std::optional<std::uint64_t> ScriptMap::count(std::string_view key, std::uint64_t lower,
                                              std::uint64_t upper) {
    const std::optional<std::string> found = scalar(key);
    if (!found) return std::nullopt;
    const std::optional<std::uint64_t> number = whole_number(*found);
    if (!number || *number < lower || upper < *number) {
        refuse(
            key, number ? Errc::out_of_range : Errc::parse,
            fmt::format("expected a whole number from {} to {}, found \"{}\"", lower, upper, shown(*found)));
        return std::nullopt;
    }
    return number;
}

std::optional<std::size_t> ScriptMap::place_of(const YAML::Node& item, std::string_view key,
                                               std::span<const std::string_view> words) {
    if (item.IsScalar()) {
        const auto found = std::find(words.begin(), words.end(), item.Scalar());
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    }
    text_.refuse(item, Errc::invalid_argument,
                 fmt::format("{}.{}: unknown word \"{}\": nearest known is {}", what_, key,
                             item.IsScalar() ? shown(item.Scalar()) : "?",
                             nearest(item.IsScalar() ? item.Scalar() : "", words)));
    return std::nullopt;
}

std::vector<std::size_t> ScriptMap::words(std::string_view key, std::span<const std::string_view> words) {
    const YAML::Node found = node(key);
    std::vector<std::size_t> places;
    if (!found.IsDefined()) return places;
    if (found.IsSequence()) {
        for (const YAML::Node& item : found) {
            if (const std::optional<std::size_t> place = place_of(item, key, words)) places.push_back(*place);
        }
        return places;
    }
    if (const std::optional<std::size_t> place = place_of(found, key, words)) places.push_back(*place);
    return places;
}

std::optional<std::size_t> ScriptMap::word(std::string_view key, std::span<const std::string_view> words) {
    const YAML::Node found = node(key);
    if (!found.IsDefined()) return std::nullopt;
    return place_of(found, key, words);
}

std::vector<std::string> ScriptMap::texts(std::string_view key) {
    const YAML::Node found = node(key);
    std::vector<std::string> list;
    if (!found.IsDefined()) return list;
    if (found.IsScalar()) return {found.Scalar()};
    for (const YAML::Node& item : found) {
        if (item.IsScalar()) {
            list.push_back(item.Scalar());
        } else {
            refuse(key, Errc::parse, "expected a list of words");
        }
    }
    return list;
}

std::vector<std::uint64_t> ScriptMap::counts(std::string_view key) {
    std::vector<std::uint64_t> list;
    for (const std::string& each : texts(key)) {
        const std::optional<std::uint64_t> number = whole_number(each);
        if (!number || *number == 0) {
            refuse(key, Errc::parse,
                   fmt::format("expected whole numbers from 1 on, found \"{}\"", shown(each)));
            return {};
        }
        list.push_back(*number);
    }
    return list;
}

void ScriptMap::refuse(std::string_view key, Errc code, std::string message) {
    const YAML::Node at = has(key) ? std::as_const(node_)[std::string{key}] : node_;
    text_.refuse(at, code, fmt::format("{}.{}: {}", what_, key, message));
}

void ScriptMap::finish() {
    if (!node_.IsMap()) return;
    std::vector<std::string_view> known{known_.begin(), known_.end()};
    for (const auto& item : node_) {
        if (!item.first.IsScalar()) continue;
        const std::string& key = item.first.Scalar();
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        text_.refuse(
            item.first, Errc::invalid_argument,
            fmt::format("{}: unknown key {}: nearest known is {}", what_, shown(key), nearest(key, known)));
    }
}

}  // namespace plumb::exchange
