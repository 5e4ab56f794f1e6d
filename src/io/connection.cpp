#include "io/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>  // asio's awaitable.hpp of 1.74 forgets it
#include <vector>

#include "base/check.hpp"

namespace plumb::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Step = TlsStream::Step;

/// Chunks handed out in a row before timers and other connections have their turn.
constexpr int kChunksInARow = 16;

/// Of what is queued, so much may stay in memory after it has gone, before the rest is moved to the front.
constexpr std::size_t kUsedBytesMax = std::size_t{64} << 10;

/// A socket without TLS, by the same steps.
struct PlainStream {
    int socket = -1;
    std::uint64_t sent_bytes = 0;
    std::string failure;

    Step read(char* to, std::size_t size, std::size_t& got) {
        const ssize_t count = ::recv(socket, to, size, 0);
        if (count == 0) return Step::ended;
        if (count < 0) return step_after_error(Step::want_read);
        got = static_cast<std::size_t>(count);
        return Step::done;
    }

    Step write(const char* from, std::size_t size, std::size_t& sent) {
        const ssize_t count = ::send(socket, from, size, MSG_NOSIGNAL);
        if (count < 0) return step_after_error(Step::want_write);
        sent = static_cast<std::size_t>(count);
        sent_bytes += sent;
        return Step::done;
    }

    Step step_after_error(Step wanted) {
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return wanted;
        failure = std::strerror(errno);
        return Step::failed;
    }
};

/// What we said last must reach the peer: a socket closed over unread bytes is reset, and the reset overtakes
/// what the peer has not read yet (the reason of a refusal, for one). So our side ends here, and theirs is
/// read and thrown away until they end it too; within limits.
constexpr Duration kLingerMax = std::chrono::seconds{1};
constexpr std::size_t kLingerBytesMax = std::size_t{4} << 20;

/// Shared with the timer, whose end may be on its way already when the coroutine is over.
asio::awaitable<void> drain(std::shared_ptr<tcp::socket> shared) {
    tcp::socket& socket = *shared;
    error_code error;
    socket.shutdown(tcp::socket::shutdown_send, error);
    asio::steady_timer limit{socket.get_executor(), kLingerMax};
    limit.async_wait([shared](const error_code& canceled) {
        error_code ignored;
        if (!canceled) shared->close(ignored);
    });
    std::vector<char> unread(std::size_t{16} << 10);
    for (std::size_t bytes = 0; !error && bytes < kLingerBytesMax;) {
        bytes += co_await socket.async_read_some(asio::buffer(unread),
                                                 asio::redirect_error(asio::use_awaitable, error));
    }
}

}  // namespace

class Connection::Impl : public std::enable_shared_from_this<Impl> {
 public:
    Impl(Reactor& reactor, const TlsContext& tls, Endpoint endpoint, ConnectDeadlines deadlines,
         Handlers handlers)
        : reactor_{reactor},
          tls_context_{&tls},
          endpoint_{std::move(endpoint)},
          deadlines_{deadlines},
          handlers_{std::move(handlers)} {}
    Impl(Reactor& reactor, AcceptedSocket accepted, Handlers handlers);

    void begin() { asio::co_spawn(reactor_.context(), run(shared_from_this()), asio::detached); }
    enum class Parting : unsigned char { announced, cut, reset };
    void abandon(Parting parting = Parting::announced);
    void write(std::string_view bytes);
    void write_later(std::string_view bytes);
    void flush();
    void pause_reading(bool on);
    std::size_t queued_bytes() const { return outgoing_.size() - outgoing_begin_; }
    std::uint64_t bytes_sent() const;

 private:
    using Self = std::shared_ptr<Impl>;

    static asio::awaitable<void> run(Self self);
    static asio::awaitable<void> write_rest(Self self);
    asio::awaitable<std::optional<Error>> open();
    asio::awaitable<Result<std::vector<std::string>>> look_up();
    asio::awaitable<std::optional<Error>> connect(std::vector<std::string> addresses);
    asio::awaitable<std::optional<Error>> shake_hands();
    asio::awaitable<void> read_until_end();

