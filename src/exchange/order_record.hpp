#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange {

/// How far a trailing stop stays behind the best price since it was placed: one of the two is above zero.
struct Trail {
    Price distance;
    Decimal fraction;

    bool is_set() const { return 0 < distance.sign() || 0 < fraction.sign(); }
};

/// What an owner asks for. Exactly one of `quantity` and `notional` is above zero.
struct OrderSpec {
    AccountId account;
    InstrumentId instrument;
    std::string client_id;  // as its owner wrote it; may be empty
    Side side = Side::buy;
    OrderType type = OrderType::market;
    TimeInForce time_in_force = TimeInForce::good_till_canceled;
    bool post_only = false;
    bool reduce_only = false;
    Quantity quantity;
    Money notional;  // market orders by value in quote, fees inside
    Price limit;     // limit and stop-limit
    Price stop;      // stop and stop-limit; above zero
    Trail trail;     // trailing stop
    TriggerPrice trigger = TriggerPrice::last;
    bool takes_profit = false;            // a stop that waits on the other side of the market
    Timestamp expires_at{};               // good till date; zero: never
    std::optional<SelfTrade> self_trade;  // instead of the account's
    std::string note;  // the protocol's own words (position side, class, source); the model only keeps them
};

/// What changes of a working order; what is not set stays.
struct Replacement {
    std::optional<std::string> client_id;
    std::optional<Quantity> quantity;  // the whole, filled part included
    std::optional<Price> limit;
    std::optional<Price> stop;
    std::optional<Trail> trail;
    std::optional<TimeInForce> time_in_force;
    std::optional<Timestamp> expires_at;  // zero: never
    std::optional<std::string> note;
};

/// How a replacement works at the venue.
enum class ReplaceRule : unsigned char {
    in_place,   // the same order number; priority is lost unless only the quantity shrinks (Kraken, Binance
                // futures)
    new_order,  // the old one ends as replaced, a new number takes over what is left (Alpaca)
};

/// One execution of one order: its part in a trade.
struct Execution {
    ExecutionNumber number = 0;
    TradeNumber trade = 0;
    OrderNumber order = 0;
    AccountId account;
    InstrumentId instrument;
    Side side = Side::buy;
    Price price;
    Quantity quantity;
    bool maker = false;
    AssetId fee_asset;
    Decimal fee;              // in fee_asset; below zero is a rebate
    Money realized_profit;    // perpetuals
    Quantity position_after;  // signed; perpetuals and equities
    Quantity filled_after;    // of the order, this one included
    bool liquidation = false;
    Timestamp at;
};

/// One order and all that became of it.
struct OrderRecord {
    OrderNumber number = 0;
    OrderSpec spec;  // as it stands after replacements in place
    OrderStatus status = OrderStatus::working;
    EndReason end_reason = EndReason::none;
    bool triggered = false;
    bool by_hand = false;  // placed by the script or the control endpoint, not by a client
    Quantity filled;
    Money filled_value;  // sum of price times quantity
    std::vector<ExecutionNumber> executions;
    OrderNumber replaces = 0;
    OrderNumber replaced_by = 0;
    Price trail_stop;  // a trailing stop's present level
    Timestamp created_at;
    Timestamp updated_at;
    Timestamp triggered_at{};
    Timestamp ended_at{};

    Quantity leaves() const { return is_open(status) ? spec.quantity - filled : Quantity{}; }
    /// Zero before the first execution.
    Price average_price() const { return filled.is_zero() ? Price{} : filled_value / filled; }
};

}  // namespace plumb::exchange
