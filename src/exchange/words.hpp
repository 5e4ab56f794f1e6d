#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/order.hpp"
#include "core/units.hpp"

namespace plumb::exchange {

using AssetId = Id<struct AssetKind>;  // "USD", "BTC": an index into the model's table of assets
using AccountId =
    Id<struct AccountKind>;  // zero is the house: the other participants, who are never short of money

/// The venue's own number of an order, of an execution, of a public trade: counted from one, never used
/// again.
using OrderNumber = std::uint64_t;
using ExecutionNumber = std::uint64_t;
using TradeNumber = std::uint64_t;

/// Which client order ids the venue refuses (FAULTS E32). An order without one is never a duplicate.
enum class IdRule : unsigned char {
    unique_forever,     // Alpaca, Coinbase, Kraken Futures: seen once, refused for ever
    unique_while_open,  // Binance: free again when the order has ended
    not_unique,
};

/// What a fee is taken from.
enum class FeeAsset : unsigned char {
    quote,
    received,  // base of a buy, quote of a sale (Binance spot, Alpaca crypto)
    third,     // FeeRule::third, at its value in quote (BNB)
};

struct FeeRule {
    Decimal maker;  // fraction of the value; below zero is a rebate
    Decimal taker;
    FeeAsset asset = FeeAsset::quote;
    std::string third;       // asset name, where `asset` is third
    Decimal third_price{1};  // quote for one unit of it
};

/// What happens when an order would meet one of the same account.
enum class SelfTrade : unsigned char { allow, cancel_taker, cancel_maker, cancel_both };

/// Which price wakes a stop.
enum class TriggerPrice : unsigned char { last, mark, index };

enum class OrderStatus : unsigned char {
    waiting,           // a stop that has not seen its price
    working,           // in the book
    partially_filled,  // in the book, or a waiting rest
    filled,            // end
    canceled,          // end: by its owner, or by a rule (EndReason)
    expired,           // end: its time was over, or nothing was left to fill it with
    rejected,          // end: recorded with a number, then refused (venues that answer 200 first)
    replaced,          // end: another order has taken its place
};
constexpr bool is_open(OrderStatus status) { return status <= OrderStatus::partially_filled; }

/// Why an order ended without being filled whole.
enum class EndReason : unsigned char {
    none,
    by_owner,
    by_venue,        // an operator, a script
    immediate_rest,  // what an immediate-or-cancel order could not fill
    fill_or_kill,    // could not be filled whole
    no_liquidity,    // a market order, and nobody on the other side
    time_over,       // day, good till date
    self_trade,
    reduce_only,  // nothing left to reduce
    post_only,    // would have taken
    dead_man,     // the timer was not renewed
    liquidation,
    market_closed,  // delisted
    replaced,
    insufficient_funds,  // found at the trigger
};

/// Why something was not done. Each protocol gives it the venue's status, code and words.
enum class Refusal : unsigned char {
    unknown_instrument,
    not_trading,  // halted, closed or delisted
    type_not_supported,
    time_in_force_not_supported,
    quantity_below_min,
    quantity_above_max,
    quantity_off_lot,
    price_missing,
    price_off_tick,
    price_outside_band,
    trigger_would_fire,  // a stop on the wrong side of the market
    notional_below_min,
    notional_above_max,
    insufficient_funds,
    no_shorting,
    duplicate_client_id,
    post_only_would_take,
    reduce_only_would_not_reduce,
    would_liquidate,
    too_many_orders,
    unknown_order,
    order_ended,
    nothing_to_change,
    not_replaceable,
};

std::string_view to_string(IdRule rule);
std::string_view to_string(FeeAsset asset);
std::string_view to_string(SelfTrade rule);
std::string_view to_string(OrderStatus status);
std::string_view to_string(EndReason reason);
std::string_view to_string(Refusal refusal);

}  // namespace plumb::exchange