    Step read_chunk();
    Step read_some(char* to, std::size_t size, std::size_t& got);
    Step write_some();
    void arm(Duration deadline);
    void disarm();
    void linger();
    void finish(Error why, bool clean);
    Error timed_out(std::string_view stage, Duration deadline, std::string_view advice) const;
    Error failed(std::string_view stage, std::string_view what, std::string_view advice) const;
    std::string name() const {
        return is_accepted_ ? endpoint_.host : endpoint_.host + ":" + std::to_string(endpoint_.port);
    }
    const std::string& stream_failure() const { return tls_ ? tls_->failure() : plain_.failure; }

    Reactor& reactor_;
    const TlsContext* const tls_context_ = nullptr;  // null: accepted
    const Endpoint endpoint_;
    const ConnectDeadlines deadlines_;
    const Handlers handlers_;
    const bool is_accepted_ = false;
    const std::size_t chunk_bytes_ = kChunkBytes;

    tcp::socket socket_{reactor_.context()};
    asio::steady_timer deadline_{reactor_.context()};
    asio::steady_timer gate_{reactor_.context()};  // opened (cancelled) by a lookup's answer, or to read on
    std::uint64_t deadline_number_ = 0;
    bool is_late_ = false;

    std::optional<TlsStream> tls_;
    PlainStream plain_;
    std::uint64_t bytes_before_open_ = 0;
    std::vector<char> chunk_;
    std::size_t chunk_size_ = 0;
    std::string outgoing_;
    std::size_t outgoing_begin_ = 0;
    bool is_open_ = false;
    bool is_writing_ = false;  // write_rest runs
    bool will_flush_ = false;  // a flush is posted
    bool is_paused_ = false;   // nothing is read
    bool is_over_ = false;     // on_end was called, or the owner is gone
};

