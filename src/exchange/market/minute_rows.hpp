#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/bar.hpp"
#include "core/order.hpp"

namespace plumb::exchange::market {

/// A minute, counted since 1970.
using MinuteNumber = std::int64_t;

constexpr MinuteNumber minute_of(Timestamp time) {
    return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}
constexpr Timestamp start_of(MinuteNumber minute) { return Timestamp{std::chrono::minutes{minute}}; }

/// What happened to a price in one minute.
struct MinuteBar {
    MinuteNumber minute = 0;
    BarOrigin origin = BarOrigin::traded;
    Ohlcv values;
    Money value;      // sum of price times quantity
    Quantity bought;  // by aggressors
    std::uint32_t trades = 0;
};

/// One more trade of this minute; the first one makes the bar.
void add_trade(std::optional<MinuteBar>& bar, MinuteNumber minute, Side aggressor, Price price,
               Quantity quantity);

/// Takes minutes one by one, oldest first; says false when it wants no more.
class MinuteVisitor {
 public:
    virtual ~MinuteVisitor() = default;
    virtual bool take(const MinuteBar& bar) = 0;
};

/// The newest minutes of one market, 72 bytes each: counts of tick and lot, so that what goes in comes out
/// exactly (what lies off the grid goes to its nearest point).
class MinuteRows {
 public:
    MinuteRows(Price tick, Quantity lot, std::size_t rows_max);

    /// After all those before; the oldest is forgotten when there are `rows_max`.
    void push(const MinuteBar& bar);
    void forget_oldest() { rows_.pop_front(); }
    bool empty() const { return rows_.empty(); }
    std::size_t size() const { return rows_.size(); }
    MinuteNumber first() const { return rows_.front().minute; }
    MinuteNumber last() const { return rows_.back().minute; }
    /// Minutes in [from, to). False when the visitor wanted no more.
    bool visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const;

 private:
    struct Row {
        MinuteNumber minute = 0;
        std::int64_t open = 0;
        std::int64_t lots = 0;
        std::int64_t lots_bought = 0;
        std::int64_t value = 0, value_high = 0;     // units, low and high half
        std::int32_t high = 0, low = 0, close = 0;  // from open
        std::uint32_t trades = 0;
        BarOrigin origin = BarOrigin::traded;
    };

    Decimal tick_;
    Decimal lot_;
    std::size_t rows_max_;
    std::deque<Row> rows_;
};

}  // namespace plumb::exchange::market
