#include "venues/coinmarketcap/coinmarketcap.hpp"

#include <doctest/doctest.h>

#include "venues/coinmarketcap/credits.hpp"
#include "venues/coinmarketcap/quoted_bars.hpp"
#include "wire/testing/event_words.hpp"

using namespace plumb;
using namespace plumb::venues::coinmarketcap;
using namespace std::chrono_literals;
using namespace plumb::wire::testing;
using wire::Verdict;

namespace {

using Lines = std::vector<std::string>;
const Timestamp kReceived = *parse_timestamp("2026-03-05T22:43:48.471Z");

struct Desk {
    InstrumentTable instruments;
    InstrumentId btc, eth;
    std::unique_ptr<wire::Venue> venue;
    Lines lines;

    explicit Desk(std::string plan = "", std::string_view key = "0123abcd") {
        const auto add = [this](const char* base) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = "USD";
            instrument.tick = *Price::parse("0.01");
            instrument.lot = *Quantity::parse("0.01");
            return *instruments.add(instrument);
        };
        btc = add("BTC");
        eth = add("ETH");
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.plan = std::move(plan);
        options.credentials.secret = Secret{key};
        venue = make_venue(options);
    }
    wire::Reply read(const wire::Question& question, std::string body, int status = 200,
                     std::vector<io::Header> headers = {}, Timestamp now = kReceived) {
        TextSink sink{instruments};
        const wire::Reply reply =
            venue->read(question, {status, std::move(headers), std::move(body)}, now, sink);
        lines = sink.lines;
        return reply;
    }
    std::string target(const wire::Question& question) {
        const auto request = venue->ask(question, kReceived);
        INFO((request ? std::string{} : request.error().message()));
        REQUIRE(request);
        return request->http.target;
    }
    wire::AskQuotes both() const { return {{btc, eth}}; }
    wire::AskBars daily() const {
        return {btc, 24h, *parse_timestamp("2019-01-02"), *parse_timestamp("2019-01-04"), {}};
    }
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

const std::string kStatus =
    R"("status":{"timestamp":"2026-03-05T22:43:48.471Z","error_code":0,"error_message":null,"elapsed":10,"credit_count":1})";
// Example of the official SDK's quotes_latest model (OpenCMC/coinmarketcap-api-python @ac76438, MIT),
// shortened.
const std::string kQuoteV2 =
    R"({"data":{"1":{"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","is_active":1,"last_updated":)"
    R"("2018-08-09T21:56:28.000Z","tags":["mineable"],"platform":null,"quote":{"USD":{"price":6602.60701122,"volume_24h":)"
    R"(4314444687.5194,"percent_change_1h":0.988615,"last_updated":"2018-08-09T21:56:28.000Z"}}}},)" +
    kStatus + "}";
// The same in the shape of v3: a list of coins, a list of quotes, codes between quotes.
const std::string kQuoteV3 =
    R"({"status":{"timestamp":"2026-03-05T22:43:48.471Z","error_code":"0","error_message":"SUCCESS","elapsed":"31",)"
    R"("credit_count":1},"data":[{"id":1,"symbol":"BTC","tags":[{"slug":"x","id":7}],"platform":{"id":9,"symbol":"P"},"quote":)"
    R"([{"id":2781,"symbol":"USD","price":6602.60701122,"last_updated":"2018-08-09T21:56:28.000Z"}]},{"id":1027,"symbol":"ETH",)"
    R"("quote":[{"id":2781,"symbol":"USD","price":1.5e2,"last_updated":"2018-08-09T21:56:30.000Z"}]}]})";
const std::string kBtcLine =
    "open_bar BTC/USD 1m 2018-08-09T21:56:00.000000000Z o 6602.60701122 h 6602.60701122 l 6602.60701122 c "
    "6602.60701122 "
    "v 0 quoted";
// Example of the SDK's ohlcv_historical model (MIT).
const std::string kCandles =
    R"({"data":{"id":1,"name":"Bitcoin","symbol":"BTC","quotes":[{"time_open":"2019-01-02T00:00:00.000Z","time_close":)"
    R"("2019-01-02T23:59:59.999Z","time_high":"2019-01-02T03:53:00.000Z","time_low":"2019-01-02T02:43:00.000Z","quote":{"USD":)"
    R"({"open":3849.21640853,"high":3947.9812729,"low":3817.40949569,"close":3943.40933686,"volume":5244856835.70851,)"
    R"("market_cap":68849856731.6738,"timestamp":"2019-01-02T23:59:59.999Z"}}},{"time_open":"2019-01-03T00:00:00.000Z",)"
    R"("time_close":"2019-01-03T23:59:59.999Z","quote":{"USD":{"open":3931.04863841,"high":3935.68513083,"low":3826.22287069,)"
    R"("close":3836.74131867,"volume":4530215218.84018,"timestamp":"2019-01-03T23:59:59.999Z"}}}]},)" +
    kStatus + "}";
const std::string kInfo =
    R"({"data":{"plan":{"credit_limit_monthly":15000,"credit_limit_monthly_reset":"In 26 days","credit_limit_monthly_reset_timestamp":)"
    R"("2026-04-01T00:00:00.000Z","rate_limit_minute":30},"usage":{"current_minute":{"requests_made":1,"requests_left":29},)"
    R"("current_day":{"credits_used":1},"current_month":{"credits_used":14990,"credits_left":10}}},)" +
    kStatus + "}";

std::string error(int code) {
    return fmt::format(
        R"({{"status":{{"timestamp":"2026-03-05T22:43:48.471Z","error_code":{},"error_message":"m","elapsed":10,)"
        R"("credit_count":0}}}})",
        code);
}

}  // namespace

