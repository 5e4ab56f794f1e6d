#include "exchange/binance/testing/venue_fixture.hpp"

using namespace plumb;
using namespace plumb::exchange;
using namespace plumb::exchange::binance;

namespace {

// Examples of the documents (rest-api.md), shortened to one row.
const char* const kFull =
    R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"6gCrw2kRUAF9CvJDGP16IP","transactTime":1507725176595,
        "price":"0.00000000","origQty":"10.00000000","executedQty":"10.00000000","origQuoteOrderQty":"0.000000",
        "cummulativeQuoteQty":"10.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET","side":"SELL",
        "workingTime":1507725176595,"selfTradePreventionMode":"NONE",
        "fills":[{"price":"4000.00000000","qty":"1.00000000","commission":"4.00000000","commissionAsset":"USDT","tradeId":56}]})";
const char* const kQueried =
    R"({"symbol":"LTCBTC","orderId":1,"orderListId":-1,"clientOrderId":"myOrder1","price":"0.1","origQty":"1.0","executedQty":"0.0",
        "cummulativeQuoteQty":"0.0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY","stopPrice":"0.0",
        "icebergQty":"0.0","time":1499827319559,"updateTime":1499827319559,"isWorking":true,"workingTime":1499827319559,
        "origQuoteOrderQty":"0.000000","selfTradePreventionMode":"NONE"})";
const char* const kCanceled =
    R"({"symbol":"LTCBTC","origClientOrderId":"myOrder1","orderId":4,"orderListId":-1,"clientOrderId":"cancelMyOrder1",
        "transactTime":1684804350068,"price":"2.00000000","origQty":"1.00000000","executedQty":"0.00000000",
        "origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"0.00000000","status":"CANCELED","timeInForce":"GTC","type":"LIMIT",
        "side":"BUY","selfTradePreventionMode":"NONE"})";

const std::string kLimit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=39000";

}  // namespace

TEST_CASE("spot: public answers have the documents' shapes") {
    VenueFixture it;
    CHECK(it.get("/api/v3/ping").body == "{}");
    CHECK(it.got("/api/v3/time")["serverTime"] == it.now_ms());
    check_shape(
        Json::parse(
            R"({"timezone":"UTC","serverTime":1,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE",
        "intervalNum":1,"limit":6000}],"exchangeFilters":[],"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH",
        "baseAssetPrecision":8,"quoteAsset":"BTC","quotePrecision":8,"quoteAssetPrecision":8,"baseCommissionPrecision":8,
        "quoteCommissionPrecision":8,"orderTypes":["LIMIT"],"icebergAllowed":true,"ocoAllowed":true,"otoAllowed":true,
        "quoteOrderQtyMarketAllowed":true,"allowTrailingStop":false,"cancelReplaceAllowed":false,"amendAllowed":false,
        "isSpotTradingAllowed":true,"isMarginTradingAllowed":true,"filters":[],"permissions":[],"permissionSets":[["SPOT"]],
        "defaultSelfTradePreventionMode":"NONE","allowedSelfTradePreventionModes":["NONE"]}]})"),
        it.got("/api/v3/exchangeInfo"));
    check_shape(Json::parse(R"({"lastUpdateId":1,"bids":[["4.0","431.0"]],"asks":[["4.0","12.0"]]})"),
                it.got("/api/v3/depth?symbol=BTCUSDT"));
    check_shape(
        Json::parse(
            R"([{"id":28457,"price":"4.0","qty":"12.0","quoteQty":"48.0","time":1499865549590,"isBuyerMaker":true,"isBestMatch":true}])"),
        it.got("/api/v3/trades?symbol=BTCUSDT"));
    check_shape(
        Json::parse(
            R"([{"a":26129,"p":"0.01","q":"4.7","f":27781,"l":27781,"T":1498793709153,"m":true,"M":true}])"),
        it.got("/api/v3/aggTrades?symbol=BTCUSDT"));
    check_shape(
        Json::parse(
            R"([[1499040000000,"0.01","0.8","0.01","0.01","148976.1",1499644799999,"2434.1",308,"1756.8","28.4","0"]])"),
        it.got("/api/v3/klines?symbol=BTCUSDT&interval=1m"));
    check_shape(Json::parse(R"({"mins":5,"price":"9.3","closeTime":1694061154503})"),
                it.got("/api/v3/avgPrice?symbol=BTCUSDT"));
    check_shape(
        Json::parse(
            R"({"symbol":"BNBBTC","priceChange":"-94.9","priceChangePercent":"-95.960","weightedAvgPrice":"0.2",
        "prevClosePrice":"0.1","lastPrice":"4.0","lastQty":"200.0","bidPrice":"4.0","bidQty":"100.0","askPrice":"4.0","askQty":"100.0",
        "openPrice":"99.0","highPrice":"100.0","lowPrice":"0.1","volume":"8913.3","quoteVolume":"15.3","openTime":1,"closeTime":1,
        "firstId":28385,"lastId":28460,"count":76})"),
        it.got("/api/v3/ticker/24hr?symbol=BTCUSDT"));
    CHECK(it.got("/api/v3/ticker/price").is_array());
    CHECK(it.got("/api/v3/ticker/price?symbols=[%22BTCUSDT%22]").size() == 1);
    check_shape(
        Json::parse(
            R"({"symbol":"LTCBTC","bidPrice":"4.0","bidQty":"431.0","askPrice":"4.0","askQty":"9.0"})"),
        it.got("/api/v3/ticker/bookTicker?symbol=BTCUSDT"));
    CHECK(it.got("/api/v3/ticker?symbol=BTCUSDT&windowSize=1h")["closeTime"] == it.now_ms());
    CHECK(it.got("/api/v3/depth?symbol=BTCUSDT&limit=5")["bids"].size() == 5);
    CHECK(it.got("/api/v3/depth?symbol=BTCUSDT&limit=5")["bids"][0][0] == "39998.00000000");
    const auto micro = it.venue.request("GET", "/api/v3/time", {{"X-MBX-TIME-UNIT", "MICROSECOND"}});
    CHECK(Json::parse(micro.body)["serverTime"] == it.now_ms() * 1000);
}

