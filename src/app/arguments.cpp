#include "app/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/setting_value.hpp"
#include "base/nearest.hpp"

namespace plumb::app {
namespace {

constexpr int kSymbolsMax = 10'000;

bool has_flag(const Setting& setting) {
    return setting.scope != Scope::secret && setting.scope != Scope::file_only;
}

/// Flags that are not settings.
struct OtherFlags {
    CLI::Option* help;
    CLI::Option* version;
    CLI::Option* list_granularities;
    CLI::Option* mode;
};

OtherFlags add_other_flags(CLI::App& parser) {
    return {parser.add_flag("--help,-h"), parser.add_flag("--version"),
            parser.add_flag("--list-granularities"), parser.add_option("--mode,-m")};
}

std::vector<CLI::Option*> add_setting_flags(CLI::App& parser) {
    std::vector<CLI::Option*> options(kSettings.size(), nullptr);
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        const Setting& setting = kSettings[i];
        if (!has_flag(setting)) continue;
        std::string name = fmt::format("--{}", setting.key);
        if (setting.letter != 0) name += fmt::format(",-{}", setting.letter);
        CLI::Option* option = setting.type == Type::flag ? parser.add_flag(name) : parser.add_option(name);
        if (setting.type == Type::symbols) option->expected(1, kSymbolsMax);
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        options[i] = option;
    }
    return options;
}

Status add_flag(std::size_t index, std::vector<std::string> texts, CommandLine& line) {
    const Setting& setting = kSettings[index];
    const bool repeats = setting.type == Type::symbols || setting.type == Type::parameters;
    if (setting.type == Type::flag) texts.resize(1);
    if (!repeats && texts.size() > 1) {
        return fail(Errc::invalid_argument,
                    fmt::format("--{} is given {} times: give it once", setting.key, texts.size()));
    }
    for (const std::string& text : texts) {
        if (!text.starts_with("--")) continue;
        return fail(Errc::invalid_argument,
                    fmt::format("--{}: expected a value, found the flag {}", setting.key, text));
    }
    line.flags.push_back({index, std::move(texts)});
    return {};
}

/// Without what follows "=": an unknown flag may carry a key.
std::string_view flag_name(std::string_view word) { return word.substr(0, word.find('=')); }

Error unknown_flag(std::string_view word, std::string_view command) {
    const std::string_view name = flag_name(word);
    const std::size_t secret = name.starts_with("--") ? index_of(name.substr(2)) : kNoSetting;
    if (secret != kNoSetting && kSettings[secret].type == Type::secret) {
        return Error{Errc::invalid_argument,
                     fmt::format("{}: keys are refused on the command line: expected {} in the "
                                 "environment or in .env",
                                 name, variable_of(name.substr(2)))};
    }
    std::vector<std::string> flags{"--help", "--version", "--mode", "--list-granularities"};
    for (const Setting& setting : kSettings) {
        if (has_flag(setting) && (command.empty() || takes(command, setting)))
            flags.push_back(fmt::format("--{}", setting.key));
    }
    const std::vector<std::string_view> views{flags.begin(), flags.end()};
    return Error{Errc::invalid_argument,
                 fmt::format("unknown flag {}: nearest known is {}", name, nearest(name, views))};
}

/// The command is the first plain word, or what --mode says, or signals where only a strategy file is named.
Status find_command(const OtherFlags& other, const CLI::App& parser, CommandLine& line) {
    std::vector<std::string> plain;
    std::string_view unknown;
    const std::vector<std::string> rest = parser.remaining();
    for (const std::string& word : rest) {
        if (word.size() > 1 && word[0] == '-' && word != "--") {
            if (unknown.empty()) unknown = word;
        } else if (word != "--") {
            plain.push_back(word);
        }
    }
    if (other.mode->count() > 1) return fail(Errc::invalid_argument, "--mode is given twice: give it once");
    if (other.mode->count() == 1) {
        line.command = other.mode->results().front();
    } else if (!plain.empty()) {
        line.command = plain.front();
        plain.erase(plain.begin());
    } else {
        const std::size_t strategy = index_of("strategy");
        const bool named =
            std::any_of(line.flags.begin(), line.flags.end(),
                        [&](const CommandLine::Flag& flag) { return flag.setting == strategy; });
        if (named) line.command = "signals";
    }
    line.arguments = std::move(plain);
    if (!unknown.empty()) return fail(unknown_flag(unknown, line.command));
    return {};
}

}  // namespace

Result<CommandLine> parse_command_line(const std::vector<std::string>& words) {
    CLI::App parser;
    parser.set_help_flag();
    parser.allow_extras();
    const OtherFlags other = add_other_flags(parser);
    const std::vector<CLI::Option*> options = add_setting_flags(parser);
    try {
        parser.parse(std::vector<std::string>{words.rbegin(), words.rend()});  // CLI11 reads from the back
    } catch (const CLI::ArgumentMismatch&) {
        return fail(Errc::invalid_argument,
                    fmt::format("{}: expected a value after it, found the end", words.back()));
    } catch (const CLI::Error& trouble) {
        return fail(Errc::invalid_argument, std::string{trouble.what()});
    }
    CommandLine line;
    line.help = other.help->count() > 0;
    line.version = other.version->count() > 0;
    line.list_granularities = other.list_granularities->count() > 0;
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        if (options[i] == nullptr || options[i]->count() == 0) continue;
        if (Status added = add_flag(i, options[i]->results(), line); !added) return fail(added.error());
    }
    if (Status found = find_command(other, parser, line); !found) return fail(found.error());
    return line;
}

Status check_flags(const CommandLine& line) {
    for (const CommandLine::Flag& flag : line.flags) {
        const Setting& setting = kSettings[flag.setting];
        if (takes(line.command, setting)) continue;
        std::string owners;
        for_each_word(setting.commands, [&](std::string_view name) {
            owners += fmt::format("{}{}", owners.empty() ? "" : ", ", name);
        });
        return fail(Errc::invalid_argument, fmt::format("--{} is not a flag of {}: it belongs to {}",
                                                        setting.key, line.command, owners));
    }
    return {};
}

}  // namespace plumb::app
