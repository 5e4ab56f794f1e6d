#include "exchange/binance/futures_account.hpp"
#include "exchange/binance/order_words.hpp"
#include "exchange/binance/user_stream.hpp"

namespace plumb::exchange::binance {
namespace {

std::string_view execution_type(const OrderHappened& order, Board board) {
    switch (order.step) {
        case OrderStep::accepted:
        case OrderStep::triggered: return "NEW";
        case OrderStep::filled:
            return board == Board::futures && order.execution.liquidation ? "CALCULATED" : "TRADE";
        case OrderStep::rejected: return board == Board::spot ? "REJECTED" : "EXPIRED";
        case OrderStep::replaced: return board == Board::spot ? "REPLACED" : "AMENDMENT";
        case OrderStep::changed: return board == Board::spot ? "REPLACED" : "AMENDMENT";
        case OrderStep::canceled:
        case OrderStep::expired: break;
    }
    const std::string_view status = status_of(board, order.record);
    if (status == "EXPIRED_IN_MATCH") return board == Board::spot ? "TRADE_PREVENTION" : "EXPIRED";
    return status == "CANCELED" ? "CANCELED" : "EXPIRED";
}

/// As it was when this happened: a market order that was accepted is new, whatever it met in the same
/// instant.
std::string_view order_status(const OrderHappened& order, Board board) {
    const bool is_new = order.step == OrderStep::accepted || order.step == OrderStep::triggered;
    return is_new && order.record.filled.is_zero() ? "NEW" : status_of(board, order.record);
}

}  // namespace

void write_execution_report(JsonWriter& json, const Desk& desk, const OrderHappened& order,
                            const ModelEvent& event, std::string_view cancel_id, Timestamp now,
                            TimeUnit unit) {
    const OrderRecord& record = order.record;
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    const bool is_fill = order.step == OrderStep::filled;
    const bool is_cancel = order.step == OrderStep::canceled && !cancel_id.empty();
    const int price = symbol.price_decimals, quantity = symbol.quantity_decimals;
    const Execution& fill = order.execution;
    json.open().text("e", "executionReport").number("E", stamp(now, unit)).text("s", symbol.name);
    json.text("c", is_cancel ? cancel_id : std::string_view{record.spec.client_id})
        .text("S", word(record.spec.side))
        .text("o", note.type);
    json.text("f", note.time_in_force)
        .fixed("q", quantity_of(record).value, quantity)
        .fixed("p", record.spec.limit.value, price);
    json.fixed("P", record.spec.stop.value, price).fixed("F", note.iceberg, quantity).number("g", -1);
    json.text("C", is_cancel ? std::string_view{record.spec.client_id} : std::string_view{});
    json.text("x", execution_type(order, Board::spot))
        .text("X", order_status(order, Board::spot))
        .text("r", "NONE");
    json.number("i", static_cast<std::int64_t>(record.number))
        .fixed("l", is_fill ? fill.quantity.value : Decimal{}, quantity);
    json.fixed("z", record.filled.value, quantity).fixed("L", is_fill ? fill.price.value : Decimal{}, price);
    if (is_fill)
        json.fixed("n", fill.fee, kAssetDecimals).text("N", desk.model.asset_name(fill.fee_asset));
    else
        json.text("n", "0").null("N");
    json.number("T", stamp(event.at, unit)).number("t", is_fill ? static_cast<std::int64_t>(fill.trade) : -1);
    json.number("I", static_cast<std::int64_t>(event.sequence));
    const bool rests = is_open(record.status) && record.status != OrderStatus::waiting &&
                       record.spec.type != OrderType::market;
    json.boolean("w", rests)
        .boolean("m", is_fill && fill.maker)
        .boolean("M", is_fill)
        .number("O", stamp(record.created_at, unit));
    json.fixed("Z", record.filled_value.value, kAssetDecimals);
    json.fixed("Y", is_fill ? (fill.price * fill.quantity).value : Decimal{}, kAssetDecimals);
    json.fixed("Q", record.spec.notional.value, kAssetDecimals);
    if (record.status != OrderStatus::waiting && (record.triggered || !note.is_conditional()))
        json.number("W", stamp(record.triggered ? record.triggered_at : record.created_at, unit));
    json.text("V", note.self_trade);
    if (note.strategy_id) json.number("j", *note.strategy_id);
    if (note.strategy_type) json.number("J", *note.strategy_type);
    if (const auto reason = expiry_reason(record); !reason.empty() && !is_fill) json.text("eR", reason);
    json.close();
}

void write_account_position(JsonWriter& json, const Desk& desk, AccountId account,
                            const std::set<AssetId>& assets, Timestamp now, TimeUnit unit) {
    json.open()
        .text("e", "outboundAccountPosition")
        .number("E", stamp(now, unit))
        .number("u", stamp(now, unit))
        .open_list("B");
    for (const AssetId asset : assets) {
        const Balance balance = desk.model.balance(account, asset, now);
        json.open()
            .text("a", desk.model.asset_name(asset))
            .fixed("f", balance.free(), kAssetDecimals)
            .fixed("l", balance.held, kAssetDecimals)
            .close();
    }
    json.close_list().close();
}

void write_order_trade_update(JsonWriter& json, const Desk& desk, const OrderHappened& order,
                              const ModelEvent& event, Timestamp now, TimeUnit unit) {
    const OrderRecord& record = order.record;
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    const bool is_fill = order.step == OrderStep::filled;
    const int price = symbol.price_decimals, quantity = symbol.quantity_decimals;
    const Execution& fill = order.execution;
    json.open()
        .text("e", "ORDER_TRADE_UPDATE")
        .number("T", stamp(event.at, unit))
        .number("E", stamp(now, unit))
        .open("o");
    json.text("s", symbol.name);
    json.text("c", record.spec.client_id.empty() && is_fill && fill.liquidation
                       ? "autoclose-" + std::to_string(record.number)
                       : record.spec.client_id);
    json.text("S", word(record.spec.side))
        .text("o", futures_type(note, record))
        .text("f", note.time_in_force);
    json.fixed("q", quantity_of(record).value, quantity).fixed("p", record.spec.limit.value, price);
    json.fixed("ap", record.average_price().value, price)
        .fixed("sp", note.is_algo ? Decimal{} : stop_of(record).value, price);
    json.text("x", execution_type(order, Board::futures)).text("X", order_status(order, Board::futures));
    json.number("i", static_cast<std::int64_t>(record.number))
        .fixed("l", is_fill ? fill.quantity.value : Decimal{}, quantity);
    json.fixed("z", record.filled.value, quantity).fixed("L", is_fill ? fill.price.value : Decimal{}, price);
    json.fixed("n", is_fill ? fill.fee : Decimal{}, kAssetDecimals)
        .text("N", symbol.quote)
        .number("T", stamp(event.at, unit));
    json.number("t", is_fill ? static_cast<std::int64_t>(fill.trade) : 0).text("b", "0").text("a", "0");
    json.boolean("m", is_fill && fill.maker)
        .boolean("R", record.spec.reduce_only)
        .text("wt", note.working_type);
    json.text("ot", note.is_algo ? futures_type(note, record) : std::string_view{note.type})
        .text("ps", "BOTH")
        .boolean("cp", note.close_position);
    if (!note.callback.empty())
        json.text("AP", note.activation.empty() ? "0" : note.activation).text("cr", note.callback);
    json.fixed("rp", is_fill ? fill.realized_profit.value : Decimal{}, kAssetDecimals)
        .boolean("pP", note.price_protect);
    json.number("si", note.is_algo ? algo_id(record.number) : 0).number("ss", note.is_algo ? -1 : 0);
    if (note.is_algo) json.text("st", "ALGO_CONDITION");
    json.text("V", note.self_trade)
        .text("pm", note.price_match)
        .number("gtd", note.good_till)
        .text("er", "0")
        .close()
        .close();
}

void write_trade_lite(JsonWriter& json, const Desk& desk, const OrderHappened& order, const ModelEvent& event,
                      Timestamp now, TimeUnit unit) {
    const Symbol& symbol = desk.symbols[order.record.spec.instrument];
    const Execution& fill = order.execution;
    json.open()
        .text("e", "TRADE_LITE")
        .number("E", stamp(now, unit))
        .number("T", stamp(event.at, unit))
        .text("s", symbol.name);
    json.fixed("q", quantity_of(order.record).value, symbol.quantity_decimals)
        .fixed("p", order.record.spec.limit.value, symbol.price_decimals);
    json.boolean("m", fill.maker).text("c", order.record.spec.client_id).text("S", word(fill.side));
    json.fixed("L", fill.price.value, symbol.price_decimals)
        .fixed("l", fill.quantity.value, symbol.quantity_decimals);
    json.number("t", static_cast<std::int64_t>(fill.trade))
        .number("i", static_cast<std::int64_t>(order.record.number))
        .close();
}

void write_algo_update(JsonWriter& json, const Desk& desk, const OrderHappened& order,
                       std::string_view status, Timestamp now, TimeUnit unit) {
    const OrderRecord& record = order.record;
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    const bool has_child = status == "TRIGGERED" || status == "FINISHED";
    const int price = symbol.price_decimals, quantity = symbol.quantity_decimals;
    json.open()
        .text("e", "ALGO_UPDATE")
        .number("T", stamp(record.updated_at, unit))
        .number("E", stamp(now, unit))
        .open("o");
    json.text("caid", record.spec.client_id)
        .number("aid", algo_id(record.number))
        .text("at", "CONDITIONAL")
        .text("o", note.type);
    json.text("s", symbol.name)
        .text("S", word(record.spec.side))
        .text("ps", "BOTH")
        .text("f", note.time_in_force);
    json.fixed("q", note.close_position ? Decimal{} : record.spec.quantity.value, quantity).text("X", status);
    json.text("ai", has_child ? std::to_string(record.number) : std::string{});
    if (has_child) {
        json.fixed("ap", record.average_price().value, price).fixed("aq", record.filled.value, quantity);
        json.text("act", futures_type(note, record));
    }
    json.fixed("tp", stop_of(record).value, price)
        .fixed("p", record.spec.limit.value, price)
        .text("V", note.self_trade);
    json.text("wt", note.working_type)
        .text("pm", note.price_match)
        .boolean("cp", note.close_position)
        .boolean("pP", note.price_protect);
    json.boolean("R", record.spec.reduce_only)
        .number("tt", record.triggered ? stamp(record.triggered_at, unit) : 0);
    json.number("gtd", note.good_till).close().close();
}

void write_account_update(JsonWriter& json, const Desk& desk, AccountId account, const MovedPosition& moved,
                          Timestamp now, TimeUnit unit) {
    json.open()
        .text("e", "ACCOUNT_UPDATE")
        .number("T", stamp(now, unit))
        .number("E", stamp(now, unit))
        .open("a")
        .text("m", moved.reason);
    json.open_list("B");
    for (const AssetId asset : moved.assets) {
        const Decimal total = desk.model.balance(account, asset, now).total;
        json.open()
            .text("a", desk.model.asset_name(asset))
            .fixed("wb", total, kAssetDecimals)
            .fixed("cw", total, kAssetDecimals);
        json.fixed("bc", moved.change, kAssetDecimals).close();
    }
    json.close_list().open_list("P");
    for (const InstrumentId instrument : moved.positions) {
        const Symbol& symbol = desk.symbols[instrument];
        const PositionView view = view_position(desk, account, symbol, now);
        json.open()
            .text("s", symbol.name)
            .fixed("pa", view.position.quantity.value, symbol.quantity_decimals);
        json.fixed("ep", view.position.entry.value, kAssetDecimals)
            .fixed("bep", view.break_even.value, kAssetDecimals);
        json.fixed("cr", view.position.realized.value, kAssetDecimals)
            .fixed("up", view.unrealized.value, kAssetDecimals);
        json.text("mt", view.choice.is_isolated ? "isolated" : "cross")
            .text("iw", "0")
            .text("ps", "BOTH")
            .close();
    }
    json.close_list().close().close();
}

}  // namespace plumb::exchange::binance
