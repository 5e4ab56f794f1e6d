#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/testing/scripted_peer.hpp"

namespace plumb::live::testing {

/// The server's side, over TLS on loopback: orders that fill at once or when told to, and answers that can be
/// cut after any byte. Everything it was asked is kept.
class PlainServer {
 public:
    PlainServer();

    io::Endpoint endpoint() const { return peer_.endpoint(); }
    io::testing::ScriptedPeer& peer() { return peer_; }

    /// The next answer to a POST ends after so many bytes, cut off.
    void cut_next_post_after(std::size_t bytes);
    /// Each answer is made by this first, where it gives one.
    void answer_by(std::function<std::string(const io::testing::PeerRequest&)> make);

    /// From now on orders work until they are executed or canceled.
    void keep_orders_working();
    /// Fills what is left of a working order; the lines a stream would tell of it. None where no order works.
    std::vector<std::string> execute(const std::string& client);

    std::size_t posts_of(const std::string& client) const;   // requests that came in
    std::size_t orders_of(const std::string& client) const;  // orders that were made
    std::size_t last_answer_bytes() const;
    std::size_t requests() const;
    std::size_t requests_of(std::string_view target) const;  // whose target begins so

 private:
    struct Order {
        std::string client, venue, quantity, price;
        std::string state = "filled";
    };
    static std::string order_line(const Order& order);
    static std::string fill_line(const Order& order);
    Order* working(const std::string& client);
    std::string answer(const io::testing::PeerRequest& request, bool& cut);

    mutable std::mutex mutex_;
    std::vector<Order> orders_;
    std::map<std::string, std::size_t> posts_;
    std::function<std::string(const io::testing::PeerRequest&)> make_;
    std::size_t cut_after_ = kWhole;
    std::size_t last_answer_bytes_ = 0, requests_ = 0;
    bool keeps_working_ = false;
    static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);
    io::testing::ScriptedPeer peer_;  // last: its threads use the rest
};

}  // namespace plumb::live::testing
