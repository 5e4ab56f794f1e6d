#include "exchange/testing/given_past.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange::testing {
namespace {

constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kWeek = std::chrono::days{7};
constexpr Duration kFirstMonday = std::chrono::days{4};  // 1970-01-05

void extend(Ohlcv& all, const Ohlcv& next) {
    all.high = std::max(all.high, next.high);
    all.low = std::min(all.low, next.low);
    all.close = next.close;
    all.volume += next.volume;
}

}  // namespace

Timestamp GivenPast::bar_of(Timestamp time, Duration length) {
    const Duration shift = length % kWeek == Duration{} ? kFirstMonday : Duration{};
    const Duration since = time.time_since_epoch() - shift;
    Duration rest = since % length;
    if (rest < Duration{}) rest += length;
    return time - rest;
}

const GivenPast::Market* GivenPast::find(InstrumentId instrument) const {
    const auto at = markets_.find(instrument);
    return at == markets_.end() ? nullptr : &at->second;
}

void GivenPast::add_bar(const ClosedBar& bar) {
    PLUMB_CHECK(bar.length == kMinute && bar_of(bar.open_time, kMinute) == bar.open_time);
    const Money value = bar.values.close * bar.values.volume;
    markets_[bar.instrument].minutes[bar.open_time] = {bar.values, value, 0, bar.origin};
}

void GivenPast::add_trade(InstrumentId instrument, const PastTrade& trade) {
    Market& market = markets_[instrument];
    PLUMB_CHECK(market.trades.empty() || market.trades.back().at <= trade.at);
    market.trades.push_back(trade);
    const Ohlcv values{trade.price, trade.price, trade.price, trade.price, trade.quantity};
    const auto [at, is_new] =
        market.minutes.try_emplace(bar_of(trade.at, kMinute), Minute{values, {}, 0, {}});
    if (!is_new) extend(at->second.values, values);
    at->second.value += trade.price * trade.quantity;
    ++at->second.trades;
}

void GivenPast::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        const auto* trade = std::get_if<TradeHappened>(&event.what);
        if (trade == nullptr) continue;
        add_trade(trade->instrument,
                  {trade->number, trade->aggressor, trade->price, trade->quantity, event.at});
    }
}

std::vector<ClosedBar> GivenPast::bars(InstrumentId instrument, Duration length, Timestamp from, Timestamp to,
                                       std::size_t count, Timestamp now) const {
    std::vector<ClosedBar> found;
    const Market* market = find(instrument);
    if (market == nullptr || length <= Duration{} || length % kMinute != Duration{}) return found;
    for (auto at = market->minutes.lower_bound(from); at != market->minutes.end(); ++at) {
        const Timestamp open = bar_of(at->first, length);
        if (open < from) continue;  // opened before; this is its rest
        if (to <= open || now < open + length) break;
        if (!found.empty() && found.back().open_time == open) {
            extend(found.back().values, at->second.values);
            continue;
        }
        if (found.size() == count) break;
        found.push_back({instrument, at->second.origin, open, length, at->second.values});
    }
    return found;
}

std::optional<OpenBar> GivenPast::open_bar(InstrumentId instrument, Duration length, Timestamp now) const {
    const Market* market = find(instrument);
    if (market == nullptr || length <= Duration{} || length % kMinute != Duration{}) return std::nullopt;
    const Timestamp open = bar_of(now, length);
    std::optional<OpenBar> bar;
    for (auto at = market->minutes.lower_bound(open); at != market->minutes.end() && at->first <= now; ++at) {
        if (bar) {
            extend(bar->values, at->second.values);
        } else {
            bar = OpenBar{instrument, at->second.origin, open, length, at->second.values};
        }
    }
    return bar;
}

std::vector<PastTrade> GivenPast::trades(InstrumentId instrument, Timestamp from, Timestamp to,
                                         std::size_t count) const {
    std::vector<PastTrade> found;
    const Market* market = find(instrument);
    if (market == nullptr) return found;
    for (auto at = std::ranges::lower_bound(market->trades, from, {}, &PastTrade::at);
         at != market->trades.end() && at->at < to && found.size() < count; ++at) {
        found.push_back(*at);
    }
    return found;
}

DaySummary GivenPast::day(InstrumentId instrument, Timestamp now) const {
    DaySummary day;
    const Market* market = find(instrument);
    if (market == nullptr) return day;
    bool first = true;
    for (auto at = market->minutes.upper_bound(now - std::chrono::days{1});
         at != market->minutes.end() && at->first <= now; ++at) {
        const Minute& minute = at->second;
        if (first) day.open = minute.values.open;
        day.high = first ? minute.values.high : std::max(day.high, minute.values.high);
        day.low = first ? minute.values.low : std::min(day.low, minute.values.low);
        day.last = minute.values.close;
        day.volume += minute.values.volume;
        day.value += minute.value;
        day.trades += minute.trades;
        first = false;
    }
    return day;
}

}  // namespace plumb::exchange::testing
