#include "core/order.hpp"

namespace plumb {

std::string_view to_string(Side side) { return side == Side::buy ? "buy" : "sell"; }

std::string_view to_string(OrderType type) {
    switch (type) {
        case OrderType::market: return "market";
        case OrderType::limit: return "limit";
        case OrderType::stop: return "stop";
        case OrderType::stop_limit: return "stop_limit";
        case OrderType::trailing_stop: return "trailing_stop";
    }
    return "unknown";
}

std::string_view to_string(TimeInForce time_in_force) {
    switch (time_in_force) {
        case TimeInForce::day: return "day";
        case TimeInForce::good_till_canceled: return "good_till_canceled";
        case TimeInForce::immediate_or_cancel: return "immediate_or_cancel";
        case TimeInForce::fill_or_kill: return "fill_or_kill";
    }
    return "unknown";
}

std::string_view to_string(OrderPurpose purpose) {
    switch (purpose) {
        case OrderPurpose::entry: return "entry";
        case OrderPurpose::exit: return "exit";
        case OrderPurpose::emergency: return "emergency";
        case OrderPurpose::complete_leg: return "complete_leg";
        case OrderPurpose::unwind_leg: return "unwind_leg";
    }
    return "unknown";
}

std::string_view to_string(OrderState state) {
    switch (state) {
        case OrderState::intended: return "intended";
        case OrderState::unknown: return "unknown";
        case OrderState::working: return "working";
        case OrderState::partially_filled: return "partially_filled";
        case OrderState::filled: return "filled";
        case OrderState::canceled: return "canceled";
        case OrderState::rejected: return "rejected";
    }
    return "unknown";
}

Result<Side> parse_side(std::string_view text) {
    if (text == "buy" || text == "BUY") return Side::buy;
    if (text == "sell" || text == "SELL") return Side::sell;
    return fail(Errc::parse, "expected a side: buy or sell");
}

Result<OrderPurpose> parse_order_purpose(std::string_view text) {
    for (const auto purpose : {OrderPurpose::entry, OrderPurpose::exit, OrderPurpose::emergency,
                               OrderPurpose::complete_leg, OrderPurpose::unwind_leg}) {
        if (to_string(purpose) == text) return purpose;
    }
    return fail(Errc::parse, "expected an order purpose such as entry or exit");
}

Result<OrderState> parse_order_state(std::string_view text) {
    for (const auto state :
         {OrderState::intended, OrderState::unknown, OrderState::working, OrderState::partially_filled,
          OrderState::filled, OrderState::canceled, OrderState::rejected}) {
        if (to_string(state) == text) return state;
    }
    return fail(Errc::parse, "expected an order state such as working or filled");
}

}  // namespace plumb