TEST_CASE("a polled price is a bar marked quoted, of the price's own minute and without a volume") {
    Desk desk;
    CHECK(desk.read(desk.both(), kQuoteV2).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{kBtcLine});
    CHECK(desk.read(desk.both(), kQuoteV2).verdict == Verdict::ok);
    CHECK(desk.lines.empty());  // the same price again is no news
    Desk other;
    CHECK(other.read(other.both(), kQuoteV3).verdict == Verdict::ok);
    CHECK(other.lines ==
          Lines{kBtcLine,
                "open_bar ETH/USD 1m 2018-08-09T21:56:00.000000000Z o 150 h 150 l 150 c 150 v 0 quoted"});
    CHECK(other
              .read(other.both(), replaced(replaced(kQuoteV2, "6602.60701122", "6000"),
                                           R"("last_updated":"2018-08-09T21:56:28.000Z"}}})",
                                           R"("last_updated":"2018-08-09T21:58:03.000Z"}}})"))
              .verdict == Verdict::ok);
    CHECK(other.lines ==
          Lines{replaced(kBtcLine, "open_bar", "closed_bar"),
                "open_bar BTC/USD 1m 2018-08-09T21:58:00.000000000Z o 6000 h 6000 l 6000 c 6000 v 0 quoted"});
}

TEST_CASE("quoted bars: high and low of what was polled, no bar where nothing was") {
    QuotedBars bars{1min};
    const auto price = [](const char* text) { return *Price::parse(text); };
    const auto at = [](const char* text) { return *parse_timestamp(text); };
    CHECK_FALSE(bars.take({0}, price("5"), at("2026-01-01T00:00:01Z")).closed);
    bars.take({0}, price("7"), at("2026-01-01T00:00:20Z"));
    const auto third = bars.take({0}, price("4"), at("2026-01-01T00:00:59Z"));
    CHECK(third.open->values == Ohlcv{price("5"), price("7"), price("4"), price("4"), Quantity{}});
    CHECK_FALSE(bars.take({0}, price("9"), at("2026-01-01T00:00:58Z")).open);  // older than the last
    const auto later = bars.take({0}, price("6"), at("2026-01-01T00:05:00Z"));
    REQUIRE(later.closed);
    CHECK(later.closed->origin == BarOrigin::quoted);
    CHECK(later.closed->open_time == at("2026-01-01T00:00:00Z"));
    CHECK(later.open->open_time == at("2026-01-01T00:05:00Z"));
    CHECK_FALSE(bars.take({1}, price("6"), at("2026-01-01T00:00:00Z")).closed);
}

