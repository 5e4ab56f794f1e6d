#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/delivery.hpp"
#include "io/http_framing.hpp"
#include "io/http_message.hpp"
#include "io/listener.hpp"
#include "io/reactor.hpp"
#include "io/server_web_socket.hpp"
#include "io/tls_server.hpp"
#include "io/websocket_accept.hpp"

namespace plumb::io {

struct HttpServerOptions {
    HttpLimits limits{.header_bytes_max = std::size_t{32} << 10, .body_bytes_max = std::size_t{4} << 20};
    std::size_t connections_max = 1024;                     // one more is closed as soon as it comes
    std::size_t unread_bytes_max = std::size_t{4} << 20;    // of answers: no request is begun above it
    Duration handshake_deadline = std::chrono::seconds{5};  // TLS
    Duration request_deadline = std::chrono::seconds{20};   // from a request's first byte to its last
    Duration idle_max = std::chrono::seconds{75};           // between requests
    Duration write_stall_max = std::chrono::seconds{30};    // in which a client takes no byte of an answer
    ServerSocketOptions socket = {};
};

/// One connection; never used again. From one.
using ConnectionNumber = std::uint64_t;

/// The answer that one request waits for, given now or later, from the reactor thread. Dropped without one,
/// the client gets a 500: no request is left hanging by mistake.
class HttpResponder {
 public:
    HttpResponder(HttpResponder&&) noexcept;
    HttpResponder& operator=(HttpResponder&&) noexcept;
    ~HttpResponder();

    /// Content-Length and Connection are the server's own. An answer that cannot be written (a header with a
    /// line break, a status of two digits) becomes a 500. Nothing happens when the client has gone.
    void answer(const HttpResponse& response, const Delivery& delivery = {});

    /// Opens the WebSocket that was asked for. Null, and the client told why, when the request is no proper
    /// upgrade; null too when the client has gone.
    std::unique_ptr<ServerWebSocket> accept(const UpgradeTerms& terms, ServerSocketHandlers handlers,
                                            const Delivery& delivery = {});

    bool is_waited_for() const;  // the client is still there

 private:
    friend class HttpSession;
    explicit HttpResponder(std::weak_ptr<HttpSession> session);
    std::weak_ptr<HttpSession> session_;
};

/// All on the reactor thread.
struct HttpHandlers {
    /// A whole request. The server reads no further request of this connection before the answer has left.
    std::function<void(ConnectionNumber, ReceivedRequest, HttpResponder)> on_request;
    /// The head of a request with a body, which is not read yet or not whole: how the connection is to end
    /// here, without an answer; nothing: the body is read. May be empty.
    std::function<std::optional<Delivery>(ConnectionNumber, const ReceivedRequest& head)> on_head = {};
    /// A connection that did not become a WebSocket is gone. May be empty.
    std::function<void(ConnectionNumber)> on_disconnected = {};
};

/// HTTP/1.1 for any handler, and WebSockets on the same port. Keeps connections alive, takes requests that
/// were sent before the answer to the one before them (and answers in order), answers "Expect: 100-continue",
/// closes what is malformed with 400, 413 or 431, what is idle and what is too slow. Without TLS it listens
/// on loopback addresses only. Lives on the reactor thread; everything outlives it.
class HttpServer {
 public:
    /// Errc::denied for plain text beyond this machine; Errc::invalid_argument and Errc::network of the
    /// listener.
    static Result<std::unique_ptr<HttpServer>> listen(Reactor& reactor, const ListenAddress& address,
                                                      const TlsServerContext* tls, HttpHandlers handlers,
                                                      HttpServerOptions options = {});
    /// Ends every connection; no handler is called any more. Not inside a handler of its own.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const;
    std::size_t connection_count() const;

 private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::io
