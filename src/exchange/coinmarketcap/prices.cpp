#include "exchange/coinmarketcap/prices.hpp"

namespace plumb::exchange::coinmarketcap {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr int kPercentDecimals = 8;

std::optional<Decimal> change(Price from, Price to) {
    if (from.is_zero() || to.is_zero()) return std::nullopt;
    const Result<Decimal> ratio = Decimal::divide((to - from).value, from.value);
    if (!ratio) return std::nullopt;
    return (*ratio * Decimal{100}).quantized(Decimal::power_of_ten(-kPercentDecimals), Rounding::nearest);
}

}  // namespace

/// The close of the bar that was over at `time`, or of the one before it; zero when there is none.
Price Prices::price_before(InstrumentId market, Duration length, Timestamp time) const {
    constexpr int kBarsBack = 10;
    const auto bars = past_.bars(market, length, time - kBarsBack * length, time, kBarsBack, time);
    return bars.empty() ? Price{} : bars.back().values.close;
}

void Prices::refresh(InstrumentId market, Cached& cached, Timestamp minute) {
    const Timestamp hour = std::chrono::floor<hours>(minute);
    if (cached.hour != hour) {
        cached.hour = hour;
        cached.week_ago = price_before(market, hours{1}, hour - days{7});
        cached.month_ago = price_before(market, hours{1}, hour - days{30});
    }
    Ticker& ticker = cached.ticker;
    ticker.price = price_before(market, minutes{1}, minute);
    ticker.volume_24h = past_.day(market, minute).value;
    ticker.change_1h = change(price_before(market, minutes{1}, minute - hours{1}), ticker.price);
    ticker.change_24h = change(price_before(market, minutes{1}, minute - hours{24}), ticker.price);
    ticker.change_7d = change(cached.week_ago, ticker.price);
    ticker.change_30d = change(cached.month_ago, ticker.price);
    ticker.updated = minute;
}

const Ticker& Prices::ticker(InstrumentId market, Timestamp now) {
    Cached& cached = cached_[market.value];
    const Timestamp minute = std::chrono::floor<minutes>(now);
    if (cached.ticker.updated != minute) refresh(market, cached, minute);
    return cached.ticker;
}

}  // namespace plumb::exchange::coinmarketcap
