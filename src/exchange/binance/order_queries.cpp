#include <algorithm>

#include "exchange/binance/order_answers.hpp"
#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

using std::chrono::days;
using std::chrono::hours;

/// startTime, endTime, limit and where to begin: what lists of the past are asked by.
struct ListRange {
    std::optional<Timestamp> start, end;
    std::optional<std::int64_t> from;
    std::size_t limit = 500;
};

Checked<ListRange> read_range(const Desk& desk, const Parameters& parameters, const char* from_name) {
    const auto start = parameters.time("startTime");
    const auto end = parameters.time("endTime");
    const auto from = parameters.number(from_name);
    const auto limit = parameters.limit(500, 1000);
    for (const VenueError* error : {start ? nullptr : &start.error(), end ? nullptr : &end.error(),
                                    from ? nullptr : &from.error(), limit ? nullptr : &limit.error()}) {
        if (error != nullptr) return refuse(*error);
    }
    const Duration most = desk.is_spot() ? Duration{hours{24}} : Duration{days{7}};
    if (*start && *end) {
        if (**end < **start) return refuse(-1127, "Lookup interval is too big.");
        if (most < **end - **start)
            return refuse(-1127, desk.is_spot() ? "More than 24 hours between startTime and endTime."
                                                : "More than 7 days between startTime and endTime.");
    }
    return ListRange{*start, *end, *from, *limit};
}

bool is_inside(const ListRange& range, Timestamp time) {
    return (!range.start || std::chrono::floor<std::chrono::milliseconds>(*range.start) <= time) &&
           (!range.end || time < *range.end + std::chrono::milliseconds{1});
}

/// Oldest from the beginning that was asked for, newest otherwise.
template <class T>
void keep_limit(std::vector<T>& rows, const ListRange& range) {
    if (rows.size() <= range.limit) return;
    if (range.from || range.start)
        rows.resize(range.limit);
    else
        rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(range.limit));
}

/// Orders of the algo service are not told among the others until they have triggered.
bool is_told(const OrderRecord& record) { return record.triggered || !OrderNote::of(record.spec).is_algo; }

std::string write_list(const Desk& desk, const Call& call, const std::vector<OrderRecord>& orders) {
    JsonWriter json;
    json.open_list();
    for (const OrderRecord& order : orders) write_order(json, desk, order, call.unit);
    return json.close_list().take();
}

void write_trade(JsonWriter& json, const Desk& desk, const Execution& execution, TimeUnit unit) {
    const Symbol& symbol = desk.symbols[execution.instrument];
    json.open().text("symbol", symbol.name).number("id", static_cast<std::int64_t>(execution.trade));
    json.number("orderId", static_cast<std::int64_t>(execution.order));
    if (desk.is_spot())
        json.number("orderListId", -1);
    else
        json.text("side", word(execution.side));
    json.fixed("price", execution.price.value, symbol.price_decimals);
    json.fixed("qty", execution.quantity.value, symbol.quantity_decimals);
    if (!desk.is_spot()) {
        json.fixed("realizedPnl", execution.realized_profit.value, kAssetDecimals)
            .text("marginAsset", symbol.quote);
    }
    json.fixed("quoteQty", (execution.price * execution.quantity).value, kAssetDecimals);
    json.fixed("commission", execution.fee, kAssetDecimals)
        .text("commissionAsset", desk.model.asset_name(execution.fee_asset));
    json.number("time", stamp(execution.at, unit));
    if (desk.is_spot()) {
        json.boolean("isBuyer", execution.side == Side::buy)
            .boolean("isMaker", execution.maker)
            .boolean("isBestMatch", true);
    } else {
        json.text("positionSide", "BOTH")
            .boolean("buyer", execution.side == Side::buy)
            .boolean("maker", execution.maker);
    }
    json.close();
}

}  // namespace

Answer find_order(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto order = named_order(desk, call, **symbol);
    if (!order) return refuse(order.error());
    if (!*order || !is_told(**order)) return refuse(-2013, "Order does not exist.");
    JsonWriter json;
    write_order(json, desk, **order, call.unit);
    return json.take();
}

Answer find_open_order(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto order = named_order(desk, call, **symbol);
    if (!order) return refuse(order.error());
    if (!*order || !is_open((*order)->status) || !is_told(**order))
        return refuse(-2013, "Order does not exist.");
    JsonWriter json;
    write_order(json, desk, **order, call.unit);
    return json.take();
}

Answer open_orders(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.maybe(call.parameters);
    if (!symbol) return refuse(symbol.error());
    if (*symbol == nullptr) call.extra_weight = desk.is_spot() ? 74 : 39;
    const auto instrument = *symbol == nullptr ? std::nullopt : std::optional{(*symbol)->id};
    auto orders = desk.model.open_orders(call.account, instrument, call.now);
    std::erase_if(orders, [](const OrderRecord& order) { return !is_told(order); });
    return write_list(desk, call, orders);
}

Answer all_orders(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto range = read_range(desk, call.parameters, "orderId");
    if (!range) return refuse(range.error());
    auto orders = desk.model.orders(call.account, (*symbol)->id, call.now);
    std::erase_if(orders, [&](const OrderRecord& order) {
        if (!is_told(order)) return true;
        if (range->from) return order.number < static_cast<OrderNumber>(*range->from);
        return !is_inside(*range, order.created_at);
    });
    keep_limit(orders, *range);
    return write_list(desk, call, orders);
}

Answer account_trades(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto range = read_range(desk, call.parameters, "fromId");
    if (!range) return refuse(range.error());
    const auto order = call.parameters.number("orderId");
    if (!order) return refuse(order.error());
    if (range->from && (range->start || range->end))
        return refuse(-1128, "Combination of optional parameters invalid.");
    if (*order && desk.is_spot()) call.extra_weight = -15;
    auto trades = desk.model.executions(call.account, 0, call.now);
    std::erase_if(trades, [&](const Execution& one) {
        if (one.instrument != (*symbol)->id) return true;
        if (*order && one.order != static_cast<OrderNumber>(**order)) return true;
        if (range->from && one.trade < static_cast<TradeNumber>(*range->from)) return true;
        return !is_inside(*range, one.at);
    });
    keep_limit(trades, *range);
    JsonWriter json;
    json.open_list();
    for (const Execution& trade : trades) write_trade(json, desk, trade, call.unit);
    return json.close_list().take();
}

Answer order_rate(Desk& desk, Call& call) {
    JsonWriter json;
    json.open_list();
    for (const auto& [limit, count] : desk.meter.orders_of(call.account, call.now)) {
        json.open().text("rateLimitType", limit->type).text("interval", limit->interval);
        json.number("intervalNum", limit->interval_count).number("limit", limit->limit);
        if (desk.is_spot()) json.number("count", count);
        json.close();
    }
    return json.close_list().take();
}

}  // namespace plumb::exchange::binance
