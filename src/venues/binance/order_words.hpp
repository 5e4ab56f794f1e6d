#pragma once

#include <optional>
#include <string_view>

#include "core/ids.hpp"
#include "core/order.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::binance {

// The venue's words about orders, the same on streams and in answers.

/// An order's status; `by_quantity`: whether it is over is told by what is filled (liquidations).
struct StatusWord {
    OrderState state = OrderState::working;
    bool by_quantity = false;
};
std::optional<StatusWord> status_of(std::string_view word);
/// By what is filled of it, for a status that leaves that open.
OrderState state_of(const StatusWord& status, Quantity filled, Quantity quantity);

/// Ours; nothing for TAKE_PROFIT and its kin, which we never send.
std::optional<OrderType> type_of(std::string_view word);
std::optional<Side> side_of(std::string_view word);

/// A trade id is unique per symbol only, and both sides of a trade with oneself share it: so the id of a fill
/// is "SYMBOL-id-b" or "-s". Empty when that does not fit.
ExecutionId execution_id(std::string_view symbol, std::uint64_t trade_id, Side side);
VenueOrderId venue_order_id(std::uint64_t order_id);
/// Conditional USD-M orders have ids of their own, which may equal another order's: "algo-2148719".
VenueOrderId algo_order_id(std::uint64_t algo_id);
/// The number within, and whether it is an algo order's.
struct VenueNumber {
    std::string_view digits;
    bool algo = false;
};
VenueNumber number_of(const VenueOrderId& id);

/// Value over quantity, where it can be said.
std::optional<Price> average_of(Decimal value, Quantity filled);

}  // namespace plumb::venues::binance
