#include "venues/binance/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::venues::binance {
namespace {

constexpr std::size_t kClientIdMax = 36;

template <class... Parts>
Status deny(fmt::format_string<Parts...> words, Parts&&... parts) {
    return fail(Errc::denied, fmt::format(words, std::forward<Parts>(parts)...));
}

Status check_grid(std::string_view what, std::string_view filter, Decimal value, const Grid& grid) {
    if (!grid.least.is_zero() && value < grid.least)
        return deny("{} {} is below the least of Binance, {} ({})", what, value.to_string(),
                    grid.least.to_string(), filter);
    if (!grid.most.is_zero() && grid.most < value)
        return deny("{} {} is above the most of Binance, {} ({})", what, value.to_string(),
                    grid.most.to_string(), filter);
    if (!grid.step.is_zero() && !value.is_multiple_of(grid.step))
        return deny("{} {} is no multiple of {} ({})", what, value.to_string(), grid.step.to_string(),
                    filter);
    return {};
}

Status check_notional(const OrderRequest& order, const SymbolRules& rules) {
    const bool market = order.type == OrderType::market || order.type == OrderType::stop;
    const bool has_min = !rules.notional_min.is_zero() && (!market || rules.notional_min_for_market);
    const bool has_max = !rules.notional_max.is_zero() && (!market || rules.notional_max_for_market);
    const Price price = !market ? order.limit : order.type == OrderType::stop ? order.stop : order.reference;
    if (price.is_zero() || (!has_min && !has_max)) return {};
    const Result<Money> value = notional(price, order.quantity);
    if (!value) return deny("the order's value is larger than any market's");
    if (has_min && value->value < rules.notional_min)
        return deny("the order is worth {}, Binance takes {} and more (NOTIONAL)", value->to_string(),
                    rules.notional_min.to_string());
    if (has_max && rules.notional_max < value->value)
        return deny("the order is worth {}, Binance takes {} at most (NOTIONAL)", value->to_string(),
                    rules.notional_max.to_string());
    return {};
}

/// The venue compares with its own reference price; the price the decision was made at stands in for it.
Status check_band(const OrderRequest& order, const SymbolRules& rules) {
    if (order.reference.sign() <= 0 || order.limit.sign() <= 0) return {};
    const bool buys = order.side == Side::buy;
    const Decimal up = buys ? rules.buy_up : rules.sell_up, down = buys ? rules.buy_down : rules.sell_down;
    const Result<Decimal> highest = Decimal::multiply(order.reference.value, up),
                          lowest = Decimal::multiply(order.reference.value, down);
    if (!up.is_zero() && highest && *highest < order.limit.value)
        return deny("the limit {} is more than {} times the price {} (PERCENT_PRICE)",
                    order.limit.to_string(), up.to_string(), order.reference.to_string());
    if (!down.is_zero() && lowest && order.limit.value < *lowest)
        return deny("the limit {} is less than {} times the price {} (PERCENT_PRICE)",
                    order.limit.to_string(), down.to_string(), order.reference.to_string());
    return {};
}

}  // namespace

std::string_view type_word(Market market, OrderType type) {
    const bool spot = market == Market::spot;
    switch (type) {
        case OrderType::market: return "MARKET";
        case OrderType::limit: return "LIMIT";
        case OrderType::stop: return spot ? "STOP_LOSS" : "STOP_MARKET";
        case OrderType::stop_limit: return spot ? "STOP_LOSS_LIMIT" : "STOP";
        case OrderType::trailing_stop: return "";
    }
    return "";
}

std::string_view time_in_force_word(TimeInForce time_in_force) {
    switch (time_in_force) {
        case TimeInForce::day: return "";
        case TimeInForce::good_till_canceled: return "GTC";
        case TimeInForce::immediate_or_cancel: return "IOC";
        case TimeInForce::fill_or_kill: return "FOK";
    }
    return "";
}

Status check_order(Market market, const OrderRequest& order, std::string_view symbol, const RuleBook& book) {
    const std::string_view type = type_word(market, order.type);
    const bool has_limit = order.type == OrderType::limit || order.type == OrderType::stop_limit;
    const bool has_stop = order.type == OrderType::stop || order.type == OrderType::stop_limit;
    if (kClientIdMax < order.id.to_string().size())
        return deny("the client order id is longer than the {} characters of Binance", kClientIdMax);
    if (type.empty()) return deny("Binance gets no trailing stops from us; use a stop");
    if (time_in_force_word(order.time_in_force).empty())
        return deny("Binance knows no orders for the day; use good-till-canceled");
    if (!has_limit && order.time_in_force == TimeInForce::fill_or_kill)
        return deny("Binance fills market orders as far as it can; fill-or-kill needs a limit");
    if (order.quantity.sign() <= 0) return deny("expected a quantity above zero");
    if (has_limit && order.limit.sign() <= 0) return deny("expected a limit price above zero");
    if (has_stop && order.stop.sign() <= 0) return deny("expected a stop price above zero");
    if (book.empty()) return {};
    const SymbolRules* rules = book.find(symbol);
    if (rules == nullptr) return deny("Binance does not list {}", symbol);
    if (!rules->tradable) return deny("{} cannot be traded now: its status is {}", symbol, rules->status);
    if (!rules->order_types.empty() &&
        std::ranges::find(rules->order_types, type) == rules->order_types.end())
        return deny("Binance takes no {} orders in {}", type, symbol);
    if (Status status = check_grid("quantity", "LOT_SIZE", order.quantity.value, rules->quantity); !status)
        return status;
    if (!has_limit)
        if (Status status =
                check_grid("quantity", "MARKET_LOT_SIZE", order.quantity.value, rules->market_quantity);
            !status)
            return status;
    if (has_limit)
        if (Status status = check_grid("limit price", "PRICE_FILTER", order.limit.value, rules->price);
            !status)
            return status;
    if (has_stop)
        if (Status status = check_grid("stop price", "PRICE_FILTER", order.stop.value, rules->price); !status)
            return status;
    // USD-M spares orders that only reduce a position.
    const bool spared = market == Market::futures && reduces_risk(order.purpose);
    if (!spared)
        if (Status status = check_notional(order, *rules); !status) return status;
    return has_limit ? check_band(order, *rules) : Status{};
}

}  // namespace plumb::venues::binance
