#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

// The spot account.
Answer spot_account_info(Desk& desk, Call& call);
Answer commission(Desk& desk, Call& call);
Answer my_filters(Desk& desk, Call& call);
/// POST, PUT and DELETE /api/v3/userDataStream: gone since 2026-02-20.
Answer retired_user_stream(Desk& desk, Call& call);
Answer empty_list(Desk& desk, Call& call);

// The wallet (/sapi): what clients ask while they load markets, for an account without margin, savings or
// history.
Answer system_status(Desk& desk, Call& call);
Answer coins(Desk& desk, Call& call);
Answer trade_fees(Desk& desk, Call& call);
Answer account_status(Desk& desk, Call& call);
Answer trading_status(Desk& desk, Call& call);
Answer key_restrictions(Desk& desk, Call& call);
Answer user_assets(Desk& desk, Call& call);
Answer empty_page(Desk& desk, Call& call);
Answer empty_dribblets(Desk& desk, Call& call);

}  // namespace plumb::exchange::binance
