#include <algorithm>
#include <array>

#include "exchange/binance/account_answers.hpp"
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

constexpr std::string_view kOrder =
    "symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId strategyType "
    "stopPrice trailingDelta "
    "icebergQty newOrderRespType selfTradePreventionMode pegPriceType pegOffsetValue pegOffsetType";
constexpr std::string_view kTestOrder =
    "symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId strategyType "
    "stopPrice trailingDelta "
    "icebergQty newOrderRespType selfTradePreventionMode pegPriceType pegOffsetValue pegOffsetType "
    "computeCommissionRates";
constexpr std::string_view kReplace =
    "symbol side type cancelReplaceMode timeInForce quantity quoteOrderQty price cancelNewClientOrderId "
    "cancelOrigClientOrderId "
    "cancelOrderId newClientOrderId strategyId strategyType stopPrice trailingDelta icebergQty "
    "newOrderRespType "
    "selfTradePreventionMode cancelRestrictions orderRateLimitExceededMode pegPriceType pegOffsetValue "
    "pegOffsetType";
constexpr std::string_view kKlines = "symbol interval startTime endTime timeZone limit";
constexpr std::string_view kTicker = "symbol symbols type symbolStatus";
constexpr std::string_view kOneOrder = "symbol orderId origClientOrderId";
constexpr std::string_view kWallet = "*";  // the wallet does not count what it is sent

