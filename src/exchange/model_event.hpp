#pragma once

#include <cstdint>
#include <variant>

#include "core/market_event.hpp"
#include "exchange/order_record.hpp"

namespace plumb::exchange {

/// What became of an order. `record` is the order as it was right after this; a copy, so that whoever reads
/// it later is not overtaken by the next one.
enum class OrderStep : unsigned char {
    accepted,
    triggered,
    filled,
    canceled,
    expired,
    rejected,
    replaced,
    changed
};

struct OrderHappened {
    OrderStep step = OrderStep::accepted;
    OrderRecord record;
    Execution execution;  // of a fill
    Refusal refusal{};    // of a rejection
};

/// A print, told to everybody.
struct TradeHappened {
    TradeNumber number = 0;
    InstrumentId instrument;
    Side aggressor = Side::buy;
    Price price;
    Quantity quantity;
    OrderNumber maker = 0;
    OrderNumber taker = 0;
    bool liquidation = false;
};

/// One level of one book is now this; quantity zero: gone. `sequence` counts the changes of one book by ones.
struct LevelChanged {
    InstrumentId instrument;
    Side side = Side::buy;
    Price price;
    Quantity quantity;
    std::uint64_t sequence = 0;
};

/// Best bid or ask is different, in price or quantity; comes after the LevelChanged that did it, once for
/// each request or market step.
struct QuoteChanged {
    InstrumentId instrument;
    Price bid, ask;  // a side nobody quotes has quantity zero
    Quantity bid_quantity, ask_quantity;
    std::uint64_t sequence = 0;
};

/// Why an asset of an account moved.
enum class BalanceReason : unsigned char {
    trade,
    fee,
    reserve,
    release,
    deposit,
    withdrawal,
    funding,
    liquidation
};

struct BalanceChanged {
    AccountId account;
    AssetId asset;
    Decimal total;  // after
    Decimal held;   // after: reserved by open orders
    Decimal change;
    BalanceReason reason = BalanceReason::trade;
};

struct PositionChanged {
    AccountId account;
    InstrumentId instrument;
    Quantity quantity;  // signed, after
    Price entry;
};

struct StatusChanged {
    InstrumentId instrument;
    TradingStatus status = TradingStatus::open;
};

struct MarkChanged {
    InstrumentId instrument;
    Price mark;
    Price index;
    Decimal funding_rate;
    Timestamp next_funding;
};

struct FundingPaid {
    AccountId account;
    InstrumentId instrument;
    Money amount;  // received; below zero is paid
    Decimal rate;
};

/// One thing that happened at the venue, in order: `sequence` counts by ones from the start of the model.
struct ModelEvent {
    std::uint64_t sequence = 0;
    Timestamp at;
    std::variant<OrderHappened, TradeHappened, LevelChanged, QuoteChanged, BalanceChanged, PositionChanged,
                 StatusChanged, MarkChanged, FundingPaid>
        what;
};

}  // namespace plumb::exchange
