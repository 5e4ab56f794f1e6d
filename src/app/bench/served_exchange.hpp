#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "exchange/host/host.hpp"

namespace plumb::app::bench {

/// One venue of the local exchange on a thread of its own, plain text on loopback, its truth log thrown away.
/// The clock is simulated and moves only when a task moves it, so that no rate limit, timer or market step
/// falls into a measurement.
class ServedExchange {
 public:
    static Result<std::unique_ptr<ServedExchange>> start(std::string_view venue, std::size_t names);
    virtual ~ServedExchange() = default;

    virtual std::uint16_t port() const = 0;
    /// Runs `task` on the exchange's thread, after what was asked before, lets a microsecond of the
    /// exchange's time pass, so that clients are told what happened, and waits for it.
    virtual void call(const std::function<void(exchange::Host&, Timestamp now)>& task) = 0;
    /// Seconds that its thread has computed, the kernel's on its behalf included.
    virtual double computing_seconds() const = 0;
};

}  // namespace plumb::app::bench
