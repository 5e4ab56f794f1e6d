#pragma once

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/testing/peer_connection.hpp"
#include "io/testing/script.hpp"

namespace plumb::app::testing {

/// Binance's combined stream, as its documents say: requests are acknowledged by their id, then every
/// subscribed stream gets a message each `every`. Many connections at once.
class BinanceStream {
 public:
    Duration every = std::chrono::milliseconds{20};
    int drop_first_after = 0;  // messages after which the first connection is cut; zero: never
    bool is_silent = false;    // subscriptions are answered, and nothing else is said
    std::string refusal;       // an error object, instead of acknowledgements

    int connections() const { return connections_; }
    std::uint64_t messages() const { return messages_; }
    void set_price(const std::string& symbol, double price) {
        const std::lock_guard lock{mutex_};
        prices_[symbol] = price;
    }

    /// After the request that asks for the upgrade was read, until either side ends it.
    bool serve(io::testing::PeerConnection& peer) {
        const std::string agreed = io::testing::upgrade_answer(peer.last_request());
        if (agreed.empty() || !peer.write(agreed)) return false;
        const bool is_first = connections_++ == 0;
        std::vector<std::string> streams;
        int sent = 0;
        for (;;) {
            while (peer.can_read(every)) {
                if (!peer.read_frame() || !answer(peer, streams)) return false;
            }
            for (const std::string& each : streams) {
                if (is_silent) break;
                if (!peer.write(io::testing::frame_bytes(1, message(each)))) return false;
                ++messages_;
                if (is_first && ++sent == drop_first_after) return peer.cut(), false;
            }
            if (!peer.wait(Duration::zero())) return false;
        }
    }

 private:
    bool answer(io::testing::PeerConnection& peer, std::vector<std::string>& streams) const {
        const io::testing::PeerFrame& frame = peer.last_frame();
        if (frame.opcode == 9) return peer.write(io::testing::frame_bytes(10, frame.payload));
        if (frame.opcode == 8) return peer.write(io::testing::frame_bytes(8, frame.payload)), false;
        if (frame.opcode != 1) return true;
        const std::string& text = frame.payload;
        const std::size_t id = text.find("\"id\":");
        const std::string number = text.substr(id + 5, text.find('}', id) - id - 5);
        if (!refusal.empty()) {
            return peer.write(
                io::testing::frame_bytes(1, fmt::format(R"({{"error":{},"id":{}}})", refusal, number)));
        }
        const std::size_t end = text.find(']');
        if (text.find("\"SUBSCRIBE\"") != std::string::npos) {
            for (std::size_t at = text.find('[') + 1; at < end;) {
                const std::size_t open = text.find('"', at), close = text.find('"', open + 1);
                streams.push_back(text.substr(open + 1, close - open - 1));
                at = close + 1;
            }
        }
        return peer.write(io::testing::frame_bytes(1, fmt::format(R"({{"result":null,"id":{}}})", number)));
    }

    std::string message(const std::string& stream) {
        std::string symbol = stream.substr(0, stream.find('@'));
        for (char& c : symbol) c = 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        double price = 100;
        {
            const std::lock_guard lock{mutex_};
            if (const auto at = prices_.find(symbol); at != prices_.end()) price = at->second;
        }
        const std::uint64_t number = ++number_;
        const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
        std::string data;
        if (stream.ends_with("@bookTicker")) {
            data = fmt::format(R"({{"u":{},"s":"{}","b":"{:.2f}","B":"31.2","a":"{:.2f}","A":"40.6"}})",
                               number, symbol, price - 0.01, price + 0.01);
        } else {
            data = fmt::format(
                R"({{"e":"aggTrade","E":{0},"s":"{1}","a":{2},"p":"{3:.2f}","q":"0.5","f":{2},"l":{2},"T":{0},)"
                R"("m":true,"M":true}})",
                now, symbol, number, price);
        }
        return fmt::format(R"({{"stream":"{}","data":{}}})", stream, data);
    }

    std::mutex mutex_;
    std::map<std::string, double> prices_;
    std::atomic<int> connections_ = 0;
    std::atomic<std::uint64_t> messages_ = 0, number_ = 0;
};

}  // namespace plumb::app::testing
