#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

/// What tickers tell of a window: the 24-hour one, a rolling one, a trading day.
struct WindowNumbers {
    Price open, high, low, last;
    Quantity volume;
    Money value;
    std::int64_t trades = 0;
    TradeNumber first_trade = 0, last_trade = 0;
    Timestamp opened_at, closed_at;

    Decimal change() const { return last.value - open.value; }
    /// In percent; zero where there was no price.
    Decimal change_percent() const;
    Price weighted_average() const { return volume.is_zero() ? Price{} : value / volume; }
};

WindowNumbers day_numbers(const Desk& desk, const Symbol& symbol, Timestamp now);
/// Of the minutes from `from` on.
WindowNumbers window_numbers(const Desk& desk, const Symbol& symbol, Timestamp from, Timestamp now);

}  // namespace plumb::exchange::binance
