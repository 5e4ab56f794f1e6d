#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// Works an order that is accepted, or a stop that woke: takes what it may from the other side, then rests or
/// ends, as its type and time in force say. Its reserve is set already.
void work(ModelState& state, StoredOrder& order);

/// Trades this much between a resting order and another one, at this price.
struct Match {
    StoredOrder& maker;
    StoredOrder& taker;
    Price price;
    Quantity quantity;
};
void trade(ModelState& state, const Match& match);

/// A price was seen in the market: the last price, and stops that it wakes wait to be worked off.
void see_last(ModelState& state, InstrumentId instrument, Price price);
/// Works off the stops that woke; each may wake others.
void work_off_woken(ModelState& state);

}  // namespace plumb::exchange
