#include "venues/alpaca/rules.hpp"

#include <fmt/format.h>

namespace plumb::venues::alpaca {
namespace {

struct Order {
    const OrderRequest& request;
    const Instrument& instrument;
    const Asset* asset = nullptr;  // null before the venue's list was read
    Market market = Market::crypto;

    std::unexpected<Error> denied(std::string_view why) const {
        return fail(Errc::denied, fmt::format("{} at Alpaca: {}", instrument.name(), why));
    }
    bool has_limit() const {
        return request.type == OrderType::limit || request.type == OrderType::stop_limit;
    }
    bool has_stop() const { return request.type == OrderType::stop || request.type == OrderType::stop_limit; }
    bool is_whole() const { return request.quantity.value.is_multiple_of(Decimal{1}); }
    /// The price that the order's value is reckoned with; zero when nothing tells one.
    Price price() const {
        if (has_limit()) return request.limit;
        return has_stop() ? request.stop : request.reference;
    }
};

Status check_words(const Order& order) {
    const OrderRequest& request = order.request;
    const bool crypto = order.market == Market::crypto;
    if (request.type == OrderType::trailing_stop)
        return order.denied("trailing stops are not sent by this program; use a stop");
    if (crypto && request.type == OrderType::stop)
        return order.denied("coins have market, limit and stop-limit orders only");
    const bool long_or_now = request.time_in_force == TimeInForce::good_till_canceled ||
                             request.time_in_force == TimeInForce::immediate_or_cancel;
    if (crypto && !long_or_now)
        return order.denied("orders for coins are good till canceled or immediate or cancel, nothing else");
    if (order.has_limit() && request.limit.sign() <= 0) return order.denied("the limit price is missing");
    if (order.has_stop() && request.stop.sign() <= 0) return order.denied("the stop price is missing");
    if (request.quantity.sign() <= 0) return order.denied("the quantity is not above zero");
    return {};
}

Status check_price(const Order& order, Price price, const char* what) {
    Price tick;
    if (order.market == Market::stocks)  // rule 612 of Regulation NMS
        tick = Price{Decimal::power_of_ten(price < Price{Decimal{1}} ? -4 : -2)};
    else
        tick = order.asset != nullptr ? order.asset->listing.tick : order.instrument.tick;
    if (price.value.is_multiple_of(tick.value)) return {};
    return order.denied(
        fmt::format("the {} {} is no multiple of {}", what, price.to_string(), tick.to_string()));
}

Status check_stock_quantity(const Order& order) {
    if (order.is_whole()) return {};
    if (order.asset != nullptr && !order.asset->listing.fractional)
        return order.denied("it is traded in whole shares only");
    if (order.request.time_in_force != TimeInForce::day)
        return order.denied("orders for parts of a share are good for the day only");
    const Result<Money> value = notional(order.price(), order.request.quantity);
    if (value && !order.price().is_zero() && value->value < Decimal{1})
        return order.denied("an order for parts of a share needs a value of 1 USD or more");
    return {};
}

Status check_coin_quantity(const Order& order) {
    const OrderRequest& request = order.request;
    const Quantity lot = order.asset != nullptr ? order.asset->listing.lot : order.instrument.lot;
    const Quantity least =
        order.asset != nullptr ? order.asset->listing.quantity_min : order.instrument.quantity_min;
    if (!request.quantity.value.is_multiple_of(lot.value))
        return order.denied(fmt::format("the quantity {} is no multiple of {}", request.quantity.to_string(),
                                        lot.to_string()));
    if (request.quantity < least)
        return order.denied(fmt::format("the least quantity is {}", least.to_string()));
    if (order.instrument.quote != "USD" || order.price().is_zero()) return {};
    const Result<Money> value = notional(order.price(), request.quantity);
    if (!value || kCoinValueMax < value->value)
        return order.denied("an order for coins may have a value of 200000 USD at most");
    if (request.side == Side::buy && value->value < kCoinValueMin)
        return order.denied(
            fmt::format("a purchase needs a value of 10 USD or more, this has {}", value->to_string()));
    return {};
}

}  // namespace

Status check_order(const OrderRequest& request, const Directory& directory) {
    if (directory.instruments().size() <= request.instrument.value)
        return fail(Errc::denied, "expected an instrument of this session");
    const Instrument& instrument = directory.instruments()[request.instrument];
    const std::optional<Market> market = directory.market_of(request.instrument);
    const Asset* asset = directory.asset_of(request.instrument);
    if (!market) return fail(Errc::denied, instrument.name() + " is not traded at Alpaca");
    const Order order{request, instrument, asset, *market};
    if (asset != nullptr && asset->listing.status != TradingStatus::open)
        return order.denied("it is listed but not tradable now");
    if (Status status = check_words(order); !status) return status;
    if (kQuantityDecimalsMax < request.quantity.value.decimals())
        return order.denied("a quantity has nine decimals at most; the venue would cut the rest in silence");
    if (order.has_limit())
        if (Status status = check_price(order, request.limit, "limit price"); !status) return status;
    if (order.has_stop())
        if (Status status = check_price(order, request.stop, "stop price"); !status) return status;
    return *market == Market::stocks ? check_stock_quantity(order) : check_coin_quantity(order);
}

Status check_replacement(const OrderRequest& request, const Directory& directory) {
    if (Status status = check_order(request, directory); !status) return status;
    const Order order{request, directory.instruments()[request.instrument], nullptr,
                      *directory.market_of(request.instrument)};
    if (request.type == OrderType::market)
        return order.denied("a market order cannot be replaced; cancel it");
    if (order.market == Market::stocks && !order.is_whole())
        return order.denied("an order for parts of a share cannot be replaced; cancel it and place another");
    return {};
}

}  // namespace plumb::venues::alpaca
