#include "io/testing/scripted_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <deque>
#include <optional>
#include <thread>

#include "base/check.hpp"
#include "io/testing/peer_connection.hpp"

namespace plumb::io::testing {
namespace {

/// A write to a client that has gone then fails instead of ending the program.
void ignore_broken_pipes_in_this_thread() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int tls_version(int version) {
    switch (version) {
        case 10: return TLS1_VERSION;
        case 11: return TLS1_1_VERSION;
        case 12: return TLS1_2_VERSION;
        default: return 0;
    }
}

SSL_CTX* make_context(const PeerOptions& options) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    PLUMB_CHECK(context != nullptr);
    SSL_CTX_set_security_level(context, 0);  // it may offer what the client must refuse
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, tls_version(options.tls_version_max));
    const Certificate certificate = make_certificate(options.certificate);
    PLUMB_CHECK(SSL_CTX_use_certificate(context, certificate.certificate) == 1);
    PLUMB_CHECK(SSL_CTX_use_PrivateKey(context, certificate.key) == 1);
    if (certificate.chain) PLUMB_CHECK(SSL_CTX_add1_chain_cert(context, certificate.chain) == 1);
    return context;
}

}  // namespace

struct ScriptedPeer::Impl {
    struct Running {
        std::unique_ptr<PeerConnection> connection;
        std::thread thread;
    };

    void listen();
    void accept_all();
    void run(PeerConnection& connection, const Script& script) const;
    Script next_script();

    PeerOptions options;
    PeerLog log;
    SSL_CTX* context = nullptr;
    int listener = -1;
    std::uint16_t port = 0;
    std::deque<Script> scripts;  // guarded by log.mutex, as is what follows
    std::optional<Script> every_script;
    std::vector<Running> running;
    std::thread thread;
};

void ScriptedPeer::Impl::listen() {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    PLUMB_CHECK(listener >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    PLUMB_CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    PLUMB_CHECK(::listen(listener, 64) == 0);
    PLUMB_CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
}

void ScriptedPeer::Impl::accept_all() {
    ignore_broken_pipes_in_this_thread();
    for (;;) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const int at_once = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
        const std::lock_guard lock{log.mutex};
        if (log.is_stopping) {
            ::close(socket);
            return;
        }
        auto connection = std::make_unique<PeerConnection>(socket, log.connections++, log);
        PeerConnection& reference = *connection;
        std::thread runner{[this, &reference, script = next_script()] {
            ignore_broken_pipes_in_this_thread();
            run(reference, script);
        }};
        running.push_back({std::move(connection), std::move(runner)});
        log.changed.notify_all();
    }
}

Script ScriptedPeer::Impl::next_script() {
    if (scripts.empty()) return every_script.value_or(Script{}.close());
    Script script = std::move(scripts.front());
    scripts.pop_front();
    return script;
}

void ScriptedPeer::Impl::run(PeerConnection& connection, const Script& script) const {
    for (const Script::Step& step : script.before_tls_)
        if (!step(connection)) return connection.cut();
    if (options.tls && !connection.begin_tls(context)) return connection.cut();
    for (const Script::Step& step : script.steps_)
        if (!step(connection)) break;
    connection.close();
}

ScriptedPeer::ScriptedPeer(PeerOptions options) : impl_{std::make_unique<Impl>()} {
    impl_->options = std::move(options);
    if (impl_->options.tls) impl_->context = make_context(impl_->options);
    impl_->listen();
    impl_->thread = std::thread{[this] { impl_->accept_all(); }};
}

ScriptedPeer::~ScriptedPeer() {
    {
        const std::lock_guard lock{impl_->log.mutex};
        impl_->log.is_stopping = true;
        impl_->log.changed.notify_all();
    }
    ::shutdown(impl_->listener, SHUT_RDWR);
    impl_->thread.join();
    ::close(impl_->listener);
    for (auto& each : impl_->running) each.connection->interrupt();
    for (auto& each : impl_->running) each.thread.join();
    impl_->running.clear();
    SSL_CTX_free(impl_->context);
}

void ScriptedPeer::on_connect(Script script) {
    const std::lock_guard lock{impl_->log.mutex};
    impl_->scripts.push_back(std::move(script));
}

void ScriptedPeer::on_every_connect(Script script) {
    const std::lock_guard lock{impl_->log.mutex};
    impl_->every_script = std::move(script);
}

Endpoint ScriptedPeer::endpoint(std::string host) const {
    return {.host = std::move(host), .port = impl_->port, .tls = impl_->options.tls};
}

int ScriptedPeer::connections() const {
    const std::lock_guard lock{impl_->log.mutex};
    return impl_->log.connections;
}

int ScriptedPeer::handshakes() const {
    const std::lock_guard lock{impl_->log.mutex};
    return impl_->log.handshakes;
}

std::vector<PeerRequest> ScriptedPeer::requests() const {
    const std::lock_guard lock{impl_->log.mutex};
    return impl_->log.requests;
}

std::vector<PeerFrame> ScriptedPeer::frames() const {
    const std::lock_guard lock{impl_->log.mutex};
    return impl_->log.frames;
}

bool ScriptedPeer::wait_until(const std::function<bool()>& is_so, Duration at_most) const {
    const auto until = std::chrono::steady_clock::now() + at_most;
    while (!is_so()) {
        if (until <= std::chrono::steady_clock::now()) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
}

}  // namespace plumb::io::testing
