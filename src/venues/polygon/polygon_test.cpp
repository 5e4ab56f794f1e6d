#include "venues/polygon/polygon.hpp"

#include <doctest/doctest.h>

#include "venues/polygon/encode.hpp"
#include "wire/event_text.hpp"

using namespace plumb;
using namespace plumb::venues::polygon;
using namespace wire;

namespace {

struct Desk {
    InstrumentTable instruments = wire::testing::instruments_of({"BTC/USD", "AAPL/USD"});
    std::unique_ptr<Venue> venue;
    wire::testing::Recorder sink{instruments};
    Timestamp now = *parse_timestamp("2024-01-15T10:30:45.123Z");

    explicit Desk(std::string plan = "", const char* key = "secretkey") {
        VenueOptions options;
        options.instruments = &instruments;
        options.credentials.key_id = key;
        options.plan = std::move(plan);
        venue = make_venue(options);
    }
    Reply read(const Question& question, std::string body, int status = 200,
               std::vector<io::Header> headers = {}) {
        sink.clear();
        return venue->read(question, {status, std::move(headers), std::move(body)}, now, sink);
    }
    Verdict verdict(const Question& question, std::string body, int status = 200) {
        return read(question, std::move(body), status).verdict;
    }
    WireRequest ask(const Question& question) {
        const Result<WireRequest> request = venue->ask(question, now);
        INFO((request ? std::string{} : request.error().message()));
        REQUIRE(request);
        return *request;
    }
};

AskBars hours_of(InstrumentId instrument, std::string page = {}) {
    return {instrument, std::chrono::hours{1}, *parse_timestamp("2024-01-15T06:00:00Z"),
            *parse_timestamp("2024-01-15T12:00:00Z"), std::move(page)};
}

/// An aggregate of each hour from 08:00 on.
std::string hours(std::string_view status, std::string_view more = "") {
    std::string rows;
    for (int i = 0; i < 3; ++i)
        rows += std::string{i == 0 ? "" : ","} + R"({"v":1.23e+07,"vw":2,"o":2,"c":2.5,"h":3,"l":1,"t":)" +
                std::to_string(1705305600000 + i * 3600000) + R"(,"n":5})";
    return R"({"ticker":"X:BTCUSD","queryCount":180,"resultsCount":3,"adjusted":true,"results":[)" + rows +
           R"(],"status":")" + std::string{status} + R"(","request_id":"a","count":3)" + std::string{more} +
           "}";
}

std::string file(const char* name) {
    std::string all;
    for (const std::string& line :
         wire::testing::lines_of(std::string{PLUMB_TESTDATA} + "/venues/polygon/" + name))
        all += line + "\n";
    return all;
}

}  // namespace

TEST_CASE("questions: the key in a header, never in an address; both ends of a span belong to it") {
    Desk desk;
    const WireRequest request = desk.ask(hours_of(InstrumentId{0}));
    CHECK(request.http.target ==
          "/v2/aggs/ticker/X%3ABTCUSD/range/1/hour/1705298400000/"
          "1705319999999?adjusted=true&sort=asc&limit=50000");
    CHECK(request.http.target.find("secretkey") == std::string::npos);
    CHECK(*io::find_header(request.http.headers, "authorization") == "Bearer secretkey");
    CHECK(desk.venue->endpoint(request.host).host == "api.massive.com");
    CHECK(desk.ask(hours_of(InstrumentId{1})).http.target.starts_with("/v2/aggs/ticker/AAPL/range/1/hour/"));
    CHECK(Desk{"unadjusted"}.ask(hours_of(InstrumentId{0})).http.target.find("adjusted=false") !=
          std::string::npos);
    const AskTrades trades{
        InstrumentId{0}, timestamp_from_ns(5), timestamp_from_ns(1'700'000'000'000'000'001), {}};
    CHECK(
        desk.ask(trades).http.target ==
        "/v3/trades/"
        "X%3ABTC-USD?timestamp.gte=5&timestamp.lt=1700000000000000001&order=asc&sort=timestamp&limit=50000");
    for (const auto& [length, multiplier, unit] :
         std::initializer_list<std::tuple<Duration, unsigned, const char*>>{
             {std::chrono::seconds{5}, 5, "second"},
             {std::chrono::minutes{15}, 15, "minute"},
             {std::chrono::hours{4}, 4, "hour"},
             {std::chrono::hours{24}, 1, "day"},
             {std::chrono::hours{168}, 1, "week"}}) {
        REQUIRE(span_of(length));
        CHECK(span_of(length)->multiplier == multiplier);
        CHECK(span_of(length)->timespan == unit);
    }
    CHECK(desk.venue->ask(AskPlace{}, desk.now).error().code() == Errc::unsupported);
    CHECK(desk.venue->ask(AskQuotes{{InstrumentId{0}}}, desk.now).error().code() == Errc::unsupported);
    CHECK(Desk{"", ""}.venue->ask(AskClock{}, desk.now).error().code() == Errc::denied);
    CHECK(Desk{"basic"}.venue->rate_limits()[0].capacity == 5);
}