/// asio's own descriptor never fails to take a fresh socket but for want of memory.
Connection::Impl::Impl(Reactor& reactor, AcceptedSocket accepted, Handlers handlers)
    : reactor_{reactor},
      endpoint_{.host = std::move(accepted.peer), .tls = accepted.tls != nullptr},
      deadlines_{.handshake = accepted.handshake},
      handlers_{std::move(handlers)},
      is_accepted_{true},
      chunk_bytes_{kAcceptedChunkBytes} {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool is_v6 = ::getsockname(accepted.socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                       address.ss_family == AF_INET6;
    error_code error;
    socket_.assign(is_v6 ? tcp::v6() : tcp::v4(), accepted.socket, error);
    if (error) ::close(accepted.socket);
    socket_.native_non_blocking(true, error);
    socket_.set_option(tcp::no_delay{true}, error);
    plain_.socket = accepted.socket;
    if (accepted.tls) tls_.emplace(*accepted.tls, accepted.socket);
}

void Connection::Impl::abandon(Parting parting) {
    error_code ignored;
    if (!is_over_ && tls_ && parting == Parting::announced) tls_->announce_end();
    if (!is_over_ && is_open_ && parting != Parting::reset) linger();
    if (!is_over_ && parting == Parting::reset)
        socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
    is_over_ = true;
    socket_.close(ignored);
    deadline_.cancel(ignored);
    gate_.cancel(ignored);
}

void Connection::Impl::linger() {
    if (!socket_.is_open()) return;
    error_code error;
    const tcp::endpoint local = socket_.local_endpoint(error);
    const int copy = error ? -1 : ::dup(socket_.native_handle());
    if (copy < 0) return;
    const auto socket = std::make_shared<tcp::socket>(reactor_.context());
    socket->assign(local.protocol(), copy, error);
    if (error) {
        ::close(copy);
        return;
    }
    asio::co_spawn(reactor_.context(), drain(socket), asio::detached);
}

void Connection::Impl::finish(Error why, bool clean) {
    if (is_over_) return;
    abandon();
    handlers_.on_end({.why = std::move(why), .clean = clean});
}

/// Closes the socket when the stage takes too long; whatever waits on it then comes back.
void Connection::Impl::arm(Duration deadline) {
    is_late_ = false;
    deadline_.expires_after(deadline);
    deadline_.async_wait([weak = weak_from_this(), number = ++deadline_number_](const error_code& error) {
        const Self self = weak.lock();
        if (error || !self || self->deadline_number_ != number) return;
        self->is_late_ = true;
        error_code ignored;
        self->socket_.close(ignored);
        self->gate_.cancel(ignored);
    });
}

void Connection::Impl::disarm() {
    ++deadline_number_;
    error_code ignored;
    deadline_.cancel(ignored);
}

Error Connection::Impl::timed_out(std::string_view stage, Duration deadline, std::string_view advice) const {
    return failed(stage, "expected an end within " + to_text(deadline) + ", nothing came", advice);
}

Error Connection::Impl::failed(std::string_view stage, std::string_view what, std::string_view advice) const {
    std::string text = std::string{stage} + " " + name() + ": " + std::string{what};
    if (!advice.empty()) text += "; " + std::string{advice};
    return Error{Errc::network, std::move(text)};
}

asio::awaitable<void> Connection::Impl::run(Self self) {
    std::optional<Error> error = co_await self->open();
    self->disarm();
    if (self->is_over_) co_return;
    if (error) {
        self->finish(std::move(*error), false);
        co_return;
    }
    self->bytes_before_open_ = self->tls_ ? self->tls_->bytes_sent() : 0;
    self->chunk_.resize(self->chunk_bytes_ + kReadPadding);
    self->is_open_ = true;
    self->handlers_.on_open();
    co_await self->read_until_end();
}

asio::awaitable<std::optional<Error>> Connection::Impl::open() {
    if (is_accepted_) {
        if (!tls_) co_return std::nullopt;
        arm(deadlines_.handshake);
        co_return co_await shake_hands();
    }
    arm(deadlines_.resolve);
    Result<std::vector<std::string>> addresses = co_await look_up();
    if (is_late_) co_return timed_out("looking up", deadlines_.resolve, "check this machine's name server");
    if (!addresses) co_return addresses.error();
    if (is_over_) co_return Error{Errc::network, "abandoned"};
    arm(deadlines_.connect);
    if (std::optional<Error> error = co_await connect(std::move(*addresses))) co_return error;
    if (!endpoint_.tls) co_return std::nullopt;
    arm(deadlines_.handshake);
    tls_.emplace(*tls_context_, socket_.native_handle(), endpoint_.host);
    co_return co_await shake_hands();
}

asio::awaitable<Result<std::vector<std::string>>> Connection::Impl::look_up() {
    // Shared with the answer, which may come after this connection is gone.
    const auto answer = std::make_shared<std::optional<Result<std::vector<std::string>>>>();
    reactor_.resolve(endpoint_.host,
                     [answer, weak = weak_from_this()](Result<std::vector<std::string>> found) {
                         *answer = std::move(found);
                         if (const Self self = weak.lock()) self->gate_.cancel();
                     });
    gate_.expires_at(asio::steady_timer::time_point::max());
    error_code ignored;
    co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!answer->has_value()) co_return fail(Errc::network, "looking up was broken off");
    co_return std::move(**answer);
}

