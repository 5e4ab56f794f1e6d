#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace boost::asio {
class io_context;
}

namespace plumb::io {

/// The addresses of a host, as numbers ("127.0.0.1", "::1"), in the order to try. Runs on a thread of its own
/// and may block.
using Lookup = std::function<Result<std::vector<std::string>>(const std::string& host)>;

/// What the operating system answers (getaddrinfo). Errc::network names the host and the reason.
Result<std::vector<std::string>> system_lookup(const std::string& host);

struct ReactorOptions {
    Lookup lookup = system_lookup;
};

struct TimerId {
    std::chrono::steady_clock::time_point due;
    std::uint64_t sequence = 0;  // 0: no timer

    friend auto operator<=>(const TimerId&, const TimerId&) = default;
};

/// The one thread on which every socket, timer and callback of `io` runs, so that nothing behind it needs a
/// lock.
///
/// Either it runs on a thread of its own (start, stop), or whoever made it pumps it (run_for, run_until,
/// poll): never both at once. Clients, connections and timers are made, used and destroyed on the reactor
/// thread: the own thread after start(), else the pumping one. Only post() and call() may come from
/// elsewhere. They all end before it does.
class Reactor {
 public:
    using Task = std::function<void()>;

    explicit Reactor(ReactorOptions options = {});
    ~Reactor();  // stops; what was posted and not run is dropped
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    void start();
    /// Ends the own thread after the task at hand. Not to be called from the reactor thread.
    void stop();

    void run_for(Duration duration);
    /// Pumps until `done` is true, asked after each task and every few milliseconds; false when `at_most`
    /// passed first.
    bool run_until(const std::function<bool()>& done, Duration at_most);
    /// What is ready now, without waiting; how many tasks ran.
    std::size_t poll();

    /// Runs `task` on the reactor thread, later. From any thread; in order of posting.
    void post(Task task);
    /// Runs `task` on the own thread and returns when it has run. Not from the reactor thread; start() was
    /// called.
    void call(const Task& task);

    /// Runs `task` once, after `delay` at the earliest.
    TimerId after(Duration delay, Task task);
    /// No harm when it ran already or was never set.
    void cancel(TimerId timer);

    /// Addresses of `host` by the lookup of the options, on a thread of its own; `done` on the reactor
    /// thread. A number needs no lookup. Errc::network when kLookupsMax hang already. A lookup cannot be
    /// broken off: who no longer waits ignores the answer, and the end of the reactor does not wait for it
    /// either.
    void resolve(const std::string& host, std::function<void(Result<std::vector<std::string>>)> done);
    static constexpr int kLookupsMax = 16;

    /// The wall clock, UTC: the only clock of the live path.
    Timestamp now() const;
    /// For deadlines; never steps.
    std::chrono::steady_clock::time_point steady_now() const { return std::chrono::steady_clock::now(); }

    bool on_reactor_thread() const;

    /// For the rooms' own .cpp files that open sockets.
    boost::asio::io_context& context();

 private:
    struct Core;
    std::unique_ptr<Core> core_;
};

}  // namespace plumb::io
