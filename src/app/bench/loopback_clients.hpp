#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::app::bench {

/// Some connections to a server on 127.0.0.1 by plain sockets: as little client as there can be, so that what
/// is measured is the server.
class LoopbackClients {
 public:
    /// Errc::network when the server does not take them.
    static Result<LoopbackClients> connect(std::uint16_t port, std::size_t count);
    LoopbackClients(LoopbackClients&&) noexcept;
    ~LoopbackClients();

    /// Each connection sends `request`, then all answers are read; `rounds` times. Gives the number of
    /// answers; Errc::corrupt when one has another status than 200, or no length.
    Result<std::uint64_t> ask(std::string_view request, int rounds);

    /// Of the last answer.
    std::size_t last_body_bytes() const;

    /// Each connection becomes a WebSocket at `target` and is sent `message`, unless that is empty.
    Status upgrade(std::string_view target, std::string_view message);
    /// Reads whatever is there, on a thread of its own, and counts the frames, until stop_reading().
    void begin_reading();
    std::uint64_t frames_read() const;
    std::uint64_t bytes_read() const;
    void stop_reading();

 private:
    struct Impl;
    explicit LoopbackClients(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::app::bench
