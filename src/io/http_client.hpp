#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/endpoint.hpp"
#include "io/http_framing.hpp"
#include "io/http_message.hpp"
#include "io/reactor.hpp"
#include "io/tls.hpp"

namespace plumb::io {

/// How long each stage of one request may take (H02). Their sum bounds the whole.
struct HttpDeadlines {
    Duration queue = std::chrono::seconds{5};  // until one of the endpoint's connections is free
    Duration resolve = std::chrono::seconds{5};
    Duration connect = std::chrono::seconds{5};
    Duration handshake = std::chrono::seconds{5};
    Duration write = std::chrono::seconds{5};        // until the operating system took the whole request
    Duration first_byte = std::chrono::seconds{10};  // of the answer, after that
    Duration body = std::chrono::seconds{30};        // from the first byte to the last
};

struct HttpOutcome {
    /// Any status is an answer, a redirect too (none is followed). Errors say stage, host, what was expected
    /// and what to do: Errc::network (no, late or cut answer), Errc::corrupt (no HTTP, damaged gzip),
    /// Errc::out_of_range (above a limit), Errc::unsupported (encoding), Errc::invalid_argument (the request
    /// itself), Errc::denied (plain text beyond this machine).
    Result<HttpResponse> response;
    /// False only when it is certain that not one byte of the request left this process.
    bool may_have_arrived = false;
    Timestamp sent_at;      // first byte handed over; the time of failing where none was
    Timestamp received_at;  // last bytes of the answer taken from the socket, or the time of failing
};

struct HttpOptions {
    HttpLimits limits = {};
    std::size_t connections_per_endpoint_max = 4;
    std::size_t waiting_per_endpoint_max = 256;  // requests without a connection; one more is refused at once
    Duration idle_max = std::chrono::seconds{30};  // an unused connection is closed after this
};

/// HTTP/1.1 over pooled, kept-alive connections. Lives on the reactor thread.
///
/// What it repeats by itself: a GET, once, on a fresh connection, when it was sent on a used one that died
/// before any byte of an answer. Nothing else, ever: not a POST, PUT, PATCH or DELETE, not after a deadline,
/// not after a status (E31). Whether something unanswered is asked again is for who knows what it meant.
class HttpClient {
 public:
    using Done = std::function<void(HttpOutcome)>;

    /// `reactor` and `tls` outlive it.
    HttpClient(Reactor& reactor, const TlsContext& tls, HttpOptions options = {});
    /// Breaks off what is under way; no `done` is called after it.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// `done` is called exactly once, later, never inside; it may destroy the client.
    void send(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines, Done done);

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::io
