#include "exchange/binance/testing/venue_fixture.hpp"

using namespace plumb;
using namespace plumb::exchange;
using namespace plumb::exchange::binance;

namespace {

// Answers of the futures board as other clients' maintainers recorded or documented them, shortened.
const char* const kOrder =
    R"({"orderId":12345678,"symbol":"BTCUSDT","status":"NEW","clientOrderId":"testOrder123",
        "price":"50000.00","avgPrice":"0.00","origQty":"0.001",
        "executedQty":"0.000","cumQuote":"0.00","timeInForce":"GTC","type":"LIMIT","reduceOnly":false,
        "closePosition":false,"side":"BUY",
        "positionSide":"BOTH","stopPrice":"0.00","workingType":"CONTRACT_PRICE","priceProtect":false,
        "origType":"LIMIT","priceMatch":"NONE",
        "selfTradePreventionMode":"NONE","goodTillDate":0,"time":1625474304765,"updateTime":1625474304765})";
const char* const kRisk =
    R"([{"symbol":"BTCUSDT","positionAmt":"0.001","entryPrice":"50000.0","markPrice":"51000.0",
        "unRealizedProfit":"1.0","liquidationPrice":"45000.0",
        "leverage":"20","maxNotionalValue":"250000","marginType":"cross","isolatedMargin":"0.0",
        "isAutoAddMargin":"false","positionSide":"BOTH",
        "notional":"51.0","isolatedWallet":"0","updateTime":1625474304765,"breakEvenPrice":"50100.0"}])";
const char* const kBalance =
    R"([{"accountAlias":"SgsR","asset":"USDT","balance":"122.1","crossWalletBalance":"122.1",
        "crossUnPnl":"0.0","availableBalance":"122.1",
        "maxWithdrawAmount":"122.1","marginAvailable":true,"updateTime":1617939110373}])";

const std::string kLimit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=39500";

}  // namespace

TEST_CASE("futures: public answers have the recorded shapes") {
    VenueFixture it{futures_entry()};
    const Json info = it.got("/fapi/v1/exchangeInfo");
    check_shape(Json::parse(
                    R"({"timezone":"UTC","serverTime":1,"futuresType":"U_MARGINED","rateLimits":[],
        "exchangeFilters":[],"assets":[],
        "symbols":[{"symbol":"BTCUSDT","pair":"BTCUSDT","contractType":"PERPETUAL",
        "deliveryDate":4133404802000,"onboardDate":1569398400000,
        "status":"TRADING","maintMarginPercent":"2.5","requiredMarginPercent":"5.0","baseAsset":"BTC",
        "quoteAsset":"USDT","marginAsset":"USDT",
        "pricePrecision":2,"quantityPrecision":3,"baseAssetPrecision":8,"quotePrecision":8,"filters":[],
        "orderTypes":["LIMIT"],"timeInForce":["GTC"]}]})"),
                info);
    check_shape(
        Json::parse(R"({"lastUpdateId":1,"E":1,"T":1,"bids":[["4.0","431.0"]],"asks":[["4.0","12.0"]]})"),
        it.got("/fapi/v1/depth?symbol=BTCUSDT"));
    check_shape(Json::parse(
                    R"({"symbol":"BTCUSDT","markPrice":"11793.6","indexPrice":"11781.8",
        "estimatedSettlePrice":"11781.1",
        "lastFundingRate":"0.00038246","nextFundingTime":1597392000000,"interestRate":"0.00010000",
        "time":1597370495002})"),
                it.got("/fapi/v1/premiumIndex?symbol=BTCUSDT"));
    check_shape(Json::parse(R"({"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011})"),
                it.got("/fapi/v1/openInterest?symbol=BTCUSDT"));
    check_shape(Json::parse(R"([{"symbol":"BTCUSDT","fundingRate":"-0.0375","fundingTime":1570608000000}])"),
                it.got("/fapi/v1/fundingRate?symbol=BTCUSDT"));
    check_shape(Json::parse(R"({"symbol":"BTCUSDT","price":"6000.01","time":1589437530011})"),
                it.got("/fapi/v1/ticker/price?symbol=BTCUSDT"));
    check_shape(
        Json::parse(
            R"([[1591256400000,"9653.6","9653.6","9651.3","9651.5","0",1591256459999,"0",60,"0","0","0"]])"),
        it.got("/fapi/v1/indexPriceKlines?pair=BTCUSDT&interval=1m"));
    CHECK(it.got("/fapi/v1/depth?symbol=BTCUSDT&limit=7")["code"] == -4021);
    CHECK(it.got("/fapi/v9/nothing")["code"] == -5000);
}

