#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

// Orders of the futures board; the questions about them are in order_answers.hpp.
Answer place_futures_order(Desk& desk, Call& call);
Answer test_futures_order(Desk& desk, Call& call);
Answer modify_futures_order(Desk& desk, Call& call);
Answer cancel_futures_order(Desk& desk, Call& call);
Answer place_batch(Desk& desk, Call& call);
Answer modify_batch(Desk& desk, Call& call);
Answer cancel_batch(Desk& desk, Call& call);
Answer cancel_all_futures(Desk& desk, Call& call);
Answer countdown_cancel_all(Desk& desk, Call& call);

// Conditional orders of the algo service.
Answer place_algo_order(Desk& desk, Call& call);
Answer cancel_algo_order(Desk& desk, Call& call);
Answer find_algo_order(Desk& desk, Call& call);
Answer open_algo_orders(Desk& desk, Call& call);
Answer all_algo_orders(Desk& desk, Call& call);
Answer cancel_all_algo(Desk& desk, Call& call);

/// Ends the orders of symbols whose countdown is over.
void run_countdowns(Desk& desk, Timestamp now);

}  // namespace plumb::exchange::binance
