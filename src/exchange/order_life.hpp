#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// Opens an order that was admitted: its number, its reserve, its place in the lists of its account.
/// `accepted` is told.
struct Opening {
    OrderNumber replaces = 0;
    bool by_hand = false;
    bool liquidation = false;
    bool triggered = false;  // takes over from a stop that woke already
    Price trail_stop{};      // where a trailing stop already stands
};
StoredOrder& open_order(ModelState& state, const OrderSpec& spec, const Opening& opening);
/// Puts it to the shelf of stops, or works it.
void start(ModelState& state, StoredOrder& order);

/// Ends an open order: out of the book, the shelf and the lists, its reserve set free, and told.
struct Ending {
    OrderStep step = OrderStep::canceled;
    OrderStatus status = OrderStatus::canceled;
    EndReason reason = EndReason::by_owner;
    Refusal refusal{};
    OrderNumber replaced_by = 0;
};
void end_order(ModelState& state, StoredOrder& order, const Ending& ending);
/// As end_order where a fill has ended it, which was told with the fill.
void close_filled(ModelState& state, StoredOrder& order);
inline Ending canceled(EndReason why) { return {OrderStep::canceled, OrderStatus::canceled, why, {}, 0}; }
inline Ending expired(EndReason why) { return {OrderStep::expired, OrderStatus::expired, why, {}, 0}; }

/// Gives an open order these words and terms: its client id, the time it ends, the rest. Its place in the
/// book or on the shelf is the caller's business.
void rewrite_order(ModelState& state, StoredOrder& order, const OrderSpec& spec);
/// The price that wakes stops of this source; zero before the first.
Price trigger_reference(const MarketState& market, TriggerPrice source);
/// Where a trailing stop starts; zero when no price was seen yet.
Price first_trail(const MarketState& market, const OrderSpec& spec);

/// Every open order of the account in this market; the numbers, in order.
std::vector<OrderNumber> end_all(ModelState& state, AccountId account, InstrumentId instrument,
                                 EndReason why);
/// Resting reduce-only orders want no more than there is to reduce.
void trim_reduce_only(ModelState& state, AccountId account, InstrumentId instrument);

std::expected<OrderNumber, Refusal> replace_order(ModelState& state, StoredOrder& order,
                                                  const Replacement& change);

}  // namespace plumb::exchange
