#include "io/testing/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/check.hpp"

namespace plumb::io::testing {

RawClient::RawClient(Reactor& reactor, std::uint16_t port) : reactor_{reactor} {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    PLUMB_CHECK(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawClient::~RawClient() { ::close(socket_); }

void RawClient::send(std::string_view bytes) {
    reactor_.run_until(
        [&] {
            const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (0 < count) bytes.remove_prefix(static_cast<std::size_t>(count));
            return bytes.empty() || (count < 0 && errno != EAGAIN);
        },
        std::chrono::seconds{5});
}

void RawClient::take() {
    char bytes[16384];
    while (!has_ended_) {
        const ssize_t count = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
        if (0 < count) {
            received_.append(bytes, static_cast<std::size_t>(count));
        } else if (count == 0) {
            has_ended_ = true;
        } else if (errno == EAGAIN || errno == EINTR) {
            return;
        } else {
            has_ended_ = was_reset_ = true;
        }
    }
}

bool RawClient::read_until(std::string_view until, Duration at_most) {
    reactor_.run_until(
        [&] {
            take();
            return has_ended_ || received_.contains(until);
        },
        at_most);
    return received_.contains(until);
}

bool RawClient::read_to_end(Duration at_most) {
    return reactor_.run_until(
        [&] {
            take();
            return has_ended_;
        },
        at_most);
}

void RawClient::shut_down() { ::shutdown(socket_, SHUT_WR); }

}  // namespace plumb::io::testing
