#pragma once

#include <span>
#include <vector>

#include "core/order.hpp"

namespace plumb::execution {

/// An order that may still fill.
struct OpenOrder {
    OrderRequest request;
    OrderState state = OrderState::unknown;  // from sending until the venue answers
    Quantity filled;
    bool cancel_sent = false;

    Quantity leaves() const { return request.quantity - filled; }
};

/// All orders that may still fill, oldest first. A handful at a time, so a search is a walk.
class OpenOrders {
 public:
    OpenOrders() { orders_.reserve(kReserve); }

    void add(const OpenOrder& order) { orders_.push_back(order); }
    OpenOrder* find(const ClientOrderId& id);
    void remove(const ClientOrderId& id);
    bool any_of(PairId pair) const;
    std::span<OpenOrder> all() { return orders_; }
    std::span<const OpenOrder> all() const { return orders_; }

 private:
    static constexpr std::size_t kReserve = 256;
    std::vector<OpenOrder> orders_;
};

}  // namespace plumb::execution
