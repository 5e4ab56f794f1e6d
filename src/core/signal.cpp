#include "core/signal.hpp"

namespace plumb {

std::string_view to_string(SignalType type) {
    switch (type) {
        case SignalType::hold: return "HOLD";
        case SignalType::buy_spread: return "BUY_SPREAD";
        case SignalType::sell_spread: return "SELL_SPREAD";
        case SignalType::buy: return "BUY";
        case SignalType::sell: return "SELL";
        case SignalType::exit: return "EXIT";
        case SignalType::emergency_exit: return "EMERGENCY_EXIT";
    }
    return "unknown";
}

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::none: return "none";
        case Reason::entry_threshold: return "entry threshold reached";
        case Reason::mean_reverted: return "spread back at its mean";
        case Reason::overshoot: return "overshoot to the other side";
        case Reason::stop: return "stop threshold reached";
        case Reason::stale_leg: return "a leg's price is too old";
        case Reason::stale_emergency: return "a leg's price is critically old";
        case Reason::missing_price: return "a leg has no price";
        case Reason::no_deviation: return "the spread does not move";
        case Reason::cooling_down: return "stopped out, waiting for the spread to come back";
        case Reason::session_end: return "session ended";
        case Reason::command: return "by command";
    }
    return "unknown";
}

}  // namespace plumb