TEST_CASE("futures: a short is opened, seen everywhere, and closed by what only reduces") {
    VenueFixture it{futures_entry()};
    CHECK(it.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&reduceOnly=true")["code"] == -2022);
    const Json sold = it.order("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01&newOrderRespType=RESULT");
    check_shape(Json::parse(kOrder), sold);
    CHECK(sold["status"] == "FILLED");
    const Json risk = it.asked("GET", "/fapi/v2/positionRisk", "symbol=BTCUSDT");
    check_shape(Json::parse(kRisk), risk);
    CHECK(risk[0]["positionAmt"] == "-0.010");
    CHECK(it.asked("GET", "/fapi/v3/positionRisk").size() == 1);
    check_shape(Json::parse(kBalance), it.asked("GET", "/fapi/v2/balance"));
    const Json account = it.asked("GET", "/fapi/v2/account");
    CHECK(account["positions"].size() == it.got("/fapi/v1/exchangeInfo")["symbols"].size());
    CHECK(it.asked("GET", "/fapi/v3/account")["positions"].size() == 1);
    check_shape(Json::parse(
                    R"([{"symbol":"ETHUSDT","id":1,"orderId":1,"side":"SELL","price":"1","qty":"1",
        "realizedPnl":"0","marginAsset":"USDT",
        "quoteQty":"1","commission":"1","commissionAsset":"USDT","time":1,"positionSide":"BOTH",
        "buyer":false,"maker":false}])"),
                it.asked("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT"));
    CHECK(it.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.05&reduceOnly=true")["executedQty"]
              .is_string());
    CHECK(it.asked("GET", "/fapi/v3/positionRisk").empty());
    CHECK(it.asked("GET", "/fapi/v1/income", "incomeType=COMMISSION").size() == 2);
    CHECK(it.asked("GET", "/fapi/v1/income", "incomeType=REALIZED_PNL").size() == 1);
}

TEST_CASE("futures: orders are changed in place, in batches, and by a countdown") {
    VenueFixture it{futures_entry()};
    const Json placed = it.order(kLimit + "&newClientOrderId=one");
    CHECK(placed["status"] == "NEW");
    const Json changed = it.asked("PUT", "/fapi/v1/order",
                                  "symbol=BTCUSDT&side=BUY&origClientOrderId=one&quantity=0.02&price=39400");
    CHECK(changed["orderId"] == placed["orderId"]);
    CHECK(changed["origQty"] == "0.020");
    CHECK(changed["price"] == "39400.00");
    const std::string batch =
        "[%7B%22symbol%22:%22BTCUSDT%22,%22side%22:%22BUY%22,%22type%22:%22LIMIT%22,%22timeInForce%22:%22GTC%"
        "22,%22quantity%22:%220.01%22,"
        "%22price%22:%2239300%22%7D,%7B%22symbol%22:%22NOSUCH%22%7D]";
    const Json both = it.asked("POST", "/fapi/v1/batchOrders", "batchOrders=" + batch);
    CHECK(both[0]["status"] == "NEW");
    CHECK(both[1]["code"] == -1121);
    CHECK(it.asked("GET", "/fapi/v1/openOrders", "symbol=BTCUSDT").size() == 2);
    CHECK(it.asked("GET", "/fapi/v1/openOrder", "symbol=BTCUSDT&origClientOrderId=one")["status"] == "NEW");
    const Json gone =
        it.asked("DELETE", "/fapi/v1/batchOrders",
                 "symbol=BTCUSDT&orderIdList=[" + std::to_string(both[0]["orderId"].get<long>()) + ",999]");
    CHECK(gone[0]["status"] == "CANCELED");
    CHECK(gone[1]["code"] == -2011);
    check_shape(Json::parse(R"({"symbol":"BTCUSDT","countdownTime":"100000"})"),
                it.asked("POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=1000"));
    it.venue.pump_for(std::chrono::milliseconds{900});
    CHECK(it.asked("GET", "/fapi/v1/openOrders").size() == 1);
    it.venue.pump_for(std::chrono::milliseconds{200});
    CHECK(it.asked("GET", "/fapi/v1/openOrders").empty());
    CHECK(it.asked("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT")["code"] == 200);
    CHECK(it.asked("GET", "/fapi/v1/openOrder", "symbol=BTCUSDT&origClientOrderId=one")["code"] == -2013);
}

