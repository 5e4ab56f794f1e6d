#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// Time is now this: ends orders whose time is over and those of accounts whose dead-man timer ran out.
/// `now` before the last one counts as the last one.
void begin_step(ModelState& state, Timestamp now);
/// Works off stops that woke, then tells what changed. Every step ends so.
void finish_step(ModelState& state);

/// Pays every funding that is due by now, at the mark.
void pay_funding(ModelState& state);
/// Closes positions of accounts whose equity is below their maintenance margin.
void liquidate_short_of_margin(ModelState& state);
/// Closes one position: its orders end, then a market order of the venue; what the book cannot take the house
/// takes at the mark. A perpetual's loss beyond what the account has is the house's.
void liquidate_position(ModelState& state, AccountId account, InstrumentId instrument);

/// Day orders end when a market closes. A delisted market stays closed.
void change_status(ModelState& state, InstrumentId instrument, TradingStatus status);
void delist_market(ModelState& state, InstrumentId instrument);
/// Sets mark and index, wakes the stops that follow them.
void see_mark(ModelState& state, InstrumentId instrument, Price mark, Price index);

/// Fills a resting order against the house at this price.
std::expected<ExecutionNumber, Refusal> fill_from_outside(ModelState& state, StoredOrder& order, Price price,
                                                          Quantity quantity);

}  // namespace plumb::exchange