TEST_CASE("spot: an order lives: placed, queried, listed, canceled, replaced") {
    VenueFixture it;
    const Json placed = it.order(kLimit + "&newClientOrderId=myOrder1");
    check_shape(Json::parse(kFull), placed);
    CHECK(placed["status"] == "NEW");
    CHECK(placed["price"] == "39000.00000000");
    const std::string id = std::to_string(placed["orderId"].get<long>());
    const Json queried = it.asked("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=myOrder1");
    check_shape(Json::parse(kQueried), queried);
    CHECK(queried["orderId"] == placed["orderId"]);
    CHECK(it.asked("GET", "/api/v3/openOrders", "symbol=BTCUSDT").size() == 1);
    const Json canceled = it.asked("DELETE", "/api/v3/order",
                                   "symbol=BTCUSDT&orderId=" + id + "&newClientOrderId=cancelMyOrder1");
    check_shape(Json::parse(kCanceled), canceled);
    CHECK(canceled["clientOrderId"] == "cancelMyOrder1");
    CHECK(canceled["origClientOrderId"] == "myOrder1");
    CHECK(it.asked("GET", "/api/v3/openOrders").empty());
    CHECK(it.asked("GET", "/api/v3/allOrders", "symbol=BTCUSDT")[0]["status"] == "CANCELED");
    // An id is free again when its order has ended (E32).
    CHECK(it.order(kLimit + "&newClientOrderId=myOrder1")["status"] == "NEW");
    CHECK(it.order(kLimit + "&newClientOrderId=myOrder1")["code"] == -2010);
    const Json replaced = it.asked(
        "POST", "/api/v3/order/cancelReplace",
        kLimit +
            "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=myOrder1&newClientOrderId=second");
    CHECK(replaced["cancelResult"] == "SUCCESS");
    CHECK(replaced["newOrderResponse"]["clientOrderId"] == "second");
    CHECK(it.asked("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").size() == 1);
}

