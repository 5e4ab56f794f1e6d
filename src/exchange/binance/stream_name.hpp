#pragma once

#include <optional>
#include <string_view>

#include "exchange/binance/klines.hpp"

namespace plumb::exchange::binance {

/// What a stream tells.
enum class StreamKind : unsigned char {
    trade,
    aggregate_trade,
    book_ticker,
    kline,
    mini_ticker,
    ticker,
    window_ticker,  // ticker_1h, ticker_4h, ticker_1d
    average_price,
    depth,          // changes
    partial_depth,  // the best levels
    mark_price,
    forced_order,
    // of all symbols in one message, or one message each
    all_book_tickers,
    all_mini_tickers,
    all_tickers,
    all_mark_prices,
    all_forced_orders,
};
constexpr std::size_t kSymbolKinds = static_cast<std::size_t>(StreamKind::forced_order) + 1;

/// A stream's name, read: "btcusdt@depth5@100ms".
struct StreamName {
    StreamKind kind = StreamKind::trade;
    InstrumentId instrument{};  // where it is one symbol's
    Interval interval{};        // klines, windows
    Duration offset{};          // klines in another time zone
    Duration period{};          // between two messages; zero: at once
    std::size_t levels = 0;     // partial depth
};

/// Nothing for names the board does not have: subscribing to them is answered, and nothing comes.
std::optional<StreamName> parse_stream_name(const Desk& desk, std::string_view text);

}  // namespace plumb::exchange::binance
