#include "live/stream_load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <thread>

#include "base/check.hpp"
#include "io/websocket_handshake.hpp"

namespace plumb::live {
namespace {

using Clock = std::chrono::steady_clock;

void append_frame(std::string& out, std::string_view payload) {
    out += '\x81';  // final, text
    if (payload.size() < 126) {
        out += static_cast<char>(payload.size());
    } else {
        PLUMB_CHECK(payload.size() < 65536);
        out += '\x7e';
        out += static_cast<char>(payload.size() >> 8);
        out += static_cast<char>(payload.size() & 0xff);
    }
    out += payload;
}

/// One connection's server: takes the upgrade, answers frames, floods once the first was answered.
class LoadServer {
 public:
    explicit LoadServer(const StreamLoad& load) : load_{load} {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        PLUMB_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        PLUMB_CHECK(::listen(listener_, 4) == 0);
        PLUMB_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        for (const std::string& message : load.messages) {
            offsets_.push_back(bytes_.size());
            append_frame(bytes_, message);
        }
        offsets_.push_back(bytes_.size());
        thread_ = std::thread{[this] { serve(); }};
    }
    ~LoadServer() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    LoadServer(const LoadServer&) = delete;
    LoadServer& operator=(const LoadServer&) = delete;

    io::Endpoint endpoint() const { return {"127.0.0.1", port_, false}; }

 private:
    static constexpr int kWaitMs = 20;
    static constexpr std::size_t kBatch = 256;  // messages

    void serve() {
        while (!stopping_) {
            if (!readable(listener_, kWaitMs)) continue;
            socket_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket_ < 0) continue;
            const int on = 1;
            ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (upgrade()) talk();
            ::close(socket_);
        }
    }
    static bool readable(int socket, int wait_ms) {
        pollfd one{socket, POLLIN, 0};
        return ::poll(&one, 1, wait_ms) == 1;
    }
    /// False when the client has gone; nothing there is no failure.
    bool fill(int wait_ms) {
        if (!readable(socket_, wait_ms)) return true;
        char buffer[65536];
        const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        heard_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            if (stopping_) return false;
            pollfd one{socket_, POLLOUT, 0};
            if (::poll(&one, 1, kWaitMs) != 1) continue;
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0 && errno != EAGAIN) return false;
            if (0 < sent) bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    bool upgrade() {
        heard_.clear();
        while (heard_.find("\r\n\r\n") == std::string::npos) {
            if (stopping_ || !fill(kWaitMs)) return false;
        }
        constexpr std::string_view kName = "Sec-WebSocket-Key: ";
        const std::size_t at = heard_.find(kName);
        if (at == std::string::npos) return false;
        const std::size_t begin = at + kName.size();
        const std::string key = heard_.substr(begin, heard_.find("\r\n", begin) - begin);
        heard_.erase(0, heard_.find("\r\n\r\n") + 4);
        return write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: " +
            io::websocket_accept(key) + "\r\n\r\n");
    }
    /// Answers what the client said in whole frames.
    bool answer() {
        for (;;) {
            if (heard_.size() < 2) return true;
            std::size_t length = static_cast<unsigned char>(heard_[1]) & 0x7f, at = 2;
            const std::size_t long_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
            if (heard_.size() < at + long_bytes + 4) return true;
            if (long_bytes != 0) length = 0;
            for (std::size_t i = 0; i < long_bytes; ++i)
                length = length << 8 | static_cast<unsigned char>(heard_[at++]);
            const std::size_t mask = at;
            at += 4;
            if (heard_.size() < at + length) return true;
            std::string payload = heard_.substr(at, length);
            for (std::size_t i = 0; i < length; ++i)
                payload[i] = static_cast<char>(payload[i] ^ heard_[mask + i % 4]);
            const bool text = (heard_[0] & 0x0f) == 1;
            heard_.erase(0, at + length);
            if (!text) continue;
            std::string bytes;
            for (const std::string& each : load_.answer(payload)) append_frame(bytes, each);
            if (!write(bytes)) return false;
            flooding_ = true;
        }
    }
    void talk() {
        flooding_ = false;
        std::size_t next = 0;
        std::uint64_t sent = 0;
        auto began = Clock::now();
        while (!stopping_) {
            if (!fill(flooding_ ? 0 : kWaitMs) || !answer()) return;
            if (!flooding_) {
                began = Clock::now();
                continue;
            }
            std::size_t due = kBatch;
            if (load_.per_second != 0) {
                const double passed = std::chrono::duration<double>(Clock::now() - began).count();
                const auto target =
                    static_cast<std::uint64_t>(passed * static_cast<double>(load_.per_second));
                due = std::min<std::size_t>(kBatch, target - std::min(target, sent));
                if (due == 0) {
                    std::this_thread::sleep_for(std::chrono::milliseconds{1});
                    continue;
                }
            }
            const std::size_t end = std::min(next + due, load_.messages.size());
            if (!write(std::string_view{bytes_}.substr(offsets_[next], offsets_[end] - offsets_[next])))
                return;
            sent += end - next;
            next = end == load_.messages.size() ? 0 : end;
        }
    }

    const StreamLoad& load_;
    int listener_ = -1, socket_ = -1;
    std::uint16_t port_ = 0;
    std::string bytes_, heard_;
    std::vector<std::size_t> offsets_;
    bool flooding_ = false;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

Duration thread_cpu() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

std::uint64_t messages_of(const LiveHealth& health) {
    std::uint64_t sum = 0;
    for (const wire::StreamHealth& each : health.subscriptions) sum += each.events;
    return sum;
}

/// Takes events for a while; how many.
Result<std::uint64_t> take_for(LiveFeed& feed, Duration lasts) {
    std::uint64_t taken = 0;
    const auto end = Clock::now() + lasts;
    while (Clock::now() < end) {
        for (int i = 0; i < 64; ++i) {
            const auto event = feed.next();
            if (!event) return fail(event.error());
            if (!*event) return taken;
            const bool tick = std::holds_alternative<Tick>(**event);
            taken += tick ? 0 : 1;
            if (tick) break;
        }
    }
    return taken;
}

}  // namespace

Result<StreamLoadResult> measure_stream_load(
    const std::function<std::unique_ptr<wire::Venue>(const io::Endpoint&)>& make_venue,
    LiveFeedOptions options, const StreamLoad& load) {
    PLUMB_CHECK(!load.messages.empty() && load.answer);
    LoadServer server{load};
    const std::unique_ptr<wire::Venue> venue = make_venue(server.endpoint());
    auto feed = LiveFeed::start(*venue, std::move(options));
    if (!feed) return fail(feed.error());
    if (const auto warm = take_for(**feed, load.warm_up); !warm) return fail(warm.error());
    const LiveHealth before = (*feed)->health();
    const Duration cpu_before = thread_cpu();
    const auto began = Clock::now();
    const auto taken = take_for(**feed, load.lasts);
    if (!taken) return fail(taken.error());
    StreamLoadResult result;
    result.wall = Clock::now() - began;
    result.consumer_cpu = thread_cpu() - cpu_before;
    const LiveHealth after = (*feed)->health();
    result.reader_cpu = after.reader_cpu - before.reader_cpu;
    result.messages = messages_of(after) - messages_of(before);
    result.given_out = *taken;
    if (result.messages == 0 || result.given_out == 0)
        return fail(Errc::network, "nothing arrived: " + after.trouble);
    return result;
}

}  // namespace plumb::live
