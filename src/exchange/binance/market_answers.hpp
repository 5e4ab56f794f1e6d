#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

// Market data that anybody may ask for, both boards.
Answer ping(Desk& desk, Call& call);
Answer server_time(Desk& desk, Call& call);
Answer exchange_info(Desk& desk, Call& call);
Answer depth(Desk& desk, Call& call);
Answer recent_trades(Desk& desk, Call& call);
Answer historical_trades(Desk& desk, Call& call);
Answer aggregate_trades(Desk& desk, Call& call);
Answer average_price(Desk& desk, Call& call);
Answer day_ticker(Desk& desk, Call& call);
Answer price_ticker(Desk& desk, Call& call);
Answer book_ticker(Desk& desk, Call& call);
Answer rolling_ticker(Desk& desk, Call& call);
Answer trading_day_ticker(Desk& desk, Call& call);
Answer reference_price(Desk& desk, Call& call);
Answer execution_rules(Desk& desk, Call& call);

// Of the futures board only.
Answer premium_index(Desk& desk, Call& call);
Answer funding_rates(Desk& desk, Call& call);
Answer funding_info(Desk& desk, Call& call);
Answer open_interest(Desk& desk, Call& call);

/// Long positions of all accounts: what is open on the market.
Quantity open_positions(const Desk& desk, InstrumentId instrument, Timestamp now);

}  // namespace plumb::exchange::binance
