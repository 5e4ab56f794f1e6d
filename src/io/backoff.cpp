#include "io/backoff.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::io {

Backoff::Backoff(BackoffOptions options, std::uint64_t seed) : options_{options}, rng_{seed} {
    PLUMB_CHECK(Duration::zero() < options_.floor);
    PLUMB_CHECK(options_.floor <= options_.first);
    PLUMB_CHECK(options_.first <= options_.cap);
}

Timestamp Backoff::next(Timestamp now) {
    const auto width = static_cast<std::uint64_t>((ceiling() - options_.floor).count());
    const auto jitter = static_cast<Duration::rep>(rng_.below(width + 1));
    ++failures_;
    return std::max(now + options_.floor + Duration{jitter}, not_before_);
}

void Backoff::not_before(Timestamp time) { not_before_ = std::max(not_before_, time); }

/// Doubles by steps, so that no number of failures overflows.
Duration Backoff::ceiling() const {
    Duration wait = options_.first;
    for (std::uint64_t i = 0; i < failures_ && wait < options_.cap; ++i) wait *= 2;
    return std::min(wait, options_.cap);
}

}  // namespace plumb::io
