#include "exchange/binance/venue_error.hpp"

#include <fmt/format.h>

#include "exchange/binance/text.hpp"

namespace plumb::exchange::binance {

std::string VenueError::body() const {
    JsonWriter json;
    json.open().number("code", code).text("msg", message);
    if (!data.empty()) json.raw("data", data);
    return json.close().take();
}

std::unexpected<VenueError> refuse(int code, std::string message) {
    return std::unexpected<VenueError>{VenueError{400, code, std::move(message), {}, 0}};
}
std::unexpected<VenueError> refuse(VenueError error) { return std::unexpected<VenueError>{std::move(error)}; }

std::unexpected<VenueError> missing(std::string_view parameter) {
    return refuse(-1102, fmt::format("Mandatory parameter '{}' was not sent, was empty/null, or malformed.",
                                     parameter));
}
std::unexpected<VenueError> empty(std::string_view parameter) {
    return refuse(-1105, fmt::format("Parameter '{}' was empty.", parameter));
}
std::unexpected<VenueError> illegal(std::string_view parameter, std::string_view range) {
    return refuse(-1100, fmt::format("Illegal characters found in parameter '{}'; legal range is '{}'.",
                                     parameter, range));
}
std::unexpected<VenueError> not_required(std::string_view parameter) {
    return refuse(-1106, fmt::format("Parameter '{}' sent when not required.", parameter));
}
std::unexpected<VenueError> too_precise(std::string_view parameter) {
    return refuse(-1111, fmt::format("Parameter '{}' has too much precision.", parameter));
}
std::unexpected<VenueError> invalid_data(std::string_view parameter) {
    return refuse(-1130, fmt::format("Data sent for parameter '{}' is not valid.", parameter));
}
std::unexpected<VenueError> invalid_symbol() { return refuse(-1121, "Invalid symbol."); }
std::unexpected<VenueError> filter_failure(std::string_view filter) {
    return refuse(-1013, fmt::format("Filter failure: {}", filter));
}

namespace {

VenueError said(int code, std::string_view words) { return {400, code, std::string{words}, {}, 0}; }

VenueError spot_refused(Refusal refusal) {
    switch (refusal) {
        case Refusal::unknown_instrument: return said(-1121, "Invalid symbol.");
        case Refusal::not_trading: return said(-2010, "Market is closed.");
        case Refusal::type_not_supported: return said(-2010, "Unsupported order combination");
        case Refusal::time_in_force_not_supported: return said(-1115, "Invalid timeInForce.");
        case Refusal::quantity_below_min:
        case Refusal::quantity_above_max:
        case Refusal::quantity_off_lot: return said(-1013, "Filter failure: LOT_SIZE");
        case Refusal::price_missing:
        case Refusal::price_off_tick: return said(-1013, "Filter failure: PRICE_FILTER");
        case Refusal::price_outside_band: return said(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE");
        case Refusal::trigger_would_fire: return said(-2010, "Order would trigger immediately.");
        case Refusal::notional_below_min:
        case Refusal::notional_above_max: return said(-1013, "Filter failure: NOTIONAL");
        case Refusal::insufficient_funds:
        case Refusal::no_shorting:
        case Refusal::would_liquidate:
            return said(-2010, "Account has insufficient balance for requested action.");
        case Refusal::duplicate_client_id: return said(-2010, "Duplicate order sent.");
        case Refusal::post_only_would_take: return said(-2010, "Order would immediately match and take.");
        case Refusal::reduce_only_would_not_reduce:
            return said(-1106, "Parameter 'reduceOnly' sent when not required.");
        case Refusal::too_many_orders: return said(-1013, "Filter failure: MAX_NUM_ORDERS");
        case Refusal::unknown_order:
        case Refusal::order_ended:
        case Refusal::not_replaceable: return said(-2010, "Unknown order sent.");
        case Refusal::nothing_to_change:
            return said(-2010, "The requested action would change no state; rejecting.");
    }
    return said(-1000, "An unknown error occurred while processing the request.");
}

VenueError futures_refused(Refusal refusal) {
    switch (refusal) {
        case Refusal::unknown_instrument: return said(-1121, "Invalid symbol.");
        case Refusal::not_trading:
            return said(-4108, "Symbol is on delivering or delivered or settling or closed or pre-trading.");
        case Refusal::type_not_supported: return said(-1116, "Invalid orderType.");
        case Refusal::time_in_force_not_supported: return said(-1115, "Invalid timeInForce.");
        case Refusal::quantity_below_min: return said(-4003, "Quantity less than or equal to zero.");
        case Refusal::quantity_above_max: return said(-4005, "Quantity greater than max quantity.");
        case Refusal::quantity_off_lot: return said(-4023, "Qty not increased by step size.");
        case Refusal::price_missing: return said(-4001, "Price less than 0.");
        case Refusal::price_off_tick: return said(-4014, "Price not increased by tick size.");
        case Refusal::price_outside_band:
            return said(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.");
        case Refusal::trigger_would_fire: return said(-2021, "Order would immediately trigger.");
        case Refusal::notional_below_min:
            return said(-4164, "Order's notional must be no smaller than 5 (unless you choose reduce only).");
        case Refusal::notional_above_max: return said(-4005, "Quantity greater than max quantity.");
        case Refusal::insufficient_funds: return said(-2019, "Margin is insufficient.");
        case Refusal::no_shorting: return said(-2019, "Margin is insufficient.");
        case Refusal::duplicate_client_id: return said(-4116, "ClientOrderId is duplicated.");
        case Refusal::post_only_would_take:
            return said(-5022,
                        "Due to the order could not be executed as maker, the Post Only order will be "
                        "rejected. The order "
                        "will not be recorded in the order history");
        case Refusal::reduce_only_would_not_reduce: return said(-2022, "ReduceOnly Order is rejected.");
        case Refusal::would_liquidate: return said(-2023, "User in liquidation mode now.");
        case Refusal::too_many_orders: return said(-2025, "Reach max open order limit.");
        case Refusal::unknown_order:
        case Refusal::order_ended: return said(-2013, "Order does not exist.");
        case Refusal::nothing_to_change: return said(-5027, "No need to modify the order.");
        case Refusal::not_replaceable: return said(-5026, "Exceed maximum modify order limit.");
    }
    return said(-1000, "An unknown error occurred while processing the request.");
}

}  // namespace

VenueError order_refused(Board board, Refusal refusal) {
    return board == Board::spot ? spot_refused(refusal) : futures_refused(refusal);
}

VenueError cancel_refused(Board, Refusal) { return said(-2011, "Unknown order sent."); }

VenueError trouble_error(Board board, Trouble trouble, Timestamp now) {
    const std::int64_t seconds = to_ms(now) / 1000;
    switch (trouble) {
        case Trouble::rate_limited:
            return {429,
                    -1003,
                    fmt::format("Too much request weight used; current limit is {} request weight per 1 "
                                "MINUTE. Please use "
                                "WebSocket Streams for live updates to avoid polling the API.",
                                board == Board::spot ? 6000 : 2400),
                    {},
                    60 - seconds % 60};
        case Trouble::banned:
            return {418,
                    -1003,
                    fmt::format("Way too much request weight used; IP banned until {}. Please use WebSocket "
                                "Streams for live "
                                "updates to avoid bans.",
                                to_ms(now) + 120'000),
                    {},
                    120};
        case Trouble::unauthorized: return {401, -2014, "API-key format invalid.", {}, 0};
        case Trouble::forbidden:
            return {401, -2015, "Invalid API-key, IP, or permissions for action.", {}, 0};
        case Trouble::time_stamp:
            return said(-1021, "Timestamp for this request is outside of the recvWindow.");
        case Trouble::malformed:
            return said(-1102, "A mandatory parameter was not sent, was empty/null, or malformed.");
        case Trouble::not_found: return {404, -5000, "Path is not valid.", {}, 0};
        case Trouble::order_not_found: return said(-2013, "Order does not exist.");
        case Trouble::duplicate_order: return order_refused(board, Refusal::duplicate_client_id);
        case Trouble::insufficient_funds: return order_refused(board, Refusal::insufficient_funds);
        case Trouble::internal:
            return {500, -1000, "An unknown error occurred while processing the request.", {}, 0};
        case Trouble::unavailable:
            return {503,
                    -1008,
                    "Server is currently overloaded with other requests. Please try again in a few minutes.",
                    {},
                    0};
        case Trouble::gateway_timeout:
            return {504,
                    -1007,
                    "Timeout waiting for response from backend server. Send status unknown; execution status "
                    "unknown.",
                    {},
                    0};
    }
    return said(-1000, "An unknown error occurred while processing the request.");
}

}  // namespace plumb::exchange::binance
