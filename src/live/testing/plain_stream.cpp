#include "live/testing/plain_stream.hpp"

#include <utility>

#include "io/testing/peer_connection.hpp"

namespace plumb::live::testing {

using io::testing::frame_bytes;
using io::testing::http_answer;
using io::testing::PeerConnection;
using io::testing::Script;

PlainStream::PlainStream() { let_in(); }

void PlainStream::let_in(std::function<void()> first) {
    {
        const std::lock_guard lock{mutex_};
        refuses_ = false;
        first_ = std::move(first);
    }
    peer_.on_every_connect(
        Script{}.accept_websocket().step([this](PeerConnection& connection) { return serve(connection); }));
}

void PlainStream::drop() {
    // New ones first: the client may be back before the old connection's thread has seen that it is to end.
    peer_.on_every_connect(Script{}.expect_request().send(http_answer(503, "closed\n")));
    const std::lock_guard lock{mutex_};
    refuses_ = true;
    up_ = 0;
    waiting_.clear();
}

void PlainStream::tell(const std::vector<std::string>& lines) {
    const std::lock_guard lock{mutex_};
    if (up_ != 0) waiting_.insert(waiting_.end(), lines.begin(), lines.end());
}

bool PlainStream::serve(PeerConnection& connection) {
    int number = 0;
    {
        const std::lock_guard lock{mutex_};
        if (refuses_) return false;
        if (first_) first_();
        number = up_ = ++accepted_;
        waiting_ = {"welcome"};
    }
    do {
        std::vector<std::string> lines;
        {
            const std::lock_guard lock{mutex_};
            if (up_ != number) break;
            lines = std::exchange(waiting_, {});
        }
        for (const std::string& line : lines)
            if (!connection.write(frame_bytes(1, line))) return false;
    } while (connection.wait(std::chrono::milliseconds{1}));
    connection.cut();
    return false;
}

}  // namespace plumb::live::testing