constexpr std::array kRoutes{
    Route{"GET", "/api/v3/ping", kNone, other, 1, &ping, ""},
    Route{"GET", "/api/v3/time", kNone, time, 1, &server_time, ""},
    Route{"GET", "/api/v3/exchangeInfo", kNone, market_data, 20, &exchange_info,
          "symbol symbols permissions showPermissionSets symbolStatus"},
    Route{"GET", "/api/v3/executionRules", kNone, market_data, 2, &execution_rules,
          "symbol symbols symbolStatus"},
    Route{"GET", "/api/v3/depth", kNone, market_data, 5, &depth, "symbol limit symbolStatus"},
    Route{"GET", "/api/v3/trades", kNone, market_data, 25, &recent_trades, "symbol limit"},
    Route{"GET", "/api/v3/historicalTrades", kNone, market_data, 25, &historical_trades,
          "symbol limit fromId"},
    Route{"GET", "/api/v3/historicalBlockTrades", kNone, market_data, 25, &empty_list, "symbol limit fromId"},
    Route{"GET", "/api/v3/aggTrades", kNone, market_data, 4, &aggregate_trades,
          "symbol fromId startTime endTime limit"},
    Route{"GET", "/api/v3/klines", kNone, market_data, 2, &klines, kKlines},
    Route{"GET", "/api/v3/uiKlines", kNone, market_data, 2, &klines, kKlines},
    Route{"GET", "/api/v3/avgPrice", kNone, market_data, 2, &average_price, "symbol"},
    Route{"GET", "/api/v3/ticker/24hr", kNone, market_data, 2, &day_ticker, kTicker},
    Route{"GET", "/api/v3/ticker/tradingDay", kNone, market_data, 4, &trading_day_ticker,
          "symbol symbols type symbolStatus timeZone"},
    Route{"GET", "/api/v3/ticker/price", kNone, market_data, 2, &price_ticker, "symbol symbols symbolStatus"},
    Route{"GET", "/api/v3/ticker/bookTicker", kNone, market_data, 2, &book_ticker,
          "symbol symbols symbolStatus"},
    Route{"GET", "/api/v3/ticker", kNone, market_data, 4, &rolling_ticker,
          "symbol symbols windowSize type symbolStatus"},
    Route{"GET", "/api/v3/referencePrice", kNone, market_data, 2, &reference_price, "symbol"},
    Route{"GET", "/api/v3/referencePrice/calculation", kNone, market_data, 2, &reference_price,
          "symbol symbolStatus"},

    Route{"POST", "/api/v3/order", kTrade, place_order, 1, &binance::place_order, kOrder},
    Route{"POST", "/api/v3/order/test", kTrade, other, 1, &test_order, kTestOrder},
    Route{"GET", "/api/v3/order", kData, RequestKind::find_order, 4, &binance::find_order, kOneOrder},
    Route{"DELETE", "/api/v3/order", kTrade, RequestKind::cancel_order, 1, &binance::cancel_order,
          "symbol orderId origClientOrderId newClientOrderId cancelRestrictions"},
    Route{"POST", "/api/v3/order/cancelReplace", kTrade, replace_order, 1, &cancel_and_replace, kReplace},
    Route{"PUT", "/api/v3/order/amend/keepPriority", kTrade, replace_order, 4, &refuse_amend,
          "symbol orderId origClientOrderId newClientOrderId newQty"},
    Route{"GET", "/api/v3/openOrders", kData, RequestKind::open_orders, 6, &binance::open_orders, "symbol"},
    Route{"DELETE", "/api/v3/openOrders", kTrade, cancel_all, 1, &cancel_open_orders, "symbol"},
    Route{"GET", "/api/v3/allOrders", kData, order_history, 20, &all_orders,
          "symbol orderId startTime endTime limit"},
    Route{"GET", "/api/v3/myTrades", kData, executions, 20, &account_trades,
          "symbol orderId startTime endTime fromId limit"},
    Route{"GET", "/api/v3/myPreventedMatches", kData, other, 20, &empty_list,
          "symbol preventedMatchId orderId fromPreventedMatchId limit"},
    Route{"GET", "/api/v3/myAllocations", kData, other, 20, &empty_list,
          "symbol startTime endTime fromAllocationId limit orderId"},
    Route{"GET", "/api/v3/order/amendments", kData, other, 4, &empty_list,
          "symbol orderId fromExecutionId limit"},
    Route{"GET", "/api/v3/rateLimit/order", kData, other, 40, &order_rate, ""},
    Route{"GET", "/api/v3/account", kData, account, 20, &spot_account_info, "omitZeroBalances"},
    Route{"GET", "/api/v3/account/commission", kData, other, 20, &commission, "symbol"},
    Route{"GET", "/api/v3/myFilters", kData, other, 40, &my_filters, "symbol"},
    Route{"POST", "/api/v3/order/oco", kTrade, other, 1, &refuse_order_list, kWallet},
    Route{"POST", "/api/v3/orderList/oco", kTrade, other, 1, &refuse_order_list, kWallet},
    Route{"POST", "/api/v3/orderList/oto", kTrade, other, 1, &refuse_order_list, kWallet},
    Route{"POST", "/api/v3/orderList/otoco", kTrade, other, 1, &refuse_order_list, kWallet},
    Route{"GET", "/api/v3/openOrderList", kData, other, 6, &no_order_lists, ""},
    Route{"GET", "/api/v3/allOrderList", kData, other, 20, &no_order_lists, "fromId startTime endTime limit"},
    Route{"POST", "/api/v3/userDataStream", kKey, stream_key, 2, &retired_user_stream, kWallet},
    Route{"PUT", "/api/v3/userDataStream", kKey, stream_key, 2, &retired_user_stream, kWallet},
    Route{"DELETE", "/api/v3/userDataStream", kKey, stream_key, 2, &retired_user_stream, kWallet},

    Route{"GET", "/sapi/v1/system/status", kNone, other, 1, &system_status, kWallet},
    Route{"GET", "/sapi/v1/capital/config/getall", kData, balances, 10, &coins, kWallet},
    Route{"GET", "/sapi/v1/capital/deposit/hisrec", kData, other, 1, &empty_list, kWallet},
    Route{"GET", "/sapi/v1/capital/withdraw/history", kData, other, 1, &empty_list, kWallet},
    Route{"GET", "/sapi/v1/margin/allPairs", kKey, other, 1, &empty_list, kWallet},
    Route{"GET", "/sapi/v1/margin/isolated/allPairs", kData, other, 1, &empty_list, kWallet},
    Route{"GET", "/sapi/v1/margin/allAssets", kKey, other, 1, &empty_list, kWallet},
    Route{"GET", "/sapi/v1/asset/tradeFee", kData, other, 1, &trade_fees, kWallet},
    Route{"GET", "/sapi/v1/asset/dribblet", kData, other, 1, &empty_dribblets, kWallet},
    Route{"GET", "/sapi/v1/asset/assetDividend", kData, other, 10, &empty_page, kWallet},
    Route{"GET", "/sapi/v1/asset/transfer", kData, other, 1, &empty_page, kWallet},
    Route{"POST", "/sapi/v3/asset/getUserAsset", kData, balances, 5, &user_assets, kWallet},
    Route{"GET", "/sapi/v1/account/status", kData, other, 1, &account_status, kWallet},
    Route{"GET", "/sapi/v1/account/apiTradingStatus", kData, other, 1, &trading_status, kWallet},
    Route{"GET", "/sapi/v1/account/apiRestrictions", kData, other, 1, &key_restrictions, kWallet},
};

