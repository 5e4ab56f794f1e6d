#pragma once

// For tests.

#include "live/order_gateway.hpp"

namespace plumb::live {

/// Orders reach a gateway through the risk gate only; those of tests that have none come in here.
class OrderGatewayProbe {
 public:
    static Status place(OrderGateway& gateway, const OrderRequest& order) { return gateway.place(order); }
};

}  // namespace plumb::live
