#include <doctest/doctest.h>

#include "exchange/coinbase/testing/client.hpp"
#include "exchange/coinbase/token.hpp"

namespace plumb::exchange::coinbase {

namespace {

// Tokens over the keys of RFC 6979 A.2.5 and RFC 8032 test 1, made with another implementation.
constexpr std::string_view kName =
    "organizations/11111111-1111-1111-1111-111111111111/apiKeys/22222222-2222-2222-2222-222222222222";
constexpr std::string_view kClaims =
    "eyJzdWIiOiJvcmdhbml6YXRpb25zLzExMTExMTExLTExMTEtMTExMS0xMTExLTExMTExMTExMTExMS9hcGlLZXlzLzIyMjIyMjIyLTIy"
    "MjIt"
    "MjIyMi0yMjIyLTIyMjIyMjIyMjIyMiIsImlzcyI6ImNkcCIsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMTIwLCJ1cmkiOiJH"
    "RVQg"
    "YXBpLmNvaW5iYXNlLmNvbS9hcGkvdjMvYnJva2VyYWdlL2FjY291bnRzIn0";
constexpr std::string_view kTail =
    "IsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMTExMS0xMTExLTExMTEtMTExMTExMTExMTExL2FwaUtleX"
    "MvMjIy"
    "MjIyMjItMjIyMi0yMjIyLTIyMjItMjIyMjIyMjIyMjIyIiwibm9uY2UiOiIwMDAxMDIwMzA0MDUwNjA3MDgwOTBhMGIwYzBkMGUwZiJ"
    "9";
constexpr std::string_view kEcPem =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
    "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n"
    "maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n-----END EC PRIVATE KEY-----\n";
constexpr std::string_view kEdKey =
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==";

Keyring keyring(std::string_view secret) {
    ApiAccess access;
    access.account = AccountId{1};
    access.key = kName;
    access.secret = secret;
    return Keyring{std::vector<ApiAccess>{access}};
}

}  // namespace

TEST_CASE("tokens of the documents are valid in their two minutes, for their address") {
    const Timestamp made{std::chrono::seconds{1'700'000'000}};
    const auto all = [&](const Keyring& keys, const std::string& token) {
        const auto valid = [&](std::string_view method, std::string_view path, Duration after) {
            return keys.verify(token, method, "api.coinbase.com", path, made + after) != nullptr;
        };
        constexpr std::string_view kPath = "/api/v3/brokerage/accounts";
        CHECK(valid("GET", kPath, std::chrono::seconds{0}));
        CHECK(valid("GET", kPath, std::chrono::seconds{119}));
        CHECK_FALSE(valid("GET", kPath, std::chrono::seconds{120}));
        CHECK_FALSE(valid("GET", kPath, std::chrono::seconds{-1}));
        CHECK_FALSE(valid("POST", kPath, std::chrono::seconds{0}));
        CHECK_FALSE(valid("GET", "/api/v3/brokerage/orders", std::chrono::seconds{0}));
    };
    const std::string tail = std::string{kTail} + "." + std::string{kClaims} + ".";
    all(keyring(kEcPem),
        "eyJhbGciOiJFUzI1Ni" + tail +
            "liALLIaPR29mtyLvWBqvakRwEacH-PHIoLPnBNOiLywCjhBBIAa3K8sMG2kXYHDBdLMLMiGvD8GWynmFJJ9L1A");
    const std::string ed =
        "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMTExMS0xMTExLTExMTEtMTEx"
        "MTExMTEx"
        "MTExL2FwaUtleXMvMjIyMjIyMjItMjIyMi0yMjIyLTIyMjItMjIyMjIyMjIyMjIyIiwibm9uY2UiOiIwMDAxMDIwMzA0MDUwNjA3"
        "MDgwOTBh"
        "MGIwYzBkMGUwZiJ9." +
        std::string{kClaims} +
        ".9egvglYZC2MPuoEuH0V5WhMhzFpYV3P-aqMqGg8dQKmVTxYM2X3i22VVFbp0qtp3n5ml6li6zM1dKfNWuOOlAA";
    all(keyring(kEdKey), ed);
    CHECK(keyring(kEcPem).verify(ed, "", "", "", made) == nullptr);
}

TEST_CASE("a token that says something else is no token") {
    Client client;
    const std::string uri = "GET 127.0.0.1:8080/api/v3/brokerage/accounts";
    const auto status = [&](nlohmann::json header, nlohmann::json claims) {
        return client.with_token("GET", "/api/v3/brokerage/accounts", client.token(header, claims)).status;
    };
    const nlohmann::json header = client.header();
    const nlohmann::json claims = client.claims(uri);
    const auto with = [](nlohmann::json object, const char* name, nlohmann::json value) {
        object[name] = std::move(value);
        return object;
    };
    CHECK(status(header, claims) == 200);
    CHECK(status(header, with(claims, "uri", "GET http://127.0.0.1:8080/api/v3/brokerage/accounts")) == 200);
    nlohmann::json uris = with(with(claims, "iss", "coinbase-cloud"), "uris", nlohmann::json::array({uri}));
    uris.erase("uri");
    CHECK(status(header, uris) == 200);
    CHECK(status(header, client.claims("")) == 401);
    CHECK(status(with(header, "nonce", ""), claims) == 401);
    CHECK(status(with(header, "alg", "none"), claims) == 401);
    CHECK(status(with(header, "kid", "other"), claims) == 401);
    CHECK(status(header, with(claims, "sub", "other")) == 401);
    CHECK(status(header, with(claims, "iss", "other")) == 401);
    CHECK(status(header, with(claims, "exp", client.seconds() + 121)) == 401);
    CHECK(status(header, with(claims, "nbf", client.seconds() + 1)) == 401);
    const Response none = client.venue.request("GET", "/api/v3/brokerage/accounts");
    CHECK(none.status == 401);
    CHECK(none.body == "Unauthorized\n");
}

TEST_CASE("a limit order lives: placed, found, edited, canceled") {
    Client client;
    const auto placed = client.limit("one", "BUY", "0.5", "44000");
    REQUIRE(placed["success"] == true);
    const std::string id = placed["success_response"]["order_id"];
    CHECK(placed["success_response"]["client_order_id"] == "one");
    CHECK(placed["order_configuration"]["limit_limit_gtc"]["limit_price"] == "44000");
    auto order = client.get("orders/historical/" + id)["order"];
    CHECK(order["status"] == "OPEN");
    CHECK(order["time_in_force"] == "GOOD_UNTIL_CANCELLED");
    CHECK(order["order_type"] == "LIMIT");
    CHECK(order["filled_size"] == "0");
    CHECK(client.get("orders/historical/batch?order_status=OPEN")["orders"].size() == 1);
    CHECK(client.get("orders/historical/batch?product_ids=ETH-USD")["orders"].empty());
    const auto accounts = client.get("accounts")["accounts"];
    CHECK(accounts[0]["currency"] == "USD");
    CHECK(std::stod(accounts[0]["hold"]["value"].get<std::string>()) > 21'999);
    CHECK(client.post("orders/edit",
                      {{"order_id", id}, {"price", "44100"}})["errors"][0]["edit_failure_reason"] ==
          "INVALID_EDITED_SIZE");
    CHECK(
        client.post("orders/edit_preview", {{"order_id", id}, {"price", "44100"}, {"size", "0.4"}})["errors"]
            .empty());
    CHECK(client.post("orders/edit", {{"order_id", id}, {"price", "44100"}, {"size", "0.4"}})["success"] ==
          true);
    order = client.get("orders/historical/" + id)["order"];
    CHECK(order["order_configuration"]["limit_limit_gtc"]["limit_price"] == "44100");
    CHECK(order["order_configuration"]["limit_limit_gtc"]["base_size"] == "0.4");
    const auto canceled = client.post("orders/batch_cancel", {{"order_ids", {id, "nothing"}}})["results"];
    CHECK(canceled[0]["success"] == true);
    CHECK(canceled[1]["success"] == false);
    CHECK(canceled[1]["failure_reason"] == "UNKNOWN_CANCEL_ORDER");
    CHECK(client.get("orders/historical/" + id)["order"]["status"] == "CANCELLED");
    CHECK(client.post("orders/batch_cancel", {{"order_ids", {id}}})["results"][0]["success"] == false);
    CHECK(client.raw("GET", "/api/v3/brokerage/orders/historical/nothing").status == 404);
}

TEST_CASE("a used client_order_id gives the order that has it") {
    Client client;
    const auto first = client.limit("same", "BUY", "0.1", "44000");
    const auto second = client.limit("same", "BUY", "0.2", "43000");
    CHECK(second["success"] == true);
    CHECK(second["success_response"]["order_id"] == first["success_response"]["order_id"]);
    CHECK(client.get("orders/historical/batch")["orders"].size() == 1);
}

TEST_CASE("every configuration is placed or refused in the venue's words") {
    Client client;
    using nlohmann::json;
    int count = 0;
    const auto place = [&](const std::string& side, const json& configuration) {
        return client.order("c" + std::to_string(++count), side, configuration);
    };
    const auto status = [&](const json& placed) {
        REQUIRE(placed["success"] == true);
        return client.get("orders/historical/" +
                          placed["success_response"]["order_id"].get<std::string>())["order"];
    };
    client.venue.trade_through(client.btc, Side::buy, Quantity{*Decimal::parse("0.01")});
    const auto bought = status(place("BUY", {{"market_market_ioc", {{"quote_size", "1000"}}}}));
    CHECK(bought["status"] == "FILLED");
    CHECK(bought["size_in_quote"] == true);
    CHECK(std::stod(bought["total_value_after_fees"].get<std::string>()) <= 1'000.0);
    CHECK(status(place("BUY", {{"market_market_ioc", {{"base_size", "0.1"}}}}))["filled_size"] == "0.1");
    CHECK(status(place("SELL", {{"market_market_ioc", {{"base_size", "0.05"}}}}))["status"] == "FILLED");
    CHECK(status(place("BUY",
                       {{"sor_limit_ioc", {{"base_size", "0.1"}, {"limit_price", "40000"}}}}))["status"] ==
          "CANCELLED");
    CHECK(status(place("BUY", {{"limit_limit_fok",
                                {{"base_size", "0.1"}, {"limit_price", "46000"}}}}))["status"] == "FILLED");
    const auto dated = status(place("BUY", {{"limit_limit_gtd",
                                             {{"base_size", "0.1"},
                                              {"limit_price", "44000"},
                                              {"end_time", "2024-01-02T16:00:00Z"},
                                              {"post_only", true}}}}));
    CHECK(dated["time_in_force"] == "GOOD_UNTIL_DATE_TIME");
    CHECK(dated["order_configuration"]["limit_limit_gtd"]["end_time"] == "2024-01-02T16:00:00Z");
    const auto stop = status(place("SELL", {{"stop_limit_stop_limit_gtc",
                                             {{"base_size", "0.01"},
                                              {"limit_price", "43000"},
                                              {"stop_price", "44000"},
                                              {"stop_direction", "STOP_DIRECTION_STOP_DOWN"}}}}));
    CHECK(stop["trigger_status"] == "STOP_PENDING");
    CHECK(stop["order_type"] == "STOP_LIMIT");
    const auto failure = [&](const json& placed) {
        CHECK(placed["success"] == false);
        return placed["error_response"]["preview_failure_reason"];
    };
    CHECK(failure(place("SELL", {{"stop_limit_stop_limit_gtc",
                                  {{"base_size", "0.01"},
                                   {"limit_price", "43000"},
                                   {"stop_price", "48000"},
                                   {"stop_direction", "STOP_DIRECTION_STOP_DOWN"}}}})) ==
          "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE");
    CHECK(failure(place("BUY", {{"limit_limit_gtc",
                                 {{"base_size", "0.1"}, {"limit_price", "46000"}, {"post_only", true}}}})) ==
          "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY");
    CHECK(failure(place("BUY", {{"limit_limit_gtc", {{"base_size", "50"}, {"limit_price", "44000"}}}})) ==
          "PREVIEW_INSUFFICIENT_FUND");
    CHECK(failure(place("SELL", {{"limit_limit_gtc", {{"base_size", "50"}, {"limit_price", "46000"}}}})) ==
          "PREVIEW_INSUFFICIENT_FUND");
    CHECK(
        failure(place("BUY", {{"limit_limit_gtc", {{"base_size", "0.1"}, {"limit_price", "44000.001"}}}})) ==
        "PREVIEW_INVALID_PRICE_PRECISION");
    CHECK(failure(place("BUY",
                        {{"limit_limit_gtc", {{"base_size", "0.1000000001"}, {"limit_price", "44000"}}}})) ==
          "PREVIEW_INVALID_SIZE_PRECISION");
    CHECK(failure(place("BUY", {{"market_market_ioc", {{"quote_size", "0.5"}}}})) ==
          "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL");
    for (const char* name : {"market_market_fok", "trigger_bracket_gtc", "twap_limit_gtd"}) {
        const auto placed = place("BUY", {{name, {{"base_size", "0.1"}}}});
        CHECK(placed["error_response"]["error"] == "UNSUPPORTED_ORDER_CONFIGURATION");
    }
    client.venue.pump_for(std::chrono::hours{2});
    CHECK(client.get("orders/historical/" + dated["order_id"].get<std::string>())["order"]["status"] ==
          "EXPIRED");
}

TEST_CASE("fills and orders come in pages") {
    Client client;
    for (int i = 0; i < 5; ++i)
        client.order("m" + std::to_string(i), "BUY", {{"market_market_ioc", {{"quote_size", "100"}}}});
    const auto page = client.get("orders/historical/fills?limit=2");
    REQUIRE(page["fills"].size() == 2);
    CHECK(page["fills"][0]["liquidity_indicator"] == "TAKER");
    CHECK(page["fills"][0]["trade_type"] == "FILL");
    CHECK(page["fills"][0]["commission"].is_string());
    CHECK(client.get("orders/historical/fills?limit=9&cursor=" + page["cursor"].get<std::string>())["fills"]
              .size() == 3);
    const auto orders = client.get("orders/historical/batch?limit=3");
    CHECK(orders["has_next"] == true);
    CHECK(
        client.get("orders/historical/batch?limit=3&cursor=" + orders["cursor"].get<std::string>())["orders"]
            .size() == 2);
}

TEST_CASE("malformed requests get the venue's error") {
    Client client;
    const auto status = [&](const std::string& what, const std::string& body) {
        return client.raw("POST", "/api/v3/brokerage/" + what, body).status;
    };
    CHECK(status("orders", "{") == 400);
    CHECK(status("orders", "[]") == 400);
    CHECK(status("orders", "{}") == 400);
    CHECK(status("orders", R"({"client_order_id":"x","product_id":"BTC-USD","side":"UP"})") == 400);
    CHECK(status("orders",
                 R"({"client_order_id":"x","product_id":"BTC-USD","side":"BUY","order_configuration":{}})") ==
          400);
    CHECK(
        status(
            "orders",
            R"({"client_order_id":"x","product_id":"BTC-USD","side":"BUY","order_configuration":{"moon":{}}})") ==
        400);
    CHECK(client.post("orders", {{"client_order_id", "x"},
                                 {"product_id", "NO-USD"},
                                 {"side", "BUY"}})["error_response"]["error"] == "INVALID_PRODUCT_ID");
    CHECK(status("orders/batch_cancel", "{}") == 400);
    CHECK(status("orders/edit", "{}") == 400);
    CHECK(status("orders/edit", R"({"order_id":"none"})") == 404);
    CHECK(client.raw("GET", "/api/v3/brokerage/nowhere").status == 404);
    CHECK(client.get("products/BTC-USD/candles?granularity=FOUR&start=1&end=2")["error"] ==
          "INVALID_ARGUMENT");
    CHECK(client.get(
              "products/BTC-USD/candles?granularity=ONE_MINUTE&start=1704000000&end=1704200000")["error"] ==
          "INVALID_ARGUMENT");
    CHECK(client.get("products/BTC-USD/candles?granularity=ONE_MINUTE")["error"] == "INVALID_ARGUMENT");
}

TEST_CASE("market data, the app's side and the key") {
    Client client;
    client.venue.trade_through(client.btc, Side::buy, Quantity{Decimal{1}});
    const auto products = client.open_get("/api/v3/brokerage/market/products");
    CHECK(products["num_products"] == 5);
    CHECK(products["products"][0]["product_id"] == "BTC-USD");
    CHECK(products["products"][0]["price_increment"] == "0.01");
    CHECK(client.open_get("/api/v3/brokerage/market/products?product_type=FUTURE")["products"].empty());
    CHECK(client.get("best_bid_ask?product_ids=BTC-USD")["pricebooks"][0]["bids"].size() == 1);
    CHECK(client.get("product_book?product_id=BTC-USD&limit=3")["pricebook"]["asks"].size() == 3);
    CHECK(client.get("products/BTC-USD/ticker?limit=10")["trades"][0]["side"] == "BUY");
    const auto candles =
        client.get("products/BTC-USD/candles?granularity=ONE_MINUTE&start=1704207000&end=1704207660");
    REQUIRE(candles["candles"].size() == 1);
    CHECK(candles["candles"][0]["start"] == "1704207600");
    CHECK(client.get("transaction_summary")["fee_tier"]["taker_fee_rate"] == "0.012");
    CHECK(client.get("key_permissions")["can_trade"] == true);
    const std::string portfolio = client.get("portfolios")["portfolios"][0]["uuid"];
    CHECK(client.get("portfolios/" + portfolio)["breakdown"]["portfolio"]["uuid"] == portfolio);
    CHECK(client.open_get("/api/v3/brokerage/time")["epochSeconds"] == "1704207600");
    client.venue.pump_for(std::chrono::seconds{2});
    CHECK(client.open_get("/v2/currencies/crypto")["data"][0]["code"] == "BTC");
    CHECK(client.open_get("/v2/exchange-rates")["data"]["rates"]["USD"] == "1");
    const auto wallets = nlohmann::json::parse(client.raw("GET", "/v2/accounts?limit=250").body);
    CHECK(wallets["data"][0]["balance"]["amount"] == "100000");
    CHECK(nlohmann::json::parse(client.raw("GET", "/v2/user").body)["data"]["resource"] == "user");
    CHECK(client.venue.request("GET", "/v2/user").status == 401);
}

TEST_CASE("the Exchange's public side is flat") {
    Client client;
    client.venue.trade_through(client.btc, Side::buy, Quantity{Decimal{1}});
    CHECK(client.open_get("/products").size() == 5);
    CHECK(client.open_get("/products/BTC-USD")["quote_increment"] == "0.01");
    CHECK(client.open_get("/products/BTC-USD/book?level=2")["bids"].size() == 10);
    CHECK(client.open_get("/products/BTC-USD/trades")[0]["side"] == "sell");  // the maker's
    CHECK(client.open_get("/products/BTC-USD/candles?granularity=60")[0][0] == 1'704'207'600);
    CHECK(client.open_get("/products/BTC-USD/ticker")["trade_id"].is_number());
    CHECK(client.open_get("/products/BTC-USD/stats")["volume"] == "1");
    CHECK(client.open_get("/products/NO-USD/stats")["message"] == "NotFound");
    client.venue.pump_for(std::chrono::seconds{2});
    CHECK(client.open_get("/products/BTC-USD/candles?granularity=61")["message"] ==
          "Unsupported granularity");
    CHECK(client.open_get("/time").contains("epoch"));
    CHECK(client.open_get("/currencies").size() == 6);
}

TEST_CASE("too many requests in a second") {
    Client client;
    for (int i = 0; i < 30; ++i) CHECK(client.raw("GET", "/api/v3/brokerage/accounts").status == 200);
    const Response refused = client.raw("GET", "/api/v3/brokerage/accounts");
    CHECK(refused.status == 429);
    CHECK(nlohmann::json::parse(refused.body)["errors"][0]["id"] == "rate_limit_exceeded");
    CHECK(*refused.find("x-ratelimit-remaining") == "0");
    for (int i = 0; i < 10; ++i) CHECK(client.venue.request("GET", "/products").status == 200);
    CHECK(client.venue.request("GET", "/products").status == 429);
    client.venue.pump_for(std::chrono::seconds{1});
    CHECK(client.raw("GET", "/api/v3/brokerage/accounts").status == 200);
}

}  // namespace plumb::exchange::coinbase
