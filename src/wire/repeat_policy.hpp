#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "io/backoff.hpp"
#include "wire/question.hpp"

namespace plumb::wire {

struct RepeatOptions {
    Duration deadline = std::chrono::seconds{30};  // for all attempts together
    io::BackoffOptions backoff{.floor = std::chrono::milliseconds{200},
                               .first = std::chrono::seconds{1},
                               .cap = std::chrono::seconds{10}};
    /// A question that changes something is sent at once or not at all: what was decided seconds ago may be
    /// wrong by now, and the cancel behind it must not wait for it.
    Duration change_waits_max = std::chrono::seconds{1};
};

/// How one attempt ended.
struct Attempt {
    Verdict verdict = Verdict::unknown;
    std::optional<Timestamp> retry_at;
};

/// When one question is asked again, if at all (E20, E31). A question that changes something is asked once,
/// whatever comes back: its answer is settled by evidence, elsewhere. All others are repeated while the
/// network, the venue's trouble or its rate limit stand in the way, until the deadline. A wrong key is never
/// repeated; a refused time stamp once, for the clock is measured in between. Pure.
class RepeatPolicy {
 public:
    RepeatPolicy(bool changes_something, RepeatOptions options, Timestamp now, std::uint64_t seed);

    /// When to ask again; nothing when this answer stands. Never before `attempt.retry_at`.
    std::optional<Timestamp> again(const Attempt& attempt, Timestamp now);
    /// The latest time at which an attempt may begin, waits for a request budget included.
    Timestamp begin_until() const { return begin_until_; }

 private:
    bool changes_;
    bool clock_measured_ = false;
    Timestamp begin_until_;
    io::Backoff backoff_;
};

}  // namespace plumb::wire
