#pragma once

#include <string>
#include <vector>

#include "exchange/faults/fault_machine.hpp"
#include "exchange/host/delivery.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange {

/// What all rules that apply to one request make of it together.
struct RequestPlan {
    RequestFault fault;
    bool processes = true;
    Delivery delivery;
    bool is_answered() const { return !(delivery.cut_at == std::size_t{0} && !delivery.cut_counts_body); }
};

/// Later rules win where two say something of the same; delays take the longer. Counts `cut_at: each` on.
RequestPlan plan_request(const std::vector<RuleState*>& rules);

/// Puts the plan's status, body and headers in place of the answer's. A delay or cut stays with the delivery.
void spoil(Response& response, const RequestFault& fault);

/// For the truth log: "whole", "nothing", "17 bytes", "17 bytes of the body".
std::string delivered_text(const Delivery& delivery);
std::string_view to_string(Ending ending);

}  // namespace plumb::exchange
