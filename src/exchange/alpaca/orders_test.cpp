#include <doctest/doctest.h>

#include "exchange/alpaca/testing/alpaca_fixture.hpp"

namespace plumb::exchange::alpaca {
namespace {

using nlohmann::json;

TEST_CASE("A market order is answered as received, and is filled when it is asked for") {
    AlpacaFixture at;
    const Answer placed = at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01"));
    REQUIRE(placed.status == 200);
    CHECK(placed.body["status"] == "pending_new");
    CHECK(placed.body["filled_qty"] == "0");
    CHECK(placed.body["filled_avg_price"].is_null());
    CHECK(placed.body["symbol"] == "BTC/USD");
    CHECK(placed.body["asset_class"] == "crypto");
    CHECK(placed.body["client_order_id"].get<std::string>().size() == 36);
    const json order = at.present(placed);
    CHECK(order["status"] == "filled");
    CHECK(order["filled_qty"] == "0.01");
    CHECK(order["filled_avg_price"].is_string());
    CHECK(order["filled_at"].is_string());
    CHECK(order["order_class"] == "");
    CHECK(order["position_intent"] == "buy_to_open");
}

TEST_CASE("Fees of coins are taken from what is received: 0.25 % of the taker's coins") {
    AlpacaFixture at;
    REQUIRE(at.order(AlpacaFixture::market("BTC/USD", "buy", "0.001")).status == 200);
    const Answer position = at.get("/v2/positions/BTCUSD");
    REQUIRE(position.status == 200);
    // Recorded at the venue: a buy of 0.001 BTC gives a position of 0.0009975.
    CHECK(position.body["qty"] == "0.0009975");
    CHECK(position.body["symbol"] == "BTCUSD");
    const Answer sale = at.order(AlpacaFixture::market("BTC/USD", "sell", "0.001"));
    CHECK(sale.error() ==
          "403 40310000 insufficient balance for BTC (requested: 0.001, available: 0.0009975)");
    CHECK(sale.body["available"] == "0.0009975");
    CHECK(at.order(AlpacaFixture::market("BTC/USD", "sell", "0.0009975")).status == 200);
    CHECK(at.get("/v2/positions/BTCUSD").error() == "404 40410000 position does not exist");
}

TEST_CASE("Quantities with more than nine decimals are cut without a word") {
    AlpacaFixture at;
    const Answer placed = at.order(AlpacaFixture::market("BTC/USD", "buy", "0.00052173913043482607"));
    REQUIRE(placed.status == 200);
    CHECK(placed.body["qty"] == "0.000521739");
}

TEST_CASE("An order by value has no quantity") {
    AlpacaFixture at;
    json wish = AlpacaFixture::market("BTC/USD", "buy", "1");
    wish.erase("qty");
    wish["notional"] = 100.5;
    const Answer placed = at.order(wish);
    REQUIRE(placed.status == 200);
    CHECK(placed.body["qty"].is_null());
    CHECK(placed.body["notional"] == "100.5");
    const json order = at.present(placed);
    CHECK(order["status"] == "filled");
    CHECK(std::stod(order["filled_qty"].get<std::string>()) == doctest::Approx(100.5 / 45002).epsilon(0.001));
}

TEST_CASE("A client order id names one order for ever") {
    AlpacaFixture at;
    json wish = AlpacaFixture::resting();
    wish["client_order_id"] = "mine";
    const Answer placed = at.order(wish);
    REQUIRE(placed.status == 200);
    CHECK(at.order(wish).error() == "422 40010001 client_order_id must be unique");
    CHECK(at.ask("DELETE", "/v2/orders/" + placed.body["id"].get<std::string>()).status == 204);
    CHECK(at.order(wish).error() == "422 40010001 client_order_id must be unique");
    const Answer found = at.get("/v2/orders:by_client_order_id?client_order_id=mine");
    CHECK(found.body["id"] == placed.body["id"]);
    CHECK(found.body["status"] == "canceled");
    wish["client_order_id"] = std::string(129, 'x');
    CHECK(at.order(wish).error() == "422 40010001 client_order_id must be no more than 128 characters");
}

TEST_CASE("A replacement is a new order with a new id") {
    AlpacaFixture at;
    const Answer placed = at.order(AlpacaFixture::resting());
    const std::string id = placed.body["id"];
    const Answer fresh = at.ask("PATCH", "/v2/orders/" + id, R"({"limit_price":"41000","qty":0.02})");
    REQUIRE(fresh.status == 200);
    CHECK(fresh.body["id"] != id);
    CHECK(fresh.body["replaces"] == id);
    CHECK(fresh.body["limit_price"] == "41000");
    CHECK(fresh.body["qty"] == "0.02");
    CHECK(fresh.body["client_order_id"] != placed.body["client_order_id"]);
    const json old = at.present(placed);
    CHECK(old["status"] == "replaced");
    CHECK(old["replaced_by"] == fresh.body["id"]);
    CHECK(old["replaced_at"].is_string());
    CHECK(at.ask("PATCH", "/v2/orders/" + id, R"({"qty":1})").error() == "422 42210000 order is not open");
    const std::string next = fresh.body["id"];
    CHECK(at.ask("PATCH", "/v2/orders/" + next, R"({"limit_price":"41000"})").error() ==
          "422 42210000 order parameters are not changed");
    CHECK(at.ask("PATCH", "/v2/orders/" + next, "{").error() ==
          "400 40010000 request body format is invalid");
}

TEST_CASE("A cancel of what is over: of a canceled order it succeeds, of a filled one it does not") {
    AlpacaFixture at;
    const Answer placed = at.order(AlpacaFixture::resting());
    const std::string place = "/v2/orders/" + placed.body["id"].get<std::string>();
    CHECK(at.ask("DELETE", place).status == 204);
    CHECK(at.ask("DELETE", place).status == 204);
    CHECK(at.present(placed)["canceled_at"].is_string());
    const Answer filled = at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01"));
    CHECK(at.ask("DELETE", "/v2/orders/" + filled.body["id"].get<std::string>()).error() ==
          "422 42210000 order is already in \"filled\" state");
    CHECK(at.ask("DELETE", "/v2/orders/00000000-0000-4000-8000-000000000000").error() ==
          "404 40410000 order not found for 00000000-0000-4000-8000-000000000000");
}

TEST_CASE("All orders are canceled with one status each") {
    AlpacaFixture at;
    at.order(AlpacaFixture::resting("40000"));
    at.order(AlpacaFixture::resting("39000"));
    const Answer all = at.ask("DELETE", "/v2/orders");
    CHECK(all.status == 207);
    REQUIRE(all.body.size() == 2);
    CHECK(all.body[0]["status"] == 200);
    CHECK(at.get("/v2/orders").body.empty());
}

TEST_CASE("Lists: open by default, newest first, by symbol, side, time and number") {
    AlpacaFixture at;
    const Answer first = at.order(AlpacaFixture::resting("40000"));
    at.venue.now += std::chrono::seconds{1};
    const Answer second = at.order(AlpacaFixture::resting("39000"));
    at.venue.now += std::chrono::seconds{1};
    at.order(AlpacaFixture::market("ETH/USD", "buy", "0.1"));
    CHECK(at.get("/v2/orders").body.size() == 2);
    CHECK(at.get("/v2/orders").body[0]["id"] == second.body["id"]);
    CHECK(at.get("/v2/orders?direction=asc").body[0]["id"] == first.body["id"]);
    CHECK(at.get("/v2/orders?status=all").body.size() == 3);
    CHECK(at.get("/v2/orders?status=closed").body.size() == 1);
    CHECK(at.get("/v2/orders?status=all&limit=1").body.size() == 1);
    CHECK(at.get("/v2/orders?status=all&symbols=ETHUSD").body.size() == 1);
    CHECK(at.get("/v2/orders?status=all&symbols=BTC%2FUSD,ETH/USD").body.size() == 3);
    CHECK(at.get("/v2/orders?status=all&side=sell").body.empty());
    const std::string when = first.body["submitted_at"];
    CHECK(at.get("/v2/orders?after=" + when).body.size() == 1);
    CHECK(at.get("/v2/orders?until=" + when).body.empty());
    CHECK(at.get("/v2/orders?after_order_id=" + first.body["id"].get<std::string>()).body.size() == 1);
    CHECK(at.get("/v2/orders?status=some").error() == "422 40010001 invalid status: some");
}

TEST_CASE("Every rule of orders has the venue's words") {
    AlpacaFixture at;
    const auto with = [&](json wish, const char* name, json value) {
        wish[name] = std::move(value);
        return at.order(wish).error();
    };
    const auto without = [&](json wish, const char* name) {
        wish.erase(name);
        return at.order(wish).error();
    };
    const json coin = AlpacaFixture::resting();
    const json share = AlpacaFixture::market("AAPL", "buy", "1", "day");
    json stop_limit = coin;
    stop_limit["type"] = "stop_limit";

    CHECK(without(coin, "symbol") == "422 40010001 symbol is required");
    CHECK(without(coin, "qty") == "422 40010001 qty or notional is required");
    CHECK(with(coin, "notional", 10) == "422 40010001 only one of qty or notional is accepted");
    CHECK(with(coin, "qty", "many") == "400 40010000 request body format is invalid");
    CHECK(with(coin, "qty", json::array()) == "400 40010000 request body format is invalid");
    CHECK(with(coin, "symbol", "NIX/USD") == "422 42210000 asset \"NIX/USD\" not found");
    CHECK(with(coin, "type", "iceberg") == "422 40010001 invalid order type");
    CHECK(with(coin, "type", "stop") == "422 40010001 invalid order type for crypto order");
    CHECK(with(coin, "time_in_force", "day") == "422 42210000 invalid crypto time_in_force");
    CHECK(with(coin, "order_class", "bracket") ==
          "422 42210000 crypto orders not allowed for advanced order_class: otoco");
    CHECK(at.order(stop_limit).error() == "422 40010001 stop limit orders require both stop and limit price");
    CHECK(with(coin, "qty", "0.0001") == "403 40310000 cost basis must be >= minimal amount of order 10");
    CHECK(with(coin, "qty", "100") == "403 40310000 cost basis must be <= maximal amount of order 200000");
    CHECK(with(coin, "qty", "4").starts_with("403 40310000 insufficient balance for USD (requested: 160000"));
    CHECK(with(coin, "side", "sell") ==
          "403 40310000 insufficient balance for BTC (requested: 0.01, available: 0)");
    CHECK(with(share, "qty", "0.5") == "200 - ");
    CHECK(with(share, "time_in_force", "ioc") == "200 - ");
    json fraction = share;
    fraction["qty"] = "1.5";
    CHECK(with(fraction, "time_in_force", "gtc") == "422 42210000 fractional orders must be DAY orders");
    fraction["side"] = "sell";
    CHECK(at.order(fraction).status == 200);  // of the 1.5 held
    fraction["qty"] = "0.5";
    CHECK(at.order(fraction).error() == "422 42210000 fractional orders cannot be sold short");
    json limit = share;
    limit["type"] = "limit";
    limit["limit_price"] = "290.123";
    CHECK(at.order(limit).error() ==
          "422 42210000 invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing "
          "criteria");
    CHECK(with(share, "extended_hours", true) ==
          "422 42210000 extended hours order must be DAY or GTC limit orders");
    CHECK(with(share, "qty", "100000").starts_with("403 40310000 insufficient buying power"));
    CHECK(with(share, "position_intent", "buy_to_close") ==
          "422 42210000 position intent mismatch, inferred: buy_to_open, specified: buy_to_close");
    CHECK(at.order(json::array()).error() == "400 40010000 request body format is invalid");
}

TEST_CASE("Orders of both sides that could meet are a wash trade") {
    AlpacaFixture at;
    REQUIRE(at.order(AlpacaFixture::market("AAPL", "buy", "10", "day")).status == 200);
    json ask = AlpacaFixture::market("AAPL", "sell", "10", "gtc");
    ask["type"] = "limit";
    ask["limit_price"] = "200";
    const Answer resting = at.order(ask);
    REQUIRE(resting.status == 200);
    const Answer washed = at.order(AlpacaFixture::market("AAPL", "buy", "1", "day"));
    CHECK(washed.error() == "403 40310000 potential wash trade detected. use complex orders");
    CHECK(washed.body["existing_order_id"] == resting.body["id"]);
    CHECK(washed.body["reject_reason"] == "opposite side limit order exists");
    json bid = ask;
    bid["side"] = "buy";
    bid["limit_price"] = "150";
    CHECK(at.order(bid).status == 200);
}

TEST_CASE("Shares may be short whole, and a position is closed before the other is opened") {
    AlpacaFixture at;
    REQUIRE(at.order(AlpacaFixture::market("AAPL", "sell", "10", "day")).status == 200);
    const json held = at.get("/v2/positions/AAPL").body;
    CHECK(held["side"] == "short");
    CHECK(held["qty"] == "-10");
    CHECK(at.order(AlpacaFixture::market("AAPL", "buy", "11", "day")).error() ==
          "403 40310000 insufficient qty available for order (requested: 11, available: 10)");
    CHECK(at.order(AlpacaFixture::market("AAPL", "buy", "10", "day")).status == 200);
    CHECK(at.get("/v2/positions/AAPL").status == 404);
    CHECK(at.ask("PATCH", "/v2/account/configurations", R"({"no_shorting":true})").status == 200);
    CHECK(at.order(AlpacaFixture::market("AAPL", "sell", "1", "day")).error() ==
          "403 40310000 account is not allowed to short");
    CHECK(at.ask("PATCH", "/v2/account/configurations", R"({"suspend_trade":true})").status == 200);
    CHECK(at.order(AlpacaFixture::market("AAPL", "buy", "1", "day")).error() ==
          "403 40310000 new orders are rejected by user request");
}

TEST_CASE("Stops of shares: on the right side of the market, trailing by money or percent") {
    AlpacaFixture at;
    REQUIRE(at.order(AlpacaFixture::market("AAPL", "buy", "20", "day")).status == 200);
    json stop = AlpacaFixture::market("AAPL", "sell", "5", "gtc");
    stop["type"] = "stop";
    stop["stop_price"] = "190";
    const Answer wrong = at.order(stop);
    CHECK(wrong.error() == "422 42210000 stop price must be less than current price");
    CHECK(wrong.body["market_price"].is_string());
    stop["stop_price"] = "160";
    const Answer placed = at.order(stop);
    REQUIRE(placed.status == 200);
    CHECK(at.present(placed)["status"] == "new");
    json trail = AlpacaFixture::market("AAPL", "sell", "5", "gtc");
    trail["type"] = "trailing_stop";
    trail["trail_percent"] = "2";
    const Answer trailing = at.order(trail);
    REQUIRE(trailing.status == 200);
    const json shown = at.present(trailing);
    CHECK(shown["trail_percent"] == "2");
    CHECK(shown["hwm"].is_string());
    CHECK(shown["stop_price"].is_string());
    trail["trail_price"] = "1";
    CHECK(at.order(trail).error() ==
          "422 40010001 trailing stop orders must specify one of trail_price or trail_percent");
}

TEST_CASE("A day order is over when the stock exchange closes") {
    AlpacaFixture at;
    json bid = AlpacaFixture::market("AAPL", "buy", "1", "day");
    bid["type"] = "limit";
    bid["limit_price"] = "100";
    const Answer placed = at.order(bid);
    REQUIRE(placed.status == 200);
    CHECK(placed.body["expires_at"] == "2024-01-02T21:00:00Z");
    at.venue.pump(timestamp_from_ms(1'704'229'199'000));  // 20:59:59
    CHECK(at.present(placed)["status"] == "new");
    at.venue.pump(timestamp_from_ms(1'704'229'200'000));
    const json over = at.present(placed);
    CHECK(over["status"] == "expired");
    CHECK(over["expired_at"] == "2024-01-02T21:00:00Z");
}

TEST_CASE("A day order that is replaced until canceled has no end") {
    AlpacaFixture at;
    json bid = AlpacaFixture::market("AAPL", "buy", "1", "day");
    bid["type"] = "limit";
    bid["limit_price"] = "100";
    const std::string id = at.order(bid).body["id"];
    const Answer fresh = at.ask("PATCH", "/v2/orders/" + id, R"({"time_in_force":"gtc"})");
    REQUIRE(fresh.status == 200);
    CHECK(fresh.body["time_in_force"] == "gtc");
    CHECK(!fresh.body.contains("expires_at"));
    at.venue.pump(timestamp_from_ms(1'704'229'200'000));
    CHECK(at.present(fresh)["status"] == "new");
}

TEST_CASE("What an immediate order cannot fill is canceled") {
    AlpacaFixture at;
    json bid = AlpacaFixture::resting();
    bid["time_in_force"] = "ioc";
    const Answer placed = at.order(bid);
    REQUIRE(placed.status == 200);
    CHECK(at.present(placed)["status"] == "canceled");
    CHECK(at.present(placed)["time_in_force"] == "ioc");
}

}  // namespace
}  // namespace plumb::exchange::alpaca
