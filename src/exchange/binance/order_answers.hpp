#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

// Orders of the spot board.
Answer place_order(Desk& desk, Call& call);
Answer test_order(Desk& desk, Call& call);
Answer cancel_order(Desk& desk, Call& call);
Answer cancel_open_orders(Desk& desk, Call& call);
Answer cancel_and_replace(Desk& desk, Call& call);

// Questions about orders, both boards.
Answer find_order(Desk& desk, Call& call);
Answer find_open_order(Desk& desk, Call& call);
Answer open_orders(Desk& desk, Call& call);
Answer all_orders(Desk& desk, Call& call);
Answer account_trades(Desk& desk, Call& call);
Answer order_rate(Desk& desk, Call& call);
/// Order lists (OCO and the like) are not dealt in here: as at symbols where they are not allowed.
Answer refuse_order_list(Desk& desk, Call& call);
Answer no_order_lists(Desk& desk, Call& call);
Answer refuse_amend(Desk& desk, Call& call);

/// The order that `orderId` and `origClientOrderId` (or other names) tell: by its number first, then the id
/// must be its own. Only of the symbol asked for.
struct OrderNames {
    const char* number = "orderId";
    const char* client_id = "origClientOrderId";
};
Checked<std::optional<OrderRecord>> named_order(const Desk& desk, const Call& call, const Symbol& symbol,
                                                OrderNames names = {});

}  // namespace plumb::exchange::binance
