#include "exchange/market/price_walk.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace plumb::exchange::market {
namespace {

using venues::demo::DemoSpec;
using venues::demo::NameFlow;
using venues::demo::NamePath;
using venues::demo::Print;

constexpr std::size_t kRowsKept = 24 * 60 + 60;
constexpr std::size_t kRowsKeptLive = 120;  // once venues have a day of their own
constexpr std::size_t kRowBytes = 72;
constexpr std::uint64_t kPerPoint = 0x9e3779b97f4a7c15ULL;
constexpr double kTradesPerSecondMin = 0.2;
constexpr double kTradesPerSecondMax = 1;
constexpr double kBusyDayVolume = 2e8;         // of a name that trades each second
constexpr double kMedianToDeviation = 1.4826;  // of a normal distribution

/// The minute's bar of mid prices, as venues::demo::DemoHistory has it.
MinuteBar bar_of(MinuteNumber minute, std::span<const double> points, std::span<const Print> prints,
                 const NameFlow& flow) {
    std::int64_t high = 0, low = 0, lots = 0;
    for (const double point : points) {
        const std::int64_t ticks = flow.mid_ticks(point);
        high = high == 0 ? ticks : std::max(high, ticks);
        low = low == 0 ? ticks : std::min(low, ticks);
    }
    MinuteBar bar;
    for (const Print& print : prints) {
        const Quantity quantity = flow.quantity_of(print.lots);
        lots += print.lots;
        if (print.aggressor == Side::buy) bar.bought += quantity;
        bar.value += flow.price_of(flow.mid_ticks(points[print.tick])) * quantity;
    }
    bar.minute = minute;
    bar.origin = BarOrigin::simulated;
    bar.values = {flow.price_of(flow.mid_ticks(points.front())), flow.price_of(high), flow.price_of(low),
                  flow.price_of(flow.mid_ticks(points.back())), flow.quantity_of(lots)};
    bar.trades = static_cast<std::uint32_t>(prints.size());
    return bar;
}

std::int64_t points_of(const DemoSpec& spec) { return std::chrono::minutes{1} / spec.tick; }

}  // namespace

const MinuteRows& FarPast::rows(std::size_t index, MinuteNumber end, MinuteNumber walked) {
    const auto found = std::ranges::find(entries_, index, &Entry::index);
    if (found != entries_.end() && end <= found->end) {
        entries_.splice(entries_.begin(), entries_, found);
        return entries_.front().rows;
    }
    if (found != entries_.end()) entries_.erase(found);
    end = std::max(end, walked);
    const MinuteNumber first = minute_of(spec_.start);
    const auto minutes = static_cast<std::size_t>(std::max<MinuteNumber>(1, end - first));
    std::size_t bytes = minutes * kRowBytes * (entries_.size() + 1);
    for (; kBytesMax < bytes && !entries_.empty(); bytes -= minutes * kRowBytes) entries_.pop_back();
    const venues::demo::NameSpec& name = spec_.names[index];
    entries_.push_front({index, end, MinuteRows{name.instrument.tick, name.instrument.lot, minutes}});
    MinuteRows& rows = entries_.front().rows;
    NamePath path{spec_, index};
    const NameFlow flow{spec_, index};
    std::vector<double> points(static_cast<std::size_t>(points_of(spec_)));
    std::vector<Print> prints;
    for (MinuteNumber minute = first; minute < end; ++minute) {
        flow.trades(path.minute(), prints);
        path.next_minute(points);
        rows.push(bar_of(minute, points, prints, flow));
    }
    return rows;
}

