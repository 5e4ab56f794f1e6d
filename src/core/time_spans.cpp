#include "core/time_spans.hpp"

#include <algorithm>

namespace plumb {

void TimeSpans::add(TimeSpan span) {
    if (span.empty()) return;
    const auto first = std::ranges::lower_bound(spans_, span.from, {}, &TimeSpan::to);
    auto last = first;
    for (; last != spans_.end() && last->from <= span.to; ++last) {
        span.from = std::min(span.from, last->from);
        span.to = std::max(span.to, last->to);
    }
    spans_.insert(spans_.erase(first, last), span);
}

void TimeSpans::add(const TimeSpans& others) {
    for (const TimeSpan& span : others.all()) add(span);
}

TimeSpans TimeSpans::missing(TimeSpan within) const {
    TimeSpans missing;
    for (const TimeSpan& span : spans_) {
        if (within.empty() || within.to <= span.from) break;
        if (span.to <= within.from) continue;
        missing.add({within.from, span.from});
        within.from = span.to;
    }
    missing.add(within);
    return missing;
}

bool TimeSpans::holds(Timestamp time) const {
    const auto after = std::ranges::upper_bound(spans_, time, {}, &TimeSpan::from);
    return after != spans_.begin() && std::prev(after)->holds(time);
}

}  // namespace plumb
