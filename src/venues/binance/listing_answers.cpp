#include "venues/binance/listing_answers.hpp"

namespace plumb::venues::binance {
namespace {

using Element = simdjson::dom::element;

constexpr std::size_t kSymbolsMax = 20'000;

Grid read_grid(AnswerFields& filter, std::string_view least, std::string_view most, std::string_view step) {
    return {filter.not_negative(least), filter.not_negative(most), filter.not_negative(step)};
}

void read_notional(AnswerFields& filter, Market market, SymbolRules& rules) {
    if (market == Market::futures) {
        rules.notional_min = filter.not_negative("notional");
        return;
    }
    rules.notional_min = filter.not_negative("minNotional");
    if (filter.has("maxNotional")) rules.notional_max = filter.not_negative("maxNotional");
    if (filter.has("applyToMarket")) rules.notional_min_for_market = filter.truth("applyToMarket");
    if (filter.has("applyMinToMarket")) rules.notional_min_for_market = filter.truth("applyMinToMarket");
    if (filter.has("applyMaxToMarket")) rules.notional_max_for_market = filter.truth("applyMaxToMarket");
}

void read_filter(AnswerFields& filter, Market market, SymbolRules& rules) {
    const std::string_view type = filter.text("filterType");
    if (type == "PRICE_FILTER") {
        rules.price = read_grid(filter, "minPrice", "maxPrice", "tickSize");
    } else if (type == "LOT_SIZE") {
        rules.quantity = read_grid(filter, "minQty", "maxQty", "stepSize");
    } else if (type == "MARKET_LOT_SIZE") {
        rules.market_quantity = read_grid(filter, "minQty", "maxQty", "stepSize");
    } else if (type == "MIN_NOTIONAL" || type == "NOTIONAL") {
        read_notional(filter, market, rules);
    } else if (type == "PERCENT_PRICE") {
        // USD-M: buys below the upper bound, sells above the lower one. Spot: both ways.
        rules.buy_up = filter.not_negative("multiplierUp");
        rules.sell_down = filter.not_negative("multiplierDown");
        if (market == Market::spot) rules.sell_up = rules.buy_up, rules.buy_down = rules.sell_down;
    } else if (type == "PERCENT_PRICE_BY_SIDE") {
        rules.buy_up = filter.not_negative("bidMultiplierUp");
        rules.buy_down = filter.not_negative("bidMultiplierDown");
        rules.sell_up = filter.not_negative("askMultiplierUp");
        rules.sell_down = filter.not_negative("askMultiplierDown");
    } else if (type == "MAX_NUM_ORDERS") {
        const std::uint64_t most = filter.number(filter.has("maxNumOrders") ? "maxNumOrders" : "limit");
        rules.orders_max = static_cast<int>(std::min<std::uint64_t>(most, 1'000'000));
    }  // others concern kinds of orders that we do not send
}

TradingStatus status_of_symbol(std::string_view word, bool allowed) {
    if (word == "TRADING") return allowed ? TradingStatus::open : TradingStatus::closed;
    if (word == "HALT" || word == "BREAK" || word == "CANCEL_ONLY") return TradingStatus::halted;
    return TradingStatus::closed;
}

/// 1e-8 where the venue has no step of its own.
Decimal step_or_finest(Decimal step) { return step.is_zero() ? Decimal::power_of_ten(-8) : step; }

/// False after refusing; true without an event for what is left out.
bool read_symbol(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    const bool spot = context.market == Market::spot;
    if (!spot && fields.text("contractType").find("PERPETUAL") == std::string_view::npos && fields.ok())
        return true;
    wire::Listing listing;
    SymbolRules rules;
    listing.symbol = fields.fixed<32>("symbol");
    listing.base = fields.fixed<16>("baseAsset");
    listing.quote = fields.fixed<16>("quoteAsset");
    rules.status = fields.text("status");
    const bool allowed = !spot || !fields.has("isSpotTradingAllowed") || fields.truth("isSpotTradingAllowed");
    simdjson::dom::array types, filters;
    const std::optional<Element> type_list = fields.child("orderTypes"),
                                 filter_list = fields.child("filters");
    if (!filter_list || filter_list->get_array().get(filters) != simdjson::SUCCESS)
        fields.refuse("expected a list of filters", "filters");
    if (type_list && type_list->get_array().get(types) == simdjson::SUCCESS)
        for (const Element type : types) {
            std::string_view word;
            if (type.get_string().get(word) == simdjson::SUCCESS) rules.order_types.emplace_back(word);
        }
    if (!out.good(fields)) return false;
    for (const Element each : filters) {
        AnswerFields filter{each};
        read_filter(filter, context.market, rules);
        if (!out.good(filter)) return false;
    }
    listing.status = status_of_symbol(rules.status, allowed);
    rules.tradable = listing.status == TradingStatus::open;
    if (!allowed) rules.status = "not open to spot trading";
    listing.tick = Price{step_or_finest(rules.price.step)};
    listing.lot = Quantity{step_or_finest(rules.quantity.step)};
    listing.quantity_min = Quantity{rules.quantity.least};
    listing.quantity_max = Quantity{rules.quantity.most};
    listing.notional_min = Money{rules.notional_min};
    listing.notional_max = Money{rules.notional_max};
    listing.can_short = listing.is_derivative = !spot;
    context.rules.set(listing.symbol.view(), std::move(rules));
    out.events.emplace_back(listing);
    return true;
}

/// REQUEST_WEIGHT of a minute and ORDERS of ten seconds, where they are said.
void read_limits(Element root, RuleBook& rules) {
    simdjson::dom::array limits;
    if (root["rateLimits"].get_array().get(limits) != simdjson::SUCCESS) return;
    for (const Element each : limits) {
        AnswerFields limit{each};
        const std::string_view type = limit.text("rateLimitType"), interval = limit.text("interval");
        const std::uint64_t count = limit.number("intervalNum"), most = limit.number("limit");
        if (!limit.ok() || most == 0 || 10'000'000 < most) continue;
        if (type == "REQUEST_WEIGHT" && interval == "MINUTE" && count == 1)
            rules.weight_per_minute = static_cast<double>(most);
        if (type == "ORDERS" && interval == "SECOND" && count == 10)
            rules.orders_per_10s = static_cast<double>(most);
    }
}

}  // namespace

void gather_listings(Element root, const AnswerContext& context, Gathered& out) {
    simdjson::dom::array symbols;
    if (root["symbols"].get_array().get(symbols) != simdjson::SUCCESS) {
        out.refuse("expected a list of symbols", "symbols");
        return;
    }
    read_limits(root, context.rules);
    std::size_t count = 0;
    for (const Element row : symbols) {
        if (++count == kSymbolsMax) break;
        if (read_symbol(row, context, out)) continue;
        out.events.emplace_back(*out.refused);
        out.refused.reset();
    }
}

}  // namespace plumb::venues::binance