TEST_CASE("spot: a market order fills, and the books of account agree") {
    VenueFixture it;
    const Json filled = it.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    check_shape(Json::parse(kFull), filled);
    CHECK(filled["status"] == "FILLED");
    CHECK(filled["fills"][0]["commissionAsset"] == "BTC");
    CHECK(filled["fills"][0]["commission"] == "0.00001000");
    const Json account = it.asked("GET", "/api/v3/account", "omitZeroBalances=true");
    for (const Json& balance : account["balances"]) {
        if (balance["asset"] == "BTC") CHECK(balance["free"] == "0.00999000");
    }
    const Json trades = it.asked("GET", "/api/v3/myTrades", "symbol=BTCUSDT");
    check_shape(
        Json::parse(
            R"([{"symbol":"BNBBTC","id":28457,"orderId":100234,"orderListId":-1,"price":"4.0","qty":"12.0","quoteQty":"48.0",
        "commission":"10.1","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false,"isBestMatch":true}])"),
        trades);
    CHECK(trades[0]["id"] == filled["fills"][0]["tradeId"]);
    // What was bought less its fee is all there is to sell.
    CHECK(it.order("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01")["code"] == -2010);
    CHECK(it.order("symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=1000")["status"] == "FILLED");
    CHECK(it.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newOrderRespType=ACK")
              .contains("fills") == false);
}

TEST_CASE("spot: every refusal in the venue's words") {
    VenueFixture it;
    struct Row {
        std::string query;
        int code;
        std::string words;
    };
    const std::string base = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
    const Row rows[] = {
        {"side=BUY", -1102, "Mandatory parameter 'symbol'"},
        {"symbol=btcusdt&side=BUY&type=MARKET&quantity=1", -1100,
         "Illegal characters found in parameter 'symbol'"},
        {"symbol=NOSUCH&side=BUY&type=MARKET&quantity=1", -1121, "Invalid symbol."},
        {"symbol=BTCUSDT&side=HOLD&type=MARKET&quantity=1", -1117, "Invalid side."},
        {"symbol=BTCUSDT&side=BUY&type=WISH&quantity=1", -1116, "Invalid orderType."},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=1&price=1", -1115,
         "Invalid timeInForce."},
        {"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&timeInForce=GTC", -1106,
         "Parameter 'timeInForce' sent when not required."},
        {base + "&quantity=1", -1102, "Mandatory parameter 'price'"},
        {base + "&quantity=&price=39000", -1105, "Parameter 'quantity' was empty."},
        {base + "&quantity=abc&price=39000", -1100, "Illegal characters found in parameter 'quantity'"},
        {base + "&quantity=0.000000001&price=39000", -1111, "too much precision"},
        {base + "&quantity=0.01&price=39000&bogus=1", -1104, "Not all sent parameters were read"},
        {base + "&quantity=0.01&price=39000&selfTradePreventionMode=MAYBE", -1130, "selfTradePreventionMode"},
        {base + "&quantity=0.01&price=39000&newClientOrderId=a%20b", -1100, "newClientOrderId"},
        {base + "&quantity=0.01&price=39000&strategyType=5", -1134, "strategyType"},
        {base + "&quantity=0.01&price=39000.001", -1013, "Filter failure: PRICE_FILTER"},
        {base + "&quantity=0.01&price=5000", -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"},
        {base + "&quantity=0.000001&price=39000", -1013, "Filter failure: LOT_SIZE"},
        {base + "&quantity=0.0001&price=39000", -1013, "Filter failure: NOTIONAL"},
        {"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=5000", -1013, "Filter failure: MARKET_LOT_SIZE"},
        {base + "&quantity=1&price=39000&icebergQty=0.001", -1013, "Filter failure: ICEBERG_PARTS"},
        {base + "&quantity=1&price=39000&icebergQty=2", -2010, "IcebergQty exceeds QTY."},
        {base + "&quantity=100&price=39000", -2010, "Account has insufficient balance for requested action."},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=41000", -2010,
         "Order would immediately match and take."},
        {"symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=0.01&stopPrice=39000", -2010,
         "Order would trigger immediately."},
        {"symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=0.01&trailingDelta=100", -2010,
         "Trailing stop orders are not supported"},
    };
    for (const Row& row : rows) {
        INFO(row.query);
        const Response response = it.ask("POST", "/api/v3/order", row.query);
        INFO(response.body);
        const Json body = Json::parse(response.body);
        CHECK(response.status == 400);
        CHECK(body.value("code", 0) == row.code);
        CHECK(body.value("msg", "").find(row.words) != std::string::npos);
    }
    CHECK(it.asked("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=999")["code"] == -2011);
    CHECK(it.asked("GET", "/api/v3/order", "symbol=BTCUSDT&orderId=999")["code"] == -2013);
    CHECK(it.asked("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")["code"] == -2011);
    CHECK(it.got("/api/v3/klines?symbol=BTCUSDT&interval=7m")["code"] == -1120);
    CHECK(it.got("/api/v3/ticker?symbol=BTCUSDT&symbols=[%22BTCUSDT%22]")["code"] == -1128);
    CHECK(it.got("/api/v3/ticker/price?symbols=[%22BTCUSDT%22,%22BTCUSDT%22]")["code"] == -1151);
    CHECK(it.got("/api/v3/ticker/price?symbols=[1")["code"] == -1135);
    CHECK(it.got("/api/v3/ping?a=1")["code"] == -1101);
    CHECK(it.got("/api/v3/depth?symbol=BTCUSDT&symbol=ETHUSDT")["code"] == -1101);
    CHECK(it.got("/api/v3/ticker/24hr?symbol=BTCUSDT&type=HUGE")["code"] == -1139);
    CHECK(it.get("/api/v3/nothing").status == 404);
    CHECK(it.venue.request("POST", "/api/v3/ping").status == 405);
    CHECK(Json::parse(it.venue.request("GET", "/api/v3/time", {{"X-MBX-TIME-UNIT", "HOUR"}}).body)["code"] ==
          -1194);
    CHECK(it.ask("POST", "/api/v3/userDataStream").status == 410);
    const Response no_key = it.venue.request("GET", "/api/v3/account?" + it.signed_query(""));
    CHECK(no_key.status == 401);
    CHECK(Json::parse(no_key.body)["code"] == -2014);
    it.venue.model.set_status(it.btc, TradingStatus::halted, it.venue.now);
    CHECK(it.order(kLimit)["msg"] == "Market is closed.");
}