TEST_CASE("nothing is made up: null, zero and missing prices are refused, unknown coins told") {
    Desk desk;
    for (const char* bad : {"null", "0", "-1", "\"6602\"", "1e13"}) {
        CHECK(desk.read(desk.both(), replaced(kQuoteV2, "6602.60701122", bad)).verdict == Verdict::ok);
        CHECK(desk.lines == Lines{"refused price"});
    }
    CHECK(desk.read(desk.both(), R"({"data":[],)" + kStatus + "}").verdict == Verdict::refused);
    CHECK(desk.read(desk.both(), "{" + kStatus + "}").verdict == Verdict::unknown);
    // Two coins of one name: nobody's price, until the map said which number is which.
    const std::string two =
        R"({"data":{"BTC":[{"id":1,"symbol":"BTC","quote":{"USD":{"price":5,"last_updated":"2018-08-09T21:56:28Z"}}},{"id":77,)"
        R"("symbol":"BTC","quote":{"USD":{"price":6,"last_updated":"2018-08-09T21:56:28Z"}}}]},)" +
        kStatus + "}";
    CHECK(desk.read(desk.both(), two).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"refused symbol", "refused symbol"});
    CHECK(desk.read(wire::AskListings{},
                    R"({"data":[{"id":1,"symbol":"BTC","rank":1},{"id":77,"symbol":"BTC","rank":900},)"
                    R"({"id":8,"symbol":"$lower"}],)" +
                        kStatus + "}")
              .verdict == Verdict::ok);
    CHECK(desk.read(desk.both(), two).verdict == Verdict::ok);
    CHECK(desk.lines ==
          Lines{"open_bar BTC/USD 1m 2018-08-09T21:56:00.000000000Z o 5 h 5 l 5 c 5 v 0 quoted"});
}

TEST_CASE("candles: no bar's volume, closed when their day is over, of the coin asked for") {
    Desk desk{"professional"};
    CHECK(desk.read(desk.daily(), kCandles).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"closed_bar BTC/USD 1d 2019-01-02T00:00:00.000000000Z o 3849.21640853 h "
                              "3947.9812729 l 3817.40949569 "
                              "c 3943.40933686 v 0 quoted",
                              "closed_bar BTC/USD 1d 2019-01-03T00:00:00.000000000Z o 3931.04863841 h "
                              "3935.68513083 l 3826.22287069 "
                              "c 3836.74131867 v 0 quoted"});
    desk.read(desk.daily(), kCandles, 200, {}, *parse_timestamp("2019-01-03T12:00:00Z"));
    CHECK(desk.lines[1].starts_with("open_bar"));
    CHECK(desk.read(desk.daily(), replaced(kCandles, "3947.9812729", "3900")).verdict == Verdict::ok);
    CHECK(desk.lines.back() == "refused high");
    CHECK(desk.read(desk.daily(), replaced(kCandles, R"("symbol":"BTC")", R"("symbol":"BNB")")).verdict ==
          Verdict::unknown);
    // A map of coins by slug, without a status (the CLI's recorded shape).
    const std::size_t from = kCandles.find("{\"id\""), to = kCandles.find("]},\"status\"") + 2;
    CHECK(
        desk.read(desk.daily(), R"({"data":{"bitcoin":)" + kCandles.substr(from, to - from) + "}}").verdict ==
        Verdict::ok);
    CHECK(desk.lines.size() == 2);
}

TEST_CASE("questions in the venue's words") {
    Desk desk{"professional"};
    CHECK(desk.target(desk.both()) == "/v3/cryptocurrency/quotes/latest?symbol=BTC,ETH&convert=USD");
    CHECK(desk.target(desk.daily()) ==
          "/v2/cryptocurrency/ohlcv/"
          "historical?symbol=BTC&convert=USD&time_period=daily&interval=1d&time_start=2019-01-01T00:00:00."
          "000Z&time_end=2019-01-03T23:59:59.000Z&count=2");
    desk.read(wire::AskListings{},
              R"({"data":[{"id":1,"symbol":"BTC"},{"id":1027,"symbol":"ETH"}],)" + kStatus + "}");
    CHECK(desk.lines.size() == 2);
    CHECK(desk.target(desk.both()) == "/v3/cryptocurrency/quotes/latest?id=1,1027&convert=USD");
    const auto request = desk.venue->ask(desk.both(), kReceived);
    CHECK(*io::find_header(request->http.headers, "X-CMC_PRO_API_KEY") == "0123abcd");
    wire::AskBars minutes = desk.daily();
    minutes.length = 1min;
    CHECK(desk.venue->ask(minutes, kReceived).error().code() == Errc::unsupported);
    CHECK(Desk{}.venue->ask(desk.daily(), kReceived).error().message().find("free plan") !=
          std::string::npos);
    CHECK(Desk("", "").venue->ask(desk.both(), kReceived).error().code() == Errc::denied);
    for (const wire::Question& question : std::vector<wire::Question>{wire::AskPlace{}, wire::AskBalances{},
                                                                      wire::AskBook{}, wire::AskFills{}})
        CHECK(desk.venue->ask(question, kReceived).error().code() == Errc::unsupported);
    CHECK_FALSE(desk.venue->market_stream());
    CHECK_FALSE(desk.venue->check({}));
}

