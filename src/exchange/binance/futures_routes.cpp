#include <array>

#include "exchange/binance/account_answers.hpp"
#include "exchange/binance/futures_account.hpp"
#include "exchange/binance/futures_orders.hpp"
#include "exchange/binance/klines.hpp"
#include "exchange/binance/market_answers.hpp"
#include "exchange/binance/order_answers.hpp"
#include "exchange/binance/routes.hpp"

namespace plumb::exchange::binance {
namespace {

using enum RequestKind;

constexpr Security kNone = Security::none;
constexpr Security kKey = Security::api_key;
constexpr Security kData = Security::user_data;
constexpr Security kTrade = Security::trade;
constexpr std::string_view kAny = "*";  // the futures board does not count what it is sent

constexpr std::array kRoutes{
    Route{"GET", "/fapi/v1/ping", kNone, other, 1, &ping, kAny},
    Route{"GET", "/fapi/v1/time", kNone, time, 1, &server_time, kAny},
    Route{"GET", "/fapi/v1/exchangeInfo", kNone, market_data, 1, &exchange_info, kAny},
    Route{"GET", "/fapi/v1/depth", kNone, market_data, 2, &depth, kAny},
    Route{"GET", "/fapi/v1/rpiDepth", kNone, market_data, 20, &depth, kAny},
    Route{"GET", "/fapi/v1/trades", kNone, market_data, 5, &recent_trades, kAny},
    Route{"GET", "/fapi/v1/historicalTrades", kKey, market_data, 20, &historical_trades, kAny},
    Route{"GET", "/fapi/v1/aggTrades", kNone, market_data, 20, &aggregate_trades, kAny},
    Route{"GET", "/fapi/v1/klines", kNone, market_data, 1, &klines, kAny},
    Route{"GET", "/fapi/v1/continuousKlines", kNone, market_data, 1, &continuous_klines, kAny},
    Route{"GET", "/fapi/v1/markPriceKlines", kNone, market_data, 1, &mark_price_klines, kAny},
    Route{"GET", "/fapi/v1/indexPriceKlines", kNone, market_data, 1, &index_price_klines, kAny},
    Route{"GET", "/fapi/v1/premiumIndexKlines", kNone, market_data, 1, &premium_index_klines, kAny},
    Route{"GET", "/fapi/v1/premiumIndex", kNone, market_data, 1, &premium_index, kAny},
    Route{"GET", "/fapi/v1/fundingRate", kNone, market_data, 0, &funding_rates, kAny},
    Route{"GET", "/fapi/v1/fundingInfo", kNone, market_data, 0, &funding_info, kAny},
    Route{"GET", "/fapi/v1/openInterest", kNone, market_data, 1, &open_interest, kAny},
    Route{"GET", "/fapi/v1/ticker/24hr", kNone, market_data, 1, &day_ticker, kAny},
    Route{"GET", "/fapi/v1/ticker/price", kNone, market_data, 1, &price_ticker, kAny},
    Route{"GET", "/fapi/v2/ticker/price", kNone, market_data, 1, &price_ticker, kAny},
    Route{"GET", "/fapi/v1/ticker/bookTicker", kNone, market_data, 2, &book_ticker, kAny},

    Route{"POST", "/fapi/v1/order", kTrade, place_order, 0, &place_futures_order, kAny},
    Route{"POST", "/fapi/v1/order/test", kTrade, other, 0, &test_futures_order, kAny},
    Route{"PUT", "/fapi/v1/order", kTrade, replace_order, 1, &modify_futures_order, kAny},
    Route{"DELETE", "/fapi/v1/order", kTrade, RequestKind::cancel_order, 1, &cancel_futures_order, kAny},
    Route{"GET", "/fapi/v1/order", kData, RequestKind::find_order, 1, &binance::find_order, kAny},
    Route{"POST", "/fapi/v1/batchOrders", kTrade, place_order, 5, &place_batch, kAny},
    Route{"PUT", "/fapi/v1/batchOrders", kTrade, replace_order, 5, &modify_batch, kAny},
    Route{"DELETE", "/fapi/v1/batchOrders", kTrade, RequestKind::cancel_order, 1, &cancel_batch, kAny},
    Route{"DELETE", "/fapi/v1/allOpenOrders", kTrade, cancel_all, 1, &cancel_all_futures, kAny},
    Route{"POST", "/fapi/v1/countdownCancelAll", kTrade, dead_man, 10, &countdown_cancel_all, kAny},
    Route{"GET", "/fapi/v1/openOrder", kData, RequestKind::find_order, 1, &find_open_order, kAny},
    Route{"GET", "/fapi/v1/openOrders", kData, RequestKind::open_orders, 1, &binance::open_orders, kAny},
    Route{"GET", "/fapi/v1/allOrders", kData, order_history, 5, &all_orders, kAny},
    Route{"GET", "/fapi/v1/userTrades", kData, executions, 5, &account_trades, kAny},
    Route{"GET", "/fapi/v1/forceOrders", kData, other, 20, &forced_orders, kAny},
    Route{"GET", "/fapi/v1/orderAmendment", kData, other, 1, &empty_list, kAny},
    Route{"GET", "/fapi/v1/rateLimit/order", kData, other, 1, &order_rate, kAny},
    Route{"POST", "/fapi/v1/algoOrder", kTrade, place_order, 0, &place_algo_order, kAny},
    Route{"DELETE", "/fapi/v1/algoOrder", kTrade, RequestKind::cancel_order, 1, &cancel_algo_order, kAny},
    Route{"GET", "/fapi/v1/algoOrder", kData, RequestKind::find_order, 1, &find_algo_order, kAny},
    Route{"GET", "/fapi/v1/openAlgoOrders", kData, RequestKind::open_orders, 1, &open_algo_orders, kAny},
    Route{"GET", "/fapi/v1/allAlgoOrders", kData, order_history, 5, &all_algo_orders, kAny},
    Route{"DELETE", "/fapi/v1/algoOpenOrders", kTrade, cancel_all, 1, &cancel_all_algo, kAny},

    Route{"GET", "/fapi/v1/balance", kData, balances, 5, &futures_balance, kAny},
    Route{"GET", "/fapi/v2/balance", kData, balances, 5, &futures_balance, kAny},
    Route{"GET", "/fapi/v3/balance", kData, balances, 5, &futures_balance, kAny},
    Route{"GET", "/fapi/v1/account", kData, account, 5, &futures_account_v2, kAny},
    Route{"GET", "/fapi/v2/account", kData, account, 5, &futures_account_v2, kAny},
    Route{"GET", "/fapi/v3/account", kData, account, 5, &futures_account_v3, kAny},
    Route{"GET", "/fapi/v1/positionRisk", kData, positions, 5, &position_risk_v2, kAny},
    Route{"GET", "/fapi/v2/positionRisk", kData, positions, 5, &position_risk_v2, kAny},
    Route{"GET", "/fapi/v3/positionRisk", kData, positions, 5, &position_risk_v3, kAny},
    Route{"GET", "/fapi/v1/accountConfig", kData, other, 5, &account_config, kAny},
    Route{"GET", "/fapi/v1/symbolConfig", kData, other, 5, &symbol_config, kAny},
    Route{"GET", "/fapi/v1/commissionRate", kData, other, 20, &commission_rate, kAny},
    Route{"GET", "/fapi/v1/leverageBracket", kData, other, 1, &leverage_bracket, kAny},
    Route{"POST", "/fapi/v1/leverage", kTrade, other, 1, &set_leverage, kAny},
    Route{"POST", "/fapi/v1/marginType", kTrade, other, 1, &set_margin_type, kAny},
    Route{"GET", "/fapi/v1/positionSide/dual", kData, other, 30, &position_mode, kAny},
    Route{"POST", "/fapi/v1/positionSide/dual", kTrade, other, 1, &set_position_mode, kAny},
    Route{"GET", "/fapi/v1/multiAssetsMargin", kData, other, 30, &multi_assets_mode, kAny},
    Route{"POST", "/fapi/v1/multiAssetsMargin", kTrade, other, 1, &set_multi_assets_mode, kAny},
    Route{"POST", "/fapi/v1/positionMargin", kTrade, other, 1, &set_position_margin, kAny},
    Route{"GET", "/fapi/v1/positionMargin/history", kData, other, 1, &empty_list, kAny},
    Route{"GET", "/fapi/v1/income", kData, other, 30, &income, kAny},
    Route{"GET", "/fapi/v1/adlQuantile", kData, other, 5, &adl_quantile, kAny},
    Route{"GET", "/fapi/v1/feeBurn", kData, other, 30, &fee_burn, kAny},

    Route{"POST", "/fapi/v1/listenKey", kKey, stream_key, 1, &open_listen_key, kAny},
    Route{"PUT", "/fapi/v1/listenKey", kKey, stream_key, 1, &renew_listen_key, kAny},
    Route{"DELETE", "/fapi/v1/listenKey", kKey, stream_key, 1, &close_listen_key, kAny},

    Route{"GET", "/sapi/v1/system/status", kNone, other, 1, &system_status, kAny},
    Route{"GET", "/sapi/v1/capital/config/getall", kData, balances, 10, &coins, kAny},
    Route{"GET", "/sapi/v1/margin/allPairs", kKey, other, 1, &empty_list, kAny},
    Route{"GET", "/sapi/v1/margin/isolated/allPairs", kData, other, 1, &empty_list, kAny},
    Route{"GET", "/sapi/v1/account/apiRestrictions", kData, other, 1, &key_restrictions, kAny},
};

constexpr std::array kMethods{
    Method{"ping", "GET", "/fapi/v1/ping"},
    Method{"time", "GET", "/fapi/v1/time"},
    Method{"depth", "GET", "/fapi/v1/depth"},
    Method{"ticker.price", "GET", "/fapi/v1/ticker/price"},
    Method{"ticker.book", "GET", "/fapi/v1/ticker/bookTicker"},
    Method{"order.place", "POST", "/fapi/v1/order"},
    Method{"order.modify", "PUT", "/fapi/v1/order"},
    Method{"order.cancel", "DELETE", "/fapi/v1/order"},
    Method{"order.status", "GET", "/fapi/v1/order"},
    Method{"algoOrder.place", "POST", "/fapi/v1/algoOrder"},
    Method{"algoOrder.cancel", "DELETE", "/fapi/v1/algoOrder"},
    Method{"account.position", "GET", "/fapi/v2/positionRisk"},
    Method{"v2/account.position", "GET", "/fapi/v3/positionRisk"},
    Method{"account.balance", "GET", "/fapi/v2/balance"},
    Method{"v2/account.balance", "GET", "/fapi/v3/balance"},
    Method{"account.status", "GET", "/fapi/v2/account"},
    Method{"v2/account.status", "GET", "/fapi/v3/account"},
    Method{"userDataStream.start", "POST", "/fapi/v1/listenKey"},
    Method{"userDataStream.ping", "PUT", "/fapi/v1/listenKey"},
    Method{"userDataStream.stop", "DELETE", "/fapi/v1/listenKey"},
};

}  // namespace

std::span<const Route> futures_routes() { return kRoutes; }
std::span<const Method> futures_methods() { return kMethods; }

}  // namespace plumb::exchange::binance
