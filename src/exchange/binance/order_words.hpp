#pragma once

#include "exchange/binance/desk.hpp"
#include "exchange/binance/order_form.hpp"

namespace plumb::exchange::binance {

/// "NEW", "FILLED", "EXPIRED_IN_MATCH"…
std::string_view status_of(Board board, const OrderRecord& record);
/// Why an order of the spot board expired, as expiryReason tells it; empty for those that did not.
std::string_view expiry_reason(const OrderRecord& record);
constexpr std::string_view word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }
/// What was asked for; of an order by value, what it has bought or sold.
Quantity quantity_of(const OrderRecord& record);
/// Of a trailing stop its present level.
Price stop_of(const OrderRecord& record);

/// The answer to a new order, in its shape: ACK, RESULT or FULL with its fills.
void write_placed(JsonWriter& json, const Desk& desk, const OrderRecord& record, AnswerShape shape,
                  TimeUnit unit);
/// The answer to a cancel: `clientOrderId` is the cancel's own id, `origClientOrderId` the order's.
void write_canceled(JsonWriter& json, const Desk& desk, const OrderRecord& record, std::string_view cancel_id,
                    TimeUnit unit);
/// One order as queries tell it.
void write_order(JsonWriter& json, const Desk& desk, const OrderRecord& record, TimeUnit unit);

/// An order of the futures board, as every answer tells it.
void write_futures_order(JsonWriter& json, const Desk& desk, const OrderRecord& record, TimeUnit unit);
/// An algo order: algoStatus NEW, TRIGGERED, FINISHED, CANCELED, EXPIRED, REJECTED.
void write_algo_order(JsonWriter& json, const Desk& desk, const OrderRecord& record, TimeUnit unit);
/// The algo service counts from another number than the order book.
constexpr std::int64_t kAlgoIdBase = 2'000'000'000'000'000;
constexpr std::int64_t algo_id(OrderNumber number) { return kAlgoIdBase + static_cast<std::int64_t>(number); }
constexpr OrderNumber number_of_algo(std::int64_t id) {
    return id < kAlgoIdBase ? 0 : static_cast<OrderNumber>(id - kAlgoIdBase);
}
std::string_view algo_status(const OrderRecord& record);
/// The type an order of the futures board has now: a stop that was met is a limit or a market order.
std::string_view futures_type(const OrderNote& note, const OrderRecord& record);

}  // namespace plumb::exchange::binance
