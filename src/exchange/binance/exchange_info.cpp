#include <algorithm>

#include "exchange/binance/filters.hpp"
#include "exchange/binance/market_answers.hpp"

namespace plumb::exchange::binance {
namespace {

void write_rate_limits(JsonWriter& json, Board board) {
    json.open_list("rateLimits");
    for (const RateLimit& limit : RequestMeter::limits(board)) {
        json.open().text("rateLimitType", limit.type).text("interval", limit.interval);
        json.number("intervalNum", limit.interval_count).number("limit", limit.limit).close();
    }
    json.close_list();
}

void write_words(JsonWriter& json, std::string_view key, std::initializer_list<std::string_view> words) {
    json.open_list(key);
    for (const std::string_view word : words) json.text({}, word);
    json.close_list();
}

void open_filter(JsonWriter& json, std::string_view name) { json.open().text("filterType", name); }

void write_price_and_lot(JsonWriter& json, const Symbol& symbol, const SymbolFilters& filters) {
    const int price = symbol.price_decimals, quantity = symbol.quantity_decimals;
    open_filter(json, "PRICE_FILTER");
    json.fixed("minPrice", filters.price_min.value, price).fixed("maxPrice", filters.price_max.value, price);
    json.fixed("tickSize", filters.tick.value, price).close();
    open_filter(json, "LOT_SIZE");
    json.fixed("minQty", filters.quantity_min.value, quantity)
        .fixed("maxQty", filters.quantity_max.value, quantity);
    json.fixed("stepSize", filters.lot.value, quantity).close();
}

void write_spot_filters(JsonWriter& json, const Symbol& symbol, const SymbolFilters& filters) {
    json.open_list("filters");
    write_price_and_lot(json, symbol, filters);
    open_filter(json, "ICEBERG_PARTS");
    json.number("limit", kIcebergPartsMax).close();
    open_filter(json, "MARKET_LOT_SIZE");
    json.fixed("minQty", {}, symbol.quantity_decimals)
        .fixed("maxQty", filters.market_quantity_max.value, symbol.quantity_decimals);
    json.fixed("stepSize", {}, symbol.quantity_decimals).close();
    open_filter(json, "TRAILING_DELTA");
    for (const char* key :
         {"minTrailingAboveDelta", "maxTrailingAboveDelta", "minTrailingBelowDelta", "maxTrailingBelowDelta"})
        json.number(key, std::string_view{key}.starts_with("min") ? kTrailingDeltaMin : kTrailingDeltaMax);
    json.close();
    open_filter(json, "PERCENT_PRICE_BY_SIDE");
    for (const char* key : {"bidMultiplierUp", "bidMultiplierDown", "askMultiplierUp", "askMultiplierDown"})
        json.plain(key, std::string_view{key}.ends_with("Up") ? kSpotBandUp : kSpotBandDown);
    json.number("avgPriceMins", 5).close();
    open_filter(json, "NOTIONAL");
    json.fixed("minNotional", filters.notional_min.value, kAssetDecimals).boolean("applyMinToMarket", true);
    json.fixed("maxNotional", kNotionalMax, kAssetDecimals)
        .boolean("applyMaxToMarket", false)
        .number("avgPriceMins", 5)
        .close();
    open_filter(json, "MAX_NUM_ORDERS");
    json.number("maxNumOrders", filters.orders_max).close();
    open_filter(json, "MAX_NUM_ORDER_LISTS");
    json.number("maxNumOrderLists", 20).close();
    open_filter(json, "MAX_NUM_ALGO_ORDERS");
    json.number("maxNumAlgoOrders", kSpotAlgoOrdersMax).close();
    open_filter(json, "MAX_NUM_ORDER_AMENDS");
    json.number("maxNumOrderAmends", 10).close();
    json.close_list();
}

void write_spot_symbol(JsonWriter& json, const Desk& desk, const Symbol& symbol, bool with_permissions) {
    json.open().text("symbol", symbol.name).text("status", status_word(desk, symbol.id));
    json.text("baseAsset", symbol.base)
        .number("baseAssetPrecision", kAssetDecimals)
        .text("quoteAsset", symbol.quote);
    json.number("quotePrecision", kAssetDecimals).number("quoteAssetPrecision", kAssetDecimals);
    json.number("baseCommissionPrecision", kAssetDecimals).number("quoteCommissionPrecision", kAssetDecimals);
    write_words(json, "orderTypes",
                {"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT",
                 "TAKE_PROFIT_LIMIT"});
    json.boolean("icebergAllowed", true)
        .boolean("ocoAllowed", false)
        .boolean("otoAllowed", false)
        .boolean("opoAllowed", false);
    json.boolean("quoteOrderQtyMarketAllowed", true)
        .boolean("allowTrailingStop", false)
        .boolean("cancelReplaceAllowed", true);
    json.boolean("amendAllowed", false).boolean("pegInstructionsAllowed", false);
    json.boolean("isSpotTradingAllowed", true).boolean("isMarginTradingAllowed", false);
    write_spot_filters(json, symbol, filters_of(desk, symbol));
    json.open_list("permissions").close_list().open_list("permissionSets");
    if (with_permissions) json.open_list().text({}, "SPOT").close_list();
    json.close_list().text("defaultSelfTradePreventionMode", "EXPIRE_MAKER");
    write_words(json, "allowedSelfTradePreventionModes",
                {"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"});
    json.close();
}

/// A list of permissions, or one: ["SPOT"], SPOT. Every symbol here has SPOT and no other.
Checked<bool> has_spot(const Parameters& parameters) {
    const auto names = parameters.list("permissions");
    if (!names) return refuse(names.error());
    if (!*names) return true;
    for (const std::string& name : **names) {
        const bool is_one =
            name == "SPOT" || name == "MARGIN" || name == "LEVERAGED" || name.starts_with("TRD_GRP_");
        if (!is_one) return refuse(-1130, "Data sent for parameter 'permissions' is not valid.");
    }
    return std::ranges::find(**names, "SPOT") != (*names)->end();
}

Answer spot_info(Desk& desk, Call& call) {
    const Parameters& sent = call.parameters;
    if (sent.has("permissions") && (sent.has("symbol") || sent.has("symbols")))
        return refuse(-1128, "Combination of optional parameters invalid.");
    auto choice = desk.symbols.choose(sent, true);
    if (!choice) return refuse(choice.error());
    const auto status = sent.text("symbolStatus");
    if (!status) return refuse(status.error());
    if (*status) {
        if (!choice->is_all) return refuse(-1128, "Combination of optional parameters invalid.");
        if (**status != "TRADING" && **status != "HALT" && **status != "BREAK")
            return refuse(-1122, "Invalid symbolStatus.");
        std::erase_if(choice->symbols,
                      [&](const Symbol* symbol) { return status_word(desk, symbol->id) != **status; });
    }
    const auto wanted = has_spot(sent);
    if (!wanted) return refuse(wanted.error());
    if (!*wanted) choice->symbols.clear();
    const auto with_permissions = sent.boolean("showPermissionSets", true);
    if (!with_permissions) return refuse(with_permissions.error());
    JsonWriter json;
    json.open().text("timezone", "UTC").number("serverTime", call.stamp(call.now));
    write_rate_limits(json, Board::spot);
    json.open_list("exchangeFilters").close_list().open_list("symbols");
    for (const Symbol* symbol : choice->symbols) write_spot_symbol(json, desk, *symbol, *with_permissions);
    return json.close_list().close().take();
}

void write_futures_symbol(JsonWriter& json, const Desk& desk, const Symbol& symbol) {
    const SymbolFilters filters = filters_of(desk, symbol);
    json.open().text("symbol", symbol.name).text("pair", symbol.name).text("contractType", "PERPETUAL");
    json.number("deliveryDate", 4133404800000).number("onboardDate", to_ms(desk.past.begins_at()));
    json.text("status", status_word(desk, symbol.id))
        .text("maintMarginPercent", "2.5000")
        .text("requiredMarginPercent", "5.0000");
    json.text("baseAsset", symbol.base).text("quoteAsset", symbol.quote).text("marginAsset", symbol.quote);
    json.number("pricePrecision", symbol.tick_decimals).number("quantityPrecision", symbol.lot_decimals);
    json.number("baseAssetPrecision", kAssetDecimals)
        .number("quotePrecision", kAssetDecimals)
        .text("underlyingType", "COIN");
    json.open_list("underlyingSubType")
        .close_list()
        .text("triggerProtect", "0.0500")
        .text("liquidationFee", "0.012500");
    json.text("marketTakeBound", "0.05").number("maxMoveOrderLimit", 10000).open_list("filters");
    write_price_and_lot(json, symbol, filters);
    open_filter(json, "MARKET_LOT_SIZE");
    json.fixed("minQty", filters.quantity_min.value, symbol.quantity_decimals);
    json.fixed("maxQty", filters.market_quantity_max.value, symbol.quantity_decimals)
        .fixed("stepSize", filters.lot.value, symbol.quantity_decimals)
        .close();
    open_filter(json, "MAX_NUM_ORDERS");
    json.number("limit", filters.orders_max).close();
    open_filter(json, "MAX_NUM_ALGO_ORDERS");
    json.number("limit", kFuturesAlgoOrdersMax).close();
    open_filter(json, "MIN_NOTIONAL");
    json.plain("notional", filters.notional_min.value).close();
    open_filter(json, "PERCENT_PRICE");
    json.fixed("multiplierUp", kFuturesBandUp, 4)
        .fixed("multiplierDown", kFuturesBandDown, 4)
        .text("multiplierDecimal", "4")
        .close();
    open_filter(json, "POSITION_RISK_CONTROL");
    json.text("positionControlSide", "NONE").close();
    json.close_list();
    write_words(json, "orderTypes",
                {"LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                 "TRAILING_STOP_MARKET"});
    write_words(json, "timeInForce", {"GTC", "IOC", "FOK", "GTX", "GTD"});
    write_words(json, "permissionSets", {"GRID", "COPY"});
    json.close();
}

Answer futures_info(Desk& desk, Call& call) {
    JsonWriter json;
    json.open()
        .text("timezone", "UTC")
        .number("serverTime", call.stamp(call.now))
        .text("futuresType", "U_MARGINED");
    write_rate_limits(json, Board::futures);
    json.open_list("exchangeFilters").close_list().open_list("assets").open().text("asset", kQuoteAsset);
    json.boolean("marginAvailable", true)
        .text("autoAssetExchange", "-10000")
        .close()
        .close_list()
        .open_list("symbols");
    for (const Symbol& symbol : desk.symbols.all()) write_futures_symbol(json, desk, symbol);
    return json.close_list().close().take();
}

}  // namespace

Answer exchange_info(Desk& desk, Call& call) {
    return desk.is_spot() ? spot_info(desk, call) : futures_info(desk, call);
}

}  // namespace plumb::exchange::binance
