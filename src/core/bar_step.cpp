#include "core/bar_step.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace plumb {

void BarStep::see(Timestamp open_time) {
    if (count_++ > 0) {
        const Duration step = open_time - last_;
        PLUMB_CHECK(step > Duration{});
        smallest_ = smallest_ == Duration{} ? step : std::min(smallest_, step);
        common_ = Duration{std::gcd(common_.count(), step.count())};
    }
    last_ = open_time;
}

Result<Duration> BarStep::length(Duration asked) const {
    if (asked != Duration{}) {
        if (smallest_ == Duration{} || smallest_ >= asked) return asked;
        return fail(Errc::unsorted, "expected bars at least " + granularity_name(asked) +
                                        " apart, found some " + granularity_name(smallest_) + " apart");
    }
    if (count_ < 2) {
        return fail(Errc::too_short,
                    "expected at least two rows, to tell the length of a bar; name the granularity");
    }
    if (common_ == smallest_) return smallest_;
    return fail(Errc::unsorted,
                "expected evenly spaced times, found steps of " + granularity_name(smallest_) +
                    " and others that are no multiple of it; mend the times or name the granularity");
}

}  // namespace plumb
