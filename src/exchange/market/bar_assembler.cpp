#include "exchange/market/bar_assembler.hpp"

#include <algorithm>

namespace plumb::exchange::market {
namespace {

constexpr std::size_t kReserveMax = 1000;

void merge(Ohlcv& all, const Ohlcv& next) {
    all.high = std::max(all.high, next.high);
    all.low = std::min(all.low, next.low);
    all.close = next.close;
    all.volume += next.volume;
}

void merge(BarDetail& all, const MinuteBar& next) {
    all.value += next.value;
    all.bought += next.bought;
    all.trades += next.trades;
}

}  // namespace

Timestamp slot_of(Timestamp time, Duration length) {
    const bool whole_weeks = length % std::chrono::weeks{1} == Duration{};
    const Timestamp origin{whole_weeks ? Duration{std::chrono::days{4}}
                                       : Duration{}};  // 1970-01-05, a Monday
    Duration inside = (time - origin) % length;
    if (inside < Duration{}) inside += length;
    return time - inside;
}

BarAssembler::BarAssembler(const BarsAsked& asked, Timestamp begins_at) : asked_{asked} {
    if (asked.length < std::chrono::minutes{1} || asked.count == 0) return;
    // A bar that began before the past does is not whole.
    const Timestamp from = std::max(asked.from, begins_at);
    const Timestamp to = std::min(asked.to, asked.now);
    if (to <= from) return;
    Timestamp first = slot_of(from, asked.length);
    if (first < from) first += asked.length;
    const Timestamp end = std::min(slot_of(to - Duration{1}, asked.length) + asked.length, asked.now);
    first_ = minute_of(first);
    end_ = minute_of(end);
}

bool BarAssembler::take(const MinuteBar& bar) {
    const Timestamp slot = slot_of(start_of(bar.minute), asked_.length);
    if (open_ && open_->bar.open_time != slot) close();
    if (asked_.count <= bars_.size()) return false;
    if (!open_) {
        open_ = DetailedBar{{asked_.instrument, bar.origin, slot, asked_.length, bar.values}, {}};
    } else {
        merge(open_->bar.values, bar.values);
        if (bar.origin == BarOrigin::traded) open_->bar.origin = BarOrigin::traded;
    }
    merge(open_->detail, bar);
    return true;
}

void BarAssembler::close() {
    if (open_->bar.close_time() <= asked_.now && bars_.size() < asked_.count) {
        if (bars_.empty()) bars_.reserve(std::min(asked_.count, kReserveMax));
        bars_.push_back(*open_);
    }
    open_.reset();
}

std::vector<DetailedBar> BarAssembler::finish() {
    if (open_) close();
    return std::move(bars_);
}

bool BarTotal::take(const MinuteBar& bar) {
    if (minutes_++ == 0) {
        values_ = bar.values;
        origin_ = bar.origin;
    } else {
        merge(values_, bar.values);
        if (bar.origin == BarOrigin::traded) origin_ = BarOrigin::traded;
    }
    merge(detail_, bar);
    return true;
}

}  // namespace plumb::exchange::market
