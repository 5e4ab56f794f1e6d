#pragma once

#include "core/effect.hpp"
#include "core/event.hpp"

namespace plumb {

/// Watches a session: logs, reports, dashboards. It reads and can never hold the engine up or change what it
/// does.
class SessionObserver {
 public:
    virtual ~SessionObserver() = default;

    /// A past event that moves prices and memory and decides nothing.
    virtual void on_warm_up(const Event&) {}
    virtual void on_event(const Event& event) = 0;
    virtual void on_effect(const Effect& effect) = 0;
};

}  // namespace plumb