asio::awaitable<std::optional<Error>> Connection::Impl::connect(std::vector<std::string> addresses) {
    std::string last = "it has no address";
    const auto until = reactor_.steady_now() + deadlines_.connect;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        error_code error;
        const asio::ip::address address = asio::ip::make_address(addresses[i], error);
        if (error) continue;
        if (!endpoint_.tls && !address.is_loopback()) {
            co_return Error{Errc::denied, "connecting to " + name() + " (" + addresses[i] +
                                              "): plain text is for this machine only; use the TLS port"};
        }
        // Each address has its share of what is left, so that one dead address does not use up the time of
        // all.
        const Duration left = std::chrono::duration_cast<Duration>(until - reactor_.steady_now());
        arm(left / static_cast<std::int64_t>(addresses.size() - i));
        co_await socket_.async_connect({address, endpoint_.port},
                                       asio::redirect_error(asio::use_awaitable, error));
        if (is_over_) co_return Error{Errc::network, "abandoned"};
        if (!error && socket_.is_open() && !is_late_) {
            socket_.native_non_blocking(true, error);
            socket_.set_option(tcp::no_delay{true}, error);
            socket_.set_option(asio::socket_base::keep_alive{true}, error);
            plain_.socket = socket_.native_handle();
            co_return std::nullopt;
        }
        last = is_late_ ? "no answer" : error.message();
        socket_.close(error);
    }
    co_return failed("connecting to",
                     "expected a connection within " + to_text(deadlines_.connect) + ", found: " + last,
                     "check the network and the port");
}

asio::awaitable<std::optional<Error>> Connection::Impl::shake_hands() {
    for (;;) {
        const Step step = tls_->handshake();
        if (step == Step::done) co_return std::nullopt;
        if (step == Step::failed || step == Step::ended) {
            const std::string what = step == Step::ended ? "the peer closed" : tls_->failure();
            if (is_accepted_) co_return failed("TLS handshake with", what, "");
            co_return failed("TLS handshake with",
                             "expected a verified server with TLS 1.2 or newer, found: " + what,
                             "the connection was refused; check host, clock and trusted certificates");
        }
        error_code error;
        co_await socket_.async_wait(
            step == Step::want_read ? tcp::socket::wait_read : tcp::socket::wait_write,
            asio::redirect_error(asio::use_awaitable, error));
        if (is_over_) co_return Error{Errc::network, "abandoned"};
        if (is_late_) {
            co_return timed_out("TLS handshake with", deadlines_.handshake,
                                is_accepted_ ? "" : "the server or the network is too slow");
        }
        if (error) co_return failed("TLS handshake with", error.message(), "");
    }
}

asio::awaitable<void> Connection::Impl::read_until_end() {
    int in_a_row = 0;
    while (!is_over_) {
        if (is_paused_) {
            error_code resumed;
            gate_.expires_at(asio::steady_timer::time_point::max());
            co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, resumed));
            continue;
        }
        const Step step = read_chunk();
        if (0 < chunk_size_) handlers_.on_bytes({chunk_.data(), chunk_size_}, reactor_.now());
        if (is_over_) co_return;
        error_code error;
        switch (step) {
            case Step::done:
                if (++in_a_row < kChunksInARow) continue;
                in_a_row = 0;
                co_await asio::post(reactor_.context(), asio::use_awaitable);
                break;
            case Step::want_read:
            case Step::want_write:
                in_a_row = 0;
                co_await socket_.async_wait(
                    step == Step::want_read ? tcp::socket::wait_read : tcp::socket::wait_write,
                    asio::redirect_error(asio::use_awaitable, error));
                break;
            case Step::ended:
                finish(failed("reading from", "the peer closed the connection", ""), true);
                co_return;
            case Step::failed: finish(failed("reading from", stream_failure(), ""), false); co_return;
        }
    }
}

/// Fills the chunk as far as the socket has bytes. done: there may be more at once.
Step Connection::Impl::read_chunk() {
    chunk_size_ = 0;
    while (chunk_size_ < chunk_bytes_) {
        std::size_t got = 0;
        const Step step = read_some(chunk_.data() + chunk_size_, chunk_bytes_ - chunk_size_, got);
        if (step != Step::done) return step;
        chunk_size_ += got;
        if (!tls_ && chunk_size_ < chunk_bytes_) return Step::want_read;  // a short read: the socket is empty
    }
    return Step::done;
}

Step Connection::Impl::read_some(char* to, std::size_t size, std::size_t& got) {
    return tls_ ? tls_->read(to, size, got) : plain_.read(to, size, got);
}

