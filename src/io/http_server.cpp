#include "io/http_server.hpp"

#include <unistd.h>

#include <map>
#include <vector>

#include "base/check.hpp"
#include "io/http_session.hpp"

namespace plumb::io {
namespace {

/// How exact the deadlines are.
constexpr Duration kSweepEvery = std::chrono::milliseconds{250};

}  // namespace

struct HttpServer::Impl {
    Impl(Reactor& given, const TlsServerContext* certificate, HttpHandlers callbacks,
         HttpServerOptions limits)
        : reactor{given}, tls{certificate}, handlers{std::move(callbacks)}, options{std::move(limits)} {}

    void on_accept(int socket, std::string peer);
    void sweep();

    Reactor& reactor;
    const TlsServerContext* tls;
    const HttpHandlers handlers;
    const HttpServerOptions options;
    std::map<ConnectionNumber, std::shared_ptr<HttpSession>> sessions;
    ConnectionNumber last_number = 0;
    TimerId sweep_timer;
    std::unique_ptr<Listener> listener;
};

void HttpServer::Impl::on_accept(int socket, std::string peer) {
    if (options.connections_max <= sessions.size()) {
        ::close(socket);
        return;
    }
    const ConnectionNumber number = ++last_number;
    const HttpSessionHome home{.reactor = reactor,
                               .options = options,
                               .handlers = handlers,
                               .on_over = [this](ConnectionNumber over) { sessions.erase(over); }};
    const auto session = std::make_shared<HttpSession>(home, number);
    sessions.emplace(number, session);
    session->begin(
        {.socket = socket, .tls = tls, .peer = std::move(peer), .handshake = options.handshake_deadline});
}

void HttpServer::Impl::sweep() {
    std::vector<std::shared_ptr<HttpSession>> all;  // a session may end, and be erased, while it is asked
    all.reserve(sessions.size());
    for (const auto& [number, session] : sessions) all.push_back(session);
    for (const auto& session : all) session->check_deadlines(reactor.steady_now());
    sweep_timer = reactor.after(kSweepEvery, [this] { sweep(); });
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(Reactor& reactor, const ListenAddress& address,
                                                       const TlsServerContext* tls, HttpHandlers handlers,
                                                       HttpServerOptions options) {
    PLUMB_CHECK(reactor.on_reactor_thread() && handlers.on_request);
    const Result<bool> is_local = is_loopback(address.host);
    if (!is_local) return fail(is_local.error());
    if (!tls && !*is_local)
        return fail(Errc::denied, "listening on " + address.host +
                                      ": plain text is for this machine only (127.0.0.1, ::1); use TLS");
    auto impl = std::make_unique<Impl>(reactor, tls, std::move(handlers), std::move(options));
    Impl* const core = impl.get();
    auto listener = Listener::open(
        reactor, address, [core](int socket, std::string peer) { core->on_accept(socket, std::move(peer)); });
    if (!listener) return fail(listener.error());
    core->listener = std::move(*listener);
    core->sweep_timer = reactor.after(kSweepEvery, [core] { core->sweep(); });
    return std::unique_ptr<HttpServer>{new HttpServer{std::move(impl)}};
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

HttpServer::~HttpServer() {
    impl_->reactor.cancel(impl_->sweep_timer);
    impl_->listener.reset();
    const auto sessions = std::move(impl_->sessions);
    for (const auto& [number, session] : sessions) session->leave_home();
}

std::uint16_t HttpServer::port() const { return impl_->listener->port(); }
std::size_t HttpServer::connection_count() const { return impl_->sessions.size(); }

}  // namespace plumb::io
