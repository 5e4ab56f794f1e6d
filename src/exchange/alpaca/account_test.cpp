#include <doctest/doctest.h>

#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/testing/alpaca_fixture.hpp"
#include "exchange/alpaca/timeframe.hpp"

namespace plumb::exchange::alpaca {
namespace {

using nlohmann::json;

TEST_CASE("Keys: none, wrong ones, and data of coins that needs none") {
    AlpacaFixture at;
    CHECK(at.ask("GET", "/v2/account", "", {}).error() == "401 - unauthorized.");
    const std::vector<io::Header> wrong{{"APCA-API-KEY-ID", at.venue.access.key},
                                        {"APCA-API-SECRET-KEY", "x"}};
    CHECK(at.ask("GET", "/v2/account", "", wrong).error() == "401 - unauthorized.");
    CHECK(at.ask("GET", "/v2/stocks/AAPL/bars?timeframe=1Day", "", {}).error() == "401 - unauthorized.");
    CHECK(at.ask("GET", "/v2/stocks/AAPL/bars?timeframe=1Day", "", wrong).error() == "403 - forbidden.");
    CHECK(at.ask("GET", "/v1beta3/crypto/us/latest/quotes?symbols=BTC/USD", "", {}).status == 200);
    CHECK(at.get("/v2/nothing").status == 404);
    CHECK(at.get("/").status == 404);
}

TEST_CASE("Two hundred requests a minute, and what is left in every answer's headers") {
    AlpacaFixture at;
    const Answer first = at.get("/v2/clock");
    CHECK(first.header("X-RateLimit-Limit") == "200");
    CHECK(first.header("X-RateLimit-Remaining") == "199");
    CHECK(first.header("X-RateLimit-Reset") == "1704207660");
    CHECK(first.header("X-Request-ID").size() == 36);
    for (int i = 0; i < 199; ++i) at.get("/v2/clock");
    const Answer over = at.get("/v2/clock");
    CHECK(over.error() == "429 42910000 rate limit exceeded");
    CHECK(over.header("X-RateLimit-Remaining") == "0");
    CHECK(at.get("/v2/stocks/AAPL/quotes/latest").status == 200);  // counted apart
    at.venue.now += std::chrono::minutes{1};
    CHECK(at.get("/v2/clock").status == 200);
}

TEST_CASE("The account: cash without what orders hold, equity with it") {
    AlpacaFixture at;
    at.order(AlpacaFixture::resting());
    const json account = at.get("/v2/account").body;
    CHECK(account["cash"] == "99600");
    CHECK(account["equity"] == "100000");
    CHECK(account["non_marginable_buying_power"] == "99600");
    CHECK(account["multiplier"] == "4");
    CHECK(account["shorting_enabled"] == true);
    CHECK(!account.contains("pattern_day_trader"));  // taken away in July 2026
    at.order(AlpacaFixture::market("AAPL", "buy", "10", "day"));
    const json after = at.get("/v2/account").body;
    const double value = std::stod(after["long_market_value"].get<std::string>());
    CHECK(value == doctest::Approx(1750).epsilon(0.01));
    CHECK(std::stod(after["equity"].get<std::string>()) == doctest::Approx(100000).epsilon(0.001));
}

TEST_CASE("Positions are found and closed by any spelling of their symbol") {
    AlpacaFixture at;
    const std::string id = at.get("/v2/assets/BTCUSD").body["id"];
    for (const std::string& name : std::vector<std::string>{"BTCUSD", "BTC%2FUSD", "BTC/USD", id}) {
        REQUIRE(at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01")).status == 200);
        CHECK(at.get("/v2/positions/" + name).body["symbol"] == "BTCUSD");
        const Answer closed = at.ask("DELETE", "/v2/positions/" + name);
        CHECK(closed.status == 200);
        CHECK(closed.body["side"] == "sell");
        CHECK(at.present(closed)["status"] == "filled");
        CHECK(at.get("/v2/positions").body.empty());
    }
    CHECK(at.get("/v2/positions/NIX").status == 404);
    at.order(AlpacaFixture::market("AAPL", "buy", "10", "day"));
    CHECK(at.ask("DELETE", "/v2/positions/AAPL?percentage=50").body["qty"] == "5");
    CHECK(at.ask("DELETE", "/v2/positions/AAPL?qty=9").error() ==
          "403 40310000 insufficient qty available for order (requested: 9, available: 5)");
    CHECK(at.ask("DELETE", "/v2/positions/AAPL?qty=x").status == 422);
}

TEST_CASE("All positions close with one status each; what an order holds stays") {
    AlpacaFixture at;
    at.order(AlpacaFixture::market("AAPL", "buy", "10", "day"));
    at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01"));
    json ask = AlpacaFixture::market("AAPL", "sell", "10", "gtc");
    ask["type"] = "limit";
    ask["limit_price"] = "200";
    at.order(ask);
    CHECK(at.get("/v2/positions/AAPL").body["qty_available"] == "0");
    const Answer held = at.ask("DELETE", "/v2/positions");
    CHECK(held.status == 207);
    REQUIRE(held.body.size() == 2);
    for (const json& one : held.body) CHECK(one["status"] == (one["symbol"] == "AAPL" ? 403 : 200));
    const Answer freed = at.ask("DELETE", "/v2/positions?cancel_orders=true");
    REQUIRE(freed.body.size() == 1);
    CHECK(freed.body[0]["status"] == 200);
    CHECK(at.get("/v2/positions").body.empty());
}

TEST_CASE("Activities: fills, paged by their ids") {
    AlpacaFixture at;
    for (int i = 0; i < 3; ++i) {
        at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01"));
        at.venue.now += std::chrono::seconds{1};
    }
    CHECK(at.get("/v2/account/activities").body.back()["activity_type"] == "CSD");  // the first deposit
    const json all = at.get("/v2/account/activities/FILL").body;
    REQUIRE(all.size() == 3);
    CHECK(all[0]["transaction_time"] > all[2]["transaction_time"]);
    CHECK(all[0]["type"] == "fill");
    CHECK(all[0]["leaves_qty"] == "0");
    CHECK(all[0]["id"].get<std::string>().starts_with("20240102100002"));  // New York's clock
    const json page = at.get("/v2/account/activities/FILL?page_size=2").body;
    REQUIRE(page.size() == 2);
    const json rest =
        at.get("/v2/account/activities/FILL?page_size=2&page_token=" + page[1]["id"].get<std::string>()).body;
    REQUIRE(rest.size() == 1);
    CHECK(rest[0]["id"] == all[2]["id"]);
    CHECK(at.get("/v2/account/activities?activity_types=DIV").body.empty());
    CHECK(at.get("/v2/account/activities?date=2024-01-02").body.size() == 4);
    CHECK(at.get("/v2/account/activities?date=2024-01-03").body.empty());
    CHECK(at.get("/v2/account/activities?page_size=101").status == 422);
    CHECK(
        at.get("/v2/account/activities?after=" + all[2]["transaction_time"].get<std::string>()).body.size() ==
        2);
}

TEST_CASE("Assets: both classes, each by its rules") {
    AlpacaFixture at;
    const json coin = at.get("/v2/assets/BTCUSD").body;
    CHECK(coin["symbol"] == "BTC/USD");
    CHECK(coin["shortable"] == false);
    CHECK(coin["min_trade_increment"] == "0.000000001");
    CHECK(coin["price_increment"] == "0.01");
    CHECK(at.get("/v2/assets/" + coin["id"].get<std::string>()).body == coin);
    CHECK(at.get("/v2/assets/BTC%2FUSD").body == coin);
    CHECK(at.get("/v2/assets/AAPL").body["class"] == "us_equity");
    CHECK(at.get("/v2/assets/NIX").error() == "404 40410000 asset not found for NIX");
    for (const json& asset : at.get("/v2/assets?asset_class=crypto").body) CHECK(asset["class"] == "crypto");
    CHECK(at.get("/v2/assets?status=inactive").body.empty());
    CHECK(at.get("/v2/wallets/transfers").body == json::array());
}

TEST_CASE("Watchlists are made, changed, found by name and deleted") {
    AlpacaFixture at;
    const Answer made = at.post("/v2/watchlists", {{"name", "one"}, {"symbols", {"AAPL"}}});
    const std::string place = "/v2/watchlists/" + made.body["id"].get<std::string>();
    CHECK(at.post("/v2/watchlists", {{"name", "one"}}).error() ==
          "422 40010001 watchlist name must be unique");
    CHECK(at.post(place, {{"symbol", "BTC/USD"}}).body["assets"].size() == 2);
    CHECK(at.ask("DELETE", place + "/BTC/USD").body["assets"].size() == 1);
    CHECK(at.ask("PUT", place, R"({"name":"two"})").body["name"] == "two");
    CHECK(at.get("/v2/watchlists:by_name?name=two").body["id"] == made.body["id"]);
    CHECK(at.ask("DELETE", place).status == 204);
    CHECK(at.get(place).status == 404);
}

TEST_CASE("The calendar of the New York Stock Exchange, against its published holidays") {
    using namespace std::chrono;
    // NYSE, "Holidays and Trading Hours", 2024 to 2026.
    for (const sys_days day :
         {2024y / 1 / 1,  2024y / 1 / 15, 2024y / 2 / 19, 2024y / 3 / 29,  2024y / 5 / 27,
          2024y / 6 / 19, 2024y / 7 / 4,  2024y / 9 / 2,  2024y / 11 / 28, 2024y / 12 / 25,
          2025y / 1 / 1,  2025y / 1 / 20, 2025y / 2 / 17, 2025y / 4 / 18,  2025y / 5 / 26,
          2025y / 6 / 19, 2025y / 7 / 4,  2025y / 9 / 1,  2025y / 11 / 27, 2025y / 12 / 25,
          2026y / 1 / 1,  2026y / 1 / 19, 2026y / 2 / 16, 2026y / 4 / 3,   2026y / 5 / 25,
          2026y / 6 / 19, 2026y / 7 / 3,  2026y / 9 / 7,  2026y / 11 / 26, 2026y / 12 / 25}) {
        CHECK(!session_of(day).has_value());
    }
    for (const sys_days day : {2024y / 7 / 3, 2024y / 11 / 29, 2024y / 12 / 24, 2025y / 7 / 3,
                               2025y / 11 / 28, 2025y / 12 / 24, 2026y / 11 / 27, 2026y / 12 / 24}) {
        REQUIRE(session_of(day).has_value());
        CHECK(session_of(day)->is_short);
    }
    CHECK(sessions(2024y / 1 / 1, 2024y / 12 / 31, 400).size() == 252);
    CHECK(sessions(2025y / 1 / 1, 2025y / 12 / 31, 400).size() == 251);  // January 9th was a day of mourning
    CHECK(new_york_text(timestamp_from_ms(1'704'207'600'000)) == "2024-01-02T10:00:00.000000000-05:00");
    CHECK(new_york_text(timestamp_from_ms(1'720'000'000'000)) == "2024-07-03T05:46:40.000000000-04:00");
}

TEST_CASE("Clock and calendar") {
    AlpacaFixture at;
    const json clock = at.get("/v2/clock").body;
    CHECK(clock["is_open"] == true);
    CHECK(clock["next_open"] == "2024-01-03T09:30:00-05:00");
    CHECK(clock["next_close"] == "2024-01-02T16:00:00-05:00");
    const json days = at.get("/v2/calendar?start=2024-11-28&end=2024-11-30").body;
    REQUIRE(days.size() == 1);
    CHECK(days[0]["date"] == "2024-11-29");
    CHECK(days[0]["close"] == "13:00");
    CHECK(days[0]["settlement_date"] == "2024-12-02");
    CHECK(at.get("/v2/calendar?start=soon").status == 422);
}

TEST_CASE("Time frames in every spelling") {
    const auto is = [](const char* text, Timeframe::Unit unit, int count) {
        const auto frame = Timeframe::parse(text);
        return frame && frame->unit == unit && frame->count == count;
    };
    using Unit = Timeframe::Unit;
    CHECK(is("1Min", Unit::minute, 1));
    CHECK(is("59T", Unit::minute, 59));
    CHECK(is("15min", Unit::minute, 15));
    CHECK(is("23Hour", Unit::hour, 23));
    CHECK(is("4H", Unit::hour, 4));
    CHECK(is("1Day", Unit::day, 1));
    CHECK(is("1W", Unit::week, 1));
    CHECK(is("1M", Unit::month, 1));
    CHECK(is("12Month", Unit::month, 12));
    for (const char* wrong :
         {"", "Min", "0Min", "60Min", "24Hour", "3D", "2Week", "5Month", "1m", "1 Min", "100Min"}) {
        CHECK_MESSAGE(!Timeframe::parse(wrong).has_value(), wrong);
    }
}

/// Forty minutes of BTC and two days of AAPL before the exchange opened.
struct PastFixture : AlpacaFixture {
    PastFixture() {
        for (const auto& [name, minutes] : {std::pair{"BTC/USD", 40}, {"ETH/USD", 3}, {"AAPL/USD", 2880}}) {
            for (int i = 1; i <= minutes; ++i) {
                ClosedBar bar;
                bar.instrument = venue.market(name);
                bar.open_time = timestamp_from_ms(1'704'207'600'000) - std::chrono::minutes{i};
                bar.length = std::chrono::minutes{1};
                bar.values = {price("100"), price("110"), price("90"), price("105"), quantity("2")};
                venue.past.add_bar(bar);
            }
        }
    }
};

TEST_CASE("Bars: pages go by symbol, then time, and the last one has no token") {
    PastFixture at;
    const std::string base =
        "/v1beta3/crypto/us/bars?symbols=ETH/"
        "USD,BTC%2FUSD&timeframe=1Min&start=2024-01-02T14:30:00Z&end=2024-01-02T14:59:00Z&limit=20";
    std::string token;
    std::vector<std::string> seen;
    int pages = 0;
    do {
        const Answer page = at.get(base + (token.empty() ? "" : "&page_token=" + token));
        REQUIRE(page.status == 200);
        for (const auto& [symbol, bars] : page.body["bars"].items()) {
            for (const json& bar : bars) seen.push_back(symbol + bar["t"].get<std::string>());
        }
        token = page.body["next_page_token"].is_null() ? "" : page.body["next_page_token"].get<std::string>();
        ++pages;
    } while (!token.empty());
    CHECK(pages == 2);
    REQUIRE(seen.size() == 33);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
    CHECK(seen.front() == "BTC/USD2024-01-02T14:30:00Z");
    CHECK(seen.back() == "ETH/USD2024-01-02T14:59:00Z");
    const json last = at.get(base + "&sort=desc").body["bars"]["BTC/USD"];
    CHECK(last[0]["t"] == "2024-01-02T14:59:00Z");
}

TEST_CASE("Days of stocks begin at midnight in New York, of coins in UTC; the running one is there") {
    PastFixture at;
    const json days =
        at.get("/v2/stocks/AAPL/bars?timeframe=1Day&start=2024-01-01&end=2024-01-02").body["bars"];
    REQUIRE(days.size() == 2);
    CHECK(days[0]["t"] == "2024-01-01T05:00:00Z");
    CHECK(days[0]["v"] == 2880);  // 24 hours of 60 minutes of 2
    CHECK(days[1]["t"] == "2024-01-02T05:00:00Z");
    const json coin =
        at.get("/v1beta3/crypto/us/bars?symbols=BTC/USD&timeframe=1Day").body["bars"]["BTC/USD"];
    REQUIRE(coin.size() == 1);
    CHECK(coin[0]["t"] == "2024-01-02T00:00:00Z");
    CHECK(coin[0]["o"] == 100);
    CHECK(at.get("/v2/stocks/KO/bars?timeframe=1Day&start=2023-01-01&end=2023-02-01").body["bars"].is_null());
}

TEST_CASE("The data interface has the venue's words for what is wrong") {
    AlpacaFixture at;
    const auto said = [&](const std::string& target) { return at.get(target).error(); };
    const std::string crypto = "/v1beta3/crypto/us/";
    CHECK(said(crypto + "latest/quotes?symbols=BTCUSD") ==
          "400 - invalid symbol: BTCUSD does not match ^[A-Z]+x?/[A-Z]+$");
    CHECK(
        said(crypto + "trades?symbols=BTC/USD&start=0")
            .starts_with(
                "400 - Invalid format for parameter start: error parsing '0' as RFC3339 or 2006-01-02 time"));
    CHECK(said(crypto + "bars?symbols=BTC/USD") == "400 - timeframe is required");
    CHECK(said(crypto + "bars?symbols=BTC/USD&timeframe=3D") == "400 - invalid timeframe: 3D");
    CHECK(said(crypto + "bars?timeframe=1Day") == "400 - symbols is required");
    CHECK(said(crypto + "bars?symbols=BTC/USD&timeframe=1Day&limit=10001").starts_with("400 - limit 10001"));
    CHECK(said(crypto + "trades?symbols=BTC/USD&page_token=%21") == "400 - invalid page_token");
    CHECK(said("/v2/stocks/AAPL/trades?feed=%cd%22") == "400 - invalid feed: \xef\xbf\xbd\"");  // no UTF-8
    CHECK(said("/v2/stocks/AAPL/trades?feed=nix") == "400 - invalid feed: nix");
    CHECK(said("/v2/stocks/NIX/quotes/latest") == "404 40410000 no quote found for NIX");
    CHECK(at.get(crypto + "latest/quotes?symbols=NIX/USD").body == json{{"quotes", json::object()}});
    CHECK(at.get(crypto + "trades?symbols=NIX/USD").body ==
          json{{"trades", json::object()}, {"next_page_token", nullptr}});
}

TEST_CASE("Every trouble a fault script may ask for has a status, and rate limits say when they end") {
    AlpacaFixture at;
    const Request request{"GET", "/v2/orders", at.keys(), ""};
    for (const auto& [trouble, status] : {std::pair{Trouble::rate_limited, 429},
                                          {Trouble::unauthorized, 401},
                                          {Trouble::forbidden, 403},
                                          {Trouble::malformed, 400},
                                          {Trouble::order_not_found, 404},
                                          {Trouble::duplicate_order, 422},
                                          {Trouble::insufficient_funds, 403},
                                          {Trouble::internal, 500},
                                          {Trouble::unavailable, 503},
                                          {Trouble::gateway_timeout, 504}}) {
        CHECK(at.venue.protocol->refuse(request, trouble, at.venue.now).status == status);
    }
    const Response limited = at.venue.protocol->refuse(request, Trouble::rate_limited, at.venue.now);
    CHECK(limited.find("X-RateLimit-Reset") != nullptr);
}

TEST_CASE("What a request is about") {
    AlpacaFixture at;
    const auto kind = [&](const char* method, const char* target) {
        return at.venue.protocol->kind_of({method, target, {}, ""});
    };
    CHECK(kind("POST", "/v2/orders") == RequestKind::place_order);
    CHECK(kind("DELETE", "/v2/orders") == RequestKind::cancel_all);
    CHECK(kind("DELETE", "/v2/orders/x") == RequestKind::cancel_order);
    CHECK(kind("PATCH", "/v2/orders/x") == RequestKind::replace_order);
    CHECK(kind("GET", "/v2/orders:by_client_order_id?client_order_id=x") == RequestKind::find_order);
    CHECK(kind("GET", "/v2/orders?status=open") == RequestKind::open_orders);
    CHECK(kind("GET", "/v2/orders?status=all") == RequestKind::order_history);
    CHECK(kind("GET", "/v2/positions") == RequestKind::positions);
    CHECK(kind("GET", "/v2/account") == RequestKind::balances);
    CHECK(kind("GET", "/v2/account/activities/FILL") == RequestKind::executions);
    CHECK(kind("GET", "/v2/clock") == RequestKind::time);
    CHECK(kind("GET", "/v1beta3/crypto/us/bars") == RequestKind::market_data);
}

}  // namespace
}  // namespace plumb::exchange::alpaca
