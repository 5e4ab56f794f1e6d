#include "core/event.hpp"

namespace plumb {
namespace {

struct TimeOf {
    Timestamp operator()(const Tick& tick) const { return tick.now; }
    Timestamp operator()(const Trade& trade) const { return trade.received_at; }
    Timestamp operator()(const Quote& quote) const { return quote.received_at; }
    Timestamp operator()(const ClosedBar& bar) const { return bar.close_time(); }
    Timestamp operator()(const MarketStatus& status) const { return status.received_at; }
    Timestamp operator()(const MarkPrice& mark) const { return mark.received_at; }
    Timestamp operator()(const OrderReport& report) const { return report.received_at; }
    Timestamp operator()(const Fill& fill) const { return fill.received_at; }
    Timestamp operator()(const Command& command) const { return command.at; }
};

}  // namespace

Timestamp time_of(const Event& event) { return std::visit(TimeOf{}, event); }

}  // namespace plumb
