#include "store/positions_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "codec/json.hpp"
#include "store/json_fields.hpp"

namespace plumb::store {
namespace {

using codec::Json;

/// The names of the six keys of an execution: sizes, sides, prices, each of leg 1 and leg 2, in the order
/// written.
using ExecutionKeys = std::array<const char*, 6>;
constexpr ExecutionKeys kEntryKeys{"symbol1_executed_size", "symbol2_executed_size", "symbol1_executed_side",
                                   "symbol2_executed_side", "symbol1_entry_price",   "symbol2_entry_price"};
constexpr ExecutionKeys kExitKeys{"exit_symbol1_size", "exit_symbol2_size",  "exit_symbol1_side",
                                  "exit_symbol2_side", "exit_symbol1_price", "exit_symbol2_price"};

/// Nothing when none of the keys is there. Of a part, what is missing takes that program's defaults: 0 and
/// "".
std::optional<PairExecution> read_execution(JsonFields& fields, const ExecutionKeys& keys) {
    if (std::none_of(keys.begin(), keys.end(), [&](const char* key) { return fields.has(key); }))
        return std::nullopt;
    const auto amount = [&](const char* key) {
        return fields.has(key) ? fields.number_if(key) : std::optional<double>{0.0};
    };
    PairExecution execution;
    execution.leg1.size = amount(keys[0]);
    execution.leg2.size = amount(keys[1]);
    execution.leg1.side = fields.text_if(keys[2]).value_or("");
    execution.leg2.side = fields.text_if(keys[3]).value_or("");
    execution.leg1.price = amount(keys[4]);
    execution.leg2.price = amount(keys[5]);
    return execution;
}

void write_execution(Json& json, const PairExecution& execution, const ExecutionKeys& keys) {
    json[keys[0]] = number_or_null(execution.leg1.size);
    json[keys[1]] = number_or_null(execution.leg2.size);
    json[keys[2]] = execution.leg1.side;
    json[keys[3]] = execution.leg2.side;
    json[keys[4]] = number_or_null(execution.leg1.price);
    json[keys[5]] = number_or_null(execution.leg2.price);
}

std::string one_of(JsonFields& fields, const char* key, std::string text, std::string_view first,
                   std::string_view second) {
    if (text != first && text != second) {
        fields.trouble(Error{Errc::parse, fmt::format("key \"{}\": expected \"{}\" or \"{}\", found \"{}\"",
                                                      key, first, second, text)});
    }
    return text;
}

PairPosition read_position(JsonFields& fields) {
    PairPosition position;
    position.symbol1 = fields.text("symbol1");
    position.symbol2 = fields.text("symbol2");
    position.side = one_of(fields, "side", fields.text("side"), "long", "short");
    position.symbol1_qty = fields.number("symbol1_qty");
    position.symbol2_qty = fields.number("symbol2_qty");
    position.hedge_ratio = fields.number("hedge_ratio");
    position.entry_time = fields.text("entry_time");
    position.entry_spread = fields.number("entry_spread");
    position.entry_z_score = fields.number("entry_z_score");
    position.status = one_of(fields, "status", fields.text_or("status", "open"), "open", "closed");
    position.executed = read_execution(fields, kEntryKeys);
    return position;
}

Json to_json(const PairPosition& position) {
    Json json = Json::object();
    json["symbol1"] = position.symbol1;
    json["symbol2"] = position.symbol2;
    json["side"] = position.side;
    json["symbol1_qty"] = position.symbol1_qty;
    json["symbol2_qty"] = position.symbol2_qty;
    json["hedge_ratio"] = position.hedge_ratio;
    json["entry_time"] = position.entry_time;
    json["entry_spread"] = position.entry_spread;
    json["entry_z_score"] = position.entry_z_score;
    json["status"] = position.status;
    if (position.executed) write_execution(json, *position.executed, kEntryKeys);
    return json;
}

void note_unknown(const JsonFields& fields, std::vector<std::string>& notes) {
    for (const std::string& key : fields.unknown_keys()) {
        notes.push_back(fmt::format("{}: the key \"{}\" is unknown and is not kept", fields.where(), key));
    }
}

}  // namespace

Result<PositionsFile> read_positions(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    if (!json->is_object()) {
        return fail(Errc::parse,
                    fmt::format("positions: expected an object of pairs, found {}", json->type_name()));
    }
    PositionsFile file;
    for (const auto& item : json->items()) {
        JsonFields fields{item.value(), item.key()};
        PairPosition position = read_position(fields);
        if (const Status status = fields.status(); !status) return fail(status.error());
        const auto same = [&](const PairPosition& other) { return other.key() == position.key(); };
        if (std::any_of(file.positions.begin(), file.positions.end(), same)) {
            return fail(Errc::duplicate, fmt::format("{}: expected one position per pair, found {} twice",
                                                     item.key(), position.key()));
        }
        if (item.key() != position.key()) {
            file.notes.push_back(fmt::format("{}: the entry is about {}, and is kept under that name",
                                             item.key(), position.key()));
        }
        note_unknown(fields, file.notes);
        file.positions.push_back(std::move(position));
    }
    return file;
}

std::string write_positions(const std::vector<PairPosition>& positions) {
    Json json = Json::object();
    for (const PairPosition& position : positions) json[position.key()] = to_json(position);
    return codec::write_json(json, 2);
}

Result<TradesHistory> read_trades_history(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    if (!json->is_array()) {
        return fail(Errc::parse,
                    fmt::format("trades history: expected an array, found {}", json->type_name()));
    }
    TradesHistory history;
    for (const Json& item : *json) {
        JsonFields fields{item, fmt::format("trade {}", history.trades.size() + 1)};
        PairTrade trade;
        trade.position = read_position(fields);
        trade.exit_time = fields.text("exit_time");
        trade.exit_spread = fields.number("exit_spread");
        trade.exit_z_score = fields.number("exit_z_score");
        trade.exit_reason = fields.text("exit_reason");
        trade.exit = read_execution(fields, kExitKeys);
        if (const Status status = fields.status(); !status) return fail(status.error());
        note_unknown(fields, history.notes);
        history.trades.push_back(std::move(trade));
    }
    return history;
}

std::string write_trades_history(const std::vector<PairTrade>& trades) {
    Json json = Json::array();
    for (const PairTrade& trade : trades) {
        Json record = to_json(trade.position);
        record["exit_time"] = trade.exit_time;
        record["exit_spread"] = trade.exit_spread;
        record["exit_z_score"] = trade.exit_z_score;
        record["exit_reason"] = trade.exit_reason;
        if (trade.exit) write_execution(record, *trade.exit, kExitKeys);
        json.push_back(std::move(record));
    }
    return codec::write_json(json, 2);
}

}  // namespace plumb::store
