#include "exchange/binance/futures_account.hpp"

#include <algorithm>

#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

constexpr Decimal kNotionalCap{50'000'000};

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

void write_account_flags(JsonWriter& json) {
    json.number("feeTier", 0)
        .boolean("canTrade", true)
        .boolean("canDeposit", true)
        .boolean("canWithdraw", false);
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

bool has_open_orders(const Desk& desk, const Call& call, InstrumentId instrument) {
    return !desk.model.open_orders(call.account, instrument, call.now).empty();
}

Answer done() { return R"({"code":200,"msg":"success"})"; }

}  // namespace

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

Answer account_config(Desk&, Call&) {
    JsonWriter json;
    json.open();
    write_account_flags(json);
    json.boolean("dualSidePosition", false).number("updateTime", 0).boolean("multiAssetsMargin", false);
    return json.number("tradeGroupId", -1).close().take();
}

Answer symbol_config(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    if (!one) return refuse(one.error());
    JsonWriter json;
    json.open_list();
    for (const Symbol& symbol : desk.symbols.all()) {
        if (*one != nullptr && *one != &symbol) continue;
        const SymbolChoice choice = desk.choice(call.account, symbol.id);
        json.open()
            .text("symbol", symbol.name)
            .text("marginType", choice.is_isolated ? "ISOLATED" : "CROSSED");
        json.boolean("isAutoAddMargin", false)
            .number("leverage", choice.leverage)
            .plain("maxNotionalValue", kNotionalCap)
            .close();
    }
    return json.close_list().take();
}

Answer commission_rate(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const FeeRule& fees = desk.model.market((*symbol)->id).fees;
    JsonWriter json;
    json.open()
        .text("symbol", (*symbol)->name)
        .fixed("makerCommissionRate", fees.maker, 6)
        .fixed("takerCommissionRate", fees.taker, 6);
    return json.text("rpiCommissionRate", "0.000000").close().take();
}

Answer leverage_bracket(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    if (!one) return refuse(one.error());
    JsonWriter json;
    json.open_list();
    for (const Symbol& symbol : desk.symbols.all()) {
        if (*one != nullptr && *one != &symbol) continue;
        const MarketSpec& market = desk.model.market(symbol.id);
        std::string ratio;
        append_fixed(ratio, market.maintenance_margin, 4);
        json.open().text("symbol", symbol.name).open_list("brackets").open().number("bracket", 1);
        json.raw("initialLeverage", market.leverage_max.to_string())
            .raw("notionalCap", kNotionalCap.to_string());
        json.number("notionalFloor", 0)
            .raw("maintMarginRatio", ratio)
            .raw("cum", "0.0")
            .close()
            .close_list()
            .close();
    }
    return json.close_list().take();
}

Answer set_leverage(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto leverage = call.parameters.need_number("leverage");
    if (!leverage) return refuse(leverage.error());
    const MarketSpec& market = desk.model.market((*symbol)->id);
    if (*leverage < 1 || market.leverage_max < Decimal{*leverage})
        return refuse(-4028, "Leverage " + std::to_string(*leverage) + " is not valid");
    const PositionView view = view_position(desk, call.account, **symbol, call.now);
    const Money needed{view.notional.abs().value / Decimal{*leverage}};
    if (purse_of(desk, call.account, call.now).available + view.initial_margin < needed)
        return refuse(-2019, "Margin is insufficient.");
    desk.choices[{call.account, (*symbol)->id}].leverage = static_cast<int>(*leverage);
    desk.model.set_leverage(call.account, (*symbol)->id, Decimal{*leverage});
    JsonWriter json;
    return json.open()
        .number("leverage", *leverage)
        .plain("maxNotionalValue", kNotionalCap)
        .text("symbol", (*symbol)->name)
        .close()
        .take();
}

Answer set_margin_type(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto type = call.parameters.need_text("marginType");
    if (!type) return refuse(type.error());
    if (*type != "ISOLATED" && *type != "CROSSED" && *type != "CROSS")
        return refuse(-4050, "Invalid margin type.");
    const bool isolated = *type == "ISOLATED";
    SymbolChoice choice = desk.choice(call.account, (*symbol)->id);
    if (choice.is_isolated == isolated) return refuse(-4046, "No need to change margin type.");
    if (has_open_orders(desk, call, (*symbol)->id))
        return refuse(-4047, "Margin type cannot be changed if there exists open orders.");
    if (!desk.model.position(call.account, (*symbol)->id, call.now).quantity.is_zero())
        return refuse(-4048, "Margin type cannot be changed if there exists position.");
    choice.is_isolated = isolated;
    desk.choices[{call.account, (*symbol)->id}] = choice;
    return done();
}

Answer position_mode(Desk&, Call&) { return R"({"dualSidePosition":false})"; }

