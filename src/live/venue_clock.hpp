#pragma once

#include <memory>

#include "live/rest_client.hpp"
#include "wire/clock_offset.hpp"

namespace plumb::live {

/// Keeps the venue's clock measured through a RestClient, and signs that client's requests with it (E23).
/// Lives on the reactor thread; call tick() about once a second. Readings that the client makes for other
/// reasons count too.
class VenueClock {
 public:
    /// `rest` outlives it. `tolerance`: Capabilities::clock_tolerance, above zero.
    VenueClock(RestClient& rest, Duration tolerance);
    ~VenueClock();
    VenueClock(const VenueClock&) = delete;
    VenueClock& operator=(const VenueClock&) = delete;

    void tick(Timestamp wall_now);
    Duration offset(Timestamp wall_now) const { return clock_.offset(wall_now).value_or(Duration::zero()); }
    /// False while a signed order might be refused for its time: the order path is closed then.
    bool safe(Timestamp wall_now) const { return clock_.safe(wall_now); }
    const wire::ClockOffset& clock() const { return clock_; }

 private:
    RestClient& rest_;
    wire::ClockOffset clock_;
    Timestamp wall_last_ = Timestamp::min();
};

}  // namespace plumb::live
