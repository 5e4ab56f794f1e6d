#pragma once

#include <chrono>

#include "base/time.hpp"

namespace plumb::app {

/// Seconds since it was made: for what a command says about itself, never for a decision.
class Stopwatch {
 public:
    double seconds() const { return to_seconds(std::chrono::steady_clock::now() - begin_); }

 private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace plumb::app