PriceWalk::PriceWalk(const DemoSpec& spec, std::size_t index, FarPast& far_past)
    : spec_{&spec},
      index_{index},
      far_past_{&far_past},
      path_{spec, index},
      flow_{spec, index},
      moves_root_{spec.seed ^
                  venues::demo::stream_of(spec.names[index].instrument.name(), venues::demo::Stream::bridge)},
      points_per_minute_{points_of(spec)},
      first_minute_{minute_of(spec.start)},
      points_(static_cast<std::size_t>(kMinutesKept * points_per_minute_)),
      scratch_(static_cast<std::size_t>(points_per_minute_)),
      rows_{spec.names[index].instrument.tick, spec.names[index].instrument.lot, kRowsKept} {
    PLUMB_CHECK(spec.tick / kMoveInterval <= static_cast<std::int64_t>(kMovesMax));
    trade_rate_ = std::clamp(name().day_volume / kBusyDayVolume, kTradesPerSecondMin, kTradesPerSecondMax);
    trade_size_ = name().day_volume / (86400 * trade_rate_) / name().price;
    const MinuteNumber kept_from = minute_of(spec.live_start) - static_cast<MinuteNumber>(kRowsKept);
    while (first_minute_ + path_.minute() < kept_from) path_.skip_minute();
    walk_to(spec.live_start);
}

void PriceWalk::walk_minute() {
    flow_.trades(path_.minute(), prints_);
    const std::int64_t slot = path_.minute() % kMinutesKept;
    path_.next_minute(scratch_);
    std::ranges::copy(scratch_, points_.begin() + slot * points_per_minute_);
    rows_.push(bar_of(first_minute_ + path_.minute() - 1, scratch_, prints_, flow_));
    // With each minute that venues trade, one minute less of the path is wanted for their last 24 hours.
    const bool is_live = minute_of(spec_->live_start) < first_minute_ + path_.minute();
    if (is_live && kRowsKeptLive < rows_.size()) rows_.forget_oldest();
}

void PriceWalk::walk_to(Timestamp time) {
    const MinuteNumber minute = minute_of(time) - first_minute_;
    while (path_.minute() <= minute) walk_minute();
}

double PriceWalk::point(std::int64_t number) const {
    return points_[static_cast<std::size_t>(number % (kMinutesKept * points_per_minute_))];
}

/// The usual difference of two points, from the median of the minute's: a jump does not make its minute wild.
double PriceWalk::move_size(std::int64_t number) const {
    const std::int64_t first = number / points_per_minute_ * points_per_minute_;
    std::array<double, 60> differences{};
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(points_per_minute_ - 1, 60));
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t at = first + static_cast<std::int64_t>(i);
        differences[i] = std::abs(point(at + 1) - point(at));
    }
    const auto middle = differences.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(differences.begin(), middle, differences.begin() + static_cast<std::ptrdiff_t>(count));
    return kMedianToDeviation * *middle;
}

void PriceWalk::draw_moves(std::int64_t number) {
    moves_of_ = number;
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(1, spec_->tick / kMoveInterval));
    Rng rng = moves_root_.fork(static_cast<std::uint64_t>(number) * kPerPoint);
    const double from = point(number), to = point(number + 1);
    const double deviation = move_size(number) / std::sqrt(static_cast<double>(count));
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        moves_[i] = sum;
        sum += deviation * rng.normal();
    }
    for (std::size_t i = 0; i < count; ++i) {
        const double passed = static_cast<double>(i) / static_cast<double>(count);
        moves_[i] = std::max(moves_[i] + from + passed * (to - from - sum), std::min(from, to) / 2);
    }
}

double PriceWalk::mid(Timestamp time) {
    walk_to(time + spec_->tick);  // the point after it is needed too
    const std::int64_t number = (time - spec_->start) / spec_->tick;
    if (number != moves_of_) draw_moves(number);
    const Duration inside = (time - spec_->start) % spec_->tick;
    return moves_[static_cast<std::size_t>(inside / kMoveInterval)];
}

bool PriceWalk::visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const {
    if (rows_.empty()) return true;
    const MinuteNumber first = rows_.first();
    if (from < first &&
        !far_past_->rows(index_, first, rows_.last() + 1).visit(from, std::min(to, first), visitor))
        return false;
    return rows_.visit(std::max(from, first), to, visitor);
}

}  // namespace plumb::exchange::market
