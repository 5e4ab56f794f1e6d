#include "exchange/market/markets_past.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange::market {
namespace {

constexpr std::size_t kMinutesKeptOfAll = 700'000;  // 50 MB
constexpr std::size_t kMinutesKeptMin = 1500;       // a day and an hour
constexpr std::size_t kMinutesKeptMax = 50'000;     // a month

}  // namespace

MarketsPast::MarketsPast(Timestamp begins_at, std::size_t markets)
    : begins_at_{begins_at},
      minutes_max_{std::clamp(kMinutesKeptOfAll / std::max<std::size_t>(1, markets), kMinutesKeptMin,
                              kMinutesKeptMax)} {}

void MarketsPast::add_past(const Instrument& grid, InstrumentId instrument, MinuteNumber live_from,
                           const MinuteSource* path) {
    PLUMB_CHECK(instrument.value == pasts_.size());
    pasts_.emplace_back(
        MarketPast::Options{instrument, grid.tick, grid.lot, begins_at_, live_from, minutes_max_}, path);
}

void MarketsPast::skip(InstrumentId instrument, MinuteNumber from, MinuteNumber to) {
    pasts_[instrument.value].skip(from, to);
}

void MarketsPast::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        if (const auto* trade = std::get_if<TradeHappened>(&event.what))
            pasts_[trade->instrument.value].on_trade(*trade, event.at);
    }
}

std::vector<DetailedBar> MarketsPast::detailed_bars(InstrumentId instrument, Duration length, Timestamp from,
                                                    Timestamp to, std::size_t count, Timestamp now) const {
    return pasts_[instrument.value].bars(length, from, to, count, now);
}

std::optional<DetailedOpenBar> MarketsPast::detailed_open_bar(InstrumentId instrument, Duration length,
                                                              Timestamp now) const {
    return pasts_[instrument.value].open_bar(length, now);
}

std::vector<ClosedBar> MarketsPast::bars(InstrumentId instrument, Duration length, Timestamp from,
                                         Timestamp to, std::size_t count, Timestamp now) const {
    std::vector<ClosedBar> all;
    for (const DetailedBar& one : detailed_bars(instrument, length, from, to, count, now))
        all.push_back(one.bar);
    return all;
}

std::optional<OpenBar> MarketsPast::open_bar(InstrumentId instrument, Duration length, Timestamp now) const {
    const std::optional<DetailedOpenBar> one = detailed_open_bar(instrument, length, now);
    if (!one) return std::nullopt;
    return one->bar;
}

std::vector<PastTrade> MarketsPast::trades(InstrumentId instrument, Timestamp from, Timestamp to,
                                           std::size_t count) const {
    return pasts_[instrument.value].trades().find(from, to, count);
}

DaySummary MarketsPast::day(InstrumentId instrument, Timestamp now) const {
    return pasts_[instrument.value].day(now);
}

}  // namespace plumb::exchange::market
