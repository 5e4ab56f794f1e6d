#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace plumb::exchange {

/// Where a script is read from, and the first thing found wrong with it. What is read after that is not used.
class ScriptText {
 public:
    explicit ScriptText(std::string name) : name_{std::move(name)} {}

    /// Keeps the first one only.
    void refuse(const YAML::Node& at, Errc code, std::string message);
    void refuse_line(int line, Errc code, std::string message);  // from zero; below zero: the whole file
    bool ok() const { return !trouble_; }
    std::unexpected<Error> failure() const { return fail(*trouble_); }

 private:
    std::string name_;
    std::optional<Error> trouble_;
};

/// Reads one map of a script. Each reader says that its key is known and returns nothing when it is absent or
/// wrong; finish() then refuses every key that nobody asked for.
class ScriptMap {
 public:
    /// `what` names the map in errors: "when", "a rule".
    ScriptMap(YAML::Node node, ScriptText& text, std::string what);

    bool has(std::string_view key) const;
    std::size_t size() const { return node_.IsMap() ? node_.size() : 0; }
    /// Empty (not defined) when absent.
    YAML::Node node(std::string_view key);
    std::optional<std::string> text(std::string_view key);
    bool flag(std::string_view key);
    std::optional<bool> choice(std::string_view key);               // true or false
    std::optional<Duration> duration(std::string_view key);         // 0 or longer: "250ms", "5s", "1h"
    std::optional<Duration> signed_duration(std::string_view key);  // "-3s" too
    std::optional<Decimal> decimal(std::string_view key);
    std::optional<Decimal> positive(std::string_view key);
    std::optional<Decimal> fraction(std::string_view key);  // (0, 1]
    std::optional<std::uint64_t> count(std::string_view key, std::uint64_t lower, std::uint64_t upper);
    /// A word, or a list of words; `words` are the known ones, the answer their places.
    std::vector<std::size_t> words(std::string_view key, std::span<const std::string_view> words);
    std::optional<std::size_t> word(std::string_view key, std::span<const std::string_view> words);
    std::vector<std::string> texts(std::string_view key);
    std::vector<std::uint64_t> counts(std::string_view key);

    void refuse(std::string_view key, Errc code, std::string message);
    void finish();

 private:
    std::optional<std::string> scalar(std::string_view key);
    std::optional<std::size_t> place_of(const YAML::Node& node, std::string_view key,
                                        std::span<const std::string_view> words);

    YAML::Node node_;
    ScriptText& text_;
    std::string what_;
    std::vector<std::string> known_;
};

/// The document's root; nothing, with the trouble kept, where it cannot be read. At most 256 KiB.
YAML::Node load_script(std::string_view bytes, ScriptText& text);

/// `node` as JSON on one line, scalars as texts unless they are numbers, true or false.
std::string json_of(const YAML::Node& node);

}  // namespace plumb::exchange
