#pragma once

#include "exchange/kraken/desk.hpp"

namespace plumb::exchange::kraken {

/// How an order stands in the answers of the order endpoints: what is filled before, for an event that tells
/// of the order as it was.
struct OrderView {
    const OrderRecord& order;
    std::optional<Quantity> filled;  // instead of the record's
    std::optional<Quantity> quantity;
    std::optional<Price> limit;
};

/// {"orderId",...,"lastUpdateTimestamp"} of orderEvents.
void write_event_order(JsonOut& json, std::string_view key, const Desk& desk, const OrderView& view);
/// {"uid","clientId",...,"triggerPrice","triggerSide","triggerSignal",...} of orderEvents.
void write_event_trigger(JsonOut& json, std::string_view key, const Desk& desk, const OrderRecord& order);
/// One element of openOrders.
void write_open_order(JsonOut& json, const Desk& desk, const OrderRecord& order);
/// One element of orders/status.
void write_order_status(JsonOut& json, const Desk& desk, const OrderRecord& order);
/// One element of fills.
void write_fill(JsonOut& json, const Desk& desk, const Execution& execution, const OrderRecord* order);
/// The order of /api/history: decimals as texts, the quantity is what is left.
void write_history_order(JsonOut& json, std::string_view key, const Desk& desk, const OrderRecord& order,
                         Quantity filled);
/// One row of the account log, in REST and in its feed.
void write_log_entry(JsonOut& json, const Desk& desk, const LogEntry& entry);

}  // namespace plumb::exchange::kraken
