#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "app/config_file.hpp"
#include "app/dotenv.hpp"
#include "app/key_files.hpp"
#include "app/setting_value.hpp"
#include "app/settings.hpp"
#include "base/nearest.hpp"

namespace plumb::app {
namespace {

/// Variables that begin with PLUMB_ and belong to the build and the tests, not to the program.
constexpr auto kOtherVariables =
    std::to_array<std::string_view>({"PLUMB_JOBS", "PLUMB_TESTDATA", "PLUMB_BENCH"});

bool from_environment(const Setting& setting) {
    return setting.scope == Scope::anywhere || setting.scope == Scope::shell ||
           setting.scope == Scope::secret;
}

bool from_file(const Setting& setting) {
    return setting.scope == Scope::anywhere || setting.scope == Scope::file_only;
}

/// The place of a variable among a setting's earlier names, from 1; zero when it is none of them.
std::size_t rank_of(const Setting& setting, std::string_view name) {
    std::size_t rank = 0, place = 0;
    for_each_word(setting.earlier_variable, [&](std::string_view each) {
        ++place;
        if (each == name) rank = place;
    });
    return rank;
}

/// Whether the environment has a name of the setting that is stronger than `name`: ours first, then the
/// earlier ones in the table's order.
bool stronger_is_set(const Setting& setting, std::string_view name, const Environment& environment) {
    const auto is_set = [&](std::string_view other) {
        const auto at = environment.find(other);
        return at != environment.end() && !at->second.empty();
    };
    const std::size_t rank = rank_of(setting, name);
    if (rank == 0) return false;
    bool stronger = is_set(variable_of(setting.key));
    std::size_t place = 0;
    for_each_word(setting.earlier_variable,
                  [&](std::string_view other) { stronger = stronger || (++place < rank && is_set(other)); });
    return stronger;
}

/// kNoSetting when no setting is read from this variable.
std::size_t setting_of_variable(std::string_view name) {
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        if (!from_environment(kSettings[i])) continue;
        if (name == variable_of(kSettings[i].key) || rank_of(kSettings[i], name) != 0) return i;
    }
    return kNoSetting;
}

std::string nearest_variable(std::string_view name) {
    std::vector<std::string> names;
    for (const Setting& setting : kSettings) {
        if (!from_environment(setting)) continue;
        names.push_back(variable_of(setting.key));
        for_each_word(setting.earlier_variable, [&](std::string_view each) { names.emplace_back(each); });
    }
    const std::vector<std::string_view> views{names.begin(), names.end()};
    return std::string{nearest(name, views)};
}

/// Names of keys and passwords, ours or anybody's: their values must not stand in plumb.yaml, nor be shown in
/// errors.
bool sounds_secret(std::string_view key) {
    const std::size_t index = index_of(key);
    if (index != kNoSetting) return kSettings[index].type == Type::secret;
    std::string plain;
    for (const char c : key)
        plain += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    for (const std::string_view word :
         {"secret", "password", "passphrase", "token", "api-key", "apikey", "private-key"}) {
        if (plain.find(word) != std::string::npos) return true;
    }
    return false;
}

Error unknown_key(const std::string& key) {
    if (sounds_secret(key)) {
        return Error{
            Errc::invalid_argument,
            fmt::format(
                "{}: keys and passwords are refused here: expected them in the environment, in .env, in "
                "config/api_keys.yaml or in a file that key-file names (each chmod 600), see `plumb config`",
                key)};
    }
    const std::size_t index = index_of(key);
    if (index != kNoSetting) {
        const bool shell = kSettings[index].scope == Scope::shell;
        return Error{Errc::invalid_argument, fmt::format("{} cannot be set in a file: give it as --{}{}", key,
                                                         key, shell ? " or " + variable_of(key) : "")};
    }
    std::vector<std::string_view> keys;
    for (const Setting& setting : kSettings) {
        if (from_file(setting)) keys.push_back(setting.key);
    }
    return Error{Errc::invalid_argument,
                 fmt::format("unknown key {}: nearest known is {}", key, nearest(key, keys))};
}

}  // namespace