TEST_CASE(
    "fault_F13_open_candle: the hour that runs is open, and of delayed data the one before may be too") {
    Desk desk;
    CHECK(desk.verdict(hours_of(InstrumentId{0}), hours("OK")) == Verdict::ok);
    REQUIRE(desk.sink.lines.size() == 3);
    CHECK(desk.sink.lines[1] == "bar BTC/USD 2024-01-15T09:00:00.000000000Z 1h 2 3 1 2.5 12300000 traded");
    CHECK(desk.sink.lines[2].starts_with("open_bar BTC/USD 2024-01-15T10:00"));
    desk.now = *parse_timestamp("2024-01-15T10:10:00Z");
    desk.verdict(hours_of(InstrumentId{0}), hours("DELAYED"));
    CHECK(desk.sink.lines[1].starts_with("open_bar BTC/USD 2024-01-15T09:00"));
    CHECK(desk.sink.lines[0].starts_with("bar BTC/USD 2024-01-15T08:00"));
}

TEST_CASE("pages: next_url is followed on our own host only, and never with a key") {
    Desk desk;
    const auto next = [&](const std::string& url) {
        return desk.read(hours_of(InstrumentId{0}), hours("OK", R"(,"next_url":")" + url + "\""));
    };
    const Reply reply = next("https://api.massive.com/v2/aggs/ticker/X:BTCUSD/range/1/hour/1/2?cursor=abc");
    CHECK(reply.verdict == Verdict::ok);
    CHECK(reply.next_page == "/v2/aggs/ticker/X:BTCUSD/range/1/hour/1/2?cursor=abc");
    CHECK(desk.ask(hours_of(InstrumentId{0}, reply.next_page)).http.target == reply.next_page);
    CHECK(next("https://api.polygon.io/v2/aggs/ticker/x?cursor=abc").verdict == Verdict::ok);
    for (const char* bad :
         {"https://evil.example/v2/aggs/ticker/x?cursor=a",
          "https://api.massive.com.evil.example/v2/aggs/ticker/x", "https://api.massive.com/v1/other",
          "/v2/aggs/ticker/x", "https://api.massive.com", "https://user@evil.example/v2/aggs/ticker/",
          "https://api.massive.com/v2/aggs/ticker/x?apiKey=abc", "https://api.massive.com/v2/aggs/ticker/x y",
          "https://evil.example:443/@api.massive.com/v2/aggs/ticker/x"})
        CHECK_MESSAGE(next(bad).verdict == Verdict::unknown, bad);
    CHECK(desk.sink.events.empty());
    // Nothing in the span: the list is missing, not empty.
    CHECK(desk.read(hours_of(InstrumentId{0}),
                    R"({"ticker":"X:BTCUSD","queryCount":0,"resultsCount":0,"adjusted":true,"status":"OK"})")
              .verdict == Verdict::ok);
}

TEST_CASE("answers about something else are no answers") {
    Desk desk;
    CHECK(desk.verdict(hours_of(InstrumentId{1}), hours("OK")) == Verdict::unknown);
    CHECK(Desk{"unadjusted"}.verdict(hours_of(InstrumentId{0}), hours("OK")) == Verdict::unknown);
    CHECK(desk.verdict(hours_of(InstrumentId{0}), hours("ERROR")) == Verdict::unknown);
}

