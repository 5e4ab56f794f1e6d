#include "wire/history_gaps.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::wire {
namespace {

constexpr Duration kWeek = std::chrono::days{7};
constexpr Duration kMonday = std::chrono::days{4};  // 1970-01-05 was one

}  // namespace

Timestamp slot_of(Timestamp time, Duration length) {
    const Duration shift = length % kWeek == Duration{} ? kMonday : Duration{};
    Duration within = (time.time_since_epoch() - shift) % length;
    if (within < Duration{}) within += length;
    return time - within;
}

std::vector<HistoryGap> gaps_of(const BarHistory& bars, Duration length, TimeSpan wanted,
                                const TimeSpans& answered) {
    PLUMB_CHECK(length > Duration{});
    std::vector<HistoryGap> gaps;
    Timestamp slot = slot_of(wanted.from, length);
    if (slot < wanted.from) slot += length;  // half a slot was not asked for
    std::size_t at = bars.first_at_or_after(slot);
    for (; slot < wanted.to; slot += length) {
        while (at < bars.size() && bars.open_time(at) < slot) ++at;
        if (at < bars.size() && bars.open_time(at) < slot + length) continue;
        const auto of = answered.holds(slot) ? HistoryGap::Of::venue : HistoryGap::Of::ours;
        const bool goes_on = !gaps.empty() && gaps.back().of == of && gaps.back().span.to == slot;
        if (!goes_on) gaps.push_back({of, {slot, slot}, 0});
        gaps.back().span.to = slot + length;
        ++gaps.back().bars;
    }
    return gaps;
}

}  // namespace plumb::wire
