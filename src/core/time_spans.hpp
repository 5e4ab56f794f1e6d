#pragma once

#include <span>
#include <vector>

#include "base/time.hpp"

namespace plumb {

/// [from, to).
struct TimeSpan {
    Timestamp from, to;

    bool empty() const { return to <= from; }
    bool holds(Timestamp time) const { return from <= time && time < to; }
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// A set of moments as the fewest spans: ascending, apart, none empty.
class TimeSpans {
 public:
    TimeSpans() = default;
    explicit TimeSpans(TimeSpan span) { add(span); }

    /// O(n). An empty span adds nothing.
    void add(TimeSpan span);
    void add(const TimeSpans& others);
    /// What of `within` is not in here.
    TimeSpans missing(TimeSpan within) const;
    bool holds(Timestamp time) const;
    bool holds(TimeSpan span) const { return missing(span).empty(); }

    std::span<const TimeSpan> all() const { return spans_; }
    bool empty() const { return spans_.empty(); }
    friend bool operator==(const TimeSpans&, const TimeSpans&) = default;

 private:
    std::vector<TimeSpan> spans_;
};

}  // namespace plumb
