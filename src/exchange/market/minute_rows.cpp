#include "exchange/market/minute_rows.hpp"

#include <algorithm>
#include <limits>

namespace plumb::exchange::market {
namespace {

/// The nearest count of `step`s, held inside 64 bits.
std::int64_t count_of(Decimal value, Decimal step) {
    const Int128 units = value.units(), unit = step.units();
    const Int128 count = (units + (units < 0 ? -unit / 2 : unit / 2)) / unit;
    constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::clamp<Int128>(count, -kMax, kMax));
}

std::int32_t offset_of(std::int64_t count, std::int64_t from) {
    constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp(count - from, -kMax, kMax));
}

/// In two halves, since an Int128 would round the row up to 80 bytes.
void split(Int128 units, std::int64_t& low, std::int64_t& high) {
    low = static_cast<std::int64_t>(units);
    high = static_cast<std::int64_t>(units >> 64);
}
Int128 joined(std::int64_t low, std::int64_t high) {
    return static_cast<Int128>(high) << 64 | static_cast<Int128>(static_cast<std::uint64_t>(low));
}

}  // namespace

void add_trade(std::optional<MinuteBar>& bar, MinuteNumber minute, Side aggressor, Price price,
               Quantity quantity) {
    if (!bar) bar = MinuteBar{minute, BarOrigin::traded, {price, price, price, price, {}}, {}, {}, 0};
    Ohlcv& values = bar->values;
    values.high = std::max(values.high, price);
    values.low = std::min(values.low, price);
    values.close = price;
    values.volume += quantity;
    bar->value += price * quantity;
    if (aggressor == Side::buy) bar->bought += quantity;
    ++bar->trades;
}

MinuteRows::MinuteRows(Price tick, Quantity lot, std::size_t rows_max)
    : tick_{tick.value}, lot_{lot.value}, rows_max_{rows_max} {}

void MinuteRows::push(const MinuteBar& bar) {
    Row row;
    row.minute = bar.minute;
    row.open = count_of(bar.values.open.value, tick_);
    row.high = offset_of(count_of(bar.values.high.value, tick_), row.open);
    row.low = offset_of(count_of(bar.values.low.value, tick_), row.open);
    row.close = offset_of(count_of(bar.values.close.value, tick_), row.open);
    row.lots = count_of(bar.values.volume.value, lot_);
    row.lots_bought = count_of(bar.bought.value, lot_);
    split(bar.value.value.units(), row.value, row.value_high);
    row.trades = bar.trades;
    row.origin = bar.origin;
    rows_.push_back(row);
    if (rows_max_ < rows_.size()) rows_.pop_front();
}

bool MinuteRows::visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const {
    const auto price = [&](std::int64_t count) { return Price{Decimal::from_units(tick_.units() * count)}; };
    for (auto row = std::ranges::lower_bound(rows_, from, {}, &Row::minute);
         row != rows_.end() && row->minute < to; ++row) {
        MinuteBar bar;
        bar.minute = row->minute;
        bar.origin = row->origin;
        bar.trades = row->trades;
        bar.value = Money{Decimal::from_units(joined(row->value, row->value_high))};
        bar.bought = Quantity{Decimal::from_units(lot_.units() * row->lots_bought)};
        bar.values = {price(row->open), price(row->open + row->high), price(row->open + row->low),
                      price(row->open + row->close), Quantity{Decimal::from_units(lot_.units() * row->lots)}};
        if (!visitor.take(bar)) return false;
    }
    return true;
}

}  // namespace plumb::exchange::market
