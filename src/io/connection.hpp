#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/endpoint.hpp"
#include "io/reactor.hpp"
#include "io/tls.hpp"
#include "io/tls_server.hpp"

namespace plumb::io {

struct ConnectDeadlines {
    Duration resolve = std::chrono::seconds{5};
    Duration connect = std::chrono::seconds{5};    // all addresses of the host together
    Duration handshake = std::chrono::seconds{5};  // TLS
};

/// How a connection ended.
struct ConnectionEnd {
    Error why;  // Errc::network with stage, host, what was expected, what to do; Errc::denied: plain text
    bool clean = false;  // the peer announced its end (TLS close_notify, or FIN where there is no TLS)
};

/// A connection that somebody made to us.
struct AcceptedSocket {
    int socket = -1;                        // connected, not blocking; the connection's from now on
    const TlsServerContext* tls = nullptr;  // null: plain text
    std::string peer = {};                  // for messages
    Duration handshake = std::chrono::seconds{5};
};

/// One byte stream to a host: looked up, connected, secured, then read without pause until it ends; or one
/// that a host made to us, secured and read the same. HTTP and WebSocket stand on it. Lives on the reactor
/// thread. Plain text to a host is refused unless the address is a loopback one.
class Connection {
 public:
    /// After each chunk given out, so many bytes more may be read (not meant): simdjson reads past the end.
    static constexpr std::size_t kReadPadding = 64;
    static constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
    static constexpr std::size_t kAcceptedChunkBytes = std::size_t{16} << 10;  // a server has many of them

    /// Any of them may destroy the connection. After on_end none is called, after the destructor neither.
    struct Handlers {
        std::function<void()> on_open;
        /// At most kChunkBytes, valid during the call, taken from the socket at `received_at`.
        std::function<void(std::string_view chunk, Timestamp received_at)> on_bytes;
        /// What write() could not hand over at once is now with the operating system.
        std::function<void()> on_drained;
        std::function<void(const ConnectionEnd& end)> on_end;  // exactly once, also when it never opened
    };

    /// Begins at once; no handler runs inside the constructor. `tls` outlives the connection.
    Connection(Reactor& reactor, const TlsContext& tls, Endpoint endpoint, ConnectDeadlines deadlines,
               Handlers handlers);
    /// The same for a connection made to us.
    Connection(Reactor& reactor, AcceptedSocket accepted, Handlers handlers);
    /// Closes our side at once, announced to the peer if the socket takes it without waiting; what was
    /// written and taken still arrives, even over bytes of the peer that nobody reads any more (a second at
    /// most).
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// After on_open. As much as the socket takes goes out now, the rest is queued in memory: bounding it is
    /// the caller's part (queued_bytes). No handler runs inside.
    void write(std::string_view bytes);
    /// The same at the end of the reactor's turn, in one write with all else that is written in this turn.
    void write_later(std::string_view bytes);
    /// What write_later() kept goes out now, as far as the socket takes it.
    void flush();
    std::size_t queued_bytes() const;

    /// While paused nothing is read, so that the peer's writes come to a stand; its end is not seen either.
    void pause_reading(bool on);

    /// Ends at once, before the destructor, as a dying host does; no handler is called any more. cut: our
    /// side is closed, in TLS without a word. reset: the peer's next read or write fails, and what the system
    /// had not yet sent is lost.
    void cut();
    void reset();

    /// Bytes that the operating system took since the connection was open: 0 is proof that nothing was sent.
    std::uint64_t bytes_sent() const;

 private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with its own coroutines, which end a moment later than this
};

}  // namespace plumb::io
