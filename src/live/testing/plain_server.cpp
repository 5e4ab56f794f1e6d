#include "live/testing/plain_server.hpp"

#include <fmt/core.h>

#include <sstream>

#include "io/testing/peer_connection.hpp"

namespace plumb::live::testing {

using io::testing::http_answer;
using io::testing::PeerConnection;
using io::testing::PeerRequest;

PlainServer::PlainServer() {
    peer_.on_every_connect(io::testing::Script{}.step([this](PeerConnection& connection) {
        while (connection.read_request()) {
            bool cut = false;
            if (!connection.write(answer(connection.last_request(), cut))) return false;
            if (cut) {
                connection.cut();
                return false;
            }
        }
        return false;
    }));
}

void PlainServer::cut_next_post_after(std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    cut_after_ = bytes;
}

void PlainServer::answer_by(std::function<std::string(const PeerRequest&)> make) {
    const std::lock_guard lock{mutex_};
    make_ = std::move(make);
}

std::string PlainServer::answer(const PeerRequest& request, bool& cut) {
    const std::lock_guard lock{mutex_};
    ++requests_;
    if (make_) {
        if (std::string made = make_(request); !made.empty()) return made;
    }
    const auto order_line = [](const Order& order) {
        return fmt::format("order {} {} filled {} {}\n", order.client, order.venue, order.quantity,
                           order.quantity);
    };
    std::string body;
    if (request.method == "POST") {
        Order order;
        std::string side;
        std::istringstream{request.body} >> order.client >> side >> order.quantity >> order.price;
        ++posts_[order.client];
        order.venue = fmt::format("V{}", orders_.size() + 1);
        orders_.push_back(order);
        std::string bytes = http_answer(200, order_line(order) + "end\n");
        last_answer_bytes_ = bytes.size();
        cut = cut_after_ < bytes.size();
        if (cut) bytes.resize(cut_after_);
        cut_after_ = kWhole;
        return bytes;
    }
    if (request.target.starts_with("/orders/")) {
        const std::string client = request.target.substr(8);
        for (const Order& order : orders_)
            if (order.client == client) body += order_line(order);
        return body.empty() ? http_answer(404, "no such order\n") : http_answer(200, body + "end\n");
    }
    if (request.target.starts_with("/fills")) {
        for (const Order& order : orders_)
            body += fmt::format("fill {} {} E-{} {} {}\n", order.client, order.venue, order.venue,
                                order.price, order.quantity);
        return http_answer(200, body + "end\n");
    }
    if (request.target == "/open") return http_answer(200, "end\n");
    return http_answer(404, "nothing here\n");
}

std::size_t PlainServer::posts_of(const std::string& client) const {
    const std::lock_guard lock{mutex_};
    const auto at = posts_.find(client);
    return at == posts_.end() ? 0 : at->second;
}

std::size_t PlainServer::orders_of(const std::string& client) const {
    const std::lock_guard lock{mutex_};
    std::size_t count = 0;
    for (const Order& order : orders_) count += order.client == client ? 1 : 0;
    return count;
}

std::size_t PlainServer::last_answer_bytes() const {
    const std::lock_guard lock{mutex_};
    return last_answer_bytes_;
}

std::size_t PlainServer::requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
}

}  // namespace plumb::live::testing
