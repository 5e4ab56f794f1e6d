#pragma once

#include <string>
#include <string_view>

#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/json_out.hpp"

namespace plumb::exchange::alpaca {

/// What the venue remembers of an order and the model does not need: kept in OrderSpec::note.
struct OrderNote {
    std::string time_in_force;  // as it was asked for
    std::string intent;         // "buy_to_open"
    bool extended_hours = false;
    Decimal notional;  // asked for by value; zero: by quantity

    std::string text() const;
    static OrderNote parse(std::string_view text);
};

/// Which moment of an order is shown.
enum class OrderView : unsigned char {
    present,
    pending,  // as it was answered: received, nothing filled
};

std::string_view status_text(const OrderRecord& order);
std::string_view type_text(OrderType type);
/// The order with the fields of the REST interface; the stream adds `cancel_requested_at`.
void write_order(JsonOut& out, const Desk& desk, const OrderRecord& order, OrderView view = {},
                 bool is_stream = false);
std::string order_id(const Desk& desk, OrderNumber number);

}  // namespace plumb::exchange::alpaca
