#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace plumb::io {

/// A cancel may use what a normal request must leave: getting out is never blocked by having asked too much.
enum class Priority : unsigned char { normal, cancel };

struct TokenBucketOptions {
    std::int64_t capacity = 1;  // tokens; the largest burst
    std::int64_t refill = 1;    // tokens added evenly in each `per`
    Duration per = std::chrono::seconds{1};
    std::int64_t cancel_reserve = 0;  // tokens that only Priority::cancel may take, < capacity

    /// For a venue that counts `limit` in windows of `window`: half may burst and half refills, because burst
    /// and refill can fall into one window. Never more than `limit` in any `window`, wherever the venue's
    /// begins.
    static TokenBucketOptions for_window(std::int64_t limit, Duration window,
                                         std::int64_t cancel_reserve = 0);
};

/// How much a venue lets us ask, counted before asking (E20). Pure and exact: integers, no drift. `now` is
/// best a clock that does not step; a step back adds nothing, a step forward refills at most to the capacity.
class TokenBucket {
 public:
    /// Full. capacity, refill, per > 0 and 0 <= cancel_reserve < capacity, capacity * per below 9e18 ns, else
    /// a bug.
    TokenBucket(TokenBucketOptions options, Timestamp now);

    /// The earliest time at which take() of this weight succeeds if nothing else is taken, `now` when it
    /// would now. Timestamp::max() when it never can: weight above what the capacity leaves for this
    /// priority.
    Timestamp when(std::int64_t weight, Priority priority, Timestamp now);

    /// Takes `weight` >= 0 tokens, or nothing and false.
    [[nodiscard]] bool take(std::int64_t weight, Priority priority, Timestamp now);

    /// What the venue's own headers say: `used` of `limit` in the present window. Only ever lowers what is
    /// left: others may use the same account or address, and an answer may be older than what we sent since.
    void observe(std::int64_t used, std::int64_t limit, Timestamp now);

    /// Nothing before `until`, cancels neither (Retry-After, ban): asking inside a penalty makes it longer.
    /// Only ever moves later.
    void hold_until(Timestamp until);

    std::int64_t available(Timestamp now);  // whole tokens, held or not
    Timestamp held_until() const { return held_until_; }

 private:
    void refill(Timestamp now);
    std::int64_t floor_of(Priority priority) const;

    TokenBucketOptions options_;
    std::int64_t level_;  // in tokens times `per` in nanoseconds, so that refilling is exact
    Timestamp refilled_at_;
    Timestamp held_until_ = Timestamp::min();
};

}  // namespace plumb::io
