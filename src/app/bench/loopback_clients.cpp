#include "app/bench/loopback_clients.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <thread>

namespace plumb::app::bench {
namespace {

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Counts the frames of a server in bytes as they come: unmasked, any length.
struct FrameCount {
    std::uint64_t frames = 0;
    std::size_t left = 0;  // of the payload at hand
    std::string head;

    void take(std::string_view bytes) {
        while (!bytes.empty()) {
            if (0 < left) {
                const std::size_t used = std::min(left, bytes.size());
                left -= used;
                bytes.remove_prefix(used);
                continue;
            }
            head += bytes.front();
            bytes.remove_prefix(1);
            if (head.size() < 2) continue;
            const unsigned char size = static_cast<unsigned char>(head[1]) & 0x7f;
            const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
            if (head.size() < 2 + extra) continue;
            left = extra == 0 ? size : 0;
            for (std::size_t i = 0; i < extra; ++i)
                left = left << 8 | static_cast<unsigned char>(head[2 + i]);
            head.clear();
            ++frames;
        }
    }
};

}  // namespace

struct LoopbackClients::Impl {
    std::vector<int> sockets;
    std::size_t body_bytes = 0;
    std::string buffer = std::string(std::size_t{1} << 18, '\0');
    std::thread reader;
    std::atomic<bool> stops = false;
    std::atomic<std::uint64_t> frames = 0, bytes = 0;

    ~Impl() {
        stop();
        for (const int socket : sockets) ::close(socket);
    }

    void stop() {
        stops = true;
        if (reader.joinable()) reader.join();
    }

    /// The size of the next answer, once its bytes are read; 0 for what is no 200 with a length.
    std::size_t read_answer(int socket) {
        std::size_t size = 0;
        std::string_view seen;
        std::size_t body = std::string_view::npos, length = 0;
        for (;;) {
            const ssize_t got = ::recv(socket, buffer.data() + size, buffer.size() - size, 0);
            if (got <= 0) return 0;
            size += static_cast<std::size_t>(got);
            seen = std::string_view{buffer}.substr(0, size);
            if (body == std::string_view::npos) {
                body = seen.find("\r\n\r\n");
                if (body == std::string_view::npos) continue;
                body += 4;
                constexpr std::string_view kLength = "\r\nContent-Length: ";
                const std::size_t at = seen.find(kLength);
                if (!seen.starts_with("HTTP/1.1 200") || at == std::string_view::npos) return 0;
                std::from_chars(seen.data() + at + kLength.size(), seen.data() + size, length);
            }
            body_bytes = length;
            if (body + length <= size) return size;
        }
    }

    void read_frames() {
        std::vector<pollfd> wanted;
        for (const int socket : sockets) wanted.push_back({socket, POLLIN, 0});
        std::vector<FrameCount> counts(sockets.size());
        while (!stops) {
            ::poll(wanted.data(), wanted.size(), 20);
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                if ((wanted[i].revents & POLLIN) == 0) continue;
                const ssize_t got = ::recv(sockets[i], buffer.data(), buffer.size(), MSG_DONTWAIT);
                if (got <= 0) continue;
                const std::uint64_t before = counts[i].frames;
                counts[i].take(std::string_view{buffer}.substr(0, static_cast<std::size_t>(got)));
                frames += counts[i].frames - before;
                bytes += static_cast<std::uint64_t>(got);
            }
        }
    }
};

LoopbackClients::LoopbackClients(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
LoopbackClients::LoopbackClients(LoopbackClients&&) noexcept = default;
LoopbackClients::~LoopbackClients() = default;

Result<LoopbackClients> LoopbackClients::connect(std::uint16_t port, std::size_t count) {
    auto impl = std::make_unique<Impl>();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (std::size_t i = 0; i < count; ++i) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (socket < 0) return fail(Errc::network, "no socket for a client");
        impl->sockets.push_back(socket);
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            return fail(Errc::network, "the exchange does not take a connection");
    }
    return LoopbackClients{std::move(impl)};
}

Result<std::uint64_t> LoopbackClients::ask(std::string_view request, int rounds) {
    std::uint64_t answers = 0;
    for (int round = 0; round < rounds; ++round) {
        for (const int socket : impl_->sockets)
            if (!send_all(socket, request)) return fail(Errc::network, "a connection was closed");
        for (const int socket : impl_->sockets) {
            const std::size_t size = impl_->read_answer(socket);
            if (size == 0)
                return fail(Errc::corrupt,
                            "expected a 200 with a length, found: " + impl_->buffer.substr(0, 200));
            ++answers;
        }
    }
    return answers;
}

std::size_t LoopbackClients::last_body_bytes() const { return impl_->body_bytes; }

Status LoopbackClients::upgrade(std::string_view target, std::string_view message) {
    const std::string request =
        "GET " + std::string{target} +
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for (const int socket : impl_->sockets) {
        if (!send_all(socket, request)) return fail(Errc::network, "a connection was closed");
        std::string answer;
        char byte = 0;
        while (!answer.ends_with("\r\n\r\n") && ::recv(socket, &byte, 1, 0) == 1) answer += byte;
        if (!answer.starts_with("HTTP/1.1 101"))
            return fail(Errc::corrupt, "expected an upgrade to WebSocket, found: " + answer.substr(0, 200));
        if (message.empty()) continue;
        // Masked with zeros: the payload as it is.
        std::string frame{'\x81', static_cast<char>(0x80 | message.size())};
        frame.append(4, '\0').append(message);
        if (125 < message.size() || !send_all(socket, frame))
            return fail(Errc::network, "a message did not leave");
    }
    return {};
}

void LoopbackClients::begin_reading() {
    impl_->reader = std::thread{[impl = impl_.get()] { impl->read_frames(); }};
}

std::uint64_t LoopbackClients::frames_read() const { return impl_->frames; }
std::uint64_t LoopbackClients::bytes_read() const { return impl_->bytes; }
void LoopbackClients::stop_reading() { impl_->stop(); }

}  // namespace plumb::app::bench
