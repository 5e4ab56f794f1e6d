#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/settings_table.hpp"
#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

namespace plumb::app {

constexpr std::size_t kNoSetting = static_cast<std::size_t>(-1);

constexpr std::size_t index_of(std::string_view key) {
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        if (kSettings[i].key == key) return i;
    }
    return kNoSetting;
}

/// A setting named in our own code. The compiler looks it up, so a misspelt key or a wrong type does not
/// build: settings.number("entry-zscore").
template <Type... kAllowed>
struct KeyOf {
    std::size_t index;
    consteval KeyOf(const char* key) : index{index_of(key)} {  // NOLINT: a key reads as its text
        if (index == kNoSetting) throw "no such setting in kSettings";
        if (((kSettings[index].type != kAllowed) && ...)) throw "the setting has another type";
    }
};
using AnyKey =
    KeyOf<Type::flag, Type::integer, Type::number, Type::money, Type::text, Type::choice, Type::path,
          Type::symbols, Type::granularity, Type::date, Type::parameters, Type::secret>;

/// Who gave a value, weakest first: a later one wins.
enum class Origin : unsigned char {
    fallback,
    config_file,
    key_file,  // config/api_keys.yaml
    dotenv,
    environment,
    flag,
    named_key_file,  // secrets only: a file that key-file or <venue>-key-file names
};

struct Value {
    std::string text;
    Origin origin = Origin::fallback;
    std::string where;  // "plumb.yaml:3", ".env:2", "PLUMB_DAYS", "--days"; empty for a default
    bool set = false;
};

/// Everything that is set for one run: made in one piece by load_settings(), complete and free of
/// contradictions or not at all (C03), and never changed afterwards.
class Settings {
 public:
    /// The command's name and its words that are not flags.
    const std::string& command() const { return command_; }
    const std::vector<std::string>& arguments() const { return arguments_; }

    /// Whether a value or a default is there. The readers below stop the program (a bug) where it is not.
    bool has(AnyKey key) const { return values_[key.index].set; }
    /// Whether anybody but the default said something.
    bool chosen(AnyKey key) const { return values_[key.index].origin != Origin::fallback; }

    bool flag(KeyOf<Type::flag> key) const;
    std::int64_t integer(KeyOf<Type::integer> key) const;
    double number(KeyOf<Type::number> key) const;
    Decimal money(KeyOf<Type::money> key) const;
    const std::string& text(KeyOf<Type::text, Type::choice> key) const;
    std::filesystem::path path(KeyOf<Type::path> key) const { return path_at(key.index); }
    std::filesystem::path path_at(std::size_t index) const;
    std::vector<std::string> symbols(KeyOf<Type::symbols> key) const;
    Duration granularity(KeyOf<Type::granularity> key) const;
    Timestamp date(KeyOf<Type::date> key) const;
    std::vector<std::pair<std::string, std::string>> parameters(KeyOf<Type::parameters> key) const;
    /// Empty when it is not set.
    const Secret& secret(KeyOf<Type::secret> key) const { return secrets_[key.index]; }

    /// The folder that holds data/ state/ logs/ config/.
    std::filesystem::path workspace() const;
    /// The configuration file that was read; empty when there is none.
    const std::filesystem::path& config_file() const { return config_file_; }

    /// For `plumb config`: the value as text, secrets masked.
    std::string shown(std::size_t index) const;
    const Value& value(std::size_t index) const { return values_[index]; }
    const Secret& secret_at(std::size_t index) const { return secrets_[index]; }
    /// Every secret that is set, for the log's redaction.
    std::vector<Secret> secrets() const;

 private:
    friend class SettingsLoader;
    const std::string& checked(std::size_t index) const;

    std::string command_;
    std::vector<std::string> arguments_;
    std::filesystem::path config_file_;
    std::array<Value, kSettings.size()> values_;
    std::array<Secret, kSettings.size()> secrets_;
};

/// The words after the program's name, taken apart. Only texts: nothing is checked against the table's types
/// yet.
struct CommandLine {
    struct Flag {
        std::size_t setting;
        std::vector<std::string> texts;
    };
    std::string command;
    std::vector<std::string> arguments;
    std::vector<Flag> flags;
    bool help = false;
    bool version = false;
    bool list_granularities = false;
};

/// Environment variables, as main() got them.
using Environment = std::map<std::string, std::string, std::less<>>;

/// Reads flag > environment > .env > config/api_keys.yaml > plumb.yaml (or config.json) > default, and checks
/// the whole. A key file counts as strong as whoever names it, and always more than config/api_keys.yaml.
/// Errors are one line with the place: Errc::invalid_argument (unknown, contradictory), Errc::parse (type),
/// Errc::out_of_range, Errc::denied never; Errc::not_found or Errc::io for a file that was named and cannot
/// be read.
Result<Settings> load_settings(const CommandLine& line, const Environment& environment);

/// What a reload would change: one line per setting, "days: 30 -> 60 (plumb.yaml:3)", secrets masked (C03).
std::vector<std::string> differences(const Settings& before, const Settings& after);

/// "entry-zscore" -> "PLUMB_ENTRY_ZSCORE".
std::string variable_of(std::string_view key);
/// Whether this command takes this flag.
bool takes(std::string_view command, const Setting& setting);
/// The default of a setting for a command.
std::string_view fallback_of(std::string_view command, const Setting& setting);

}  // namespace plumb::app