void Connection::Impl::write(std::string_view bytes) {
    PLUMB_CHECK(is_open_);
    if (is_over_) return;
    outgoing_.append(bytes);
    flush();
}

void Connection::Impl::pause_reading(bool on) {
    is_paused_ = on;
    error_code ignored;
    if (!on) gate_.cancel(ignored);
}

void Connection::Impl::flush() {
    if (is_over_ || is_writing_) return;
    const Step step = write_some();
    if (step == Step::done) return;
    is_writing_ = true;
    asio::co_spawn(reactor_.context(), write_rest(shared_from_this()), asio::detached);
}

void Connection::Impl::write_later(std::string_view bytes) {
    PLUMB_CHECK(is_open_);
    if (is_over_) return;
    outgoing_.append(bytes);
    if (will_flush_ || is_writing_) return;
    will_flush_ = true;
    asio::post(reactor_.context(), [self = shared_from_this()] {
        self->will_flush_ = false;
        self->flush();
    });
}

/// Hands over what the socket takes. done: the queue is empty.
Step Connection::Impl::write_some() {
    while (outgoing_begin_ < outgoing_.size()) {
        std::size_t sent = 0;
        const char* from = outgoing_.data() + outgoing_begin_;
        const std::size_t size = outgoing_.size() - outgoing_begin_;
        const Step step = tls_ ? tls_->write(from, size, sent) : plain_.write(from, size, sent);
        if (step != Step::done) {
            // A peer that is always a little behind must not make the used part grow for ever.
            if (kUsedBytesMax < outgoing_begin_ && outgoing_.size() / 2 < outgoing_begin_) {
                outgoing_.erase(0, outgoing_begin_);
                outgoing_begin_ = 0;
            }
            return step;
        }
        outgoing_begin_ += sent;
    }
    outgoing_.clear();
    outgoing_begin_ = 0;
    return Step::done;
}

asio::awaitable<void> Connection::Impl::write_rest(Self self) {
    while (!self->is_over_) {
        const Step step = self->write_some();
        if (step == Step::done) {
            self->is_writing_ = false;
            self->handlers_.on_drained();
            co_return;
        }
        if (step == Step::failed || step == Step::ended) {
            // What the peer said before it stopped listening may still be unread, and may be the answer: the
            // reader ends the connection when it has read all.
            co_return;
        }
        error_code error;
        co_await self->socket_.async_wait(
            step == Step::want_read ? tcp::socket::wait_read : tcp::socket::wait_write,
            asio::redirect_error(asio::use_awaitable, error));
    }
}

std::uint64_t Connection::Impl::bytes_sent() const {
    return tls_ ? tls_->bytes_sent() - bytes_before_open_ : plain_.sent_bytes;
}

Connection::Connection(Reactor& reactor, const TlsContext& tls, Endpoint endpoint, ConnectDeadlines deadlines,
                       Handlers handlers)
    : impl_{std::make_shared<Impl>(reactor, tls, std::move(endpoint), deadlines, std::move(handlers))} {
    PLUMB_CHECK(reactor.on_reactor_thread());
    impl_->begin();
}

Connection::Connection(Reactor& reactor, AcceptedSocket accepted, Handlers handlers)
    : impl_{std::make_shared<Impl>(reactor, std::move(accepted), std::move(handlers))} {
    PLUMB_CHECK(reactor.on_reactor_thread());
    impl_->begin();
}

Connection::~Connection() { impl_->abandon(); }

void Connection::write(std::string_view bytes) { impl_->write(bytes); }
void Connection::write_later(std::string_view bytes) { impl_->write_later(bytes); }
void Connection::flush() { impl_->flush(); }
void Connection::pause_reading(bool on) { impl_->pause_reading(on); }
void Connection::cut() { impl_->abandon(Impl::Parting::cut); }
void Connection::reset() { impl_->abandon(Impl::Parting::reset); }
std::size_t Connection::queued_bytes() const { return impl_->queued_bytes(); }
std::uint64_t Connection::bytes_sent() const { return impl_->bytes_sent(); }

}  // namespace plumb::io
