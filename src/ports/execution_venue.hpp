#pragma once

#include <span>

#include "core/approved_order.hpp"
#include "core/event.hpp"

namespace plumb {

/// A door through which orders leave. Answers come back as events (OrderReport, Fill) in the one ordered
/// stream.
class ExecutionVenue {
 public:
    virtual ~ExecutionVenue() = default;

    /// Takes the order at time `now`. A Status error means it never left; everything later is an event.
    virtual Status submit(const ApprovedOrder& order, Timestamp now) = 0;
    virtual Status cancel(ClientOrderId order, InstrumentId instrument, Timestamp now) = 0;
};

/// A venue that lives in this process and fills against the market events it is shown: the paper venue. Its
/// answers are collected by the driver and enter the same ordered stream.
class SimulatedVenue : public ExecutionVenue {
 public:
    /// Shows one market event; orders that it fills or ends leave answers behind.
    virtual void on_market(const Event& event) = 0;
    /// The oldest answer not taken yet; false when there is none.
    virtual bool take_answer(Event& answer) = 0;
};

}  // namespace plumb
