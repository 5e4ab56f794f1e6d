#pragma once

#include <optional>

#include "core/event.hpp"

namespace plumb {

/// Holds a session to a clock, and hands it what people say meanwhile. A session run as fast as it goes has
/// one that never waits.
class Pacer {
 public:
    virtual ~Pacer() = default;

    /// Waits until the market may show `time`, or until a command comes, whichever is first. Returns the
    /// command; called again for the same time it waits on. Never waits for a time that has passed.
    virtual std::optional<Command> wait_until(Timestamp time) = 0;
};

}  // namespace plumb
