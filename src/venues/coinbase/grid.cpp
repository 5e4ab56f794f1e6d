#include "venues/coinbase/grid.hpp"

#include <fmt/format.h>

#include "core/order.hpp"

namespace plumb::venues::coinbase {
namespace {

std::unexpected<Error> deny(std::string why) { return fail(Errc::denied, std::move(why)); }

Status check_kind(const OrderRequest& order) {
    if (order.time_in_force == TimeInForce::day)
        return fail(Errc::unsupported, "Coinbase has no day orders: its market never closes");
    switch (order.type) {
        case OrderType::market:
            if (order.time_in_force == TimeInForce::fill_or_kill)
                return fail(Errc::unsupported, "Coinbase spot takes no fill-or-kill market orders");
            return {};
        case OrderType::limit: return {};
        case OrderType::stop_limit:
            if (order.time_in_force != TimeInForce::good_till_canceled)
                return fail(Errc::unsupported, "Coinbase stop-limit orders are good till canceled");
            return {};
        case OrderType::stop: return fail(Errc::unsupported, "Coinbase has stop orders with a limit only");
        case OrderType::trailing_stop: return fail(Errc::unsupported, "Coinbase has no trailing stops");
    }
    return {};
}

Status check_market(const OrderRequest& order, const Grid& grid, const std::string& name) {
    if (grid.listing.status == TradingStatus::closed)
        return deny(fmt::format("Coinbase does not trade {} now", name));
    if (grid.cancel_only) return deny(fmt::format("Coinbase takes only cancels for {} now", name));
    if (grid.listing.status == TradingStatus::halted)
        return deny(fmt::format("Coinbase has halted {}", name));
    if (grid.post_only)
        return deny(
            fmt::format("Coinbase takes only orders that rest for {} now, and ours may trade at once", name));
    if (grid.limit_only && order.type != OrderType::limit)
        return deny(fmt::format("Coinbase takes only limit orders for {} now", name));
    return {};
}

Status check_price(const char* what, Price price, Price tick) {
    if (price.sign() <= 0) return deny(fmt::format("the {} price of this order is not above zero", what));
    if (!price.value.is_multiple_of(tick.value))
        return deny(
            fmt::format("the {} price {} is no multiple of {}", what, price.to_string(), tick.to_string()));
    return {};
}

Status check_size(const OrderRequest& order, const wire::Listing& listing) {
    if (order.quantity.sign() <= 0) return deny("the quantity of this order is not above zero");
    if (!order.quantity.value.is_multiple_of(listing.lot.value))
        return deny(fmt::format("the quantity {} is no multiple of {}", order.quantity.to_string(),
                                listing.lot.to_string()));
    if (order.quantity < listing.quantity_min)
        return deny(fmt::format("the quantity {} is below Coinbase's minimum of {}",
                                order.quantity.to_string(), listing.quantity_min.to_string()));
    if (listing.quantity_max.sign() > 0 && listing.quantity_max < order.quantity)
        return deny(fmt::format("the quantity {} is above Coinbase's maximum of {}",
                                order.quantity.to_string(), listing.quantity_max.to_string()));
    const Price price = order.type == OrderType::market ? order.reference : order.limit;
    if (price.sign() <= 0) return {};
    const Result<Money> value = notional(price, order.quantity);
    if (!value) return deny("the value of this order is larger than any market's");
    if (*value < listing.notional_min)
        return deny(fmt::format("the order is worth {}, below Coinbase's minimum of {}", value->to_string(),
                                listing.notional_min.to_string()));
    if (listing.notional_max.sign() > 0 && listing.notional_max < *value)
        return deny(fmt::format("the order is worth {}, above Coinbase's maximum of {}", value->to_string(),
                                listing.notional_max.to_string()));
    return {};
}

}  // namespace

Status check_order(const OrderRequest& order, const Instrument& instrument, const Grid* grid) {
    if (Status status = check_kind(order); !status) return status;
    wire::Listing listing;
    if (grid) {
        if (Status status = check_market(order, *grid, instrument.name()); !status) return status;
        listing = grid->listing;
    } else {
        listing.tick = instrument.tick;
        listing.lot = instrument.lot;
        listing.quantity_min = instrument.quantity_min;
        listing.notional_min = instrument.notional_min;
    }
    if (order.type != OrderType::market)
        if (Status status = check_price("limit", order.limit, listing.tick); !status) return status;
    if (order.type == OrderType::stop_limit)
        if (Status status = check_price("stop", order.stop, listing.tick); !status) return status;
    return check_size(order, listing);
}

}  // namespace plumb::venues::coinbase
