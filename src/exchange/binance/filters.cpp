#include "exchange/binance/filters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/binance/order_note.hpp"

namespace plumb::exchange::binance {
namespace {

/// Open orders of the account in the symbol, and how many of them wait for a price.
struct OpenCount {
    std::size_t orders = 0;
    std::size_t algo = 0;
};

OpenCount count_open(const Desk& desk, AccountId account, InstrumentId instrument, Timestamp now) {
    OpenCount count;
    for (const OrderRecord& order : desk.model.open_orders(account, instrument, now)) {
        ++count.orders;
        count.algo += OrderNote::of(order.spec).is_conditional() && !order.triggered ? 1 : 0;
    }
    return count;
}

Checked<bool> check_spot_price(const SymbolFilters& filters, Price price) {
    if (price < filters.price_min || filters.price_max < price ||
        !price.value.is_multiple_of(filters.tick.value))
        return filter_failure("PRICE_FILTER");
    return true;
}

Checked<bool> check_spot_quantity(const SymbolFilters& filters, const FilterQuestion& question) {
    if (!question.quantity) return true;
    const Quantity quantity = *question.quantity;
    if (quantity < filters.quantity_min || filters.quantity_max < quantity ||
        !quantity.value.is_multiple_of(filters.lot.value))
        return filter_failure("LOT_SIZE");
    if (question.is_market && filters.market_quantity_max < quantity)
        return filter_failure("MARKET_LOT_SIZE");
    return true;
}

Checked<bool> check_spot_value(Desk& desk, const SymbolFilters& filters, const FilterQuestion& question,
                               Timestamp now) {
    Money value = question.notional;
    if (question.quantity) {
        const Price price = question.price  ? *question.price
                            : question.stop ? *question.stop
                                            : desk.average_price(question.symbol, now);
        const Result<Money> product = notional(price, *question.quantity);
        if (!product) return filter_failure("NOTIONAL");
        value = *product;
    }
    if (value < filters.notional_min) return filter_failure("NOTIONAL");
    if (!question.is_market && kNotionalMax < value.value) return filter_failure("NOTIONAL");
    return true;
}

bool is_outside(Price price, Price middle, Decimal down, Decimal up) {
    if (middle.is_zero()) return false;
    return price.value < middle.value * down || middle.value * up < price.value;
}

Checked<bool> check_futures_price(const SymbolFilters& filters, const Symbol& symbol, Price price,
                                  bool is_stop) {
    if (price.sign() <= 0)
        return refuse(is_stop ? -4006 : -4001, is_stop ? "Stop price less than zero." : "Price less than 0.");
    if (symbol.tick_decimals < price.value.decimals())
        return refuse(-1111, "Precision is over the maximum defined for this asset.");
    if (filters.price_max < price)
        return refuse(is_stop ? -4007 : -4002,
                      is_stop ? "Stop price greater than max price." : "Price greater than max price.");
    if (price < filters.price_min) return refuse(-4013, "Price less than min price.");
    if (!price.value.is_multiple_of(filters.tick.value))
        return refuse(-4014, "Price not increased by tick size.");
    return true;
}

}  // namespace

SymbolFilters filters_of(const Desk& desk, const Symbol& symbol) {
    const MarketSpec& market = desk.model.market(symbol.id);
    SymbolFilters filters;
    filters.tick = filters.price_min = market.instrument.tick;
    // The largest price of a tick is one that every sum with the largest quantity can hold.
    filters.price_max =
        Price{std::min(market.instrument.tick.value * Decimal{100'000'000}, Decimal{1'000'000})};
    filters.lot = market.instrument.lot;
    filters.quantity_min = std::max(market.instrument.quantity_min, market.instrument.lot);
    filters.quantity_max = market.quantity_max;
    filters.market_quantity_max =
        market.market_quantity_max.is_zero() ? market.quantity_max : market.market_quantity_max;
    filters.notional_min = market.instrument.notional_min;
    filters.orders_max = market.orders_open_max;
    return filters;
}

std::string_view status_word(const Desk& desk, InstrumentId instrument) {
    switch (desk.model.status(instrument)) {
        case TradingStatus::open: return "TRADING";
        case TradingStatus::halted: return desk.is_spot() ? "HALT" : "PENDING_TRADING";
        case TradingStatus::closed: return desk.is_spot() ? "BREAK" : "SETTLING";
    }
    return "";
}

Checked<bool> check_spot_filters(Desk& desk, const FilterQuestion& question, Timestamp now) {
    const SymbolFilters filters = filters_of(desk, question.symbol);
    for (const auto& price : {question.price, question.stop}) {
        if (!price) continue;
        if (auto checked = check_spot_price(filters, *price); !checked) return checked;
    }
    if (question.price &&
        is_outside(*question.price, desk.average_price(question.symbol, now), kSpotBandDown, kSpotBandUp))
        return filter_failure("PERCENT_PRICE_BY_SIDE");
    if (auto checked = check_spot_quantity(filters, question); !checked) return checked;
    if (!question.iceberg.is_zero()) {
        if (question.iceberg < filters.quantity_min ||
            !question.iceberg.value.is_multiple_of(filters.lot.value))
            return filter_failure("LOT_SIZE");
        if (Quantity{question.iceberg.value * Decimal{kIcebergPartsMax}} < *question.quantity)
            return filter_failure("ICEBERG_PARTS");
    }
    if (auto checked = check_spot_value(desk, filters, question, now); !checked) return checked;
    if (question.is_market && !question.is_algo) return true;  // rests nowhere
    const OpenCount open = count_open(desk, question.account, question.symbol.id, now);
    if (static_cast<std::size_t>(filters.orders_max) <= open.orders) return filter_failure("MAX_NUM_ORDERS");
    if (question.is_algo && kSpotAlgoOrdersMax <= open.algo) return filter_failure("MAX_NUM_ALGO_ORDERS");
    return true;
}

Checked<bool> check_futures_filters(Desk& desk, const FilterQuestion& question, Timestamp now) {
    const SymbolFilters filters = filters_of(desk, question.symbol);
    const Symbol& symbol = question.symbol;
    if (question.price) {
        if (auto checked = check_futures_price(filters, symbol, *question.price, false); !checked)
            return checked;
    }
    if (question.stop) {
        if (auto checked = check_futures_price(filters, symbol, *question.stop, true); !checked)
            return checked;
    }
    const Price mark = desk.model.mark(symbol.id).mark;
    if (question.price && !question.is_algo && !mark.is_zero()) {
        if (question.side == Side::buy && mark.value * kFuturesBandUp < question.price->value)
            return refuse(
                -4016,
                fmt::format(
                    "Limit price can't be higher than {}.",
                    (mark.value * kFuturesBandUp).quantized(filters.tick.value, Rounding::down).to_string()));
        if (question.side == Side::sell && question.price->value < mark.value * kFuturesBandDown)
            return refuse(
                -4024,
                fmt::format(
                    "Limit price can't be lower than {}.",
                    (mark.value * kFuturesBandDown).quantized(filters.tick.value, Rounding::up).to_string()));
    }
    if (question.quantity) {
        const Quantity quantity = *question.quantity;
        if (quantity.sign() <= 0) return refuse(-4003, "Quantity less than or equal to zero.");
        if (symbol.lot_decimals < quantity.value.decimals())
            return refuse(-1111, "Precision is over the maximum defined for this asset.");
        if (quantity < filters.quantity_min) return refuse(-4004, "Quantity less than min quantity.");
        if ((question.is_market ? filters.market_quantity_max : filters.quantity_max) < quantity)
            return refuse(-4005, "Quantity greater than max quantity.");
        if (!quantity.value.is_multiple_of(filters.lot.value))
            return refuse(-4023, "Qty not increased by step size.");
        const Price price = question.price ? *question.price : question.stop ? *question.stop : mark;
        const Result<Money> value = notional(price, quantity);
        if (!value) return refuse(-4005, "Quantity greater than max quantity.");
        if (!question.reduces && *value < filters.notional_min)
            return refuse(
                -4164,
                fmt::format("Order's notional must be no smaller than {} (unless you choose reduce only).",
                            filters.notional_min.to_string()));
    }
    const OpenCount open = count_open(desk, question.account, symbol.id, now);
    if (static_cast<std::size_t>(filters.orders_max) <= open.orders)
        return refuse(-2025, "Reach max open order limit.");
    if (question.is_algo && kFuturesAlgoOrdersMax <= open.algo)
        return refuse(-4045, "Reach max stop order limit.");
    return true;
}

}  // namespace plumb::exchange::binance
