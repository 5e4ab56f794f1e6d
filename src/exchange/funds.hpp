#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// Whether it takes whatever price there is: market orders, and stops without a limit once they woke.
bool is_market_like(const OrderRecord& record);

/// The price an order is counted at before it trades: its limit, its stop, where its trail stands.
Price reserve_price(const OrderRecord& record);

/// What an order of this account would trade by taking from the book now: `wanted` of it, or what its
/// notional pays for. Own orders in the way count as the self-trade rule says; what reduce-only orders can
/// give is counted with the positions as they become on the way.
struct Walk {
    Quantity quantity;
    Money value;
};
Walk walk_book(const ModelState& state, const OrderSpec& spec, Quantity wanted, std::optional<Price> limit);
/// Whole lots that this much of the quote pays for at a price; of a buyer, fees inside.
Quantity affordable(const MarketState& market, Side side, Price price, Money money);
/// What a taker takes from a notional for this much.
Money spent(const MarketState& market, Side side, Money value);

/// Why the account cannot pay for an order that is to trade or to rest now; nullopt when it can. An order of
/// the house always can. `wanted` is what is left of it.
std::optional<Refusal> funds_refusal(const ModelState& state, const OrderRecord& record, Quantity wanted);

/// Makes the order's reserve what its present state calls for, and tells the account.
void set_reserve(ModelState& state, StoredOrder& order);
/// As set_reserve, for an order that is over.
void release_reserve(ModelState& state, StoredOrder& order);

/// The share of a value that the quote pays beside it.
Decimal fee_beside(const MarketState& market);
/// Whether orders that reduce only have something to reduce by trading on this side; the quantity, or zero.
Quantity reducible(const ModelState& state, AccountId account, InstrumentId instrument, Side side);
SelfTrade self_trade_of(const ModelState& state, const OrderSpec& spec);

}  // namespace plumb::exchange
