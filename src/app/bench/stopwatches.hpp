#pragma once

#include <sched.h>

#include <vector>

namespace plumb::app::bench {

/// Keeps this thread (and the children it starts) on the processor it is on, while it lives: no migration,
/// and peers that would use several get one.
class OnOneProcessor {
 public:
    OnOneProcessor();
    ~OnOneProcessor();
    OnOneProcessor(const OnOneProcessor&) = delete;
    OnOneProcessor& operator=(const OnOneProcessor&) = delete;

 private:
    cpu_set_t before_;
};

/// Seconds this thread has computed. Time that other programs took from it does not count, so figures of work
/// without waiting are those of a machine at rest, but for caches.
double computing_seconds();
/// Seconds on the wall, for work that waits.
double wall_seconds();

/// Middle value; the mean of the two middle ones for an even count. At least one value.
double median(std::vector<double> values);

/// Median of `runs` timings of work(), in seconds computed.
template <class Work>
double median_computing_seconds(int runs, const Work& work) {
    std::vector<double> seconds;
    seconds.reserve(static_cast<std::size_t>(runs));  // so that work() is all that allocates
    for (int run = 0; run < runs; ++run) {
        const double begin = computing_seconds();
        work();
        seconds.push_back(computing_seconds() - begin);
    }
    return median(std::move(seconds));
}

}  // namespace plumb::app::bench
