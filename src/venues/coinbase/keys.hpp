#pragma once

#include "wire/members.hpp"

namespace plumb::venues::coinbase {

// The members we know, by the object they stand in. What is not here is skipped.

/// The outermost object of a frame: the envelope of Advanced Trade, and the flat messages of the Exchange
/// feed.
namespace root {
enum Key : std::size_t {
    channel,
    timestamp,
    sequence_num,
    events,  // Advanced Trade
    type,
    product_id,
    sequence,
    time,  // Exchange feed
    trade_id,
    side,
    size,
    price,  // match, last_match
    best_bid,
    best_bid_size,
    best_ask,
    best_ask_size,  // ticker
    bids,
    asks,
    changes,  // snapshot, l2update
    channels,
    products,  // subscriptions, status
    message,
    reason,  // error
};
inline constexpr wire::KeyTable<23> kKeys{
    {"channel",  "timestamp",     "sequence_num", "events",        "type",  "product_id",
     "sequence", "time",          "trade_id",     "side",          "size",  "price",
     "best_bid", "best_bid_size", "best_ask",     "best_ask_size", "bids",  "asks",
     "changes",  "channels",      "products",     "message",       "reason"}};
}  // namespace root

/// One of an envelope's `events`.
namespace event {
enum Key : std::size_t {
    type,
    product_id,
    trades,
    tickers,
    candles,
    updates,
    orders,
    products,
    subscriptions,
    heartbeat_counter,
};
inline constexpr wire::KeyTable<10> kKeys{{"type", "product_id", "trades", "tickers", "candles", "updates",
                                           "orders", "products", "subscriptions", "heartbeat_counter"}};
}  // namespace event

/// A trade of market_trades, and of the REST ticker.
namespace trade {
enum Key : std::size_t { trade_id, product_id, price, size, side, time };
inline constexpr wire::KeyTable<6> kKeys{{"trade_id", "product_id", "price", "size", "side", "time"}};
}  // namespace trade

namespace ticker {
enum Key : std::size_t { product_id, best_bid, best_bid_quantity, best_ask, best_ask_quantity };
inline constexpr wire::KeyTable<5> kKeys{
    {"product_id", "best_bid", "best_bid_quantity", "best_ask", "best_ask_quantity"}};
}  // namespace ticker

/// A candle of the stream (with its product) and of REST (without).
namespace candle {
enum Key : std::size_t { start, low, high, open, close, volume, product_id };
inline constexpr wire::KeyTable<7> kKeys{{"start", "low", "high", "open", "close", "volume", "product_id"}};
}  // namespace candle

/// A level of l2_data.
namespace level {
enum Key : std::size_t { side, event_time, price_level, new_quantity };
inline constexpr wire::KeyTable<4> kKeys{{"side", "event_time", "price_level", "new_quantity"}};
}  // namespace level

/// An order of the user channel (left names) or of REST (right names).
namespace order {
enum Key : std::size_t {
    order_id,
    client_order_id,
    product_id,
    status,
    order_type,
    limit_price,
    stop_price,
    cumulative_quantity,
    filled_size,
    leaves_quantity,
    avg_price,
    average_filled_price,
    order_side,
    side,
    creation_time,
    created_time,
    last_fill_time,
    cancel_reason,
    cancel_message,
    reject_reason,
    reject_message,
    size_in_quote,
    order_configuration,
};
inline constexpr wire::KeyTable<23> kKeys{
    {"order_id",       "client_order_id",      "product_id",          "status",         "order_type",
     "limit_price",    "stop_price",           "cumulative_quantity", "filled_size",    "leaves_quantity",
     "avg_price",      "average_filled_price", "order_side",          "side",           "creation_time",
     "created_time",   "last_fill_time",       "cancel_reason",       "cancel_message", "reject_reason",
     "reject_message", "size_in_quote",        "order_configuration"}};
}  // namespace order

/// A product of the status channels and of REST.
namespace product {
enum Key : std::size_t {
    id,
    product_id,
    status,
    base_currency_id,
    quote_currency_id,
    product_type,
    base_increment,
    quote_increment,
    price_increment,
    base_min_size,
    base_max_size,
    quote_min_size,
    quote_max_size,
    is_disabled,
    trading_disabled,
    cancel_only,
    limit_only,
    post_only,
    auction_mode,
    view_only,
    alias,
};
inline constexpr wire::KeyTable<21> kKeys{{"id",
                                           "product_id",
                                           "status",
                                           "base_currency_id",
                                           "quote_currency_id",
                                           "product_type",
                                           "base_increment",
                                           "quote_increment",
                                           "price_increment",
                                           "base_min_size",
                                           "base_max_size",
                                           "quote_min_size",
                                           "quote_max_size",
                                           "is_disabled",
                                           "trading_disabled",
                                           "cancel_only",
                                           "limit_only",
                                           "post_only",
                                           "auction_mode",
                                           "view_only",
                                           "alias"}};
}  // namespace product

/// A channel in the Exchange feed's list of subscriptions.
namespace subscription {
enum Key : std::size_t { name, product_ids };
inline constexpr wire::KeyTable<2> kKeys{{"name", "product_ids"}};
}  // namespace subscription

/// The channels whose lists an acknowledgement of Advanced Trade has.
namespace subscribed {
enum Key : std::size_t {
    heartbeats,
    market_trades,
    ticker,
    ticker_batch,
    candles,
    level2,
    status,
    user,
    futures
};
inline constexpr wire::KeyTable<9> kKeys{{"heartbeats", "market_trades", "ticker", "ticker_batch", "candles",
                                          "level2", "status", "user", "futures_balance_summary"}};
}  // namespace subscribed

}  // namespace plumb::venues::coinbase
