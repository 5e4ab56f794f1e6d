#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "exchange/host/delivery.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange {

/// Where a host's WebSocket frames leave. Implemented by the server around real sockets, and by tests. All
/// bytes are borrowed for the call. A stream that is gone is not an error: nothing happens.
///
/// Frames for a stream may come before its upgrade was answered; they leave after it.
class StreamSink {
 public:
    virtual ~StreamSink() = default;
    /// One message, text or binary.
    virtual void send(StreamId stream, std::string_view bytes, bool is_binary) = 0;
    /// The same bytes to many: framed (and, where all deflate, deflated) once.
    virtual void send_all(std::span<const StreamId> streams, std::string_view bytes, bool is_binary) = 0;
    virtual void ping(StreamId stream, std::string_view payload) = 0;
    /// After what was sent before: a close frame, then the closing handshake. Host::on_closed follows.
    virtual void close(StreamId stream, std::uint16_t code, std::string_view reason) = 0;
    /// Writes the first `frame_bytes` bytes of the frame that would carry `bytes` (its header counts), then
    /// ends the connection without a close frame. Empty `bytes`: ends it at once. Host::on_closed follows.
    virtual void cut(StreamId stream, std::string_view bytes, std::size_t frame_bytes, Ending how) = 0;
    /// While stalled the socket stays open: nothing is read, nothing written, no ping answered; what is sent
    /// meanwhile is kept, and leaves when the stall ends.
    virtual void stall(StreamId stream, bool on) = 0;
};

/// The clock of an exchange that is not on the wall's: moved by the control endpoint.
class SimulatedClock {
 public:
    virtual ~SimulatedClock() = default;
    /// Later than now. The hosts are advanced by the time this returns.
    virtual void advance(Duration by) = 0;
};

}  // namespace plumb::exchange
