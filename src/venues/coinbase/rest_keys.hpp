#pragma once

#include "venues/coinbase/keys.hpp"

namespace plumb::venues::coinbase {

/// The outermost object of any REST answer, errors too. One table, since each answer uses a few of them.
namespace reply {
enum Key : std::size_t {
    success,
    failure_reason,
    order_id,
    success_response,
    error_response,
    results,
    errors,
    order,
    orders,
    fills,
    has_next,
    cursor,
    accounts,
    products,
    candles,
    trades,
    pricebook,
    iso,
    epochSeconds,
    epochMillis,
    can_view,
    can_trade,
    can_transfer,
    portfolio_uuid,
    error,
    error_details,
    message,
    error_description,
    preview_failure_reason,
    new_order_failure_reason,
    edit_failure_reason,
    product_id,
    side,
    client_order_id,
    id,
    code,
};
inline constexpr wire::KeyTable<36> kKeys{{"success",
                                           "failure_reason",
                                           "order_id",
                                           "success_response",
                                           "error_response",
                                           "results",
                                           "errors",
                                           "order",
                                           "orders",
                                           "fills",
                                           "has_next",
                                           "cursor",
                                           "accounts",
                                           "products",
                                           "candles",
                                           "trades",
                                           "pricebook",
                                           "iso",
                                           "epochSeconds",
                                           "epochMillis",
                                           "can_view",
                                           "can_trade",
                                           "can_transfer",
                                           "portfolio_uuid",
                                           "error",
                                           "error_details",
                                           "message",
                                           "error_description",
                                           "preview_failure_reason",
                                           "new_order_failure_reason",
                                           "edit_failure_reason",
                                           "product_id",
                                           "side",
                                           "client_order_id",
                                           "id",
                                           "code"}};
}  // namespace reply

namespace fill {
enum Key : std::size_t {
    trade_id,
    order_id,
    trade_time,
    trade_type,
    price,
    size,
    commission,
    product_id,
    sequence_timestamp,
    liquidity_indicator,
    size_in_quote,
    side,
};
inline constexpr wire::KeyTable<12> kKeys{{"trade_id", "order_id", "trade_time", "trade_type", "price",
                                           "size", "commission", "product_id", "sequence_timestamp",
                                           "liquidity_indicator", "size_in_quote", "side"}};
}  // namespace fill

namespace account {
enum Key : std::size_t { currency, available_balance, hold };
inline constexpr wire::KeyTable<3> kKeys{{"currency", "available_balance", "hold"}};
}  // namespace account

/// {"value":"1.2","currency":"BTC"}
namespace money {
enum Key : std::size_t { value, currency };
inline constexpr wire::KeyTable<2> kKeys{{"value", "currency"}};
}  // namespace money

namespace pricebook {
enum Key : std::size_t { product_id, bids, asks, time };
inline constexpr wire::KeyTable<4> kKeys{{"product_id", "bids", "asks", "time"}};
}  // namespace pricebook

namespace price_level {
enum Key : std::size_t { price, size };
inline constexpr wire::KeyTable<2> kKeys{{"price", "size"}};
}  // namespace price_level

/// What is inside "limit_limit_gtc" and its like.
namespace configuration {
enum Key : std::size_t { base_size, quote_size, limit_price, stop_price };
inline constexpr wire::KeyTable<4> kKeys{{"base_size", "quote_size", "limit_price", "stop_price"}};
}  // namespace configuration

}  // namespace plumb::venues::coinbase
