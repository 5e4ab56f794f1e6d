#pragma once

#include <variant>

#include "core/market_event.hpp"
#include "core/order.hpp"

namespace plumb {

enum class CommandType : unsigned char { halt, reduce, flatten, resume, shut_down };

/// A person's or a signal handler's word. It enters by the same queue and stands on the tape like any event.
struct Command {
    CommandType type = CommandType::halt;
    Timestamp at;
};

/// All that can happen to the engine. Closed: a new alternative makes the compiler list every place to think.
using Event =
    std::variant<Tick, Trade, Quote, ClosedBar, MarketStatus, MarkPrice, OrderReport, Fill, Command>;

/// The time an event carries: *now* while it is in hand.
Timestamp time_of(const Event& event);

}  // namespace plumb