TEST_CASE("errors in plain words, limits until their exact end") {
    Desk desk;
    const auto verdict = [&](int status, int code) {
        return desk.read(desk.both(), error(code), status).verdict;
    };
    for (const int code : {1001, 1002, 1003, 1004, 1005, 1007})
        CHECK(verdict(401, code) == Verdict::unauthorized);
    CHECK(desk.read(desk.daily(), error(1006), 403).words.find("paid plan") != std::string::npos);
    CHECK(verdict(403, 1006) == Verdict::refused);
    CHECK(desk.read(desk.daily(), "", 402).words.find("paid plan") != std::string::npos);
    CHECK(desk.read(desk.both(), error(1008), 429).retry_at == *parse_timestamp("2026-03-05T22:44:00Z"));
    CHECK(desk.read(desk.both(), error(1008), 429, {{"Retry-After", "30"}}).retry_at == kReceived + 30s);
    CHECK(desk.read(desk.both(), error(1009), 429).retry_at == *parse_timestamp("2026-03-06T00:00:00Z"));
    CHECK(desk.read(desk.both(), error(1010), 429).retry_at == *parse_timestamp("2026-04-01T00:00:00Z"));
    CHECK(verdict(200, 1001) == Verdict::unauthorized);  // a code counts whatever the status says
    CHECK(verdict(400, 400) == Verdict::refused);
    CHECK(verdict(500, 500) == Verdict::unknown);
    for (const char* body : {"", "<html>502</html>", "null", "{}", "[]"}) {
        CHECK(desk.read(desk.both(), body, 502).verdict == Verdict::unknown);
        CHECK(desk.read(desk.both(), body, 200).verdict == Verdict::unknown);
    }
}

TEST_CASE("fault_F20: an answer cut after any byte gives no price") {
    for (const std::string& body : {kQuoteV2, kQuoteV3, kCandles, kInfo})
        for (std::size_t size = 0; size < body.size(); ++size) {
            static Desk desk{"professional"};
            for (const wire::Question& question :
                 std::vector<wire::Question>{desk.both(), desk.daily(), wire::AskPermissions{}}) {
                const Verdict verdict = desk.read(question, body.substr(0, size)).verdict;
                REQUIRE(verdict == Verdict::unknown);
                for (const std::string& line : desk.lines) REQUIRE(line.starts_with("refused"));
            }
        }
}

TEST_CASE("credits: polls are spread so that they last, and stop when they are used up") {
    const Timestamp now = *parse_timestamp("2026-04-16T00:00:00Z");
    CreditBudget budget;
    CHECK(CreditBudget::cost_of_quotes(2, 1) == 1);
    CHECK(CreditBudget::cost_of_quotes(101, 3) == 4);
    CHECK(budget.poll_interval(1, now) == Duration{15 * 24h} / 10'000);  // 129.6 s
    budget.learn({30, 15'000, 10, {}, *parse_timestamp("2026-05-01")});
    CHECK(budget.poll_interval(1, now) == 36h);
    budget.spend(9);
    CHECK_FALSE(budget.exhausted_until(now));
    budget.spend(1);
    CHECK(budget.exhausted_until(now) == *parse_timestamp("2026-05-01"));
    CHECK_FALSE(budget.exhausted_until(*parse_timestamp("2026-05-01")));
    budget.learn({30, 15'000, 1'000'000, 50, {}});
    CHECK(budget.poll_interval(1, now) == Duration{24h} / 50);
    budget.learn({30, 15'000, 1'000'000, {}, {}});
    CHECK(budget.poll_interval(1, now) == 60s);
    CHECK(CreditBudget::next_month(*parse_timestamp("2026-12-31T23:59:59Z")) ==
          *parse_timestamp("2027-01-01"));

    Desk desk;
    CHECK(desk.read(wire::AskPermissions{}, kInfo).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"account  trade no withdraw no short no"});
    for (int i = 0; i < 10; ++i) {
        CHECK(desk.venue->ask(desk.both(), kReceived));
        desk.read(desk.both(), kQuoteV2);
    }
    const auto refused = desk.venue->ask(desk.both(), kReceived);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message().find("used up until 2026-04-01") != std::string::npos);
    CHECK(desk.venue->ask(desk.both(), *parse_timestamp("2026-04-01T00:00:01Z")));
}