/// Puts the values in, weakest origin first, then looks at the whole. Lives for one load_settings().
class SettingsLoader {
 public:
    Result<Settings> load(const CommandLine& line, const Environment& environment) {
        settings_.command_ = line.command;
        settings_.arguments_ = line.arguments;
        set_fallbacks();
        // The shell comes first once, because it says where the files are; and last, because it wins.
        if (Status read = apply_shell(line, environment, true); !read) return fail(read.error());
        if (Status read = apply_config_file(); !read) return fail(read.error());
        if (Status read = apply_key_file(); !read) return fail(read.error());
        if (Status read = apply_dotenv(); !read) return fail(read.error());
        if (Status read = apply_shell(line, environment, false); !read) return fail(read.error());
        follow_venue();
        if (Status read = apply_named_key_files(); !read) return fail(read.error());
        if (Status sound = check_whole(); !sound) return fail(sound.error());
        return std::move(settings_);
    }

 private:
    void set_fallbacks() {
        for (std::size_t i = 0; i < kSettings.size(); ++i) {
            const std::string_view fallback = fallback_of(settings_.command_, kSettings[i]);
            if (fallback.empty()) continue;
            const Result<std::string> text = read_value(kSettings[i], fallback);
            settings_.values_[i] = {text ? *text : std::string{fallback}, Origin::fallback, {}, true};
        }
    }

    Status set(std::size_t index, std::string_view text, Origin origin, const std::string& where) {
        const Setting& setting = kSettings[index];
        Value& value = settings_.values_[index];
        if (setting.type == Type::secret) {
            Result<std::string> key = clean_key(text);
            if (!key) return fail(key.error().at(setting.key).at(where));
            settings_.secrets_[index] = Secret{*key};
            Secret::wipe(key->data(), key->size());
            value = {{}, origin, where, true};
            return {};
        }
        const bool counts =
            setting.type == Type::number || setting.type == Type::integer || setting.type == Type::money;
        if (counts && text == "none" && setting.fallback.empty()) {
            value = {{}, origin, where, false};
            return {};
        }
        Result<std::string> read = has_word(setting.several_for, settings_.command_)
                                       ? read_choices(setting, text)
                                       : read_value(setting, text);
        if (!read) {
            const bool named_already = origin == Origin::flag || origin == Origin::environment;
            const Error trouble = named_already ? read.error() : read.error().at(setting.key);
            return fail(trouble.at(where));
        }
        value = {std::move(*read), origin, where, true};
        return {};
    }

    Status apply_shell(const CommandLine& line, const Environment& environment, bool only_places) {
        for (const auto& [name, text] : environment) {
            const std::size_t index = setting_of_variable(name);
            if (index == kNoSetting) {
                if (Status known = check_variable(name); !known) return known;
                continue;
            }
            if (text.empty() || (only_places && kSettings[index].scope != Scope::shell)) continue;
            if (stronger_is_set(kSettings[index], name, environment)) continue;
            if (Status done = set(index, text, Origin::environment, name); !done) return done;
        }
        for (const CommandLine::Flag& flag : line.flags) {
            if (only_places && kSettings[flag.setting].scope != Scope::shell) continue;
            if (Status done = apply_flag(flag); !done) return done;
        }
        return {};
    }

    static Status check_variable(std::string_view name) {
        if (!name.starts_with("PLUMB_")) return {};
        if (std::find(kOtherVariables.begin(), kOtherVariables.end(), name) != kOtherVariables.end())
            return {};
        return fail(Errc::invalid_argument,
                    fmt::format("unknown environment variable {}: nearest known is {}", name,
                                nearest_variable(name)));
    }

