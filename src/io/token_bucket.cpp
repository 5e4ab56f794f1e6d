#include "io/token_bucket.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"

namespace plumb::io {

TokenBucketOptions TokenBucketOptions::for_window(std::int64_t limit, Duration window,
                                                  std::int64_t cancel_reserve) {
    PLUMB_CHECK(2 <= limit);
    const std::int64_t half = limit / 2;
    return {.capacity = limit - half, .refill = half, .per = window, .cancel_reserve = cancel_reserve};
}

TokenBucket::TokenBucket(TokenBucketOptions options, Timestamp now) : options_{options}, refilled_at_{now} {
    PLUMB_CHECK(0 < options_.capacity && 0 < options_.refill && Duration::zero() < options_.per);
    PLUMB_CHECK(0 <= options_.cancel_reserve && options_.cancel_reserve < options_.capacity);
    PLUMB_CHECK(options_.capacity <= std::numeric_limits<std::int64_t>::max() / 2 / options_.per.count());
    level_ = options_.capacity * options_.per.count();
}

Timestamp TokenBucket::when(std::int64_t weight, Priority priority, Timestamp now) {
    PLUMB_CHECK(0 <= weight);
    refill(now);
    const std::int64_t floor = floor_of(priority);
    if (options_.capacity - floor < weight) return Timestamp::max();
    const std::int64_t missing = (weight + floor) * options_.per.count() - level_;
    Timestamp due = now;
    if (0 < missing && 0 < weight) {
        // Counted from the last refill: after a step back of the clock the tokens come when they would have.
        due = std::max(now, refilled_at_ + Duration{(missing + options_.refill - 1) / options_.refill});
    }
    return std::max(due, held_until_);
}

bool TokenBucket::take(std::int64_t weight, Priority priority, Timestamp now) {
    if (when(weight, priority, now) != now) return false;
    level_ -= weight * options_.per.count();
    return true;
}

void TokenBucket::observe(std::int64_t used, std::int64_t limit, Timestamp now) {
    refill(now);
    const std::int64_t left = std::clamp<std::int64_t>(limit, 0, options_.capacity);
    const std::int64_t remaining =
        used <= 0 ? left : std::clamp<std::int64_t>(limit - std::min(used, limit), 0, left);
    level_ = std::min(level_, remaining * options_.per.count());
}

void TokenBucket::hold_until(Timestamp until) { held_until_ = std::max(held_until_, until); }

std::int64_t TokenBucket::available(Timestamp now) {
    refill(now);
    return level_ / options_.per.count();
}

void TokenBucket::refill(Timestamp now) {
    if (now <= refilled_at_) return;
    const std::int64_t full = options_.capacity * options_.per.count();
    const std::int64_t elapsed = (now - refilled_at_).count();
    const std::int64_t until_full = (full - level_) / options_.refill;
    level_ = elapsed > until_full ? full : level_ + elapsed * options_.refill;
    refilled_at_ = now;
}

std::int64_t TokenBucket::floor_of(Priority priority) const {
    return priority == Priority::cancel ? 0 : options_.cancel_reserve;
}

}  // namespace plumb::io
