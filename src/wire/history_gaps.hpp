#pragma once

#include <vector>

#include "core/bar_history.hpp"
#include "core/time_spans.hpp"

namespace plumb::wire {

/// A stretch of bars that are not there.
struct HistoryGap {
    enum class Of : unsigned char {
        venue,  // asked, answered, and no bar: nothing traded, the market was closed or the venue was down
        ours,   // not asked, or not answered: it may be there
    };
    Of of = Of::ours;
    TimeSpan span;         // whole slots
    std::size_t bars = 0;  // that would have been
};

/// The slots of `wanted` without a bar, joined where they touch and have the same owner; oldest first. Slots
/// are cut in UTC, weeks on Monday; one that holds the open time of any bar is there. O(slots of wanted).
std::vector<HistoryGap> gaps_of(const BarHistory& bars, Duration length, TimeSpan wanted,
                                const TimeSpans& answered);

/// Beginning of the slot that holds `time`, as markets that never close cut it.
Timestamp slot_of(Timestamp time, Duration length);

}  // namespace plumb::wire
