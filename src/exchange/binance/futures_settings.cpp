#include <algorithm>

#include "exchange/binance/futures_account.hpp"
#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

Answer done() { return R"({"code":200,"msg":"success"})"; }

}  // namespace

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
    if (available_of(desk, call.account, call.now) + view.initial_margin < needed)
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
