#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "io/testing/scripted_peer.hpp"

namespace plumb::live::testing {

/// The server's side, over TLS on loopback: orders that fill at once, and answers that can be cut after any
/// byte. Everything it was asked is kept.
class PlainServer {
 public:
    PlainServer();

    io::Endpoint endpoint() const { return peer_.endpoint(); }
    io::testing::ScriptedPeer& peer() { return peer_; }

    /// The next answer to a POST ends after so many bytes, cut off.
    void cut_next_post_after(std::size_t bytes);
    /// Each answer is made by this first, where it gives one.
    void answer_by(std::function<std::string(const io::testing::PeerRequest&)> make);

    std::size_t posts_of(const std::string& client) const;   // requests that came in
    std::size_t orders_of(const std::string& client) const;  // orders that were made
    std::size_t last_answer_bytes() const;
    std::size_t requests() const;

 private:
    struct Order {
        std::string client, venue, quantity, price;
    };
    std::string answer(const io::testing::PeerRequest& request, bool& cut);

    mutable std::mutex mutex_;
    std::vector<Order> orders_;
    std::map<std::string, std::size_t> posts_;
    std::function<std::string(const io::testing::PeerRequest&)> make_;
    std::size_t cut_after_ = kWhole;
    std::size_t last_answer_bytes_ = 0, requests_ = 0;
    static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);
    io::testing::ScriptedPeer peer_;  // last: its threads use the rest
};

}  // namespace plumb::live::testing
