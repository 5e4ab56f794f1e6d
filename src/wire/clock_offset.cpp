#include "wire/clock_offset.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::wire {

ClockOffset::ClockOffset(ClockOptions options) : options_{options} {
    PLUMB_CHECK(Duration::zero() <= options.resolution);
    PLUMB_CHECK(Duration::zero() < options.tolerance);
    PLUMB_CHECK(0 <= options.drift_ppm);
}

void ClockOffset::take(const ClockReading& reading) {
    const Duration round_trip = reading.received_at - reading.sent_at;
    if (round_trip < Duration::zero() || options_.round_trip_max < round_trip) {
        ++left_out_;
        return;
    }
    const Bounds bounds{.low = reading.venue_time - reading.received_at,
                        .high = reading.venue_time + options_.resolution - reading.sent_at,
                        .at = reading.received_at};
    if (count_ != 0) {
        const Meeting before = meeting(bounds.at);
        const bool meets = bounds.low <= before.high && before.low <= bounds.high;
        if (!meets) {
            ++steps_;
            count_ = next_ = 0;
            round_trip_min_ = Duration::max();
            ask_at_ = bounds.at + options_.ask_soon;
        }
        stepped_ = !meets;
    }
    readings_[next_] = bounds;
    next_ = (next_ + 1) % kReadings;
    count_ = std::min(count_ + 1, kReadings);
    round_trip_min_ = std::min(round_trip_min_, round_trip);
}

ClockOffset::Bounds ClockOffset::widened(const Bounds& bounds, Timestamp now) const {
    // Away from the reading in either direction of time, should our own clock have been set back a little.
    const Duration age = now < bounds.at ? bounds.at - now : now - bounds.at;
    const Duration drift = Duration{age.count() / 1'000'000 * options_.drift_ppm};
    return {bounds.low - drift, bounds.high + drift, bounds.at};
}

/// Where all bounds meet. take() keeps only what met when it came; bounds only widen since, so it is not
/// empty.
ClockOffset::Meeting ClockOffset::meeting(Timestamp now) const {
    Meeting meeting{Duration::min(), Duration::max()};
    for (std::size_t i = 0; i < count_; ++i) {
        const Bounds bounds = widened(readings_[i], now);
        meeting.low = std::max(meeting.low, bounds.low);
        meeting.high = std::min(meeting.high, bounds.high);
    }
    return meeting;
}

std::optional<Duration> ClockOffset::offset(Timestamp now) const {
    if (count_ == 0) return std::nullopt;
    const Meeting found = meeting(now);
    return found.low + (found.high - found.low) / 2;
}

Duration ClockOffset::error(Timestamp now) const {
    if (count_ == 0) return Duration::max();
    const Meeting found = meeting(now);
    return std::max(Duration::zero(), (found.high - found.low + Duration{1}) / 2);
}

bool ClockOffset::safe(Timestamp now) const {
    if (count_ == 0 || stepped_) return false;
    return error(now) + round_trip_min_ < options_.tolerance;
}

}  // namespace plumb::wire
