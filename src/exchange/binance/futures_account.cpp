#include "exchange/binance/futures_account.hpp"

#include <algorithm>

#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

/// The account's money in the one asset it is margined in.
struct Purse {
    Decimal wallet;
    Money unrealized, initial, position_initial, maintenance, available;

    Money margin_balance() const { return Money{wallet} + unrealized; }
};

Purse purse_of(const Desk& desk, AccountId account, Timestamp now) {
    Purse purse;
    const AssetId asset = desk.model.asset(kQuoteAsset);
    purse.wallet = desk.model.balance(account, asset, now).total;
    for (const Position& position : desk.model.positions(account, now)) {
        const PositionView view = view_position(desk, account, desk.symbols[position.instrument], now);
        purse.unrealized += view.unrealized;
        purse.position_initial += view.initial_margin;
        purse.maintenance += view.maintenance_margin;
    }
    purse.initial = std::max(desk.model.initial_margin(account, asset), purse.position_initial);
    purse.available = std::max(Money{}, purse.margin_balance() - purse.initial);
    return purse;
}

void write_asset(JsonWriter& json, const Purse& purse, Timestamp now, TimeUnit unit) {
    json.open().text("asset", kQuoteAsset).fixed("walletBalance", purse.wallet, kAssetDecimals);
    json.fixed("unrealizedProfit", purse.unrealized.value, kAssetDecimals);
    json.fixed("marginBalance", purse.margin_balance().value, kAssetDecimals)
        .fixed("maintMargin", purse.maintenance.value, kAssetDecimals);
    json.fixed("initialMargin", purse.initial.value, kAssetDecimals)
        .fixed("positionInitialMargin", purse.position_initial.value, kAssetDecimals);
    json.fixed("openOrderInitialMargin", (purse.initial - purse.position_initial).value, kAssetDecimals);
    json.fixed("crossWalletBalance", purse.wallet, kAssetDecimals)
        .fixed("crossUnPnl", purse.unrealized.value, kAssetDecimals);
    json.fixed("availableBalance", purse.available.value, kAssetDecimals)
        .fixed("maxWithdrawAmount", purse.available.value, kAssetDecimals);
    json.boolean("marginAvailable", true).number("updateTime", stamp(now, unit)).close();
}

void write_totals(JsonWriter& json, const Purse& purse) {
    json.fixed("totalInitialMargin", purse.initial.value, kAssetDecimals)
        .fixed("totalMaintMargin", purse.maintenance.value, kAssetDecimals);
    json.fixed("totalWalletBalance", purse.wallet, kAssetDecimals)
        .fixed("totalUnrealizedProfit", purse.unrealized.value, kAssetDecimals);
    json.fixed("totalMarginBalance", purse.margin_balance().value, kAssetDecimals);
    json.fixed("totalPositionInitialMargin", purse.position_initial.value, kAssetDecimals);
    json.fixed("totalOpenOrderInitialMargin", (purse.initial - purse.position_initial).value, kAssetDecimals);
    json.fixed("totalCrossWalletBalance", purse.wallet, kAssetDecimals)
        .fixed("totalCrossUnPnl", purse.unrealized.value, kAssetDecimals);
    json.fixed("availableBalance", purse.available.value, kAssetDecimals)
        .fixed("maxWithdrawAmount", purse.available.value, kAssetDecimals);
}

void write_account_position(JsonWriter& json, const PositionView& view, bool v2, TimeUnit unit) {
    const Symbol& symbol = *view.symbol;
    json.open().text("symbol", symbol.name).fixed("initialMargin", view.initial_margin.value, kAssetDecimals);
    json.fixed("maintMargin", view.maintenance_margin.value, kAssetDecimals)
        .fixed("unrealizedProfit", view.unrealized.value, kAssetDecimals);
    if (v2) {
        json.fixed("positionInitialMargin", view.initial_margin.value, kAssetDecimals)
            .text("openOrderInitialMargin", "0");
        json.text("leverage", std::to_string(view.choice.leverage))
            .boolean("isolated", view.choice.is_isolated);
        json.fixed("entryPrice", view.position.entry.value, kAssetDecimals)
            .fixed("breakEvenPrice", view.break_even.value, kAssetDecimals);
        json.plain("maxNotional", kNotionalCap).text("bidNotional", "0").text("askNotional", "0");
    }
    json.text("positionSide", "BOTH")
        .fixed("positionAmt", view.position.quantity.value, symbol.quantity_decimals);
    json.fixed("notional", view.notional.value, kAssetDecimals).text("isolatedWallet", "0");
    if (!v2) json.text("isolatedMargin", "0");
    json.number("updateTime", view.updated_at == Timestamp{} ? 0 : stamp(view.updated_at, unit)).close();
}

}  // namespace

void write_account_flags(JsonWriter& json) {
    json.number("feeTier", 0)
        .boolean("canTrade", true)
        .boolean("canDeposit", true)
        .boolean("canWithdraw", false);
}

bool has_open_orders(const Desk& desk, const Call& call, InstrumentId instrument) {
    return !desk.model.open_orders(call.account, instrument, call.now).empty();
}

Money available_of(const Desk& desk, AccountId account, Timestamp now) {
    return purse_of(desk, account, now).available;
}

