#pragma once

#include "core/order.hpp"

namespace plumb {

namespace risk {
class RiskGate;
}

/// An order the risk gate has let pass. Only the gate can make one, and ExecutionVenue::submit takes nothing
/// else.
class ApprovedOrder {
 public:
    const OrderRequest& request() const { return request_; }

 private:
    friend class risk::RiskGate;
    explicit ApprovedOrder(const OrderRequest& request) : request_{request} {}

    OrderRequest request_;
};

}  // namespace plumb
