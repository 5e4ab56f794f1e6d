#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/connection.hpp"
#include "io/endpoint.hpp"
#include "io/http_message.hpp"
#include "io/reactor.hpp"
#include "io/tls.hpp"
#include "io/websocket_handshake.hpp"

namespace plumb::io {

struct WebSocketOptions {
    WebSocketReader::Limits limits = {};
    std::size_t send_queue_bytes_max = std::size_t{1} << 20;
    ConnectDeadlines deadlines = {};
    Duration upgrade_deadline = std::chrono::seconds{5};  // from the open connection to the 101
    Duration close_deadline = std::chrono::seconds{1};    // from our close() to a hard end (F06)
};

/// How a WebSocket ended, or why it never opened.
struct WebSocketEnd {
    /// Errc::network (with the stage), Errc::rejected (the upgrade was refused), Errc::corrupt (the peer
    /// broke the protocol), Errc::out_of_range (above a limit), Errc::denied (plain text beyond this
    /// machine), Errc::invalid_argument (the request itself).
    Error why;
    std::uint16_t code =
        close_code::kAbnormal;  // of the peer's close frame: kNone without a code, kAbnormal without a frame
    std::string reason = {};    // of the peer's close frame
    bool by_peer = false;       // false: we asked for it, or broke it off
    bool was_open = false;
    HttpResponse refusal = {};  // status 0 unless the upgrade was answered by something else than 101
    std::optional<Timestamp> retry_at = {};  // of a refusal with Retry-After: not before this
};

/// All on the reactor thread; each may destroy the client. `bytes` are valid during the call.
struct WebSocketHandlers {
    std::function<void(const WebSocketAgreement& agreement)> on_open;
    /// One whole message; Connection::kReadPadding bytes behind it may be read (not meant). Also while
    /// closing.
    std::function<void(std::string_view bytes, bool is_binary, Timestamp received_at)> on_message;
    std::function<void(std::string_view payload, Timestamp received_at)> on_pong;  // may be empty
    std::function<void(const WebSocketEnd& end)>
        on_closed;  // exactly once, last; never inside a call of ours
};

/// One WebSocket connection, read without pause: who takes the messages must be quick or queue them (F08).
/// Pings are answered. It does not reconnect, and silence does not end it: both are decided above.
class WebSocketClient {
 public:
    /// `reactor` and `tls` outlive it.
    WebSocketClient(Reactor& reactor, const TlsContext& tls, WebSocketOptions options = {});
    /// Ends at once, without a handler.
    ~WebSocketClient();
    WebSocketClient(const WebSocketClient&) = delete;
    WebSocketClient& operator=(const WebSocketClient&) = delete;

    /// Once. on_open or on_closed follows.
    void connect(Endpoint endpoint, WebSocketRequest request, WebSocketHandlers handlers);

    /// Errc::network when not open, Errc::out_of_range when the queue would grow above its limit; then
    /// nothing is sent.
    Status send(std::string_view bytes, bool is_binary = false);
    /// Payload of at most 125 bytes; errors as send().
    Status ping(std::string_view payload = {});

    /// Says goodbye, waits for the peer's goodbye up to close_deadline, then ends hard. on_closed follows in
    /// any case.
    void close(std::uint16_t code = close_code::kNormal, std::string_view reason = {});

    bool is_open() const;
    std::size_t queued_bytes() const;

 private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with the call that is under way when a handler destroys this
};

}  // namespace plumb::io
