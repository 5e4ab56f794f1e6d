#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

/// "1m", "4h", "1M": case-sensitive, as the venue spells them.
struct Interval {
    std::string_view name;
    Duration length;  // of a month: 31 days
    bool is_month = false;
};
std::optional<Interval> find_interval(std::string_view name);
std::span<const Interval> intervals();

/// Where the bar that `time` lies in opens, and where the next one does; `offset` is the time zone's.
Timestamp bar_open(const Interval& interval, Timestamp time, Duration offset = {});
Timestamp bar_end(const Interval& interval, Timestamp open, Duration offset = {});

/// One candlestick with all that the venue tells of it.
struct Kline {
    Timestamp open_time;
    Timestamp end;  // the next one opens
    Ohlcv values;
    Money value;
    std::int64_t trades = 0;
    Quantity taker_quantity;  // of buyers who took
    Money taker_value;
};

/// What is asked of klines; times in UTC.
struct KlineRange {
    std::optional<Timestamp> start, end;
    std::size_t limit = 500;
    Duration offset{};
};

/// Candlesticks of the range, oldest first, the one that is forming last; intervals without a trade are flat
/// at the close before. What the past does not know of a bar beside its prices and volume it estimates
/// (PastMarket).
std::vector<Kline> find_klines(const Desk& desk, const Symbol& symbol, const Interval& interval,
                               const KlineRange& range, Timestamp now);
/// The one that opened at `open`, closed or forming; flat at the last price when nothing was traded in it.
/// Nothing before the first trade.
std::optional<Kline> kline_at(const Desk& desk, const Symbol& symbol, const Interval& interval,
                              Timestamp open, Duration offset, Timestamp now);

/// ["open time", "open", …, "0"]
void write_kline(JsonWriter& json, const Kline& kline, const Symbol& symbol, TimeUnit unit);

Answer klines(Desk& desk, Call& call);
/// The price a futures contract is valued at, as candlesticks without volume: the traded prices stand for it.
Answer mark_price_klines(Desk& desk, Call& call);
Answer index_price_klines(Desk& desk, Call& call);
Answer premium_index_klines(Desk& desk, Call& call);
Answer continuous_klines(Desk& desk, Call& call);

}  // namespace plumb::exchange::binance
