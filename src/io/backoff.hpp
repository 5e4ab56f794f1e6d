#pragma once

#include <chrono>
#include <cstdint>

#include "base/rng.hpp"
#include "base/time.hpp"

namespace plumb::io {

struct BackoffOptions {
    Duration floor = std::chrono::milliseconds{100};  // no wait is shorter
    Duration first = std::chrono::seconds{1};         // the longest first wait
    Duration cap = std::chrono::seconds{30};          // the longest wait of all
};

/// When to try again after a failure: exponential up to a cap, spread by full jitter (uniform between the
/// floor and the ceiling of the attempt), so that a thousand clients of a venue that comes back do not knock
/// at once. It never gives up (F04). Pure: the time comes in; the same seed gives the same waits.
class Backoff {
 public:
    /// 0 < floor <= first <= cap, else a bug.
    Backoff(BackoffOptions options, std::uint64_t seed);

    /// Counts a failure and says when the next attempt is due: at least `floor` after `now`, at most the
    /// ceiling min(cap, first * 2^failures before this one) after it, and never before what `not_before` was
    /// told.
    Timestamp next(Timestamp now);

    /// The attempt reached what it was for (first data, not merely an open socket): the next failure waits
    /// like the first. Called too early, a venue that accepts and drops at once is asked again at the floor's
    /// rate.
    void succeeded() { failures_ = 0; }

    /// No attempt before `time`, whatever the cap says (Retry-After). Only ever moves later.
    void not_before(Timestamp time);

    std::uint64_t failures() const { return failures_; }  // in a row

 private:
    Duration ceiling() const;

    BackoffOptions options_;
    Rng rng_;
    std::uint64_t failures_ = 0;
    Timestamp not_before_ = Timestamp::min();
};

}  // namespace plumb::io
