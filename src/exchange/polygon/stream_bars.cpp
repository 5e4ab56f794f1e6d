#include "exchange/polygon/stream_bars.hpp"

namespace plumb::exchange::polygon {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// How long after its end a bar is told.
constexpr Duration kSecondDelay = milliseconds{200};
constexpr Duration kMinuteDelay = seconds{1};

/// What is over and was not told, or is over only now.
std::optional<StreamBars::Done> take(std::optional<Aggregate>& bar, std::optional<Aggregate>& done,
                                     Duration length, Duration delay, Timestamp now) {
    std::optional<Aggregate>& due = done ? done : bar;
    if (!due || now < due->begin + length + delay) return std::nullopt;
    const StreamBars::Done told{*due, due->begin + length};
    due.reset();
    return told;
}

}  // namespace

StreamBars::StreamBars(const Tickers& tickers, const PastMarket& past)
    : tickers_{tickers}, past_{past}, markets_(tickers.all().size()) {}

void StreamBars::add(std::optional<Aggregate>& bar, std::optional<Aggregate>& done, const Aggregate& trade) {
    if (bar && bar->begin != trade.begin) {
        done = bar;  // told late, if at all: the one before it had its time
        bar.reset();
    }
    if (bar)
        bar->add(trade);
    else
        bar = trade;
}

void StreamBars::on_trade(InstrumentId id, Price price, Quantity quantity, Timestamp at) {
    Market& market = markets_[id.value];
    add(market.second, market.second_done, aggregate_of(std::chrono::floor<seconds>(at), price, quantity));
    add(market.minute, market.minute_done, aggregate_of(std::chrono::floor<minutes>(at), price, quantity));
    if (!market.day) return;
    if (*market.day != day_of(tickers_.of(id).zone(), at)) {
        market.day = day_of(tickers_.of(id).zone(), at);
        market.so_far = {price, {}, {}};
    }
    market.so_far.volume += quantity;
    market.so_far.value += price * quantity;
}

std::optional<StreamBars::Done> StreamBars::take_second(InstrumentId id, Timestamp now) {
    Market& market = markets_[id.value];
    return take(market.second, market.second_done, seconds{1}, kSecondDelay, now);
}

std::optional<StreamBars::Done> StreamBars::take_minute(InstrumentId id, Timestamp now) {
    Market& market = markets_[id.value];
    return take(market.minute, market.minute_done, minutes{1}, kMinuteDelay, now);
}

StreamBars::DaySoFar StreamBars::day(InstrumentId id, Timestamp now) {
    Market& market = markets_[id.value];
    if (market.day) return market.so_far;
    // Asked for the first time: what was traded before is the past's to say.
    const Zone zone = tickers_.of(id).zone();
    market.day = day_of(zone, now);
    constexpr std::size_t kMinutesOfDay = 25 * 60;
    DaySoFar so_far;
    const auto add = [&](const Ohlcv& values, const BarDetail& detail) {
        if (so_far.open.is_zero()) so_far.open = values.open;
        so_far.volume += values.volume;
        so_far.value += detail.value;
    };
    const Timestamp begin = begin_of(zone, *market.day);
    for (const DetailedBar& bar : past_.detailed_bars(id, minutes{1}, begin, now, kMinutesOfDay, now))
        add(bar.bar.values, bar.detail);
    if (const auto open = past_.detailed_open_bar(id, minutes{1}, now)) add(open->bar.values, open->detail);
    market.so_far = so_far;
    return so_far;
}

}  // namespace plumb::exchange::polygon
