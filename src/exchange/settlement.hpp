#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// One side of a trade, as its account sees it.
struct FillTerms {
    Price price;
    Quantity quantity;
    TradeNumber trade = 0;
    bool maker = false;
    bool within_house = false;  // house with house: nothing moves
};

/// Books this fill: the order's filled part, the account's assets or its position, the fee. Records the
/// execution and returns it. The reserve shrinks before, so that what it set free can pay.
///
/// The house pays no fees and gets none: fees leave the venue's accounts.
Execution settle(ModelState& state, StoredOrder& order, const FillTerms& terms);

/// Moves a position by a signed quantity at a price; returns what that realized.
Money move_position(ModelState& state, AccountId account, InstrumentId instrument, Quantity change,
                    Price price);

}  // namespace plumb::exchange