    Status apply_flag(const CommandLine::Flag& flag) {
        const Setting& setting = kSettings[flag.setting];
        const std::string where = fmt::format("--{}", setting.key);
        if (setting.type == Type::parameters) {
            std::string lines;
            for (const std::string& text : flag.texts) {
                const Result<std::string> read = read_value(setting, text);
                if (!read) return fail(read.error().at(where));
                lines += (lines.empty() ? "" : "\n") + *read;
            }
            settings_.values_[flag.setting] = {std::move(lines), Origin::flag, where, true};
            return {};
        }
        std::string joined;
        for (const std::string& text : flag.texts) joined += (joined.empty() ? "" : " ") + text;
        return set(flag.setting, joined, Origin::flag, where);
    }

    Status apply_config_file() {
        const std::filesystem::path workspace = settings_.workspace();
        std::filesystem::path path;
        std::error_code ignored;
        if (const Value& named = settings_.values_[index_of("config")]; named.set) {
            path = named.text;
        } else if (std::filesystem::exists(workspace / "plumb.yaml", ignored)) {
            path = workspace / "plumb.yaml";
        } else if (std::filesystem::exists(workspace / "config.json", ignored)) {
            path = workspace / "config.json";
        } else {
            return {};
        }
        path = path.lexically_normal();
        const Result<std::vector<FileEntry>> entries = read_config_file(path);
        if (!entries) return fail(entries.error());
        settings_.config_file_ = path;
        for (const FileEntry& entry : *entries) {
            const std::size_t index = index_of(entry.key);
            if (index == kNoSetting || !from_file(kSettings[index]))
                return fail(unknown_key(entry.key).at(entry.where));
            if (Status done = set(index, entry.text, Origin::config_file, entry.where); !done) return done;
        }
        return {};
    }

