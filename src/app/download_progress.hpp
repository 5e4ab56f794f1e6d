#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "app/settings.hpp"
#include "app/streams.hpp"

namespace plumb::app {

/// Shows people how a download goes: one line that is drawn again and again on a terminal, whole lines where
/// standard error is none, nothing with --quiet or --json.
class DownloadProgress {
 public:
    DownloadProgress(const Settings& settings, const Streams* people);
    ~DownloadProgress();  // ends the line in hand
    DownloadProgress(const DownloadProgress&) = delete;
    DownloadProgress& operator=(const DownloadProgress&) = delete;

    struct State {
        std::string what;  // "binance 1h"
        std::size_t instruments = 0, done = 0;
        double share = 0;  // 0 to 1
        std::size_t bars = 0;
    };
    /// At most ten times a second.
    void show(const State& state);
    /// A line of its own that stays.
    void say(const std::string& line);

 private:
    void end_line();

    const Streams* people_;
    bool terminal_ = false, drawn_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace plumb::app