TEST_CASE("the documents' answers: a day of stocks, trades with nanoseconds, the clock") {
    Desk desk;
    AskBars days{InstrumentId{1},
                 std::chrono::hours{24},
                 *parse_timestamp("2005-04-01"),
                 *parse_timestamp("2005-04-05"),
                 {}};
    CHECK(desk.verdict(days, file("aggs_AAPL_day.json")) == Verdict::ok);
    CHECK(desk.sink.lines ==
          std::vector<std::string>{
              "bar AAPL/USD 2005-04-01T05:00:00.000000000Z 1d 1.5032 1.5064 1.4489 1.4604 642646396 traded",
              "bar AAPL/USD 2005-04-04T04:00:00.000000000Z 1d 1.4639 1.4754 1.4343 1.4675 578172308 traded"});
    const AskTrades trades{
        InstrumentId{1}, *parse_timestamp("2022-04-28"), *parse_timestamp("2022-04-29"), {}};
    CHECK(desk.verdict(trades, file("trades_AAPL.json")) == Verdict::ok);
    CHECK(desk.sink.lines[0] == "trade AAPL/USD 2022-04-28T21:37:02.461979400Z buy 156.43 10 #7179341");
    CHECK(desk.verdict(AskClock{}, file("marketstatus.json")) == Verdict::ok);
    CHECK(desk.sink.lines[0] == "clock 2022-04-28T20:48:08.000000000Z");
}

TEST_CASE("errors: key, plan, ticker, pace; everything else is unknown (fault_E02_gateway)") {
    Desk desk{"basic"};
    const Question bars = hours_of(InstrumentId{0});
    Reply reply = desk.read(bars, R"({"status":"ERROR","request_id":"1","error":"Unknown API Key"})", 401);
    CHECK(reply.verdict == Verdict::unauthorized);
    CHECK(reply.words.find("does not know the API key") != std::string::npos);
    reply =
        desk.read(bars, R"({"status":"NOT_AUTHORIZED","message":"You are not entitled to this data."})", 403);
    CHECK(reply.verdict == Verdict::unauthorized);
    CHECK(desk.sink.lines[0].starts_with("control refused not_entitled"));
    CHECK(desk.verdict(bars, R"({"status":"NOT_FOUND","message":"Ticker not found."})", 404) ==
          Verdict::not_found);
    CHECK(desk.verdict(bars, R"({"status":"ERROR","error":"bad"})", 400) == Verdict::refused);
    reply = desk.read(bars, R"({"status":"ERROR","error":"You've exceeded the maximum requests per minute"})",
                      429);
    CHECK(reply.verdict == Verdict::rate_limited);
    CHECK_FALSE(reply.retry_at);
    CHECK(desk.read(bars, "", 429, {{"Retry-After", "7"}}).retry_at == desk.now + std::chrono::seconds{7});
    for (const int status : {200, 301, 400, 401, 403, 404, 500, 502})
        for (const char* body : {"", "<html></html>", "[]", "{}", "null"})
            CHECK_MESSAGE(desk.verdict(bars, body, status) == Verdict::unknown, body);
    CHECK(desk.verdict(bars, hours("OK"), 500) == Verdict::unknown);
    CHECK(desk.verdict(bars, hours("OK"), 203) == Verdict::unknown);
    std::vector<RateObservation> seen;
    desk.venue->observe({}, {429, {{"Retry-After", "7"}}, ""}, desk.now, seen);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].hold_until == desk.now + std::chrono::seconds{7});
}

