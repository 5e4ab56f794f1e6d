#include "app/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/setting_value.hpp"
#include "base/check.hpp"

namespace plumb::app {

const std::string& Settings::checked(std::size_t index) const {
    PLUMB_CHECK(values_[index].set);
    return values_[index].text;
}

bool Settings::flag(KeyOf<Type::flag> key) const { return checked(key.index) == "true"; }

std::int64_t Settings::integer(KeyOf<Type::integer> key) const {
    std::int64_t number = 0;
    for (const char digit : checked(key.index))
        number = number * 10 + (digit - '0');  // checked: no sign, in range
    return number;
}

double Settings::number(KeyOf<Type::number> key) const {
    const Result<double> number = read_number(checked(key.index));
    PLUMB_CHECK(number);
    return *number;
}

Decimal Settings::money(KeyOf<Type::money> key) const {
    const Result<Decimal> value = Decimal::parse(checked(key.index));
    PLUMB_CHECK(value);
    return *value;
}

const std::string& Settings::text(KeyOf<Type::text, Type::choice> key) const { return checked(key.index); }

std::filesystem::path Settings::workspace() const { return checked(index_of("workspace")); }

std::filesystem::path Settings::path_at(std::size_t index) const {
    const std::filesystem::path typed = checked(index);
    const Origin origin = values_[index].origin;
    const bool typed_in_a_shell = origin == Origin::flag || origin == Origin::environment;
    const bool finds_the_workspace = index == index_of("workspace") || index == index_of("config");
    return typed_in_a_shell || finds_the_workspace ? typed : workspace() / typed;
}

std::vector<std::string> Settings::symbols(KeyOf<Type::symbols> key) const {
    std::vector<std::string> symbols;
    for_each_word(values_[key.index].text, [&](std::string_view symbol) { symbols.emplace_back(symbol); });
    return symbols;
}

Duration Settings::granularity(KeyOf<Type::granularity> key) const {
    const Result<Duration> length = parse_duration(checked(key.index));
    PLUMB_CHECK(length);
    return *length;
}

Timestamp Settings::date(KeyOf<Type::date> key) const {
    const Result<Timestamp> time = parse_timestamp(checked(key.index));
    PLUMB_CHECK(time);
    return *time;
}

std::vector<std::pair<std::string, std::string>> Settings::parameters(KeyOf<Type::parameters> key) const {
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string_view rest = values_[key.index].text;  // one name=value per line
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const std::size_t equals = line.find('=');
        parameters.emplace_back(line.substr(0, equals), line.substr(equals + 1));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return parameters;
}

std::string Settings::shown(std::size_t index) const {
    if (kSettings[index].type != Type::secret) return values_[index].text;
    return secrets_[index].empty() ? "" : "********";
}

std::vector<Secret> Settings::secrets() const {
    std::vector<Secret> copies;
    for (const Secret& secret : secrets_) {
        if (!secret.empty()) copies.push_back(secret.clone());
    }
    return copies;
}

std::vector<std::string> differences(const Settings& before, const Settings& after) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        const Value& old_value = before.value(i);
        const Value& new_value = after.value(i);
        const bool secret = kSettings[i].type == Type::secret;
        const bool same = secret ? before.secret_at(i) == after.secret_at(i)
                                 : old_value.set == new_value.set && old_value.text == new_value.text;
        if (same) continue;
        lines.push_back(fmt::format(
            "{}: {} -> {} ({})", kSettings[i].key, old_value.set ? before.shown(i) : "none",
            new_value.set ? after.shown(i) : "none", new_value.where.empty() ? "default" : new_value.where));
    }
    return lines;
}

std::string variable_of(std::string_view key) {
    std::string name = "PLUMB_";
    for (const char c : key)
        name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

bool takes(std::string_view command, const Setting& setting) {
    if (setting.scope == Scope::secret || setting.scope == Scope::file_only) return false;
    if (setting.commands.empty()) return true;
    if (command == "config" || command == "doctor") return setting.scope != Scope::flag_only;
    bool found = false;
    for_each_word(setting.commands, [&](std::string_view each) { found = found || each == command; });
    return found;
}

std::string_view fallback_of(std::string_view command, const Setting& setting) {
    for (const CommandDefault& row : kCommandDefaults) {
        if (row.command == command && row.key == setting.key) return row.fallback;
    }
    return setting.fallback;
}

}  // namespace plumb::app
