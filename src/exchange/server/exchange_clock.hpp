#pragma once

#include <chrono>
#include <optional>

#include "base/time.hpp"

namespace plumb::exchange {

struct ClockOptions {
    /// Nothing: the wall's clock. Else the exchange opens at this instant.
    std::optional<Timestamp> start = {};
    /// Exchange seconds in one of ours, of a simulated clock. Zero: it moves by itself no more than it is
    /// pushed.
    double speed = 1.0;
};

/// The time of an exchange. Never runs backwards, also when the wall's clock is set back. Pure: what the
/// clocks of this machine say is given to it.
class ExchangeClock {
 public:
    using Steady = std::chrono::steady_clock::time_point;

    ExchangeClock(ClockOptions options, Timestamp wall, Steady steady);

    bool is_simulated() const { return options_.start.has_value(); }
    double speed() const { return options_.speed; }
    Timestamp opened_at() const { return opened_at_; }
    /// The time of the last read() or push().
    Timestamp now() const { return now_; }
    Timestamp read(Timestamp wall, Steady steady);
    /// A simulated clock is put forward; nothing of the past is lost. No effect on the wall's.
    void push(Duration by);

 private:
    ClockOptions options_;
    Timestamp opened_at_;
    Steady began_;
    Duration pushed_{};
    Timestamp now_;
};

}  // namespace plumb::exchange
