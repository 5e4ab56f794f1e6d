#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "io/reactor.hpp"

namespace plumb::io::testing {

/// A bare loopback socket that says exactly what it is told and shows what comes back, for tests of servers
/// that run on the same reactor: it is pumped while this waits.
class RawClient {
 public:
    RawClient(Reactor& reactor, std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes);
    /// Reads until `until` is in what came; false when the connection ended or `at_most` passed before.
    bool read_until(std::string_view until, Duration at_most = std::chrono::seconds{5});
    /// Reads until the connection ends; false when `at_most` passed before.
    bool read_to_end(Duration at_most = std::chrono::seconds{5});
    void shut_down();  // says that no more will come

    const std::string& received() const { return received_; }
    void forget() { received_.clear(); }
    bool was_reset() const { return was_reset_; }
    bool has_ended() const { return has_ended_; }

 private:
    void take();

    Reactor& reactor_;
    int socket_ = -1;
    std::string received_;
    bool has_ended_ = false;
    bool was_reset_ = false;
};

}  // namespace plumb::io::testing