TEST_CASE("fault_E01_answer_lost: cut after any byte, an answer is unknown and leaves no event") {
    Desk desk;
    const std::string body =
        hours("OK", R"(,"next_url":"https://api.massive.com/v2/aggs/ticker/x?cursor=abc")");
    for (std::size_t cut = 0; cut < body.size(); ++cut) {
        REQUIRE(desk.verdict(hours_of(InstrumentId{0}), body.substr(0, cut)) == Verdict::unknown);
        REQUIRE(desk.sink.events.empty());
    }
}

TEST_CASE("listings: one followed symbol a request") {
    Desk desk;
    CHECK(desk.ask(AskListings{}).http.target == "/v3/reference/tickers?ticker=X%3ABTCUSD&limit=1");
    const Reply reply = desk.read(
        AskListings{},
        R"({"results":[{"ticker":"X:BTCUSD","market":"crypto","active":true}],"status":"OK","count":1})");
    CHECK(reply.verdict == Verdict::ok);
    CHECK(desk.sink.lines[0].starts_with("listing BTC-USD BTC/USD"));
    CHECK(desk.ask(AskListings{reply.next_page}).http.target == "/v3/reference/tickers?ticker=AAPL&limit=1");
    CHECK(desk.read(AskListings{reply.next_page}, R"({"results":[],"status":"OK"})").next_page.empty());
}

TEST_CASE("streams: a lane for each market; authentication first; topics by kind and length") {
    Desk desk;
    CHECK(desk.venue->lane_of({InstrumentId{0}, DataKind::trade, {}}) == 0);
    CHECK(desk.venue->lane_of({InstrumentId{1}, DataKind::trade, {}}) == 1);
    const auto stream = desk.venue->market_stream_of(0);
    Outbox out;
    CHECK(stream->plan(desk.now)->target == "/crypto");
    CHECK(stream->plan(desk.now)->endpoint.host == "socket.massive.com");
    CHECK(desk.venue->market_stream_of(1)->plan(desk.now)->target == "/stocks");
    CHECK(Desk{"delayed"}.venue->market_stream()->plan(desk.now)->endpoint.host == "delayed.massive.com");
    const std::vector<Subscription> wanted{{InstrumentId{0}, DataKind::trade, {}},
                                           {InstrumentId{0}, DataKind::quote, {}},
                                           {InstrumentId{0}, DataKind::bar, std::chrono::minutes{1}},
                                           {InstrumentId{0}, DataKind::bar, std::chrono::seconds{1}}};
    stream->subscribe(wanted, desk.now, out);
    CHECK(out.frames.empty());
    stream->opened(desk.now, out);
    CHECK(out.frames == std::vector<std::string>{R"({"action":"auth","params":"secretkey"})"});
    CHECK_FALSE(stream->ready());
    out.clear();
    stream->frame(R"([{"ev":"status","status":"auth_success","message":"authenticated"}])", desk.now, out,
                  desk.sink);
    CHECK(stream->ready());
    CHECK(out.frames ==
          std::vector<std::string>{
              R"({"action":"subscribe","params":"XT.BTC-USD,XQ.BTC-USD,XA.BTC-USD,XAS.BTC-USD"})"});
    const auto stocks = desk.venue->market_stream_of(1);
    Outbox of_stocks;
    stocks->opened(desk.now, of_stocks);
    of_stocks.clear();
    stocks->frame(R"([{"ev":"status","status":"auth_success","message":"authenticated"}])", desk.now,
                  of_stocks, desk.sink);
    const std::vector<Subscription> minute{{InstrumentId{1}, DataKind::bar, std::chrono::minutes{1}}};
    stocks->subscribe(minute, desk.now, of_stocks);
    CHECK(of_stocks.frames == std::vector<std::string>{R"({"action":"subscribe","params":"AM.AAPL"})"});
}

TEST_CASE("a key that is refused, and a second connection of it, end the connection with a reason") {
    for (const auto& [frame, refusal] : std::initializer_list<std::pair<const char*, Refusal>>{
             {R"([{"ev":"status","status":"auth_failed","message":"authentication failed"}])",
              Refusal::unauthorized},
             {R"([{"ev":"status","status":"max_connections","message":"Maximum number"}])",
              Refusal::connection_limit}}) {
        Desk desk;
        const auto stream = desk.venue->market_stream();
        Outbox out;
        stream->frame(frame, desk.now, out, desk.sink);
        CHECK(desk.sink.all<Control>().front().refusal == refusal);
        CHECK(out.close != nullptr);
    }
}
