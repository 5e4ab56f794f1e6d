#include "wire/repeat_policy.hpp"

namespace plumb::wire {

RepeatPolicy::RepeatPolicy(bool changes_something, RepeatOptions options, Timestamp now, std::uint64_t seed)
    : changes_{changes_something},
      begin_until_{now + (changes_something ? options.change_waits_max : options.deadline)},
      backoff_{options.backoff, seed} {}

std::optional<Timestamp> RepeatPolicy::again(const Attempt& attempt, Timestamp now) {
    if (changes_) return std::nullopt;
    Timestamp due = now;
    switch (attempt.verdict) {
        case Verdict::ok:
        case Verdict::refused:
        case Verdict::not_found:
        case Verdict::duplicate:
        case Verdict::unauthorized: return std::nullopt;
        case Verdict::clock:
            if (clock_measured_) return std::nullopt;
            clock_measured_ = true;
            break;
        case Verdict::rate_limited:
        case Verdict::unavailable:
        case Verdict::unknown:
            if (attempt.retry_at) backoff_.not_before(*attempt.retry_at);
            due = backoff_.next(now);
            break;
    }
    if (begin_until_ < due) return std::nullopt;
    return due;
}

}  // namespace plumb::wire
