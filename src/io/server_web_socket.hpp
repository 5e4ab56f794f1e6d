#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "io/delivery.hpp"
#include "io/websocket_framing.hpp"

namespace plumb::io {

class HttpSession;

/// One message for any number of connections: framed once, and compressed once if one of them agreed to that.
class EncodedMessage {
 public:
    explicit EncodedMessage(std::string_view bytes, bool is_binary = false);

    const std::string& plain() const { return plain_; }
    /// The same as plain() below kDeflateBytesMin: nothing would be won.
    const std::string& deflated();
    static constexpr std::size_t kDeflateBytesMin = 64;

 private:
    std::size_t head_bytes_;
    Opcode opcode_;
    std::string plain_;
    std::string deflated_;
};

/// What happens to a client that does not take what it is sent.
enum class WhenSlow : unsigned char {
    close,  // 1008, and a hard end if even that is not taken
    drop,   // messages are dropped as long as the queue is full; on_slow says so once each time
};

struct ServerSocketOptions {
    WebSocketReader::Limits limits{.message_bytes_max = std::size_t{1} << 20, .inflate_ratio_max = 200};
    std::size_t queue_bytes_max = std::size_t{8} << 20;
    WhenSlow when_slow = WhenSlow::close;
    Duration close_deadline = std::chrono::seconds{2};  // from our close() to a hard end
};

/// How a WebSocket of a server ended.
struct ServerSocketEnd {
    std::uint16_t code = close_code::kAbnormal;  // of the peer's close frame; kNone without a code
    std::string reason = {};                     // of the peer's close frame, or what went wrong
    bool by_peer = false;
};

/// All on the reactor thread, never inside a call of ours; each may destroy the socket.
struct ServerSocketHandlers {
    /// `bytes` are valid during the call; FlatBuffer::kPadding bytes behind may be read (not meant).
    std::function<void(std::string_view bytes, bool is_binary, Timestamp received_at)> on_message;
    std::function<void(std::string_view payload, Timestamp received_at)> on_pong = {};  // may be empty
    std::function<void()> on_slow = {};                                                 // may be empty
    std::function<void(const ServerSocketEnd& end)> on_closed;                          // exactly once, last
};

/// The server's side of one WebSocket. What is sent before the answer to the upgrade has left follows it.
/// Pings are answered. Writes leave at the end of the reactor's turn, all of a turn in one.
class ServerWebSocket {
 public:
    ~ServerWebSocket();  // ends at once, without a handler
    ServerWebSocket(const ServerWebSocket&) = delete;
    ServerWebSocket& operator=(const ServerWebSocket&) = delete;

    /// Nothing happens once it is closing. False: dropped, the queue is full.
    bool send(std::string_view bytes, bool is_binary = false);
    bool send(EncodedMessage& message);
    void ping(std::string_view payload = {});  // at most 125 bytes

    /// After what was sent before: says goodbye, waits for the client's, ends. on_closed follows.
    void close(std::uint16_t code = close_code::kNormal, std::string_view reason = {});

    /// Faults. Sends `bytes` as they are, then ends without a close frame as `how` says (keep: goes on);
    /// on_closed follows.
    void cut(std::string_view bytes, Ending how);
    /// While stalled nothing is read, nothing leaves, no ping is answered; what is sent is kept.
    void stall(bool on);

    bool is_open() const;  // not closing
    bool deflates() const;
    std::size_t queued_bytes() const;
    std::uint64_t dropped() const;  // messages, since it opened

 private:
    friend class HttpSession;
    class Impl;
    explicit ServerWebSocket(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;  // shared with its session, which outlives it by the end of the connection
};

}  // namespace plumb::io
