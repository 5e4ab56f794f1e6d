#include <doctest/doctest.h>

#include <algorithm>

#include "exchange/alpaca/testing/alpaca_fixture.hpp"
#include "exchange/alpaca/testing/schema_check.hpp"

namespace plumb::exchange::alpaca {
namespace {

using nlohmann::json;

const Schemas& schemas() {
    static const Schemas loaded;
    return loaded;
}

void check_each(const char* name, const json& list) {
    REQUIRE(list.is_array());
    REQUIRE(!list.empty());
    for (const json& item : list) CHECK(schemas().faults(name, item) == "");
}

TEST_CASE("The check of schemas finds what is wrong") {
    CHECK(schemas().faults("Error", {{"code", 1}, {"message", "x"}}) == "");
    CHECK(schemas().faults("Error", {{"code", "1"}}) ==
          "Error lacks \"message\"\nError.code is no number: \"1\"\n");
    CHECK(schemas().faults("Order", {{"notional", nullptr}, {"type", "odd"}, {"time_in_force", "day"}}) ==
          "Order.type is none of the enumeration: \"odd\"\n");
}

TEST_CASE("Answers of the trading interface have the members and types of the venue's schemas") {
    AlpacaFixture at;
    at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01"));
    at.order(AlpacaFixture::market("AAPL", "buy", "3", "day"));
    at.order(AlpacaFixture::resting());
    const Answer replaced = at.order(AlpacaFixture::resting("39000"));
    at.ask("PATCH", "/v2/orders/" + replaced.body["id"].get<std::string>(), R"({"qty":"0.02"})");
    check_each("Order", at.get("/v2/orders?status=all").body);
    CHECK(schemas().faults("Account", at.get("/v2/account").body) == "");
    CHECK(schemas().faults("AccountConfigurations", at.get("/v2/account/configurations").body) == "");
    check_each("Position", at.get("/v2/positions").body);
    check_each("Assets", at.get("/v2/assets").body);
    check_each("Assets", at.get("/v2/assets?asset_class=crypto").body);
    check_each("TradingActivities", at.get("/v2/account/activities/FILL").body);
    CHECK(schemas().faults("PortfolioHistory", at.get("/v2/account/portfolio/history").body) == "");
    CHECK(schemas().faults("legacy_clock", at.get("/v2/clock").body) == "");
    check_each("legacy_calendar_day", at.get("/v2/calendar?start=2024-01-01&end=2024-02-01").body);
    const Answer made = at.post("/v2/watchlists", {{"name", "mine"}, {"symbols", {"AAPL", "BTC/USD"}}});
    CHECK(schemas().faults("Watchlist", made.body) == "");
    check_each("WatchlistWithoutAsset", at.get("/v2/watchlists").body);
    check_each("CanceledOrderResponse", at.ask("DELETE", "/v2/orders").body);
    check_each("PositionClosedReponse", at.ask("DELETE", "/v2/positions").body);
}

TEST_CASE("Answers of the data interface have the members and types of the venue's schemas") {
    AlpacaFixture at;
    const std::string start = "start=2024-01-01T00:00:00Z";
    const auto check = [&](const char* name, const std::string& target) {
        const Answer answer = at.get(target);
        CHECK(answer.status == 200);
        CHECK_MESSAGE(schemas().faults(name, answer.body) == "", target);
    };
    const std::string crypto = "/v1beta3/crypto/us/";
    check("crypto_bars_resp", crypto + "bars?symbols=BTC/USD,ETH/USD&timeframe=1Min&" + start);
    check("crypto_trades_resp", crypto + "trades?symbols=BTC/USD&" + start);
    check("crypto_quotes_resp", crypto + "quotes?symbols=BTC/USD&" + start);
    check("crypto_latest_bars_resp", crypto + "latest/bars?symbols=BTC/USD");
    check("crypto_latest_trades_resp", crypto + "latest/trades?symbols=BTC/USD");
    check("crypto_latest_quotes_resp", crypto + "latest/quotes?symbols=BTC/USD");
    check("crypto_latest_orderbooks_resp", crypto + "latest/orderbooks?symbols=BTC/USD");
    check("crypto_snapshots_resp", crypto + "snapshots?symbols=BTC/USD");
    const std::string stocks = "/v2/stocks/";
    for (const std::string what : {"bars", "trades", "quotes"}) {
        const std::string frame = what == "bars" ? "&timeframe=1Day" : "";
        check(("stock_" + what + "_resp").c_str(), stocks + what + "?symbols=AAPL&" + start + frame);
        check(("stock_" + what + "_resp_single").c_str(), stocks + "AAPL/" + what + "?" + start + frame);
        check(("stock_latest_" + what + "_resp").c_str(), stocks + what + "/latest?symbols=AAPL");
        check(("stock_latest_" + what + "_resp_single").c_str(), stocks + "AAPL/" + what + "/latest");
    }
    check("stock_snapshots_resp", stocks + "snapshots?symbols=AAPL");
    check("stock_snapshots_resp_single", stocks + "AAPL/snapshot");
}

}  // namespace
}  // namespace plumb::exchange::alpaca