PositionView view_position(const Desk& desk, AccountId account, const Symbol& symbol, Timestamp now) {
    PositionView view;
    view.symbol = &symbol;
    view.position = desk.model.position(account, symbol.id, now);
    view.choice = desk.choice(account, symbol.id);
    const MarketSpec& market = desk.model.market(symbol.id);
    view.mark = desk.model.mark(symbol.id).mark;
    const Quantity quantity = view.position.quantity;
    if (quantity.is_zero()) return view;
    view.notional = view.mark * quantity;
    view.unrealized = (view.mark - view.position.entry) * quantity;
    view.initial_margin = Money{view.notional.abs().value / Decimal{view.choice.leverage}};
    view.maintenance_margin = view.notional.abs() * market.maintenance_margin;
    const Decimal fee = market.fees.taker * Decimal{quantity.sign()};
    view.break_even = Price{view.position.entry.value * (Decimal{1} + fee)};
    // Where equity meets maintenance when only this price moves: wallet + (p - entry) q + rest = p |q| m.
    const AssetId asset = symbol.quote_asset;
    const Money equity = desk.model.equity(account, asset);
    const Money rest =
        equity - view.unrealized - (desk.model.maintenance_margin(account, asset) - view.maintenance_margin);
    const Decimal slope = quantity.abs().value * market.maintenance_margin - quantity.value;
    const Decimal price = (rest.value - view.position.entry.value * quantity.value) / slope;
    if (0 < price.sign()) view.liquidation = Price{price};
    view.updated_at = now;
    for (const Execution& one : desk.model.executions(account, 0, now)) {
        if (one.instrument == symbol.id) view.updated_at = one.at;
    }
    return view;
}

Answer futures_balance(Desk& desk, Call& call) {
    const Purse purse = purse_of(desk, call.account, call.now);
    JsonWriter json;
    json.open_list()
        .open()
        .text("accountAlias", "SgsR")
        .text("asset", kQuoteAsset)
        .fixed("balance", purse.wallet, kAssetDecimals);
    json.fixed("crossWalletBalance", purse.wallet, kAssetDecimals)
        .fixed("crossUnPnl", purse.unrealized.value, kAssetDecimals);
    json.fixed("availableBalance", purse.available.value, kAssetDecimals)
        .fixed("maxWithdrawAmount", purse.available.value, kAssetDecimals);
    return json.boolean("marginAvailable", true)
        .number("updateTime", call.stamp(call.now))
        .close()
        .close_list()
        .take();
}

Answer futures_account_v2(Desk& desk, Call& call) {
    const Purse purse = purse_of(desk, call.account, call.now);
    JsonWriter json;
    json.open();
    write_account_flags(json);
    json.number("updateTime", 0).boolean("multiAssetsMargin", false).number("tradeGroupId", -1);
    write_totals(json, purse);
    json.open_list("assets");
    write_asset(json, purse, call.now, call.unit);
    json.close_list().open_list("positions");
    for (const Symbol& symbol : desk.symbols.all())
        write_account_position(json, view_position(desk, call.account, symbol, call.now), true, call.unit);
    return json.close_list().close().take();
}

Answer futures_account_v3(Desk& desk, Call& call) {
    const Purse purse = purse_of(desk, call.account, call.now);
    JsonWriter json;
    json.open();
    write_totals(json, purse);
    json.open_list("assets");
    write_asset(json, purse, call.now, call.unit);
    json.close_list().open_list("positions");
    for (const Symbol& symbol : desk.symbols.all()) {
        const PositionView view = view_position(desk, call.account, symbol, call.now);
        if (!view.position.quantity.is_zero() || has_open_orders(desk, call, symbol.id))
            write_account_position(json, view, false, call.unit);
    }
    return json.close_list().close().take();
}

namespace {

Answer position_risk(Desk& desk, Call& call, bool v2) {
    const auto one = desk.symbols.maybe(call.parameters);
    if (!one) return refuse(one.error());
    JsonWriter json;
    json.open_list();
    for (const Symbol& symbol : desk.symbols.all()) {
        if (*one != nullptr && *one != &symbol) continue;
        const PositionView view = view_position(desk, call.account, symbol, call.now);
        const bool is_held = !view.position.quantity.is_zero();
        if (!v2 && !is_held && !has_open_orders(desk, call, symbol.id)) continue;
        json.open().text("symbol", symbol.name).text("positionSide", "BOTH");
        json.fixed("positionAmt", view.position.quantity.value, symbol.quantity_decimals);
        json.fixed("entryPrice", view.position.entry.value, kAssetDecimals)
            .fixed("breakEvenPrice", view.break_even.value, kAssetDecimals);
        json.fixed("markPrice", view.mark.value, kAssetDecimals)
            .fixed("unRealizedProfit", view.unrealized.value, kAssetDecimals);
        json.fixed("liquidationPrice", view.liquidation.value, kAssetDecimals);
        if (v2) {
            json.text("leverage", std::to_string(view.choice.leverage))
                .plain("maxNotionalValue", kNotionalCap);
            json.text("marginType", view.choice.is_isolated ? "isolated" : "cross")
                .text("isAutoAddMargin", "false");
        }
        json.text("isolatedMargin", "0.00000000")
            .fixed("notional", view.notional.value, kAssetDecimals)
            .text("isolatedWallet", "0");
        if (!v2) {
            json.text("marginAsset", symbol.quote)
                .fixed("initialMargin", view.initial_margin.value, kAssetDecimals);
            json.fixed("maintMargin", view.maintenance_margin.value, kAssetDecimals);
            json.fixed("positionInitialMargin", view.initial_margin.value, kAssetDecimals)
                .text("openOrderInitialMargin", "0");
            json.number("adl", 1).text("bidNotional", "0").text("askNotional", "0");
        }
        json.number("updateTime", is_held ? call.stamp(view.updated_at) : 0).close();
    }
    return json.close_list().take();
}

}  // namespace

Answer position_risk_v2(Desk& desk, Call& call) { return position_risk(desk, call, true); }
Answer position_risk_v3(Desk& desk, Call& call) { return position_risk(desk, call, false); }

}  // namespace plumb::exchange::binance
