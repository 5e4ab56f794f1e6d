#pragma once

#include "wire/members.hpp"

namespace plumb::venues::coinmarketcap {

// The members we know, by the object they stand in. What is not here is skipped.

namespace reply {
enum Key : std::size_t { status, data };
inline constexpr wire::KeyTable<2> kKeys{{"status", "data"}};
}  // namespace reply

namespace status {
enum Key : std::size_t { timestamp, error_code, error_message, credit_count };
inline constexpr wire::KeyTable<4> kKeys{{"timestamp", "error_code", "error_message", "credit_count"}};
}  // namespace status

/// A coin's price in one currency, as of quotes/latest.
namespace price {
enum Key : std::size_t { symbol, price, last_updated };
inline constexpr wire::KeyTable<3> kKeys{{"symbol", "price", "last_updated"}};
}  // namespace price

/// A row of ohlcv/historical, and the prices in it.
namespace ohlcv {
enum Key : std::size_t { time_open, time_close, quote };
inline constexpr wire::KeyTable<3> kKeys{{"time_open", "time_close", "quote"}};
}  // namespace ohlcv
namespace ohlc {
enum Key : std::size_t { open, high, low, close };
inline constexpr wire::KeyTable<4> kKeys{{"open", "high", "low", "close"}};
}  // namespace ohlc

/// A row of the map of all coins.
namespace coin {
enum Key : std::size_t { id, symbol };
inline constexpr wire::KeyTable<2> kKeys{{"id", "symbol"}};
}  // namespace coin

/// key/info.
namespace info {
enum Key : std::size_t { plan, usage };
inline constexpr wire::KeyTable<2> kKeys{{"plan", "usage"}};
}  // namespace info
namespace limits {
enum Key : std::size_t { credit_limit_monthly, reset, rate_limit_minute };
inline constexpr wire::KeyTable<3> kKeys{
    {"credit_limit_monthly", "credit_limit_monthly_reset_timestamp", "rate_limit_minute"}};
}  // namespace limits
namespace usage {
enum Key : std::size_t { current_day, current_month };
inline constexpr wire::KeyTable<2> kKeys{{"current_day", "current_month"}};
}  // namespace usage
namespace used {
enum Key : std::size_t { credits_used, credits_left };
inline constexpr wire::KeyTable<2> kKeys{{"credits_used", "credits_left"}};
}  // namespace used

}  // namespace plumb::venues::coinmarketcap
