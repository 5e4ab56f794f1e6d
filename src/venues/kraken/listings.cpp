#include "venues/kraken/listings.hpp"

#include "venues/kraken/symbols.hpp"

namespace plumb::venues::kraken {
namespace {

std::unexpected<Error> deny(std::string words) { return fail(Errc::denied, std::move(words)); }

bool has_limit(OrderType type) { return type == OrderType::limit || type == OrderType::stop_limit; }
bool has_stop(OrderType type) { return type == OrderType::stop || type == OrderType::stop_limit; }

Status check_kind(const OrderRequest& order) {
    if (order.type == OrderType::trailing_stop)
        return deny("trailing stops need a distance, which our orders do not have: use a stop");
    if (order.time_in_force == TimeInForce::day)
        return deny("Kraken Futures has no orders for the day: use good till canceled");
    if (has_stop(order.type) && order.time_in_force != TimeInForce::good_till_canceled)
        return deny("Kraken Futures has stops that stand until they are canceled only");
    if (order.type == OrderType::market && order.time_in_force == TimeInForce::fill_or_kill)
        return deny("market orders here fill what they can at once: use a fill-or-kill limit");
    if (order.quantity.sign() <= 0) return deny("expected a quantity above zero");
    if (has_limit(order.type) && order.limit.sign() <= 0) return deny("expected a limit price above zero");
    if (has_stop(order.type) && order.stop.sign() <= 0) return deny("expected a stop price above zero");
    return {};
}

Status check_grid(const OrderRequest& order, const std::string& name, const wire::Listing& listing) {
    if (listing.status == TradingStatus::closed) return deny(name + " is not open for trading");
    if (listing.status == TradingStatus::halted)
        return deny(name + " takes only orders that rest in the book now (post only)");
    if (!order.quantity.value.is_multiple_of(listing.lot.value))
        return deny(name + " is traded in steps of " + listing.lot.to_string() + ", found " +
                    order.quantity.to_string());
    if (order.quantity < listing.quantity_min)
        return deny(name + " is traded from " + listing.quantity_min.to_string() + " on, found " +
                    order.quantity.to_string());
    if (!listing.quantity_max.is_zero() && listing.quantity_max < order.quantity)
        return deny(name + " allows a position of at most " + listing.quantity_max.to_string() + ", found " +
                    order.quantity.to_string());
    for (const Price price :
         {has_limit(order.type) ? order.limit : Price{}, has_stop(order.type) ? order.stop : Price{}})
        if (!price.value.is_multiple_of(listing.tick.value))
            return deny(name + " has prices in steps of " + listing.tick.to_string() + ", found " +
                        price.to_string());
    return {};
}

}  // namespace

void Listings::put(InstrumentId instrument, const wire::Listing& listing) {
    if (by_instrument_.size() <= instrument.value) by_instrument_.resize(instrument.value + 1);
    by_instrument_[instrument.value] = listing;
}

const wire::Listing* Listings::find(InstrumentId instrument) const {
    if (by_instrument_.size() <= instrument.value || !by_instrument_[instrument.value]) return nullptr;
    return &*by_instrument_[instrument.value];
}

Status check_order(const OrderRequest& order, const wire::SymbolMap& symbols, const Listings& listings) {
    const std::string_view symbol = symbols.symbol_of(order.instrument);
    if (symbol.empty()) return deny("the instrument has no contract at Kraken Futures");
    const std::string name = symbols.instruments()[order.instrument].name();
    if (is_inverse(symbol))
        return deny(name +
                    " counts dollars, not coins, and settles in the coin: only linear contracts are traded");
    if (Status status = check_kind(order); !status) return status;
    const wire::Listing* listing = listings.find(order.instrument);
    return listing == nullptr ? Status{} : check_grid(order, name, *listing);
}

}  // namespace plumb::venues::kraken
