#include "app/wall_pacer.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

namespace plumb::app {
namespace {

volatile std::sig_atomic_t heard_count = 0;  // written by the signal handler alone

extern "C" void on_signal(int) { heard_count = heard_count + 1; }

}  // namespace

void listen_for_signals() {
    heard_count = 0;
    struct sigaction action{};
    action.sa_handler = &on_signal;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

int signals_heard() { return heard_count; }

std::optional<plumb::Command> WallPacer::wait_until(Timestamp time) {
    if (!market_start_) {
        market_start_ = time;
        wall_start_ = Clock::now();
    }
    for (;;) {
        if (signals_heard() > heard_) {
            ++heard_;
            return plumb::Command{CommandType::shut_down, time};
        }
        if (speed_ <= 0) return std::nullopt;
        const auto due =
            wall_start_ + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>{to_seconds(time - *market_start_) / speed_});
        const auto now = Clock::now();
        if (due <= now) return std::nullopt;
        // Short sleeps, so that a signal is heard within a twentieth of a second.
        std::this_thread::sleep_for(std::min<Clock::duration>(due - now, std::chrono::milliseconds{50}));
    }
}

Timestamp wall_clock_now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace plumb::app
