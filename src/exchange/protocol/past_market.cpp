#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange {
namespace {

BarDetail guess(const Ohlcv& values) {
    if (values.volume.is_zero()) return {};
    const Decimal quarter = Decimal::from_units(Decimal::kOne / 4);
    const Price sum = values.open + values.high + values.low + values.close;
    return {sum * values.volume * quarter, values.volume * Decimal::from_units(Decimal::kOne / 2), 1};
}

}  // namespace

std::vector<DetailedBar> PastMarket::detailed_bars(InstrumentId instrument, Duration length, Timestamp from,
                                                   Timestamp to, std::size_t count, Timestamp now) const {
    std::vector<DetailedBar> all;
    for (const ClosedBar& bar : bars(instrument, length, from, to, count, now))
        all.push_back({bar, guess(bar.values)});
    return all;
}

std::optional<DetailedOpenBar> PastMarket::detailed_open_bar(InstrumentId instrument, Duration length,
                                                             Timestamp now) const {
    const std::optional<OpenBar> bar = open_bar(instrument, length, now);
    if (!bar) return std::nullopt;
    return DetailedOpenBar{*bar, guess(bar->values)};
}

}  // namespace plumb::exchange
