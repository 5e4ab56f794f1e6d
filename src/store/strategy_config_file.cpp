#include "store/strategy_config_file.hpp"

#include <fmt/format.h>

#include <cmath>

#include "codec/json.hpp"
#include "store/json_fields.hpp"

namespace plumb::store {
namespace {

using codec::Json;

/// Reads one section if it is there, notes what it holds besides, and passes its trouble up.
template <class Read>
void section(JsonFields& top, const char* name, std::string& extra, std::vector<std::string>& unknown,
             Read read) {
    const Json* json = top.object(name);
    if (json == nullptr) return;
    JsonFields fields{*json, name};
    read(fields);
    extra = fields.extra();
    for (const std::string& key : fields.unknown_keys()) unknown.push_back(fmt::format("{}.{}", name, key));
    if (const Status status = fields.status(); !status) top.trouble(status.error());
}

Status check_range(const StrategyConfig& config) {
    struct Positive {
        const char* key;
        const std::optional<double>& value;
    };
    for (const Positive& item : {Positive{"trading.portfolio_value", config.portfolio_value},
                                 {"trading.risk_per_trade", config.risk_per_trade},
                                 {"trading.max_positions", config.max_positions},
                                 {"strategy.lookback_period", config.lookback_period},
                                 {"strategy.entry_threshold", config.entry_threshold},
                                 {"data.lookback_periods", config.lookback_periods},
                                 {"data.max_pairs_to_trade", config.max_pairs_to_trade}}) {
        if (item.value && *item.value <= 0) {
            return fail(Errc::out_of_range, fmt::format("{}: expected a number above zero, found {}",
                                                        item.key, codec::number_text(*item.value)));
        }
    }
    if (config.entry_threshold && config.exit_threshold &&
        *config.entry_threshold <= *config.exit_threshold) {
        return fail(Errc::out_of_range,
                    fmt::format("strategy: expected exit_threshold below entry_threshold, found {} and {}",
                                *config.exit_threshold, *config.entry_threshold));
    }
    if (config.entry_threshold && config.stop_loss_threshold &&
        *config.stop_loss_threshold <= *config.entry_threshold) {
        return fail(
            Errc::out_of_range,
            fmt::format("strategy: expected stop_loss_threshold above entry_threshold, found {} and {}",
                        *config.stop_loss_threshold, *config.entry_threshold));
    }
    return {};
}

/// 60 rather than 60.0 where the number is whole and the file writes it so.
Json count(double number) {
    return number == std::floor(number) && std::abs(number) < 9e15 ? Json(static_cast<std::int64_t>(number))
                                                                   : Json(number);
}

std::string text_of(double number) { return codec::write_json(count(number), -1); }

}  // namespace

Result<StrategyConfig> read_strategy_config(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    JsonFields top{*json, "config"};
    StrategyConfig config;
    section(top, "trading", config.trading_extra, config.unknown_keys, [&](JsonFields& fields) {
        config.sandbox = fields.boolean_if("sandbox");
        config.portfolio_value = fields.number_if("portfolio_value");
        config.risk_per_trade = fields.number_if("risk_per_trade");
        config.max_positions = fields.number_if("max_positions");
        config.timeframe = fields.text_if("timeframe");
    });
    section(top, "strategy", config.strategy_extra, config.unknown_keys, [&](JsonFields& fields) {
        config.lookback_period = fields.number_if("lookback_period");
        config.entry_threshold = fields.number_if("entry_threshold");
        config.exit_threshold = fields.number_if("exit_threshold");
        config.stop_loss_threshold = fields.number_if("stop_loss_threshold");
    });
    section(top, "data", config.data_extra, config.unknown_keys, [&](JsonFields& fields) {
        config.lookback_periods = fields.number_if("lookback_periods");
        config.max_pairs_to_trade = fields.number_if("max_pairs_to_trade");
    });
    section(top, "files", config.files_extra, config.unknown_keys, [&](JsonFields& fields) {
        config.cointegrated_pairs = fields.text_if("cointegrated_pairs");
        config.positions = fields.text_if("positions");
        config.trades_history = fields.text_if("trades_history");
    });
    config.extra = top.extra();
    for (const std::string& key : top.unknown_keys()) config.unknown_keys.push_back(key);
    if (const Status status = top.status(); !status) return fail(status.error());
    if (const Status in_range = check_range(config); !in_range) return fail(in_range.error());
    return config;
}

std::string write_strategy_config(const StrategyConfig& config) {
    Json json = Json::object();
    const auto put_count = [](Json& to, const char* key, const std::optional<double>& value) {
        if (value) to[key] = count(*value);
    };
    const auto put = [](Json& to, const char* key, const auto& value) {
        if (value) to[key] = *value;
    };
    Json trading = Json::object();
    put(trading, "sandbox", config.sandbox);
    put_count(trading, "portfolio_value", config.portfolio_value);
    put(trading, "risk_per_trade", config.risk_per_trade);
    put_count(trading, "max_positions", config.max_positions);
    put(trading, "timeframe", config.timeframe);
    add_extra(trading, config.trading_extra);
    Json strategy = Json::object();
    put_count(strategy, "lookback_period", config.lookback_period);
    put(strategy, "entry_threshold", config.entry_threshold);
    put(strategy, "exit_threshold", config.exit_threshold);
    put(strategy, "stop_loss_threshold", config.stop_loss_threshold);
    add_extra(strategy, config.strategy_extra);
    Json data = Json::object();
    put_count(data, "lookback_periods", config.lookback_periods);
    put_count(data, "max_pairs_to_trade", config.max_pairs_to_trade);
    add_extra(data, config.data_extra);
    Json files = Json::object();
    put(files, "cointegrated_pairs", config.cointegrated_pairs);
    put(files, "positions", config.positions);
    put(files, "trades_history", config.trades_history);
    add_extra(files, config.files_extra);
    for (auto& [name, section_json] :
         {std::pair{"trading", &trading}, {"strategy", &strategy}, {"data", &data}, {"files", &files}}) {
        if (!section_json->empty()) json[name] = std::move(*section_json);
    }
    add_extra(json, config.extra);
    return codec::write_json(json, 2);
}

std::vector<Setting> settings_of(const StrategyConfig& config) {
    std::vector<Setting> settings;
    const auto number = [&](const char* flag, const std::optional<double>& value, const char* from) {
        if (value) settings.push_back({flag, text_of(*value), from});
    };
    number("capital", config.portfolio_value, "trading.portfolio_value");
    number("risk-per-trade", config.risk_per_trade, "trading.risk_per_trade");
    number("max-positions", config.max_positions, "trading.max_positions");
    if (config.timeframe) settings.push_back({"granularity", *config.timeframe, "trading.timeframe"});
    number("lookback-bars", config.lookback_period, "strategy.lookback_period");
    number("entry-zscore", config.entry_threshold, "strategy.entry_threshold");
    number("exit-zscore", config.exit_threshold, "strategy.exit_threshold");
    number("stop-zscore", config.stop_loss_threshold, "strategy.stop_loss_threshold");
    number("max-pairs", config.max_pairs_to_trade, "data.max_pairs_to_trade");
    return settings;
}

}  // namespace plumb::store
