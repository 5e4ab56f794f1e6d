#pragma once

#include <span>

#include "core/approved_order.hpp"
#include "core/event.hpp"

namespace plumb {

/// A door through which orders leave. Answers come back as events (OrderReport, Fill) in the one ordered stream.
class ExecutionVenue {
 public:
    virtual ~ExecutionVenue() = default;

    /// Takes the order at time `now`. A Status error means it never left; everything later is an event.
    virtual Status submit(const ApprovedOrder& order, Timestamp now) = 0;
    virtual Status cancel(ClientOrderId order, InstrumentId instrument, Timestamp now) = 0;
};

}  // namespace plumb
