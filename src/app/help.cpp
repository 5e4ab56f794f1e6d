#include "app/help.hpp"

#include <fmt/format.h>

#include <ostream>

#include "app/setting_value.hpp"

namespace plumb::app {
namespace {

std::string placeholder(const Setting& setting) {
    switch (setting.type) {
        case Type::flag: return "";
        case Type::integer:
        case Type::number:
        case Type::money: return " N";
        case Type::text: return " TEXT";
        case Type::choice: return " NAME";
        case Type::path: return " PATH";
        case Type::symbols: return " A B,C";
        case Type::granularity: return " BAR";
        case Type::date: return " TIME";
        case Type::parameters: return " NAME=VALUE";
        case Type::secret: return "";
    }
    return "";
}

std::string limits(std::string_view command, const Setting& setting) {
    const std::string_view fallback = fallback_of(command, setting);
    std::string text;
    const auto add = [&](std::string_view part) {
        text += text.empty() ? "" : "; ";
        text += part;
    };
    const bool counts =
        setting.type == Type::integer || setting.type == Type::number || setting.type == Type::money;
    if (setting.type == Type::choice) add(setting.choices);
    if (counts) add(fmt::format("{} to {}", setting.range.min, setting.range.max));
    if (!setting.unit.empty()) add(setting.unit);
    if (setting.type != Type::flag)
        add(fallback.empty() ? "default: none" : fmt::format("default: {}", fallback));
    return text.empty() ? "" : fmt::format(" [{}]", text);
}

void print_flag(std::string_view command, const Setting& setting, std::ostream& out) {
    const std::string letter = setting.letter == 0 ? "" : fmt::format(", -{}", setting.letter);
    out << fmt::format("  {:<32} {}{}\n", fmt::format("--{}{}{}", setting.key, placeholder(setting), letter),
                       setting.help, limits(command, setting));
}

}  // namespace

void print_help(std::ostream& out) {
    out << "plumb: cointegrated-pairs trading with honest statistics\n\nUsage: plumb COMMAND "
           "[flags]\n\nCommands:\n";
    for (const Command& command : commands())
        out << fmt::format("  {:<20} {}\n", command.name, command.summary);
    out << "\n`plumb COMMAND --help` shows its flags with defaults, units and an example.\n"
           "Values: flag > environment (PLUMB_ENTRY_ZSCORE) > .env > plumb.yaml (entry-zscore: 2.0) > "
           "default.\n"
           "Exit status: 0 done, 1 the answer is no, 2 wrong use or configuration, 3 the outside failed, 4 "
           "halted.\n"
           "Example: plumb config\n";
}

void print_help(const Command& command, std::ostream& out) {
    out << fmt::format("plumb {}: {}\n\nUsage: plumb {} {}{}[flags]\nExample: {}\n", command.name,
                       command.summary, command.name, command.arguments, command.arguments.empty() ? "" : " ",
                       command.example);
    bool headed = false;
    for (const Setting& setting : kSettings) {
        if (setting.commands.empty() || !takes(command.name, setting)) continue;
        if (!headed) out << "\nFlags:\n";
        headed = true;
        print_flag(command.name, setting, out);
    }
    out << "\nFlags of every command:\n";
    for (const Setting& setting : kSettings) {
        if (setting.commands.empty() && takes(command.name, setting)) print_flag(command.name, setting, out);
    }
    out << "  --help, -h                       show this\n";
}

void print_granularities(std::ostream& out) { out << "Bar lengths: " << kGranularities << "\n"; }

}  // namespace plumb::app
