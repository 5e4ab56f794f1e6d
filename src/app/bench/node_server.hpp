#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>

#include "base/result.hpp"

namespace plumb::app::bench {

/// The peer of an HTTP server: Node's own, answering every request with so many bytes and doing nothing else.
class NodeServer {
 public:
    /// Errc::not_found where there is no node.
    static Result<NodeServer> start(std::size_t body_bytes);
    NodeServer(NodeServer&& other) noexcept : process_{other.process_}, port_{other.port_} {
        other.process_ = 0;
    }
    NodeServer(const NodeServer&) = delete;
    NodeServer& operator=(const NodeServer&) = delete;
    NodeServer& operator=(NodeServer&&) = delete;
    ~NodeServer();

    std::uint16_t port() const { return port_; }
    /// Seconds that the process has computed, in steps of a hundredth.
    double computing_seconds() const;

 private:
    NodeServer(pid_t process, std::uint16_t port) : process_{process}, port_{port} {}
    pid_t process_ = 0;
    std::uint16_t port_ = 0;
};

}  // namespace plumb::app::bench
