#include "exchange/coinmarketcap/coinmarketcap.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "exchange/testing/in_process.hpp"

using namespace plumb;
using namespace plumb::exchange;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// Two days of flat minutes of BTC at 100, the last hour at 110.
struct Venue : testing::InProcessVenue {
    Venue() : InProcessVenue{coinmarketcap::entry()} {
        const InstrumentId btc = market("BTC/USD");
        for (Timestamp at = now - hours{48}; at < now; at += minutes{1}) {
            const Price price{Decimal{at < now - hours{1} ? 100 : 110}};
            past.add_bar(
                {btc, BarOrigin::traded, at, minutes{1}, {price, price, price, price, Quantity{Decimal{2}}}});
        }
    }
    std::pair<int, json> get(std::string_view target, std::string key) {
        std::vector<io::Header> headers;
        if (!key.empty()) headers.push_back({"X-CMC_PRO_API_KEY", std::move(key)});
        const Response answer = request("GET", target, headers);
        return {answer.status, json::parse(answer.body)};
    }
    std::pair<int, json> get(std::string_view target) { return get(target, access.key); }
};

}  // namespace

TEST_CASE("quotes have the shape of the version that is asked for") {
    Venue venue;
    const auto [s1, v1] = venue.get("/v1/cryptocurrency/quotes/latest?symbol=BTC");
    CHECK(s1 == 200);
    CHECK(v1["status"]["error_code"] == 0);
    CHECK(v1["status"]["credit_count"] == 1);
    CHECK(v1["data"]["BTC"]["id"] == 1);
    CHECK(v1["data"]["BTC"]["quote"]["USD"]["price"] == 110);
    CHECK(v1["data"]["BTC"]["quote"]["USD"]["percent_change_24h"] == 10);
    const json v2 = venue.get("/v2/cryptocurrency/quotes/latest?symbol=btc").second;
    CHECK(v2["data"]["BTC"][0]["slug"] == "bitcoin");
    const json by_id = venue.get("/v2/cryptocurrency/quotes/latest?id=1&convert=USD,BTC").second;
    CHECK(by_id["data"]["1"]["quote"]["BTC"]["price"] == 1);
    CHECK(by_id["status"]["credit_count"] == 2);
    const json v3 = venue.get("/v3/cryptocurrency/quotes/latest?id=1").second;
    CHECK(v3["data"][0]["quote"][0]["symbol"] == "USD");
    CHECK_FALSE(v3["data"][0].contains("platform"));
}

TEST_CASE("unknown coins are an error in the older versions and nothing in the third") {
    Venue venue;
    const auto [status, old] = venue.get("/v2/cryptocurrency/quotes/latest?symbol=XYZ");
    CHECK(status == 400);
    CHECK(old["status"]["error_code"] == 400);
    CHECK(old["status"]["error_message"] == "Invalid value for \"symbol\": \"XYZ\"");
    const auto [ok, empty] = venue.get("/v3/cryptocurrency/quotes/latest?symbol=XYZ");
    CHECK(ok == 200);
    CHECK(empty["data"] == json::array());
}

TEST_CASE("a price stands still for a minute") {
    Venue venue;
    const auto quote = [&] {
        return venue.get("/v3/cryptocurrency/quotes/latest?id=1").second["data"][0]["quote"][0];
    };
    const json first = quote();
    venue.past.add_trade(venue.market("BTC/USD"),
                         {1, Side::buy, Price{Decimal{200}}, Quantity{Decimal{1}}, venue.now + seconds{10}});
    venue.pump_for(seconds{30});
    CHECK(quote() == first);
    venue.pump_for(seconds{31});
    CHECK(quote()["price"] == 200);
    CHECK(quote()["last_updated"] != first["last_updated"]);
}

TEST_CASE("keys, plans, limits and credits") {
    Venue venue;
    CHECK(venue.get("/v1/key/info", "").second["status"]["error_code"] == 1002);
    CHECK(venue.get("/v1/key/info", "").first == 401);
    CHECK(venue.get("/v1/key/info", "wrong").second["status"]["error_code"] == 1001);
    const std::string basic = venue.access.key + "-free";
    const auto [status, denied] = venue.get("/v2/cryptocurrency/ohlcv/historical?id=1", basic);
    CHECK(status == 403);
    CHECK(denied["status"]["error_code"] == 1006);
    for (int i = 0; i < 28; ++i)
        CHECK(venue.get("/v1/cryptocurrency/quotes/latest?id=1", basic).first == 200);
    const json info = venue.get("/v1/key/info", basic).second["data"];
    CHECK(info["plan"]["rate_limit_minute"] == 30);
    CHECK(info["usage"]["current_minute"]["requests_left"] == 0);
    CHECK(info["usage"]["current_month"]["credits_used"] == 28);
    const auto [limited, words] = venue.get("/v1/key/info", basic);
    CHECK(limited == 429);
    CHECK(words["status"]["error_code"] == 1008);
    venue.pump_for(minutes{1});
    CHECK(venue.get("/v1/key/info", basic).first == 200);
    CHECK(venue.get("/public-api/v3/cryptocurrency/quotes/latest?id=1", "").first == 200);
    CHECK(venue.get("/public-api/v3/cryptocurrency/quotes/latest?id=1").first == 401);
}

TEST_CASE("history: the start is exclusive, the end is not, ten are given when nothing is said") {
    Venue venue;  // 2024-01-02 15:00
    const json hourly =
        venue.get("/v2/cryptocurrency/ohlcv/historical?id=1&time_period=hourly").second["data"];
    CHECK(hourly["symbol"] == "BTC");
    REQUIRE(hourly["quotes"].size() == 10);
    CHECK(hourly["quotes"][9]["time_close"] == "2024-01-02T14:59:59.999Z");
    CHECK(hourly["quotes"][9]["quote"]["USD"]["close"] == 110);
    CHECK(hourly["quotes"][9]["quote"]["USD"]["volume"] == 13200);
    const json between =
        venue
            .get(
                "/v2/cryptocurrency/ohlcv/historical?id=1&interval=1h&time_start=2024-01-02T03:00:00Z"
                "&time_end=2024-01-02T06:00:00Z")
            .second["data"]["quotes"];
    REQUIRE(between.size() == 3);
    CHECK(between[0]["time_open"] == "2024-01-02T04:00:00.000Z");
    const json points =
        venue.get("/v2/cryptocurrency/quotes/historical?id=1&interval=5m&count=3").second["data"]["quotes"];
    REQUIRE(points.size() == 3);
    CHECK(points[2]["timestamp"] == "2024-01-02T15:00:00.000Z");
    CHECK(venue.get("/v2/cryptocurrency/ohlcv/historical?id=1&interval=5m").first == 400);
}

TEST_CASE("lists") {
    Venue venue;
    const json map = venue.get("/v1/cryptocurrency/map").second["data"];
    CHECK(map.size() == 5);  // no stocks
    CHECK(map[0]["status"] == "active");
    const json page = venue.get("/v1/cryptocurrency/listings/latest?start=2&limit=2").second;
    CHECK(page["data"].size() == 2);
    CHECK(page["status"]["total_count"] == 5);
    CHECK(page["data"][0]["cmc_rank"] == 2);
    CHECK(venue.get("/v2/cryptocurrency/info?slug=bitcoin").second["data"]["bitcoin"]["category"] == "coin");
    CHECK(venue.get("/v9/nothing").first == 404);
}
