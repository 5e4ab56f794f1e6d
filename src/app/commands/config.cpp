#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"

namespace plumb::app {
namespace {

std::string_view name_of(Origin origin) {
    switch (origin) {
        case Origin::fallback: return "default";
        case Origin::config_file: return "plumb.yaml";
        case Origin::key_file: return "api_keys.yaml";
        case Origin::dotenv: return ".env";
        case Origin::environment: return "environment";
        case Origin::flag: return "flag";
        case Origin::named_key_file: return "key file";
    }
    return "";
}

nlohmann::ordered_json row_json(const Settings& settings, std::size_t index) {
    const Value& value = settings.value(index);
    nlohmann::ordered_json row{{"key", kSettings[index].key}};
    row["value"] =
        value.set ? nlohmann::ordered_json(settings.shown(index)) : nlohmann::ordered_json(nullptr);
    row["unit"] = kSettings[index].unit;
    row["origin"] = name_of(value.origin);
    row["where"] = value.where;
    return row;
}

}  // namespace

/// `plumb config`: every setting that can be configured, its value now and who said so; secrets only as
/// asterisks.
Result<ExitStatus> run_config(const Settings& settings, const Streams& streams) {
    const bool json = settings.flag("json");
    if (!json) {
        streams.out << fmt::format("configuration file: {}\n\n{:<24} {:<32} {:<16} {}\n",
                                   settings.config_file().empty() ? "none" : settings.config_file().string(),
                                   "key", "value", "unit", "from");
    }
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        if (kSettings[i].scope == Scope::flag_only) continue;
        if (json) {
            streams.out << row_json(settings, i).dump() << '\n';
            continue;
        }
        const Value& value = settings.value(i);
        streams.out << fmt::format("{:<24} {:<32} {:<16} {}\n", kSettings[i].key,
                                   value.set ? one_line(settings.shown(i)) : "none", kSettings[i].unit,
                                   value.where.empty() ? "default" : one_line(value.where));
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