    Status apply_key_file() {
        const std::filesystem::path path =
            (settings_.workspace() / "config" / "api_keys.yaml").lexically_normal();
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored)) return {};
        const Result<std::vector<FileEntry>> entries = read_key_file(path);
        if (!entries) return fail(entries.error());
        if (entries->empty()) return {};
        if (Status alone = check_private(path); !alone) return alone;
        for (const FileEntry& entry : *entries) {
            if (entry.text.empty()) continue;
            if (Status done = set(index_of(entry.key), entry.text, Origin::key_file, entry.where); !done)
                return done;
        }
        return {};
    }

    /// Whoever names a venue to trade at and no source means the venue's own prices.
    void follow_venue() {
        if (!settings_.command_.starts_with("trade")) return;
        const Value& venue = settings_.values_[index_of("venue")];
        Value& source = settings_.values_[index_of("data-source")];
        if (venue.set && source.origin == Origin::fallback) source = venue;
    }

    Status apply_named_key_files() {
        const Value& general = settings_.values_[index_of("key-file")];
        std::string_view meant = text_at("venue");
        if (meant.empty()) meant = text_at("data-source");
        bool general_used = !general.set;
        Status done;
        for_each_word(kVenues, [&](std::string_view venue) {
            if (!done) return;
            std::size_t index = index_of(fmt::format("{}-key-file", venue));
            const bool for_this = general.set && venue == meant;
            general_used = general_used || for_this;
            if (for_this && settings_.values_[index].origin < general.origin) index = index_of("key-file");
            if (settings_.values_[index].set) done = apply_named_key_file(index, venue);
        });
        if (done && !general_used) {
            return fail(Error{Errc::invalid_argument,
                              "key-file: expected --venue or --data-source to say whose keys the file holds"}
                            .at(general.where));
        }
        return done;
    }

    Status apply_named_key_file(std::size_t index, std::string_view venue) {
        const Value named = settings_.values_[index];
        const std::filesystem::path path = settings_.path_at(index).lexically_normal();
        const Result<std::vector<FileEntry>> entries = read_venue_key_file(path, venue);
        if (!entries) return fail(entries.error());
        for (const FileEntry& entry : *entries) {
            const std::size_t key = index_of(entry.key);
            const Value& there = settings_.values_[key];
            const bool stronger = there.origin >= Origin::dotenv && there.origin > named.origin;
            if (stronger || entry.text.empty()) continue;
            if (Status done = set(key, entry.text, Origin::named_key_file, entry.where); !done) return done;
        }
        return {};
    }

    Status apply_dotenv() {
        const std::filesystem::path path = (settings_.workspace() / ".env").lexically_normal();
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored)) return {};
        const Result<std::vector<FileEntry>> entries = read_dotenv(path);
        if (!entries) return fail(entries.error());
        for (const FileEntry& entry : *entries) {
            const std::size_t index = setting_of_variable(entry.key);
            if (index == kNoSetting) {
                if (Status known = check_dotenv_name(entry.key); !known)
                    return fail(known.error().at(entry.where));
                continue;
            }
            const Setting& setting = kSettings[index];
            if (entry.text.empty()) continue;
            if (setting.scope == Scope::shell)
                return fail(unknown_key(std::string{setting.key}).at(entry.where));
            if (setting.type == Type::secret) {
                if (Status alone = check_private(path); !alone) return alone;
            }
            if (Status done = set(index, entry.text, Origin::dotenv, entry.where); !done) return done;
        }
        return {};
    }

    /// A .env may serve other programs too, so only what was surely meant for us is refused: the prefix, and
    /// one edit.
    static Status check_dotenv_name(const std::string& name) {
        const std::string closest = nearest_variable(name);
        if (!name.starts_with("PLUMB_") && edit_distance(name, closest) > 1) return {};
        if (std::find(kOtherVariables.begin(), kOtherVariables.end(), name) != kOtherVariables.end())
            return {};
        return fail(Errc::invalid_argument,
                    fmt::format("unknown variable {}: nearest known is {}", name, closest));
    }

    Status check_whole() const {
        for (const Ordering& ordering : kOrderings) {
            if (Status right = check_ordering(ordering); !right) return right;
        }
        if (text_at("verbose") == "true" && text_at("quiet") == "true") {
            return fail(Errc::invalid_argument, "--verbose and --quiet contradict each other: give one");
        }
        if (text_at("live") == "true" && text_at("allow-live") != "true") {
            return fail(Errc::invalid_argument,
                        "--live: expected `allow-live: true` in plumb.yaml too, found nothing: "
                        "real money needs the flag and the written consent");
        }
        return {};
    }

    std::string_view text_at(std::string_view key) const { return settings_.values_[index_of(key)].text; }

    std::string described(std::size_t index) const {
        const Value& value = settings_.values_[index];
        const std::string_view place =
            value.where.empty() ? std::string_view{"default"} : std::string_view{value.where};
        return fmt::format("{} {} ({})", kSettings[index].key, value.text, place);
    }

    Status check_ordering(const Ordering& ordering) const {
        const std::size_t lower = index_of(ordering.lower);
        const std::size_t upper = index_of(ordering.upper);
        const Value& low = settings_.values_[lower];
        const Value& high = settings_.values_[upper];
        if (!low.set || !high.set) return {};
        const bool dates = kSettings[lower].type == Type::date;  // ISO texts sort as times do
        const double difference = dates ? high.text.compare(low.text)
                                        : read_number(high.text).value() - read_number(low.text).value();
        if (difference > 0 || (ordering.may_be_equal && difference == 0)) return {};
        // The place to mend is the one that somebody wrote, the stronger of two.
        const bool blame_lower = low.origin >= high.origin;
        const std::string_view relation = blame_lower ? (ordering.may_be_equal ? "at most" : "less than")
                                                      : (ordering.may_be_equal ? "at least" : "more than");
        const std::size_t blamed = blame_lower ? lower : upper;
        const std::size_t other = blame_lower ? upper : lower;
        const Value& wrong = settings_.values_[blamed];
        return fail(Error{Errc::invalid_argument,
                          fmt::format("{}: expected {} {}, found {}: {}", kSettings[blamed].key, relation,
                                      described(other), wrong.text, ordering.why)}
                        .at(wrong.where));
    }

    Settings settings_;
};

Result<Settings> load_settings(const CommandLine& line, const Environment& environment) {
    return SettingsLoader{}.load(line, environment);
}

}  // namespace plumb::app