constexpr std::array kMethods{
    Method{"ping", "GET", "/api/v3/ping"},
    Method{"time", "GET", "/api/v3/time"},
    Method{"exchangeInfo", "GET", "/api/v3/exchangeInfo"},
    Method{"executionRules", "GET", "/api/v3/executionRules"},
    Method{"depth", "GET", "/api/v3/depth"},
    Method{"trades.recent", "GET", "/api/v3/trades"},
    Method{"trades.historical", "GET", "/api/v3/historicalTrades"},
    Method{"trades.aggregate", "GET", "/api/v3/aggTrades"},
    Method{"klines", "GET", "/api/v3/klines"},
    Method{"uiKlines", "GET", "/api/v3/uiKlines"},
    Method{"avgPrice", "GET", "/api/v3/avgPrice"},
    Method{"ticker.24hr", "GET", "/api/v3/ticker/24hr"},
    Method{"ticker.tradingDay", "GET", "/api/v3/ticker/tradingDay"},
    Method{"ticker", "GET", "/api/v3/ticker"},
    Method{"ticker.price", "GET", "/api/v3/ticker/price"},
    Method{"ticker.book", "GET", "/api/v3/ticker/bookTicker"},
    Method{"referencePrice", "GET", "/api/v3/referencePrice"},
    Method{"referencePrice.calculation", "GET", "/api/v3/referencePrice/calculation"},
    Method{"order.place", "POST", "/api/v3/order"},
    Method{"order.test", "POST", "/api/v3/order/test"},
    Method{"order.status", "GET", "/api/v3/order"},
    Method{"order.cancel", "DELETE", "/api/v3/order"},
    Method{"order.cancelReplace", "POST", "/api/v3/order/cancelReplace"},
    Method{"order.amend.keepPriority", "PUT", "/api/v3/order/amend/keepPriority"},
    Method{"order.amendments", "GET", "/api/v3/order/amendments"},
    Method{"openOrders.status", "GET", "/api/v3/openOrders"},
    Method{"openOrders.cancelAll", "DELETE", "/api/v3/openOrders"},
    Method{"orderList.place", "POST", "/api/v3/order/oco"},
    Method{"orderList.place.oco", "POST", "/api/v3/orderList/oco"},
    Method{"orderList.place.oto", "POST", "/api/v3/orderList/oto"},
    Method{"orderList.place.otoco", "POST", "/api/v3/orderList/otoco"},
    Method{"openOrderLists.status", "GET", "/api/v3/openOrderList"},
    Method{"allOrderLists", "GET", "/api/v3/allOrderList"},
    Method{"account.status", "GET", "/api/v3/account"},
    Method{"account.commission", "GET", "/api/v3/account/commission"},
    Method{"account.rateLimits.orders", "GET", "/api/v3/rateLimit/order"},
    Method{"allOrders", "GET", "/api/v3/allOrders"},
    Method{"myTrades", "GET", "/api/v3/myTrades"},
    Method{"myPreventedMatches", "GET", "/api/v3/myPreventedMatches"},
    Method{"myAllocations", "GET", "/api/v3/myAllocations"},
    Method{"myFilters", "GET", "/api/v3/myFilters"},
};

}  // namespace

std::span<const Route> spot_routes() { return kRoutes; }
std::span<const Method> spot_methods() { return kMethods; }

const Route* find_route(std::span<const Route> routes, std::string_view method, std::string_view path) {
    const auto found = std::ranges::find_if(
        routes, [&](const Route& route) { return route.path == path && route.method == method; });
    return found == routes.end() ? nullptr : &*found;
}

bool has_path(std::span<const Route> routes, std::string_view path) {
    return std::ranges::find(routes, path, &Route::path) != routes.end();
}

}  // namespace plumb::exchange::binance