TEST_CASE("futures: stops wait, on the order book's address and in the algo service") {
    VenueFixture it{futures_entry()};
    const Json stop = it.order(
        "symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.01&stopPrice=39000&workingType=MARK_PRICE");
    check_shape(Json::parse(kOrder), stop);
    CHECK(stop["type"] == "STOP_MARKET");
    CHECK(stop["stopPrice"] == "39000.00");
    const Json algo = it.asked("POST", "/fapi/v1/algoOrder",
                               "algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY&type=STOP_MARKET&quantity=0.01&"
                               "triggerPrice=41000&workingType=MARK_PRICE&clientAlgoId=mine");
    CHECK(algo["algoStatus"] == "NEW");
    CHECK(it.asked("GET", "/fapi/v1/openAlgoOrders").size() == 1);
    CHECK(it.asked("GET", "/fapi/v1/openOrders").size() == 1);
    it.venue.model.set_mark(it.btc, *Price::parse("41500"), *Price::parse("41500"), it.venue.now);
    it.venue.show_events();
    const Json found = it.asked("GET", "/fapi/v1/algoOrder", "clientAlgoId=mine");
    CHECK(found["algoStatus"] == "FINISHED");
    CHECK(found["actualOrderId"] != "");
    CHECK(it.asked("GET", "/fapi/v1/order",
                   "symbol=BTCUSDT&orderId=" + found["actualOrderId"].get<std::string>())["status"] ==
          "FILLED");
    CHECK(
        it.order(
            "symbol=BTCUSDT&side=SELL&type=TRAILING_STOP_MARKET&quantity=0.01&callbackRate=1")["priceRate"] ==
        "1");
    CHECK(it.order("symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT_MARKET&stopPrice=45000&closePosition=true")
              ["closePosition"] == true);
    CHECK(
        it.order(
            "symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT_MARKET&stopPrice=46000&closePosition=true")["code"] ==
        -4130);
}

TEST_CASE("futures: every refusal in the venue's words") {
    VenueFixture it{futures_entry()};
    struct Row {
        const char* query;
        int code;
    };
    const Row rows[] = {
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.0001&price=39500", -1111},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0&price=39500", -4003},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=39500.001", -1111},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=0", -4001},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=50000", -4016},
        {"symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.01&price=30000", -4024},
        {"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=90000", -4005},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=39500", -2019},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=0.01&price=41000", -5022},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTD&quantity=0.01&price=39500", -1102},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTD&quantity=0.01&price=39500&goodTillDate=1",
         -4132},
        {"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&positionSide=LONG", -4061},
        {"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&positionSide=UP", -4060},
        {"symbol=BTCUSDT&side=BUY&type=STOP_MARKET&quantity=0.01&stopPrice=39000", -2021},
        {"symbol=BTCUSDT&side=BUY&type=TRAILING_STOP_MARKET&quantity=0.01", -1102},
        {"symbol=BTCUSDT&side=BUY&type=TRAILING_STOP_MARKET&quantity=0.01&callbackRate=50", -2007},
        {"symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=39500", -1116},
        {"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId="
         "1234567890123456789012345678901234567",
         -4015},
    };
    for (const Row& row : rows) {
        const Json answer = it.order(row.query);
        INFO(row.query << " " << answer.dump());
        CHECK(answer.value("code", 0) == row.code);
    }
    CHECK(it.order(kLimit + "&newClientOrderId=same")["status"] == "NEW");
    CHECK(it.order(kLimit + "&newClientOrderId=same")["code"] == -4116);
    CHECK(it.asked("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=false")["code"] == -4059);
    CHECK(it.asked("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=true")["code"] == -4067);
    CHECK(it.asked("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=CROSSED")["code"] == -4046);
    CHECK(it.asked("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED")["code"] == -4047);
    CHECK(it.asked("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=126")["code"] == -4028);
    const Json leverage = it.asked("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=5");
    check_shape(Json::parse(R"({"leverage":21,"maxNotionalValue":"1000000","symbol":"BTCUSDT"})"), leverage);
    // Five times the money, not twenty.
    CHECK(it.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=39500")["code"] ==
          -2019);
    CHECK(it.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=10&price=39500")["status"] ==
          "NEW");
    CHECK(it.asked("GET", "/fapi/v1/multiAssetsMargin")["multiAssetsMargin"] == false);
    CHECK(it.asked("GET", "/fapi/v1/commissionRate", "symbol=BTCUSDT")["takerCommissionRate"] == "0.000500");
}
