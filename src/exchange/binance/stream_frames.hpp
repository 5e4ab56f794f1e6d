#pragma once

#include <span>
#include <string>

#include "exchange/binance/day_numbers.hpp"
#include "exchange/binance/desk.hpp"
#include "exchange/binance/klines.hpp"

namespace plumb::exchange::binance {

/// The messages of market streams, appended to a buffer that is used again: no allocation once it has grown.
/// The four that come often (trade, quote, depth, candlestick) are written field by field.
class FrameWriter {
 public:
    FrameWriter(const Desk& desk, std::string& out, TimeUnit unit) : desk_{desk}, out_{out}, unit_{unit} {}

    void begin_list() { out_ += '['; }
    void next_of_list() {
        if (out_.back() != '[') out_ += ',';
    }
    void end_list() { out_ += ']'; }
    void trade(const TradeHappened& trade, Timestamp at, Timestamp now);
    void aggregate_trade(const TradeHappened& trade, Timestamp at, Timestamp now);
    void book_ticker(const QuoteChanged& quote, Timestamp at, Timestamp now);
    struct TradeRange {
        std::int64_t first = -1, last = -1;
    };
    void kline(const Symbol& symbol, const Kline& kline, std::string_view interval, TradeRange trades,
               bool is_closed, Timestamp now);
    /// Changes of a book: first_update..last_update, after `previous`.
    struct DepthRange {
        std::uint64_t first = 0, last = 0, previous = 0;
    };
    void depth(const Symbol& symbol, DepthRange range, std::span<const BookLevel> bids,
               std::span<const BookLevel> asks, Timestamp now);
    void partial_depth(const Symbol& symbol, std::uint64_t last_update, std::span<const BookLevel> bids,
                       std::span<const BookLevel> asks, Timestamp now);
    void mini_ticker(const Symbol& symbol, const WindowNumbers& numbers, Timestamp now);
    void ticker(const Symbol& symbol, const WindowNumbers& numbers, std::string_view event, Timestamp now);
    void average_price(const Symbol& symbol, Price average, Timestamp last_trade, Timestamp now);
    void mark_price(const Symbol& symbol, const MarkChanged& mark, Timestamp now);
    void forced_order(const OrderRecord& order, const Execution& execution, Timestamp now);

 private:
    void raw(std::string_view text) { out_ += text; }
    void number(std::string_view key, std::int64_t value);
    void text(std::string_view key, std::string_view value);
    void price(std::string_view key, const Symbol& symbol, Decimal value);
    void quantity(std::string_view key, const Symbol& symbol, Decimal value);
    void money(std::string_view key, Decimal value);
    void levels(std::string_view key, const Symbol& symbol, std::span<const BookLevel> rows);
    std::int64_t at(Timestamp time) const { return stamp(time, unit_); }

    const Desk& desk_;
    std::string& out_;
    TimeUnit unit_;
};

}  // namespace plumb::exchange::binance