TEST_CASE("spot: cancelReplace tells which half failed") {
    VenueFixture it;
    const std::string replace = kLimit + "&cancelOrderId=999&cancelReplaceMode=";
    const Response stopped = it.ask("POST", "/api/v3/order/cancelReplace", replace + "STOP_ON_FAILURE");
    CHECK(stopped.status == 400);
    CHECK(Json::parse(stopped.body)["code"] == -2022);
    CHECK(Json::parse(stopped.body)["data"]["newOrderResult"] == "NOT_ATTEMPTED");
    const Response half = it.ask("POST", "/api/v3/order/cancelReplace", replace + "ALLOW_FAILURE");
    CHECK(half.status == 409);
    CHECK(Json::parse(half.body)["code"] == -2021);
    CHECK(Json::parse(half.body)["data"]["newOrderResponse"]["status"] == "NEW");
}

TEST_CASE("fault_E20_rate_limit_and_ban: weight is counted in the headers, then 429, then 418") {
    VenueFixture it;
    const Response first = it.get("/api/v3/exchangeInfo");
    const int used = std::stoi(*first.find("x-mbx-used-weight-1m"));
    CHECK(std::stoi(*it.get("/api/v3/exchangeInfo").find("X-MBX-USED-WEIGHT-1M")) == used + 20);
    const Response placed = it.ask("POST", "/api/v3/order", kLimit);
    CHECK(*placed.find("x-mbx-order-count-10s") == "1");
    CHECK(std::stoi(*placed.find("x-mbx-used-weight-1m")) == used + 20);  // accepted: free
    int limited = 0;
    Response last;
    for (int i = 0; i < 400; ++i) {
        last = it.get("/api/v3/exchangeInfo");
        limited += last.status == 429 ? 1 : 0;
        if (last.status == 429) CHECK(1 <= std::stoi(*last.find("Retry-After")));
        if (last.status == 418) break;
    }
    CHECK(limited == 20);
    REQUIRE(last.status == 418);
    CHECK(*last.find("Retry-After") == "120");
    it.venue.pump_for(std::chrono::seconds{121});
    CHECK(it.get("/api/v3/exchangeInfo").status == 200);
    int orders = 0;
    for (; orders < 200; ++orders) {
        const Response order = it.ask("POST", "/api/v3/order", kLimit);
        if (order.status == 200) continue;
        CHECK(order.status == 429);
        CHECK(Json::parse(order.body)["code"] == -1015);
        break;
    }
    CHECK(orders == 100);
}
