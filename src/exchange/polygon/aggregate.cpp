#include "exchange/polygon/aggregate.hpp"

#include <algorithm>

namespace plumb::exchange::polygon {
namespace {

constexpr int kVwapDecimals = 4;

}  // namespace

void Aggregate::add(const Aggregate& next) {
    values.high = std::max(values.high, next.values.high);
    values.low = std::min(values.low, next.values.low);
    values.close = next.values.close;
    values.volume += next.values.volume;
    detail.value += next.detail.value;
    detail.bought += next.detail.bought;
    detail.trades += next.detail.trades;
}

Price vwap(const Aggregate& bar, Price tick) {
    if (bar.values.volume.is_zero()) return bar.values.close;
    const int decimals = std::max(kVwapDecimals, tick.value.decimals());
    return (bar.detail.value / bar.values.volume)
        .quantized(Price{Decimal::power_of_ten(-decimals)}, Rounding::nearest);
}

void append_members(JsonOut& out, const Aggregate& bar, Price tick) {
    out.member("v", bar.values.volume)
        .member("vw", vwap(bar, tick))
        .member("o", bar.values.open)
        .member("c", bar.values.close)
        .member("h", bar.values.high)
        .member("l", bar.values.low)
        .member("t", to_ms(bar.begin))
        .member("n", bar.detail.trades);
}

Aggregate aggregate_of(Timestamp begin, Price price, Quantity quantity) {
    return {begin, {price, price, price, price, quantity}, {price * quantity, {}, 1}};
}

}  // namespace plumb::exchange::polygon
