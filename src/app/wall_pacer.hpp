#pragma once

#include <chrono>
#include <optional>

#include "ports/pacer.hpp"

namespace plumb::app {

/// Listens for Ctrl+C and SIGTERM from now on: the first asks the session to close its positions and end, the
/// second to end at once with what it holds recorded.
void listen_for_signals();
/// How often one of them came.
int signals_heard();

/// Holds a session to the wall clock at `speed` times real time, or lets it run as fast as it goes (speed 0),
/// and brings it the signals. The only clock a session has; market time is what the events say.
class WallPacer : public Pacer {
 public:
    explicit WallPacer(double speed) : speed_{speed} {}

    std::optional<plumb::Command> wait_until(Timestamp time) override;

 private:
    using Clock = std::chrono::steady_clock;

    double speed_;
    int heard_ = 0;
    std::optional<Timestamp> market_start_;
    Clock::time_point wall_start_;
};

/// Now, UTC. Only for what is stamped at the edges: files' times, sessions' starts.
Timestamp wall_clock_now();

}  // namespace plumb::app
