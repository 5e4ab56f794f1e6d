#include "io/testing/peer_connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace plumb::io::testing {

PeerConnection::PeerConnection(int socket, int number, PeerLog& log)
    : socket_{socket}, number_{number}, log_{log} {
    request_.connection = frame_.connection = number;
}

PeerConnection::~PeerConnection() {
    close();
    SSL_free(ssl_);
}

bool PeerConnection::begin_tls(ssl_ctx_st* context) {
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, socket_);
    if (SSL_accept(ssl_) != 1) {
        ERR_clear_error();
        SSL_set_quiet_shutdown(ssl_, 1);
        return false;
    }
    const std::lock_guard lock{log_.mutex};
    ++log_.handshakes;
    log_.changed.notify_all();
    return true;
}

bool PeerConnection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        if (socket_ < 0) return false;
        long sent = 0;
        if (ssl_) {
            sent =
                SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 30)));
        } else {
            sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
        if (sent <= 0) {
            ERR_clear_error();
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool PeerConnection::fill() {
    if (socket_ < 0) return false;
    char bytes[16384];
    const long got = ssl_ ? SSL_read(ssl_, bytes, sizeof bytes) : ::recv(socket_, bytes, sizeof bytes, 0);
    ERR_clear_error();
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

bool PeerConnection::fill_to(std::size_t count) {
    while (buffer_.size() < count)
        if (!fill()) return false;
    return true;
}

bool PeerConnection::read_request() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return false;
    PeerRequest request;
    request.connection = number_;
    std::string_view head{buffer_.data(), end + 2};
    const std::string_view first = head.substr(0, head.find("\r\n"));
    const std::size_t blank = first.find(' '), last_blank = first.rfind(' ');
    request.method = first.substr(0, blank);
    request.target = first.substr(blank + 1, last_blank - blank - 1);
    head.remove_prefix(first.size() + 2);
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        const std::size_t colon = line.find(": ");
        request.headers.push_back({std::string{line.substr(0, colon)}, std::string{line.substr(colon + 2)}});
        head.remove_prefix(line.size() + 2);
    }
    const std::string* length = request.find("Content-Length");
    const std::size_t body = length ? std::strtoul(length->c_str(), nullptr, 10) : 0;
    if (!fill_to(end + 4 + body)) return false;
    request.body = buffer_.substr(end + 4, body);
    buffer_.erase(0, end + 4 + body);
    request_ = request;
    const std::lock_guard lock{log_.mutex};
    log_.requests.push_back(std::move(request));
    log_.changed.notify_all();
    return true;
}

bool PeerConnection::read_frame() {
    if (!fill_to(2)) return false;
    PeerFrame frame;
    frame.connection = number_;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(buffer_[i]); };
    frame.opcode = byte(0) & 0x0f;
    frame.is_final = (byte(0) & 0x80) != 0;
    frame.was_masked = (byte(1) & 0x80) != 0;
    std::size_t size = byte(1) & 0x7fU, at = 2;
    const std::size_t more = size == 126 ? 2U : size == 127 ? 8U : 0U;
    if (!fill_to(at + more)) return false;
    if (more > 0) size = 0;
    for (; at < 2 + more; ++at) size = size << 8 | byte(at);
    const std::size_t mask = at;
    if (frame.was_masked) at += 4;
    if (!fill_to(at + size)) return false;
    frame.payload = buffer_.substr(at, size);
    if (frame.was_masked)
        for (std::size_t i = 0; i < size; ++i)
            frame.payload[i] = static_cast<char>(frame.payload[i] ^ buffer_[mask + i % 4]);
    buffer_.erase(0, at + size);
    frame_ = frame;
    const std::lock_guard lock{log_.mutex};
    log_.frames.push_back(std::move(frame));
    log_.changed.notify_all();
    return true;
}

bool PeerConnection::can_read(Duration at_most) const {
    if (!buffer_.empty() || (ssl_ && SSL_pending(ssl_) > 0)) return true;
    pollfd coming{.fd = socket_, .events = POLLIN, .revents = 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    return socket_ < 0 || ::poll(&coming, 1, static_cast<int>(ms)) != 0;
}

bool PeerConnection::wait(Duration duration) {
    std::unique_lock lock{log_.mutex};
    return !log_.changed.wait_for(lock, duration, [&] { return log_.is_stopping; });
}

void PeerConnection::stall() {
    // Nothing is read, so the client's FIN is all that can be seen of its going.
    pollfd gone{.fd = socket_, .events = POLLRDHUP, .revents = 0};
    while (wait(std::chrono::milliseconds{5}))
        if (socket_ < 0 || ::poll(&gone, 1, 0) > 0) return;
}

void PeerConnection::close() {
    if (socket_ < 0) return;
    if (ssl_ && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    ERR_clear_error();
    cut();
}

/// Reads what is left first: a socket closed with unread bytes sends RST, which is another fault than this
/// one.
void PeerConnection::cut() {
    const std::lock_guard lock{socket_mutex_};
    if (socket_ < 0) return;
    ::shutdown(socket_, SHUT_WR);
    char bytes[16384];
    while (::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
    ::close(socket_);
    socket_ = -1;
}

void PeerConnection::reset() {
    const std::lock_guard lock{socket_mutex_};
    if (socket_ < 0) return;
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
    socket_ = -1;
}

void PeerConnection::interrupt() {
    const std::lock_guard lock{socket_mutex_};
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace plumb::io::testing
