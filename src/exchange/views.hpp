#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// What an owner is shown: the state as it was the account's lag of that endpoint ago.
std::optional<OrderRecord> seen_order(const ModelState& state, AccountId account, const StoredOrder& order,
                                      Timestamp now);
std::vector<OrderRecord> seen_orders(const ModelState& state, AccountId account,
                                     std::optional<InstrumentId> instrument, bool only_open, Timestamp now);
std::vector<Execution> seen_executions(const ModelState& state, AccountId account, ExecutionNumber after,
                                       Timestamp now);
Balance seen_balance(const ModelState& state, AccountId account, AssetId asset, Timestamp now);
Position seen_position(const ModelState& state, AccountId account, InstrumentId instrument, Timestamp now);

}  // namespace plumb::exchange
