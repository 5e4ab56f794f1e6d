#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace plumb::wire {

/// One question for the venue's clock. `sent_at` and `received_at` are of the clock that is to be corrected.
struct ClockReading {
    Timestamp sent_at;
    Timestamp venue_time;
    Timestamp received_at;
};

struct ClockOptions {
    Duration resolution = std::chrono::milliseconds{1};  // of what the venue tells: it cuts, never rounds up
    Duration tolerance = std::chrono::seconds{1};        // a stamp further off is refused (Capabilities)
    std::int64_t drift_ppm = 200;  // the two clocks part by at most this; a bad quartz does 100
    Duration ask_every = std::chrono::seconds{60};
    Duration ask_soon = std::chrono::milliseconds{500};  // until a few readings agree
    Duration round_trip_max = std::chrono::seconds{10};  // a longer one says nothing
};

/// How far the venue's clock is from ours, and how wrong that may be (E23).
///
/// The venue read its clock between our sending and our receiving, so each reading bounds the offset from
/// both sides; the truth lies where the bounds of all recent readings meet (Marzullo 1984). Older bounds are
/// widened by the drift since. Short round trips bound best, without a filter being said. A reading that
/// meets none of the others means that one of the clocks was set: the past is forgotten, and the clock is
/// unsafe until a second reading agrees. Pure.
class ClockOffset {
 public:
    explicit ClockOffset(ClockOptions options);

    /// A reading with a round trip below zero or above round_trip_max is counted and left out.
    void take(const ClockReading& reading);

    /// Whether the venue's clock should be asked now: soon after another until three readings agree, then
    /// every `ask_every`.
    bool due(Timestamp now) const { return ask_at_ <= now; }
    void asked(Timestamp now) { ask_at_ = now + (settled() ? options_.ask_every : options_.ask_soon); }

    /// Venue minus ours, the middle of what is possible; nothing before the first reading.
    std::optional<Duration> offset(Timestamp now) const;
    /// The offset is at most this far from the truth. Duration::max() before the first reading.
    Duration error(Timestamp now) const;
    /// Our time in the venue's words, for stamps that are signed; `now` itself before the first reading.
    Timestamp corrected(Timestamp now) const { return now + offset(now).value_or(Duration::zero()); }
    /// False while a stamp might be refused: nothing is known, a clock was just set, or error and the way of
    /// a request together reach the tolerance. The order path is closed then.
    bool safe(Timestamp now) const;

    std::uint64_t steps() const { return steps_; }
    std::uint64_t left_out() const { return left_out_; }
    Duration round_trip_min() const { return round_trip_min_; }  // since the last step

 private:
    static constexpr std::size_t kReadings = 16;
    struct Bounds {
        Duration low{}, high{};  // of venue minus ours
        Timestamp at;            // of our clock
    };
    struct Meeting {
        Duration low{}, high{};
        bool empty() const { return high < low; }
    };

    Bounds widened(const Bounds& bounds, Timestamp now) const;
    Meeting meeting(Timestamp now) const;
    bool settled() const { return 3 <= count_; }

    ClockOptions options_;
    std::array<Bounds, kReadings> readings_{};  // the last ones, a ring
    std::size_t count_ = 0, next_ = 0;
    bool stepped_ = false;  // the last reading met none of the others
    std::uint64_t steps_ = 0, left_out_ = 0;
    Duration round_trip_min_ = Duration::max();
    Timestamp ask_at_ = Timestamp::min();
};

/// Age of something by our own clock alone. A clock that was set back gives zero, never less: venue times are
/// not part of it, since their clocks differ from ours (a recorded receive clock runs 1.26 s behind).
constexpr Duration age_of(Timestamp received_at, Timestamp now) {
    return now <= received_at ? Duration::zero() : now - received_at;
}

}  // namespace plumb::wire
