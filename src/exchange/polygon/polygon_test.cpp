#include "exchange/polygon/polygon.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "exchange/polygon/calendar.hpp"
#include "exchange/testing/in_process.hpp"

using namespace plumb;
using namespace plumb::exchange;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct Venue : testing::InProcessVenue {
    InstrumentId btc, aapl;

    /// Two days of minutes at 100, then a book at 100.
    Venue() : InProcessVenue{polygon::entry()}, btc{market("BTC/USD")}, aapl{market("AAPL/USD")} {
        const Price price{Decimal{100}};
        for (const InstrumentId id : {btc, aapl}) {
            for (Timestamp at = now - hours{48}; at < now; at += minutes{1})
                past.add_bar({id,
                              BarOrigin::traded,
                              at,
                              minutes{1},
                              {price, price, price, price, Quantity{Decimal{3}}}});
            seed_book(id, price, 3);
        }
        show_events();
    }
    std::pair<int, json> get(const std::string& target, const std::string& key) {
        const Response answer = request("GET", target, {{"Authorization", "Bearer " + key}});
        return {answer.status, json::parse(answer.body)};
    }
    std::pair<int, json> get(const std::string& target) { return get(target, access.key); }
    std::vector<json> said(StreamId stream) {
        std::vector<json> all;
        for (const auto& frame : take_frames(stream)) all.push_back(json::parse(frame.bytes).at(0));
        return all;
    }
};

}  // namespace