Answer set_position_mode(Desk& desk, Call& call) {
    if (auto text = call.parameters.need_text("dualSidePosition"); !text) return refuse(text.error());
    const auto dual = call.parameters.boolean("dualSidePosition", false);
    if (!dual) return refuse(dual.error());
    if (!*dual) return refuse(-4059, "No need to change position side.");
    if (!desk.model.open_orders(call.account, std::nullopt, call.now).empty())
        return refuse(-4067, "Position side cannot be changed if there exists open orders.");
    if (!desk.model.positions(call.account, call.now).empty())
        return refuse(-4068, "Position side cannot be changed if there exists position.");
    return refuse(-4084, "Method is not allowed currently. Upcoming soon.");
}

Answer multi_assets_mode(Desk&, Call&) { return R"({"multiAssetsMargin":false})"; }

Answer set_multi_assets_mode(Desk&, Call& call) {
    if (auto text = call.parameters.need_text("multiAssetsMargin"); !text) return refuse(text.error());
    const auto on = call.parameters.boolean("multiAssetsMargin", false);
    if (!on) return refuse(on.error());
    if (!*on) return refuse(-4171, "No need to change multi-assets mode.");
    return refuse(-4084, "Method is not allowed currently. Upcoming soon.");
}

Answer set_position_margin(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    if (auto amount = call.parameters.need_text("amount"); !amount) return refuse(amount.error());
    if (desk.model.position(call.account, (*symbol)->id, call.now).quantity.is_zero())
        return refuse(-4054, "Cannot add position margin: position is 0.");
    return refuse(-4084, "Method is not allowed currently. Upcoming soon.");
}

Answer income(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    const auto type = call.parameters.text("incomeType");
    const auto start = call.parameters.time("startTime");
    const auto end = call.parameters.time("endTime");
    const auto limit = call.parameters.limit(100, 1000);
    for (const VenueError* error :
         {one ? nullptr : &one.error(), type ? nullptr : &type.error(), start ? nullptr : &start.error(),
          end ? nullptr : &end.error(), limit ? nullptr : &limit.error()}) {
        if (error != nullptr) return refuse(*error);
    }
    std::vector<const IncomeRow*> rows;
    for (const IncomeRow& row : desk.income) {
        const bool fits = row.account == call.account && (!*type || **type == row.type) &&
                          (*one == nullptr || (row.instrument && *row.instrument == (*one)->id)) &&
                          start->value_or(Timestamp{}) <= row.at && row.at <= end->value_or(call.now);
        if (fits) rows.push_back(&row);
    }
    if (*limit < rows.size()) rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(*limit));
    JsonWriter json;
    json.open_list();
    for (const IncomeRow* row : rows) {
        json.open()
            .text("symbol", row->instrument ? desk.symbols[*row->instrument].name : std::string{})
            .text("incomeType", row->type);
        json.fixed("income", row->amount, kAssetDecimals)
            .text("asset", desk.model.asset_name(row->asset))
            .text("info", row->type);
        json.number("time", call.stamp(row->at)).number("tranId", row->number);
        json.text("tradeId", row->trade == 0 ? std::string{} : std::to_string(row->trade)).close();
    }
    return json.close_list().take();
}

Answer adl_quantile(Desk& desk, Call& call) {
    JsonWriter json;
    json.open_list();
    for (const Position& position : desk.model.positions(call.account, call.now)) {
        json.open().text("symbol", desk.symbols[position.instrument].name).open("adlQuantile");
        json.number("LONG", 0).number("SHORT", 0).number("BOTH", 0).close().close();
    }
    return json.close_list().take();
}

Answer forced_orders(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    if (!one) return refuse(one.error());
    JsonWriter json;
    json.open_list();
    OrderNumber before = 0;
    for (const Execution& execution : desk.model.executions(call.account, 0, call.now)) {
        if (!execution.liquidation || execution.order == before ||
            (*one != nullptr && (*one)->id != execution.instrument))
            continue;
        before = execution.order;
        if (const auto order = desk.model.find_order(call.account, before, call.now))
            write_futures_order(json, desk, *order, call.unit);
    }
    return json.close_list().take();
}

Answer fee_burn(Desk&, Call&) { return R"({"feeBurn":false})"; }

Answer open_listen_key(Desk& desk, Call& call) {
    JsonWriter json;
    return json.open()
        .text("listenKey", desk.listen_keys.open(call.account, desk.rng, call.now))
        .close()
        .take();
}

Answer renew_listen_key(Desk& desk, Call& call) {
    const auto key = desk.listen_keys.renew(call.account, call.now);
    if (!key) return refuse(-1125, "This listenKey does not exist.");
    JsonWriter json;
    return json.open().text("listenKey", *key).close().take();
}

Answer close_listen_key(Desk& desk, Call& call) {
    if (!desk.listen_keys.close(call.account)) return refuse(-1125, "This listenKey does not exist.");
    return "{}";
}

}  // namespace plumb::exchange::binance
