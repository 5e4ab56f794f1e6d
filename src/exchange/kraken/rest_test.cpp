#include <doctest/doctest.h>

#include "exchange/kraken/authent.hpp"
#include "exchange/kraken/router.hpp"
#include "exchange/kraken/testing/client.hpp"

namespace plumb::exchange::kraken {

namespace {

// Rows of the venue's documents and of ccxt 4.5.84, recomputed with another implementation.
constexpr std::string_view kSecret =
    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
constexpr std::string_view kOrder =
    "orderType=lmt&symbol=PF_XBTUSD&side=sell&size=0.01&limitPrice=65000&cliOrdId=my-id-1";

Request signed_request(std::string target, std::string authent, std::string nonce = {}) {
    Request request{"POST", std::move(target), {{"APIKey", "K"}, {"Authent", std::move(authent)}}, {}};
    if (!nonce.empty()) request.headers.push_back({"Nonce", std::move(nonce)});
    return request;
}

Keyring known_key() {
    ApiAccess access;
    access.account = AccountId{1};
    access.key = "K";
    access.secret = kSecret;
    return Keyring{std::vector<ApiAccess>{access}};
}

}  // namespace

TEST_CASE("signatures of the documents are accepted, others are not") {
    Keyring keys = known_key();
    const std::string order = "/derivatives/api/v3/sendorder?" + std::string{kOrder};
    const std::string plain =
        "1fIQ6rf5eYavOgcuyhsm40OO23peONMAlxvSxgQFyJp6AeTt9J/ELOsZaY5zk45nMnHZyoDGlXyELBDMgW7P/Q==";
    const std::string with_nonce =
        "JeAzNuOFeYvJF6d/6ljWRLT+pi3sDU971S0XuDZGuEMddVZuuPDS00I0cTW3z+ZHOwZQXqlPea5hKDjMoBhG7g==";
    CHECK(keys.verify(signed_request(order, plain), {}).authent == Authent::valid);
    CHECK(keys.verify(signed_request(order, with_nonce, "1415957147987"), {}).authent == Authent::valid);
    CHECK(keys.verify(signed_request(order, with_nonce, "1415957147987"), {}).authent ==
          Authent::nonce_duplicate);
    CHECK(keys.verify(signed_request(order, with_nonce), {}).authent == Authent::invalid);
    CHECK(keys.verify(signed_request(order + "1", plain), {}).authent == Authent::invalid);
    // The same fields in the body.
    Request body = signed_request("/derivatives/api/v3/sendorder", plain);
    body.body = kOrder;
    CHECK(keys.verify(body, {}).authent == Authent::valid);
    // The history's path is signed whole.
    CHECK(keys.verify(signed_request("/api/history/v2/orders?count=1",
                                     "0iBBOLq4+n2Z4qrp4hV+rKCMknWsHMv8yY5oxFv2P+ue4+r4o/"
                                     "4CkI59UtEe0qpQLlftajMvla5v5+xGJiyTVA=="),
                      {})
              .authent == Authent::valid);
    CHECK(keys.verify(signed_request("/derivatives/api/v3/cancelorder?cliOrdId=cid%201%2F%C3%A9",
                                     "Ym/EPo/k/oREvw0NSR8lOTCDh7Ek054Es8Hb9+0KCCgI4rf/"
                                     "SZV6ZK6ExFvCVox0Z6TLir/5GRyPlClkk0WZwA=="),
                      {})
              .authent == Authent::valid);
}

TEST_CASE("a nonce far below the kept ones is too old") {
    Client client;
    for (int i = 0; i < static_cast<int>(Keyring::kNoncesKept); ++i) {
        client.venue.now += std::chrono::milliseconds{100};
        const std::string nonce = std::to_string(1'000'000 + i);
        const auto reply = client.raw("GET", "/derivatives/api/v3/openorders", "", "", nonce);
        REQUIRE(reply.body.find("\"success\"") != std::string::npos);
    }
    const auto reply = client.raw("GET", "/derivatives/api/v3/openorders", "", "", "5");
    CHECK(reply.status == 200);
    CHECK(reply.body.find(R"("error":"nonceBelowThreshold")") != std::string::npos);
}

TEST_CASE("a limit order is placed, stands among the open ones, is edited and canceled") {
    Client client;
    const auto status = client.send("orderType=lmt&side=buy&size=0.5&limitPrice=44000&cliOrdId=mine");
    CHECK(status["status"] == "placed");
    CHECK(status["cliOrdId"] == "mine");
    REQUIRE(status["orderEvents"].size() == 1);
    CHECK(status["orderEvents"][0]["type"] == "PLACE");
    CHECK(status["orderEvents"][0]["order"]["type"] == "lmt");
    CHECK(status["orderEvents"][0]["order"]["limitPrice"] == 44000);
    CHECK(status["orderEvents"][0]["order"]["quantity"] == 0.5);
    const std::string id = status["order_id"];
    auto open = client.call("GET", "openorders")["openOrders"];
    REQUIRE(open.size() == 1);
    CHECK(open[0]["order_id"] == id);
    CHECK(open[0]["status"] == "untouched");
    CHECK(open[0]["unfilledSize"] == 0.5);
    const auto edited = client.call("POST", "editorder", "orderId=" + id + "&size=0.25&limitPrice=44100");
    CHECK(edited["editStatus"]["status"] == "edited");
    CHECK(edited["editStatus"]["orderEvents"][0]["type"] == "EDIT");
    CHECK(edited["editStatus"]["orderEvents"][0]["old"]["limitPrice"] == 44000);
    CHECK(edited["editStatus"]["orderEvents"][0]["new"]["limitPrice"] == 44100);
    const auto found = client.call("GET", "orders/status", "orderIds=" + id)["orders"];
    REQUIRE(found.size() == 1);
    CHECK(found[0]["status"] == "ENTERED_BOOK");
    CHECK(found[0]["order"]["quantity"] == 0.25);
    const auto canceled = client.call("POST", "cancelorder", "cliOrdId=mine")["cancelStatus"];
    CHECK(canceled["status"] == "cancelled");
    CHECK(canceled["order_id"] == id);
    CHECK(canceled["orderEvents"][0]["type"] == "CANCEL");
    CHECK(client.call("POST", "cancelorder", "order_id=" + id)["cancelStatus"]["status"] == "notFound");
    CHECK(client.call("GET", "openorders")["openOrders"].empty());
    CHECK(client.call("POST", "orders/status", "orderIds=" + id)["orders"][0]["status"] == "CANCELLED");
    client.venue.pump_for(std::chrono::seconds{6});
    CHECK(client.call("POST", "orders/status", "orderIds=" + id)["orders"].empty());
}

TEST_CASE("a market order executes against the book, protected by one percent") {
    Client client;
    const auto status = client.send("orderType=mkt&side=buy&size=1.5");
    CHECK(status["status"] == "placed");
    REQUIRE(status["orderEvents"].size() == 2);
    CHECK(status["orderEvents"][0]["type"] == "EXECUTION");
    CHECK(status["orderEvents"][0]["amount"] == 1.0);
    CHECK(status["orderEvents"][0]["orderPriorExecution"]["type"] == "ioc");
    CHECK(status["orderEvents"][0]["orderPriorExecution"]["filled"] == 0);
    CHECK(status["orderEvents"][1]["orderPriorExecution"]["filled"] == 1.0);
    const double best = status["orderEvents"][0]["price"];
    const double limit = status["orderEvents"][0]["orderPriorExecution"]["limitPrice"];
    CHECK(limit <= best * 1.01);
    CHECK(best * 1.009 < limit);
    const auto positions = client.call("GET", "openpositions")["openPositions"];
    REQUIRE(positions.size() == 1);
    CHECK(positions[0]["side"] == "long");
    CHECK(positions[0]["size"] == 1.5);
    CHECK(positions[0]["symbol"] == "PF_XBTUSD");
    const auto fills = client.call("GET", "fills")["fills"];
    REQUIRE(fills.size() == 2);
    CHECK(fills[0]["fillType"] == "taker");
    CHECK(fills[0]["fee_currency"] == "USD");
    CHECK(fills[0]["size"].get<double>() + fills[1]["size"].get<double>() == 1.5);
    const auto flex = client.call("GET", "accounts")["accounts"]["flex"];
    CHECK(flex["type"] == "multiCollateralMarginAccount");
    CHECK(flex["initialMargin"].get<double>() > 0);
    CHECK(flex["currencies"]["USD"]["quantity"].get<double>() < 100'000);
}

TEST_CASE("what the engine refuses comes as a status of a success") {
    Client client;
    const auto status_of = [&](const std::string& fields) { return client.send(fields)["status"]; };
    CHECK(status_of("orderType=post&side=buy&size=1&limitPrice=46000") == "postWouldExecute");
    CHECK(status_of("orderType=ioc&side=buy&size=1&limitPrice=40000") == "iocWouldNotExecute");
    CHECK(status_of("orderType=lmt&side=buy&size=1&limitPrice=44000&reduceOnly=true") ==
          "wouldNotReducePosition");
    CHECK(status_of("orderType=lmt&side=buy&size=9000&limitPrice=44000") == "insufficientAvailableFunds");
    CHECK(status_of("orderType=lmt&side=buy&size=0.00001&limitPrice=44000") == "invalidSize");
    CHECK(status_of("orderType=lmt&side=buy&size=-1&limitPrice=44000") == "invalidSize");
    CHECK(status_of("orderType=lmt&side=buy&size=1&limitPrice=44000.3") == "invalidPrice");
    CHECK(status_of("orderType=lmt&side=up&size=1&limitPrice=44000") == "invalidSide");
    CHECK(status_of("orderType=lmt&side=buy&size=0.1&limitPrice=900000") == "placed");  // no mark, no collar
    CHECK(status_of("orderType=lmt&side=buy&size=1&limitPrice=44000&cliOrdId=" + std::string(101, 'x')) ==
          "clientOrderIdTooLong");
    CHECK(status_of("orderType=lmt&side=buy&size=0.1&limitPrice=44000&cliOrdId=a") == "placed");
    CHECK(status_of("orderType=lmt&side=buy&size=0.1&limitPrice=44000&cliOrdId=a") ==
          "clientOrderIdAlreadyExist");
    CHECK(status_of("orderType=lmt&side=sell&size=0.1&limitPrice=46000&cliOrdId=s") == "placed");
    const auto rejected = client.send("orderType=post&side=buy&size=1&limitPrice=46000");
    REQUIRE(rejected["orderEvents"].size() == 1);
    CHECK(rejected["orderEvents"][0]["type"] == "REJECT");
    CHECK(rejected["orderEvents"][0]["reason"] == "POST_WOULD_EXECUTE");
    client.venue.model.set_status(client.btc, TradingStatus::halted, client.venue.now);
    CHECK(status_of("orderType=lmt&side=buy&size=0.1&limitPrice=44000") == "marketSuspended");
    client.venue.model.set_status(client.btc, TradingStatus::closed, client.venue.now);
    CHECK(status_of("orderType=lmt&side=buy&size=0.1&limitPrice=44000") == "marketInactive");
}

TEST_CASE("an order that would meet its own account is refused, or takes the other's place") {
    Client client;
    CHECK(client.send("orderType=lmt&side=sell&size=0.1&limitPrice=45001")["status"] == "placed");
    CHECK(client.send("orderType=lmt&side=buy&size=0.1&limitPrice=45001")["status"] == "selfFill");
    CHECK(client.call("PUT", "self-trade-strategy", "strategy=CANCEL_MAKER_SELF")["strategy"] ==
          "CANCEL_MAKER_SELF");
    CHECK(client.send("orderType=lmt&side=buy&size=0.1&limitPrice=45001")["status"] == "placed");
}

TEST_CASE("a request that misses something or cannot be read gets the venue's error") {
    Client client;
    CHECK(client.send("orderType=lmt&side=buy&limitPrice=1")["error"] == "requiredArgumentMissing");
    CHECK(client.send("orderType=lmt&side=buy&size=1")["error"] == "requiredArgumentMissing");
    CHECK(client.send("orderType=lmt&side=buy&size=x&limitPrice=1")["error"] == "invalidArgument: size");
    CHECK(client.send("orderType=stp&side=buy&size=1")["error"] == "requiredArgumentMissing");
    CHECK(client.send("orderType=stp&side=buy&size=1&stopPrice=46000&triggerSignal=moon")["error"] ==
          "invalidArgument: triggerSignal");
    const auto bad = client.raw("POST", "/derivatives/api/v3/sendorder",
                                "symbol=PF_XBTUSD&side=buy&size=1&orderType=iceberg");
    CHECK(bad.status == 400);
    CHECK(nlohmann::json::parse(bad.body)["errors"][0]["code"] == 11);
    CHECK(client.call("POST", "sendorder", "symbol=PF_NOUSD&side=buy&size=1&orderType=mkt")["error"] ==
          "contractNotFound");
    CHECK(client.call("POST", "cancelorder")["error"] == "requiredArgumentMissing");
    CHECK(client.call("POST", "cancelorder", "order_id=nothing")["cancelStatus"]["status"] == "notFound");
    CHECK(client.call("POST", "editorder", "orderId=nothing&size=1")["editStatus"]["status"] ==
          "orderForEditNotFound");
    CHECK(client.call("POST", "batchorder", "json=%7B")["error"] == "Json Parse Error");
    CHECK(client.call("POST", "cancelallordersafter", "timeout=-1")["error"] == "invalidArgument: timeout");
    CHECK(client.send("orderType=mkt&side=buy&size=1&processBefore=2020-01-01T00:00:00.000Z")["error"] ==
          "invalidArgument: processBefore");
    const auto unsigned_call = client.venue.request("GET", "/derivatives/api/v3/openorders");
    CHECK(unsigned_call.status == 200);
    CHECK(nlohmann::json::parse(unsigned_call.body)["error"] == "authenticationError");
    CHECK(client.venue.request("GET", "/derivatives/api/v3/sendorder").status == 404);
    CHECK(client.venue.request("GET", "/elsewhere").status == 404);
}

TEST_CASE("stops wait for their price") {
    Client client;
    const auto stop = client.send(
        "orderType=stp&side=buy&size=0.1&stopPrice=45100&limitPrice=46000&triggerSignal=last&cliOrdId=st");
    CHECK(stop["status"] == "placed");
    const auto& trigger = stop["orderEvents"][0]["orderTrigger"];
    CHECK(trigger["triggerPrice"] == 45100);
    CHECK(trigger["triggerSide"] == "trigger_above");
    CHECK(trigger["triggerSignal"] == "last_price");
    CHECK(trigger["clientId"] == "st");
    CHECK(client.send(
              "orderType=take_profit&side=sell&size=0.1&stopPrice=47000&triggerSignal=last")["status"] ==
          "placed");
    CHECK(client.send("orderType=trailing_stop&side=sell&size=0.1&trailingStopMaxDeviation=2&"
                      "trailingStopDeviationUnit=PERCENT&triggerSignal=last")["status"] == "placed");
    const auto open = client.call("GET", "openorders")["openOrders"];
    REQUIRE(open.size() == 3);
    CHECK(open[0]["orderType"] == "stp");
    CHECK(open[0]["stopPrice"] == 45100);
    CHECK(open[0]["triggerSignal"] == "last");
    CHECK(open[1]["orderType"] == "take_profit");
    CHECK(open[2]["orderType"] == "trailing_stop");
    CHECK(client.call("POST", "orders/status", "cliOrdIds=st")["orders"][0]["status"] == "TRIGGER_PLACED");
    client.venue.model.print(client.btc, Side::buy, Price{Decimal{45'200}}, Quantity{Decimal{1}},
                             client.venue.now);
    client.venue.show_events();
    CHECK(client.call("POST", "orders/status", "cliOrdIds=st")["orders"][0]["status"] == "FULLY_EXECUTED");
    const auto history = nlohmann::json::parse(client.raw("GET", "/api/history/v2/triggers", "").body);
    CHECK(history["elements"].size() == 4);
}

TEST_CASE("a batch succeeds and fails by its parts") {
    Client client;
    const std::string json =
        R"({"batchOrder":[{"order":"send","order_tag":"1","orderType":"lmt","symbol":"PF_XBTUSD","side":"buy","size":0.1,"limitPrice":44000,"cliOrdId":"b1"},)"
        R"({"order":"send","order_tag":"2","orderType":"lmt","symbol":"PF_XBTUSD","side":"buy","size":1},)"
        R"({"order":"edit","cliOrdId":"b1","size":0.2},{"order":"cancel","cliOrdId":"b1"},{"order":"dance"},7]})";
    const auto reply =
        nlohmann::json::parse(client.raw("POST", "/derivatives/api/v3/batchorder", "", "json=" + json).body);
    const auto& batch = reply["batchStatus"];
    REQUIRE(batch.size() == 6);
    CHECK(batch[0]["status"] == "placed");
    CHECK(batch[0]["order_tag"] == "1");
    CHECK(batch[1]["status"] == "requiredArgumentMissing");
    CHECK(batch[1]["orderEvents"].empty());
    CHECK(batch[2]["status"] == "edited");
    CHECK(batch[3]["status"] == "cancelled");
    CHECK(batch[4]["status"] == "invalidArgument: order");
    CHECK(batch[5]["status"] == "invalidArgument: order");
}

TEST_CASE("the dead man's switch cancels unless it is renewed") {
    Client client;
    client.send("orderType=lmt&side=buy&size=0.1&limitPrice=44000");
    const auto set = client.call("POST", "cancelallordersafter", "timeout=60");
    CHECK(set["status"]["triggerTime"] == "2024-01-02T15:01:00.010Z");
    client.venue.pump_for(std::chrono::seconds{50});
    client.call("POST", "cancelallordersafter", "timeout=60");
    client.venue.pump_for(std::chrono::seconds{50});
    CHECK(client.call("GET", "openorders")["openOrders"].size() == 1);
    client.venue.pump_for(std::chrono::seconds{11});
    CHECK(client.call("GET", "openorders")["openOrders"].empty());
    CHECK(client.call("POST", "cancelallordersafter", "timeout=0")["status"]["triggerTime"] == "0");
}

TEST_CASE("the budget of 500 points in ten seconds") {
    Client client;
    for (int i = 0; i < 50; ++i)
        CHECK(client.send("orderType=lmt&side=buy&size=0.1&limitPrice=44000")["status"] == "placed");
    const auto reply = client.raw("GET", "/derivatives/api/v3/openorders", "");
    CHECK(reply.status == 200);
    CHECK(nlohmann::json::parse(reply.body)["error"] == "apiLimitExceeded");
    CHECK(client.get("/derivatives/api/v3/tickers")["result"] == "success");  // public: free
    client.venue.pump_for(std::chrono::seconds{10});
    CHECK(client.call("GET", "openorders")["openOrders"].size() == 50);
    const auto all = client.call("POST", "cancelallorders", "symbol=pf_xbtusd")["cancelStatus"];
    CHECK(all["status"] == "cancelled");
    CHECK(all["cancelledOrders"].size() == 50);
    CHECK(all["orderEvents"].size() == 50);
    CHECK(client.call("POST", "cancelallorders")["cancelStatus"]["status"] == "noOrdersToCancel");
}

TEST_CASE("market data as the documents have it") {
    Client client;
    client.venue.trade_through(client.btc, Side::buy, Quantity{Decimal{1}});
    client.venue.pump_for(std::chrono::minutes{3});
    const auto instruments = client.get("/derivatives/api/v3/instruments")["instruments"];
    REQUIRE(instruments.size() == 5);
    CHECK(instruments[0]["symbol"] == "PF_XBTUSD");
    CHECK(instruments[0]["type"] == "flexible_futures");
    CHECK(instruments[0]["tickSize"] == 1);
    CHECK(instruments[0]["contractValueTradePrecision"] == 4);
    CHECK(instruments[0]["pair"] == "BTC:USD");
    CHECK(instruments[0]["marginLevels"][0]["initialMargin"] == 0.02);
    const auto ticker = client.get("/derivatives/api/v3/tickers/pf_xbtusd")["ticker"];
    for (const char* name :
         {"last", "markPrice", "bid", "bidSize", "ask", "askSize", "vol24h", "volumeQuote", "openInterest",
          "open24h", "high24h", "low24h", "fundingRate", "indexPrice", "change24h"}) {
        CAPTURE(name);
        CHECK(ticker[name].is_number());
    }
    CHECK(ticker["bid"].get<double>() < ticker["ask"].get<double>());
    const auto book = client.get("/derivatives/api/v3/orderbook?symbol=PF_XBTUSD")["orderBook"];
    CHECK(book["bids"][0][0].get<double>() > book["bids"][1][0].get<double>());
    CHECK(book["asks"][0][0].get<double>() < book["asks"][1][0].get<double>());
    const auto trades = client.get("/derivatives/api/v3/history?symbol=PF_XBTUSD")["history"];
    REQUIRE(trades.size() == 1);
    CHECK(trades[0]["side"] == "buy");
    CHECK(client.get("/derivatives/api/v3/orderbook?symbol=X")["error"] == "contractNotFound");
    CHECK(client.get("/derivatives/api/v3/orderbook")["error"] == "requiredArgumentMissing");
    CHECK(client.get("/derivatives/api/v3/feeschedules")["feeSchedules"][0]["tiers"][0]["takerFee"] == 0.05);
    const auto trade = client.get("/api/charts/v1/trade/PF_XBTUSD/1m?from=1704207000");
    const auto mark = client.get("/api/charts/v1/mark/PF_XBTUSD/1m?from=1704207000");
    REQUIRE(trade["candles"].size() == 1);
    CHECK(trade["candles"][0]["time"] == 1'704'207'600'000);
    CHECK(trade["candles"][0]["open"].is_string());
    CHECK(trade["more_candles"] == false);
    CHECK(mark["candles"][0]["open"] != trade["candles"][0]["open"]);
    CHECK(client.venue.request("GET", "/api/charts/v1/trade/PF_XBTUSD/7m").status == 404);
    CHECK(client.venue.request("GET", "/api/charts/v1/trade/PF_XBTUSD/1m?from=x").status == 400);
    const auto executions = client.get("/api/history/v3/market/PF_XBTUSD/executions");
    CHECK(executions["elements"][0]["event"]["Execution"]["execution"]["takerOrder"]["direction"] == "Buy");
}

TEST_CASE("history comes in pages") {
    Client client;
    for (int i = 0; i < 5; ++i) client.send("orderType=mkt&side=buy&size=0.1");
    const std::string path = "/api/history/v2/executions";
    const Response first = client.raw("GET", path, "count=2&sort=asc");
    const auto page = nlohmann::json::parse(first.body);
    CHECK(page["elements"].size() == 2);
    CHECK(page["len"] == 2);
    const std::string* token = first.find("Next-Continuation-Token");
    REQUIRE(token != nullptr);
    const auto next =
        nlohmann::json::parse(client.raw("GET", path, "count=9&sort=asc&continuation_token=" + *token).body);
    CHECK(next["elements"].size() == 3);
    CHECK(next["elements"][0]["event"]["Execution"]["execution"]["takerOrder"]["orderType"] == "Market");
    const auto orders = nlohmann::json::parse(client.raw("GET", "/api/history/v2/orders", "").body);
    CHECK(orders["elements"].size() == 5);
    CHECK(orders["elements"][0]["event"]["OrderPlaced"]["order"]["filled"] == "0.1");
    const auto log = nlohmann::json::parse(client.raw("GET", "/api/history/v3/account-log", "").body);
    CHECK_FALSE(log["logs"].empty());
    CHECK(client.raw("GET", path, "sort=up").status == 400);
}

TEST_CASE("preferences are kept, and a leverage preference is obeyed") {
    Client client;
    CHECK(client.call("PUT", "leveragepreferences", "symbol=PF_XBTUSD&maxLeverage=2")["result"] == "success");
    const auto kept = client.call("GET", "leveragepreferences")["leveragePreferences"];
    CHECK(kept[0]["symbol"] == "PF_XBTUSD");
    CHECK(kept[0]["maxLeverage"] == 2);
    CHECK(client.send("orderType=lmt&side=buy&size=5&limitPrice=44000")["status"] ==
          "insufficientAvailableFunds");
    CHECK(client.send("orderType=lmt&side=buy&size=4&limitPrice=44000")["status"] == "placed");
    CHECK(client.call("PUT", "leveragepreferences", "symbol=PF_XBTUSD&maxLeverage=51")["error"] ==
          "invalidArgument: maxLeverage");
    CHECK(client.call("PUT", "pnlpreferences", "symbol=PF_XBTUSD&pnlPreference=USD")["result"] == "success");
    CHECK(client.call("GET", "pnlpreferences")["preferences"][0]["pnlCurrency"] == "USD");
    CHECK(client.call("GET", "notifications")["notifications"].empty());
}

TEST_CASE("every trouble has the venue's words") {
    Client client;
    const Request request{"POST", "/derivatives/api/v3/sendorder", {}, {}};
    const auto refuse = [&](Trouble trouble) {
        return client.venue.protocol->refuse(request, trouble, client.venue.now);
    };
    CHECK(refuse(Trouble::rate_limited).status == 429);
    CHECK(refuse(Trouble::internal).status == 500);
    CHECK(refuse(Trouble::unavailable).status == 503);
    CHECK(refuse(Trouble::gateway_timeout).status == 504);
    CHECK(refuse(Trouble::duplicate_order).body.find("clientOrderIdAlreadyExist") != std::string::npos);
    CHECK(refuse(Trouble::insufficient_funds).body.find("insufficientAvailableFunds") != std::string::npos);
}

}  // namespace plumb::exchange::kraken
