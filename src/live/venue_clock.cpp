#include "live/venue_clock.hpp"

#include <algorithm>

namespace plumb::live {
namespace {

wire::ClockOptions options_of(Duration tolerance) {
    wire::ClockOptions options;
    options.tolerance = tolerance;
    return options;
}

}  // namespace

VenueClock::VenueClock(RestClient& rest, Duration tolerance) : rest_{rest}, clock_{options_of(tolerance)} {
    rest_.on_server_clock([this](const RestAnswer& answer, Timestamp venue_time) {
        clock_.take({answer.sent_at, venue_time, answer.received_at});
        wall_last_ = std::max(wall_last_, answer.received_at);
    });
    rest_.set_clock_offset([this] { return offset(wall_last_); });
}

VenueClock::~VenueClock() {
    rest_.on_server_clock({});
    rest_.set_clock_offset({});
}

void VenueClock::tick(Timestamp wall_now) {
    wall_last_ = wall_now;
    if (!clock_.due(wall_now)) return;
    clock_.asked(wall_now);
    rest_.ask(wire::AskClock{}, [](const RestAnswer&) {});  // the listener hears of it
}

}  // namespace plumb::live
