#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "io/endpoint.hpp"
#include "io/testing/script.hpp"
#include "io/testing/test_certificates.hpp"

namespace plumb::io::testing {

struct PeerOptions {
    bool tls = true;
    CertificateOptions certificate = {};
    int tls_version_max = 0;  // 0: the newest; 10, 11, 12, 13
};

/// A server on 127.0.0.1 that does what it is told, good or bad: HTTP/1.1 and WebSocket over TLS, on blocking
/// sockets and threads of its own, sharing no line with the client it tests. Trust it by
/// TlsOptions{test_ca_file()}.
///
///     ScriptedPeer peer;
///     peer.on_connect(Script{}.expect_request().send(http_answer(200, "hello")));
///     client.send(peer.endpoint(), ...);
///
/// All public functions may be called from any thread. Its destructor breaks off what still runs.
class ScriptedPeer {
 public:
    explicit ScriptedPeer(PeerOptions options = {});
    ~ScriptedPeer();
    ScriptedPeer(const ScriptedPeer&) = delete;
    ScriptedPeer& operator=(const ScriptedPeer&) = delete;

    /// For the next connection that has none yet; in order.
    void on_connect(Script script);
    /// For every connection beyond those. Without it they are closed at once.
    void on_every_connect(Script script);

    Endpoint endpoint(std::string host = "127.0.0.1") const;

    int connections() const;  // accepted so far
    int handshakes() const;   // of them, with TLS done
    std::vector<PeerRequest> requests() const;
    std::vector<PeerFrame> frames() const;
    /// Waits until it is so; false when `at_most` passed first.
    bool wait_until(const std::function<bool()>& is_so, Duration at_most) const;

 private:
    friend class PeerConnection;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::io::testing
