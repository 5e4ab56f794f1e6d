#include "venues/demo/demo_flow.hpp"

#include <algorithm>
#include <cmath>

#include "venues/demo/demo_path.hpp"

namespace plumb::venues::demo {
namespace {

constexpr double kTradesPerMinute = 4;  // expected; no more than one a tick
constexpr std::int64_t kLotsMax = 1'000'000'000'000'000;
constexpr std::uint64_t kPerMinute = 0x9e3779b97f4a7c15ULL;

double trade_probability(std::size_t ticks_per_minute) {
    return std::min(0.5, kTradesPerMinute / static_cast<double>(ticks_per_minute));
}

/// Exponential with the mean given, at least one lot.
std::int64_t draw_lots(Rng& rng, double mean) {
    const double lots = std::ceil(-std::log1p(-rng.uniform()) * mean);
    return std::clamp(static_cast<std::int64_t>(std::min(lots, 1e15)), std::int64_t{1}, kLotsMax);
}

}  // namespace

NameFlow::NameFlow(const DemoSpec& spec, std::size_t index) : root_{spec.seed} {
    const NameSpec& name = spec.names[index];
    flow_stream_ = stream_of(name.instrument.name(), Stream::flow);
    sizes_stream_ = stream_of(name.instrument.name(), Stream::sizes);
    tick_ = name.instrument.tick;
    lot_ = name.instrument.lot;
    tick_size_ = tick_.to_double();
    half_spread_ = name.spread_bps * 1e-4 / 2;
    ticks_per_minute_ = static_cast<std::size_t>(std::chrono::minutes{1} / spec.tick);
    const double trades_per_day =
        24 * 60 * trade_probability(ticks_per_minute_) * static_cast<double>(ticks_per_minute_);
    lots_mean_ = std::max(1.0, name.day_volume / trades_per_day / name.price / lot_.to_double());
}

void NameFlow::trades(std::int64_t minute, std::vector<Print>& prints) const {
    prints.clear();
    Rng rng = root_.fork(flow_stream_ + static_cast<std::uint64_t>(minute) * kPerMinute);
    const double probability = trade_probability(ticks_per_minute_);
    for (std::size_t k = 0; k < ticks_per_minute_; ++k) {
        const double draw = rng.uniform();
        if (probability <= draw) continue;
        const Side aggressor = draw < probability / 2 ? Side::buy : Side::sell;
        prints.push_back({k, aggressor, draw_lots(rng, lots_mean_)});
    }
}

Rng NameFlow::sizes(std::int64_t minute) const {
    return root_.fork(sizes_stream_ + static_cast<std::uint64_t>(minute) * kPerMinute);
}

std::int64_t NameFlow::mid_ticks(double price) const {
    return std::max<std::int64_t>(2, std::llround(price / tick_size_));
}

Quote NameFlow::quote(double price, Rng& sizes) const {
    const double mid = price / tick_size_;
    const auto bid =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(mid * (1 - half_spread_))));
    const auto ask = std::max(bid + 1, static_cast<std::int64_t>(std::ceil(mid * (1 + half_spread_))));
    Quote quote;
    quote.bid = price_of(bid);
    quote.ask = price_of(ask);
    quote.bid_quantity = quantity_of(draw_lots(sizes, 4 * lots_mean_));
    quote.ask_quantity = quantity_of(draw_lots(sizes, 4 * lots_mean_));
    return quote;
}

Price NameFlow::price_of(std::int64_t ticks) const {
    return Price{Decimal::from_units(tick_.value.units() * ticks)};
}

Quantity NameFlow::quantity_of(std::int64_t lots) const {
    return Quantity{Decimal::from_units(lot_.value.units() * lots)};
}

Timestamp bar_open(Timestamp time, Duration length) {
    const Timestamp origin = length % std::chrono::weeks{1} == Duration{} ? Timestamp{std::chrono::days{4}}
                                                                          // 1970-01-05, the first Monday
                                                                          : Timestamp{};
    const Duration since = time - origin;
    Duration inside = since % length;
    if (inside < Duration{}) inside += length;
    return time - inside;
}

void BarTally::add(Timestamp time, std::int64_t mid_ticks) {
    if (!started_) {
        started_ = true;
        open_time_ = bar_open(time, length_);
        open_ = high_ = low_ = mid_ticks;
        lots_ = 0;
    }
    high_ = std::max(high_, mid_ticks);
    low_ = std::min(low_, mid_ticks);
    close_ = mid_ticks;
}

std::optional<ClosedBar> BarTally::take(Timestamp now, const NameFlow& flow) {
    if (!started_ || now < open_time_ + length_) return std::nullopt;
    started_ = false;
    ClosedBar bar;
    bar.origin = BarOrigin::simulated;
    bar.open_time = open_time_;
    bar.length = length_;
    bar.values = {flow.price_of(open_), flow.price_of(high_), flow.price_of(low_), flow.price_of(close_),
                  flow.quantity_of(lots_)};
    return bar;
}

}  // namespace plumb::venues::demo
