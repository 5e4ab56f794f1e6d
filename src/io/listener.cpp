#include "io/listener.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/check.hpp"

namespace plumb::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Accepted in a row before other connections have their turn.
constexpr int kAcceptedInARow = 32;
/// When the process has no descriptor left, until it is asked again.
constexpr Duration kRestAfterFailure = std::chrono::milliseconds{100};

std::string name_of(const tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

Result<asio::ip::address> parse_address(const std::string& text) {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(text, error);
    if (error)
        return fail(Errc::invalid_argument,
                    "expected an address to listen on, such as 127.0.0.1, found \"" + text + "\"");
    return address;
}

Error not_listening(const ListenAddress& address, const error_code& error) {
    const bool in_use = error == asio::error::address_in_use;
    return Error{Errc::network, "listening on " + address.host + ":" + std::to_string(address.port) +
                                    ": expected a free port, found: " + error.message() +
                                    (in_use ? "; end what listens there or choose another port" : "")};
}

}  // namespace

struct Listener::Impl : std::enable_shared_from_this<Impl> {
    Impl(Reactor& given, OnAccept callback) : reactor{given}, on_accept{std::move(callback)} {}

    void wait();
    void accept_all();

    Reactor& reactor;
    OnAccept on_accept;
    tcp::acceptor acceptor{reactor.context()};
    bool is_over = false;
};

void Listener::Impl::wait() {
    acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const error_code& error) {
        if (!error && !self->is_over) self->accept_all();
    });
}

void Listener::Impl::accept_all() {
    for (int count = 0; count < kAcceptedInARow; ++count) {
        error_code error;
        tcp::endpoint peer;
        tcp::socket socket = acceptor.accept(peer, error);
        if (error == asio::error::would_block || error == asio::error::try_again) break;
        if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
        if (error) {
            reactor.after(kRestAfterFailure, [weak = weak_from_this()] {
                if (const auto self = weak.lock(); self && !self->is_over) self->wait();
            });
            return;
        }
        const int released = socket.release(error);
        if (error) continue;
        on_accept(released, name_of(peer));
        if (is_over) return;
    }
    wait();
}

Result<bool> is_loopback(const std::string& address) {
    const Result<asio::ip::address> parsed = parse_address(address);
    if (!parsed) return fail(parsed.error());
    return parsed->is_loopback();
}

Result<std::unique_ptr<Listener>> Listener::open(Reactor& reactor, const ListenAddress& address,
                                                 OnAccept on_accept) {
    PLUMB_CHECK(reactor.on_reactor_thread() && on_accept);
    const Result<asio::ip::address> host = parse_address(address.host);
    if (!host) return fail(host.error());
    error_code error;
    const auto impl = std::make_shared<Impl>(reactor, std::move(on_accept));
    const tcp::endpoint endpoint{*host, address.port};
    impl->acceptor.open(endpoint.protocol(), error);
    if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) impl->acceptor.bind(endpoint, error);
    if (!error) impl->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) impl->acceptor.non_blocking(true, error);
    if (error) return fail(not_listening(address, error));
    impl->wait();
    return std::unique_ptr<Listener>{new Listener{impl}};
}

Listener::Listener(std::shared_ptr<Impl> impl) : impl_{std::move(impl)} {}

Listener::~Listener() {
    impl_->is_over = true;
    error_code ignored;
    impl_->acceptor.close(ignored);
}

std::uint16_t Listener::port() const {
    error_code ignored;
    return impl_->acceptor.local_endpoint(ignored).port();
}

}  // namespace plumb::io
