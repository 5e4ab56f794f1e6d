#include "exchange/server/exchange_clock.hpp"

#include <algorithm>

namespace plumb::exchange {

ExchangeClock::ExchangeClock(ClockOptions options, Timestamp wall, Steady steady)
    : options_{options}, opened_at_{options.start.value_or(wall)}, began_{steady}, now_{opened_at_} {}

Timestamp ExchangeClock::read(Timestamp wall, Steady steady) {
    Timestamp read = wall;
    if (is_simulated()) {
        const double passed = std::chrono::duration<double>(steady - began_).count() * options_.speed;
        read = opened_at_ + pushed_ +
               std::chrono::duration_cast<Duration>(std::chrono::duration<double>{passed});
    }
    now_ = std::max(now_, read);
    return now_;
}

void ExchangeClock::push(Duration by) {
    if (!is_simulated() || by <= Duration{}) return;
    pushed_ += by;
    now_ += by;
}

}  // namespace plumb::exchange
