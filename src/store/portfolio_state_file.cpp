#include "store/portfolio_state_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "codec/json.hpp"
#include "store/json_fields.hpp"

namespace plumb::store {

using codec::Json;

Result<PortfolioState> read_portfolio_state(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    JsonFields fields{*json, "portfolio state"};
    PortfolioState state;
    for (const char* key :
         {"current_positions", "cash_balance", "total_value", "cumulative_pnl", "last_update"}) {
        if (!fields.has(key)) state.defaulted.emplace_back(key);
    }
    if (const Json* positions = fields.object("current_positions")) {
        JsonFields units{*positions, "current_positions"};
        for (const auto& item : positions->items()) {
            state.holdings.push_back({item.key(), units.number(item.key().c_str()),
                                      fields.number_if((item.key() + "_avg_price").c_str())});
        }
        if (const Status status = units.status(); !status) fields.trouble(status.error());
    }
    state.cash_balance = fields.number_or("cash_balance", kPortfolioStateCash);
    state.total_value = fields.number_or("total_value", kPortfolioStateCash);
    state.cumulative_pnl = fields.number_or("cumulative_pnl", 0);
    state.last_update = fields.text_or("last_update", "");
    state.session_start = fields.text_if("session_start");
    state.extra = fields.extra();
    if (const Status status = fields.status(); !status) return fail(status.error());
    return state;
}

std::string write_portfolio_state(const PortfolioState& state) {
    Json json = Json::object();
    Json& positions = json["current_positions"] = Json::object();
    for (const PortfolioState::Holding& holding : state.holdings) positions[holding.symbol] = holding.units;
    json["cash_balance"] = state.cash_balance;
    json["total_value"] = state.total_value;
    json["cumulative_pnl"] = state.cumulative_pnl;
    json["last_update"] = state.last_update;
    for (const PortfolioState::Holding& holding : state.holdings) {
        if (holding.avg_price) json[holding.symbol + "_avg_price"] = *holding.avg_price;
    }
    if (state.session_start) json["session_start"] = *state.session_start;
    add_extra(json, state.extra);
    return codec::write_json(json, 2);
}

Result<RecentSignals> read_recent_signals(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    if (!json->is_object()) {
        return fail(Errc::parse, fmt::format("recent signals: expected an object of symbols, found {}",
                                             json->type_name()));
    }
    RecentSignals recent;
    for (const auto& item : json->items()) {
        JsonFields fields{item.value(), item.key()};
        RecentSignals::OfSymbol of_symbol;
        of_symbol.symbol = item.key();
        of_symbol.has_signals = fields.boolean("has_signals");
        if (const Json* signals = fields.array("signals")) {
            for (const Json& signal : *signals) of_symbol.signals.push_back(codec::write_json(signal, -1));
        }
        fields.number_or("signal_count", 0);  // follows from the list, and is written from it
        of_symbol.reason = fields.text_if("reason");
        of_symbol.timestamp = fields.text_or("timestamp", "");
        of_symbol.extra = fields.extra();
        if (const Status status = fields.status(); !status) return fail(status.error());
        recent.symbols.push_back(std::move(of_symbol));
    }
    return recent;
}

std::string write_recent_signals(const RecentSignals& recent) {
    Json json = Json::object();
    for (const RecentSignals::OfSymbol& of_symbol : recent.symbols) {
        Json& entry = json[of_symbol.symbol] = Json::object();
        entry["has_signals"] = of_symbol.has_signals;
        if (of_symbol.has_signals) {
            Json& signals = entry["signals"] = Json::array();
            for (const std::string& signal : of_symbol.signals) {
                if (auto value = codec::parse_json(signal)) signals.push_back(*std::move(value));
            }
            entry["signal_count"] = signals.size();
        }
        if (of_symbol.reason) entry["reason"] = *of_symbol.reason;
        entry["timestamp"] = of_symbol.timestamp;
        add_extra(entry, of_symbol.extra);
    }
    return codec::write_json(json, 2);
}

}  // namespace plumb::store
