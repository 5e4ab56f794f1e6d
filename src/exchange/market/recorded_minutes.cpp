#include <algorithm>
#include <array>
#include <limits>

#include "exchange/market/recording.hpp"

namespace plumb::exchange::market {
namespace {

/// The four prices of a bar in the order its line goes through them, a third of its length apart.
std::array<Price, 4> line_of(const Ohlcv& values) {
    const bool rises = values.open <= values.close;
    return {values.open, rises ? values.low : values.high, rises ? values.high : values.low, values.close};
}

/// The minute that begins `offset` into a bar of `length`; the corners of the line are hit exactly.
MinuteBar minute_within(const Ohlcv& values, Duration length, Duration offset, Price tick) {
    const std::array<Price, 4> line = line_of(values);
    const auto price = [&](Duration time) {
        const std::int64_t third = std::min<std::int64_t>(2, 3 * time / length);
        const auto part = static_cast<std::size_t>(third);
        const double passed = 3 * to_seconds(time) / to_seconds(length) - static_cast<double>(third);
        const double from = line[part].to_double(), to = line[part + 1].to_double();
        const auto point = Price::from_double(from + passed * (to - from));
        return point ? point->quantized(tick, Rounding::nearest) : line[part];
    };
    const Duration end = std::min(length, offset + std::chrono::minutes{1});
    MinuteBar bar;
    bar.values.open = offset == Duration{} ? values.open : price(offset);
    bar.values.close = end == length ? values.close : price(end);
    bar.values.high = std::max(bar.values.open, bar.values.close);
    bar.values.low = std::min(bar.values.open, bar.values.close);
    for (std::size_t corner = 1; corner < 3; ++corner) {
        const Duration at = length * static_cast<std::int64_t>(corner) / 3;
        if (at < offset || end <= at) continue;
        bar.values.high = std::max(bar.values.high, line[corner]);
        bar.values.low = std::min(bar.values.low, line[corner]);
    }
    return bar;
}

bool visit_bars(const BarHistory& bars, Price tick, Quantity lot, MinuteNumber from, MinuteNumber to,
                MinuteVisitor& visitor) {
    if (bars.empty()) return true;
    const std::int64_t minutes = std::max<std::int64_t>(1, bars.length() / std::chrono::minutes{1});
    for (std::size_t i = bar_at(bars, start_of(from)); i < bars.size(); ++i) {
        const MinuteNumber first = minute_of(bars.open_time(i));
        const Ohlcv values = bars.values(i);
        const Quantity share =
            (values.volume * (Decimal{1} / Decimal{minutes})).quantized(lot, Rounding::down);
        for (std::int64_t m = 0; m < minutes; ++m) {
            if (first + m < from) continue;
            if (to <= first + m) return true;
            const Duration length = std::max(bars.length(), Duration{std::chrono::minutes{1}});
            MinuteBar bar = minute_within(values, length, m * std::chrono::minutes{1}, tick);
            bar.minute = first + m;
            bar.origin = bars.origin(i);
            Quantity rest = values.volume;
            for (std::int64_t k = 1; k < minutes && m == minutes - 1; ++k) rest -= share;
            bar.values.volume = m == minutes - 1 ? rest : share;
            bar.value = bar.values.close * bar.values.volume;
            bar.trades = bar.values.volume.is_zero() ? 0 : 1;
            if (!visitor.take(bar)) return false;
        }
    }
    return true;
}

}  // namespace

std::size_t bar_at(const BarHistory& bars, Timestamp time) {
    const std::size_t after = bars.first_at_or_after(time + Duration{1});
    return after == 0 ? 0 : after - 1;
}

double price_within(const BarHistory& bars, std::size_t at, Timestamp time) {
    const std::array<Price, 4> line = line_of(bars.values(at));
    const double passed = 3 * to_seconds(time - bars.open_time(at)) / to_seconds(bars.length());
    if (passed <= 0) return line[0].to_double();
    if (3 <= passed) return line[3].to_double();
    const auto part = static_cast<std::size_t>(passed);
    const double from = line[part].to_double();
    return from + (passed - static_cast<double>(part)) * (line[part + 1].to_double() - from);
}

RecordedMinutes::RecordedMinutes(const RecordedName& name)
    : name_{name},
      trades_from_{name.trades.empty() ? std::numeric_limits<MinuteNumber>::max()
                                       : minute_of(name.trades.front().received_at)},
      rows_{name.listed.instrument.tick, name.listed.instrument.lot,
            std::numeric_limits<std::size_t>::max()} {
    std::optional<MinuteBar> bar;
    for (const Trade& trade : name.trades) {
        const MinuteNumber minute = minute_of(trade.received_at);
        if (bar && bar->minute != minute) {
            rows_.push(*bar);
            bar.reset();
        }
        add_trade(bar, minute, trade.aggressor, trade.price, trade.quantity);
    }
    if (bar) rows_.push(*bar);
}

bool RecordedMinutes::visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const {
    const Instrument& grid = name_.listed.instrument;
    if (!visit_bars(name_.bars, grid.tick, grid.lot, from, std::min(to, trades_from_), visitor)) return false;
    return rows_.visit(std::max(from, std::min(to, trades_from_)), to, visitor);
}

}  // namespace plumb::exchange::market