TEST_CASE("aggregates: fields, base limits, pages through next_url with the server's own address") {
    Venue venue;
    const auto [status, page] =
        venue.get("/v2/aggs/ticker/X:BTCUSD/range/5/minute/2024-01-02/2024-01-02?limit=12&sort=asc");
    CHECK(status == 200);
    CHECK(page["ticker"] == "X:BTCUSD");
    CHECK(page["status"] == "OK");
    CHECK(page["queryCount"] == 12);
    CHECK(page["resultsCount"] == 2);  // the third bar could be cut: it is the next page's
    const json& bar = page["results"][0];
    CHECK(bar["t"] == 1704153600000);
    CHECK(bar["v"] == 15);
    CHECK(bar["vw"] == 100);
    for (const char* key : {"o", "h", "l", "c", "n"}) CHECK(bar.contains(key));
    const std::string next = page["next_url"];
    REQUIRE(next.starts_with("http://127.0.0.1:8080/v2/aggs/"));
    CHECK(next.find(venue.access.key) == std::string::npos);
    std::size_t bars = 2;
    std::string url = next;
    std::int64_t last = page["results"][1]["t"];
    while (!url.empty()) {
        const json more = venue.get(url.substr(std::string_view{"http://127.0.0.1:8080"}.size())).second;
        for (const json& one : more["results"]) {
            CHECK(one["t"] == last + 300'000);
            last = one["t"];
            ++bars;
        }
        url = more.value("next_url", "");
    }
    CHECK(bars == 15 * 12);
    const json newest =
        venue.get("/v2/aggs/ticker/X:BTCUSD/range/1/hour/2024-01-01/2024-01-02?sort=desc&limit=120").second;
    CHECK(newest["results"][0]["t"] == 1704204000000);
    const json nothing = venue.get("/v2/aggs/ticker/X:NONE/range/1/day/2024-01-01/2024-01-02").second;
    CHECK(nothing["resultsCount"] == 0);
    CHECK_FALSE(nothing.contains("results"));
}

TEST_CASE("days of stocks are New York's, days of crypto UTC") {
    Venue venue;
    const auto days = [&](const char* ticker) {
        return venue.get(std::string{"/v2/aggs/ticker/"} + ticker + "/range/1/day/2024-01-01/2024-01-02")
            .second["results"];
    };
    CHECK(days("X:BTCUSD")[0]["t"] == 1704067200000);
    CHECK(days("AAPL")[0]["t"] == 1704085200000);
    CHECK(venue.get("/v2/aggs/ticker/AAPL/prev").second["results"][0]["T"] == "AAPL");
    CHECK(polygon::rfc3339(polygon::Zone::new_york, *parse_timestamp("2020-11-10T22:37:37Z")) ==
          "2020-11-10T17:37:37-05:00");
    CHECK(polygon::rfc3339(polygon::Zone::new_york, *parse_timestamp("2022-04-28T20:48:08Z")) ==
          "2022-04-28T16:48:08-04:00");
    // The clocks went forward at 2:00 on 10 March 2024.
    CHECK(polygon::begin_of(polygon::Zone::new_york, *polygon::parse_day("2024-03-10")) ==
          *parse_timestamp("2024-03-10T05:00:00Z"));
    CHECK(polygon::begin_of(polygon::Zone::new_york, *polygon::parse_day("2024-03-11")) ==
          *parse_timestamp("2024-03-11T04:00:00Z"));
}

TEST_CASE("keys, plans and errors have the venue's bodies") {
    Venue venue;
    CHECK(venue.request("GET", "/v1/marketstatus/now?apiKey=" + venue.access.key).status == 200);
    const auto [unknown, body] = venue.get("/v1/marketstatus/now", "wrong");
    CHECK(unknown == 401);
    CHECK(body["status"] == "ERROR");
    CHECK(body["error"] == "Unknown API Key");
    CHECK(body.contains("request_id"));
    const std::string free = venue.access.key + "-free";
    const auto [denied, words] = venue.get("/v2/aggs/ticker/AAPL/range/1/minute/2024-01-02/2024-01-02", free);
    CHECK(denied == 403);
    CHECK(words["status"] == "NOT_AUTHORIZED");
    CHECK(venue.get("/v2/aggs/ticker/AAPL/range/1/day/2024-01-01/2024-01-02", free).second["status"] ==
          "DELAYED");
    for (int i = 0; i < 3; ++i) CHECK(venue.get("/v1/marketstatus/now", free).first == 200);
    CHECK(venue.get("/v1/marketstatus/now", free).first == 429);
    venue.pump_for(minutes{1});
    CHECK(venue.get("/v1/marketstatus/now", free).first == 200);
    CHECK(venue.get("/v2/aggs/ticker/AAPL/range/0/day/2024-01-01/2024-01-02").first == 400);
    CHECK(venue.get("/v2/aggs/ticker/AAPL/range/1/day/yesterday/2024-01-02").first == 400);
    CHECK(venue.get("/v2/last/trade/NONE").second["message"] == "Ticker not found.");
    CHECK(venue.request("GET", "/nowhere", {{"Authorization", "Bearer " + venue.access.key}}).status == 404);
}

TEST_CASE("trades come by pages, last trade and quote in nanoseconds") {
    Venue venue;
    for (int i = 0; i < 5; ++i) {
        venue.trade_through(venue.aapl, Side::buy, Quantity{Decimal{1 + i}});
        venue.pump_for(seconds{1});
    }
    const json last = venue.get("/v2/last/trade/AAPL").second["results"];
    CHECK(last["s"] == 5);
    CHECK(last["t"] == to_ns(venue.now - seconds{1}));
    const json quote = venue.get("/v2/last/nbbo/AAPL").second["results"];
    CHECK(quote["p"] < quote["P"]);
    std::string target = "/v3/trades/AAPL?limit=2&order=asc&timestamp.gte=2024-01-02";
    std::vector<int> sizes;
    while (!target.empty()) {
        const json page = venue.get(target).second;
        for (const json& trade : page["results"]) sizes.push_back(trade["size"]);
        const std::string next = page.value("next_url", "");
        target = next.empty() ? "" : next.substr(std::string_view{"http://127.0.0.1:8080"}.size());
    }
    CHECK(sizes == std::vector<int>{1, 2, 3, 4, 5});
    const json snapshot = venue.get("/v2/snapshot/locale/us/markets/stocks/tickers/AAPL").second["ticker"];
    for (const char* key : {"day", "lastQuote", "lastTrade", "min", "prevDay", "todaysChange", "updated"})
        CHECK(snapshot.contains(key));
    const json book =
        venue.get("/v2/snapshot/locale/global/markets/crypto/tickers/X:BTCUSD/book").second["data"];
    CHECK(book["bids"].size() == 3);
    const json universal = venue.get("/v3/snapshot?ticker.any_of=AAPL,APx").second["results"];
    CHECK(universal[0]["session"]["previous_close"] == 100);
    CHECK(universal[1]["error"] == "NOT_FOUND");
}

TEST_CASE("reference tickers by pages") {
    Venue venue;
    const json page = venue.get("/v3/reference/tickers?market=stocks&limit=2").second;
    CHECK(page["results"][0]["ticker"] == "AAPL");
    CHECK(page["results"][0]["name"] == "Apple Inc.");
    CHECK(page["count"] == 2);
    const std::string next = page["next_url"];
    const json second = venue.get(next.substr(std::string_view{"http://127.0.0.1:8080"}.size())).second;
    CHECK(second["results"][0]["ticker"] == "MSFT");
    CHECK(venue.get("/v3/reference/tickers?search=bitcoin").second["results"][0]["ticker"] == "X:BTCUSD");
}

TEST_CASE("a socket: welcome, authentication, one status for each parameter, then data") {
    Venue venue;
    const auto opened = venue.open_stream("/crypto");
    REQUIRE(opened.has_value());
    const StreamId stream = *opened;
    CHECK(venue.said(stream).at(0)["status"] == "connected");
    venue.send(stream, R"({"action":"subscribe","params":"XT.BTC-USD"})");
    CHECK(venue.said(stream).at(0)["status"] == "error");
    venue.send(stream, R"({"action":"auth","params":")" + venue.access.key + R"("})");
    CHECK(venue.said(stream).at(0)["status"] == "auth_success");
    venue.send(stream, R"({"action":"subscribe","params":"XT.BTC-USD,XQ.*,XA.BTC-USD,AM.BTC-USD"})");
    const auto statuses = venue.said(stream);
    REQUIRE(statuses.size() == 4);
    CHECK(statuses[0]["message"] == "subscribed to: XT.BTC-USD");
    CHECK(statuses[3]["status"] == "error");
    venue.trade_through(venue.btc, Side::sell, Quantity{Decimal{2}});
    venue.show_events();
    bool traded = false, quoted = false;
    for (const json& one : venue.said(stream)) {
        if (one["ev"] == "XT") {
            traded = true;
            CHECK(one["pair"] == "BTC-USD");
            CHECK(one["c"] == json::array({1}));
            CHECK(one["i"].is_string());
        }
        quoted = quoted || one["ev"] == "XQ";
    }
    CHECK(traded);
    CHECK(quoted);
    venue.pump_for(seconds{62});
    std::vector<json> bars;
    for (const json& one : venue.said(stream))
        if (one["ev"] == "XA") bars.push_back(one);
    REQUIRE(bars.size() == 1);
    CHECK(bars[0]["v"] == 2);
    CHECK(bars[0]["e"] == bars[0]["s"].get<std::int64_t>() + 60'000);
    venue.send(stream, "no json");
    CHECK(venue.said(stream).at(0)["status"] == "error");
}

TEST_CASE("a socket without a key, with a wrong one, with that of the free plan, at no cluster") {
    Venue venue;
    CHECK_FALSE(venue.open_stream("/forest").has_value());
    const StreamId silent = *venue.open_stream("/stocks");
    const StreamId wrong = *venue.open_stream("/stocks");
    venue.send(wrong, R"({"action":"auth","params":"wrong"})");
    CHECK(venue.said(wrong).at(1)["status"] == "auth_failed");
    const StreamId free = *venue.open_stream("/stocks");
    venue.send(free, R"({"action":"auth","params":")" + venue.access.key + R"(-free"})");
    CHECK(venue.said(free).at(1)["message"].get<std::string>().starts_with("Your plan doesn't include"));
    venue.pump_for(seconds{11});
    CHECK(venue.said(silent).at(1)["status"] == "auth_timeout");
    CHECK(venue.outlet.closes.size() == 3);
}
