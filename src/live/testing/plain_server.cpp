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

void PlainServer::keep_orders_working() {
    const std::lock_guard lock{mutex_};
    keeps_working_ = true;
}

std::vector<std::string> PlainServer::execute(const std::string& client) {
    const std::lock_guard lock{mutex_};
    Order* order = working(client);
    if (order == nullptr) return {};
    order->state = "filled";
    return {order_line(*order), fill_line(*order)};
}

std::string PlainServer::order_line(const Order& order) {
    return fmt::format("order {} {} {} {} {}\n", order.client, order.venue, order.state, order.quantity,
                       order.state == "filled" ? order.quantity : "0");
}

std::string PlainServer::fill_line(const Order& order) {
    return fmt::format("fill {} {} E-{} {} {}\n", order.client, order.venue, order.venue, order.price,
                       order.quantity);
}

PlainServer::Order* PlainServer::working(const std::string& client) {
    for (Order& order : orders_)
        if (order.client == client && order.state == "working") return &order;
    return nullptr;
}

std::string PlainServer::answer(const PeerRequest& request, bool& cut) {
    const std::lock_guard lock{mutex_};
    ++requests_;
    if (make_) {
        if (std::string made = make_(request); !made.empty()) return made;
    }
    std::string body;
    if (request.method == "POST") {
        Order order;
        std::string side;
        std::istringstream{request.body} >> order.client >> side >> order.quantity >> order.price;
        ++posts_[order.client];
        order.venue = fmt::format("V{}", orders_.size() + 1);
        if (keeps_working_) order.state = "working";
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
        if (Order* order = request.method == "DELETE" ? working(client) : nullptr) order->state = "canceled";
        for (const Order& order : orders_)
            if (order.client == client) body += order_line(order);
        return body.empty() ? http_answer(404, "no such order\n") : http_answer(200, body + "end\n");
    }
    if (request.target.starts_with("/fills")) {
        for (const Order& order : orders_)
            if (order.state == "filled") body += fill_line(order);
        return http_answer(200, body + "end\n");
    }
    if (request.target == "/open") {
        for (const Order& order : orders_)
            if (order.state == "working") body += order_line(order);
        return http_answer(200, body + "end\n");
    }
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

std::size_t PlainServer::requests_of(std::string_view target) const {
    std::size_t count = 0;
    for (const PeerRequest& request : peer_.requests()) count += request.target.starts_with(target) ? 1 : 0;
    return count;
}

}  // namespace plumb::live::testing
