#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "io/reactor.hpp"

namespace plumb::io {

/// Where a server is to listen: an address as a number ("127.0.0.1", "::1"), no name.
struct ListenAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
};

/// Whether only this machine can reach it. Errc::invalid_argument for what is no address.
Result<bool> is_loopback(const std::string& address);

/// A socket that listens. Lives on the reactor thread.
class Listener {
 public:
    /// Called for each connection; the socket is the callee's. `peer`: "127.0.0.1:50712".
    using OnAccept = std::function<void(int socket, std::string peer)>;

    /// Errc::invalid_argument for an address that is none; Errc::network when the port is in use or not
    /// allowed.
    static Result<std::unique_ptr<Listener>> open(Reactor& reactor, const ListenAddress& address,
                                                  OnAccept on_accept);
    ~Listener();  // listens no more
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const;  // the real one

 private:
    struct Impl;
    explicit Listener(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;  // shared with its own waiting, which ends a moment later
};

}  // namespace plumb::io
