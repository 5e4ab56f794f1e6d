#include "app/bench/stopwatches.hpp"

#include <algorithm>
#include <ctime>

#include "base/check.hpp"

namespace plumb::app::bench {
namespace {

double seconds_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

OnOneProcessor::OnOneProcessor() : before_{} {
    if (sched_getaffinity(0, sizeof(before_), &before_) != 0) CPU_ZERO(&before_);
    const int here = sched_getcpu();
    if (here < 0 || CPU_COUNT(&before_) == 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(here), &one);
    sched_setaffinity(0, sizeof(one), &one);  // where it is not allowed the figures are only noisier
}

OnOneProcessor::~OnOneProcessor() {
    if (CPU_COUNT(&before_) > 0) sched_setaffinity(0, sizeof(before_), &before_);
}

double computing_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double wall_seconds() { return seconds_of(CLOCK_MONOTONIC); }

double median(std::vector<double> values) {
    PLUMB_CHECK(!values.empty());
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace plumb::app::bench
