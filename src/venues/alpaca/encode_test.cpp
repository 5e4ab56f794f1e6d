#include "venues/alpaca/encode.hpp"

#include <doctest/doctest.h>

#include "venues/alpaca/alpaca.hpp"
#include "venues/alpaca/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;

namespace {

const Timestamp kNow = *parse_timestamp("2026-11-20T12:00:00.5Z");
const VenueOrderId kUuid{std::string_view{"38e482f3-79a8-4f75-a057-f07a1ec6a397"}};

wire::VenueOptions options_of(InstrumentTable& instruments, const char* key, const char* plan = "") {
    wire::VenueOptions options;
    options.instruments = &instruments;
    options.credentials.key_id = key;
    if (*key != '\0') options.credentials.secret = Secret{"a/secret+42"};
    options.plan = plan;
    return options;
}

struct Desk {
    InstrumentTable instruments =
        testing::instruments_of({"BTC/USD", "ETH/BTC", "AAPL/USD", "DOGE/USDC", "AAVE/USD"});
    std::unique_ptr<wire::Venue> venue;

    explicit Desk(const char* key = "PKTEST", const char* plan = "")
        : venue{make_venue(options_of(instruments, key, plan))} {}
    InstrumentId id(const char* name) const { return *instruments.find(name); }
    OrderRequest order(const char* name, const char* quantity, const char* limit) const {
        OrderRequest out;
        out.id = {42, 1, 7};
        out.instrument = id(name);
        out.quantity = Quantity{*Decimal::parse(quantity)};
        out.type = OrderType::limit;
        out.limit = Price{*Decimal::parse(limit)};
        return out;
    }
    io::HttpRequest ask(const wire::Question& question) {
        auto asked = venue->ask(question, kNow);
        REQUIRE_MESSAGE(asked.has_value(), (asked ? std::string{} : asked.error().message()));
        return asked->http;
    }
    std::string why(const wire::Question& question, Errc code) {
        auto asked = venue->ask(question, kNow);
        REQUIRE_FALSE(asked.has_value());
        CHECK(asked.error().code() == code);
        return asked.error().message();
    }
    std::string denied(const OrderRequest& order) {
        const Status status = venue->check(order);
        if (status) return "";
        CHECK(status.error().code() == Errc::denied);
        CHECK_FALSE(venue->ask(wire::AskPlace{order}, kNow).has_value());
        return status.error().message();
    }
    void list(const char* body, const char* page = "") {
        testing::Recorder sink{instruments};
        REQUIRE(venue->read(wire::AskListings{page}, {200, {}, body}, kNow, sink).verdict ==
                wire::Verdict::ok);
    }
};

}  // namespace

TEST_CASE("an order in the venue's words, every number a text, with the headers that prove who asks") {
    Desk desk;
    const io::HttpRequest coin = desk.ask(wire::AskPlace{desk.order("BTC/USD", "0.0150", "64000.5")});
    CHECK(coin.method == io::Method::post);
    CHECK(coin.target == "/v2/orders");
    CHECK(
        coin.body ==
        R"({"symbol":"BTC/USD","qty":"0.015","side":"buy","type":"limit","time_in_force":"gtc","limit_price":"64000.5","client_order_id":"pl-0000002a-1-7"})");
    CHECK(*io::find_header(coin.headers, "apca-api-key-id") == "PKTEST");
    CHECK(*io::find_header(coin.headers, "apca-api-secret-key") == "a/secret+42");
    CHECK(*io::find_header(coin.headers, "content-type") == "application/json");
    OrderRequest stock = desk.order("AAPL/USD", "3", "190.25");
    stock.side = Side::sell;
    stock.type = OrderType::stop_limit;
    stock.stop = Price{*Decimal::parse("190.5")};
    stock.time_in_force = TimeInForce::day;
    CHECK(
        desk.ask(wire::AskPlace{stock}).body ==
        R"({"symbol":"AAPL","qty":"3","side":"sell","type":"stop_limit","time_in_force":"day","limit_price":"190.25","stop_price":"190.5","client_order_id":"pl-0000002a-1-7"})");
    const wire::AskReplace replace{{desk.id("AAPL/USD"), {42, 1, 6}, kUuid}, stock};
    const io::HttpRequest patch = desk.ask(replace);
    CHECK(patch.method == io::Method::patch);
    CHECK(patch.target == "/v2/orders/38e482f3-79a8-4f75-a057-f07a1ec6a397");
    CHECK(
        patch.body ==
        R"({"qty":"3","time_in_force":"day","limit_price":"190.25","stop_price":"190.5","client_order_id":"pl-0000002a-1-7"})");
}

TEST_CASE("every other question") {
    Desk desk;
    const InstrumentId btc = desk.id("BTC/USD"), aapl = desk.id("AAPL/USD");
    const Timestamp from = *parse_timestamp("2026-11-01"), to = *parse_timestamp("2026-11-02");
    const auto target = [&](const wire::Question& question) { return desk.ask(question).target; };
    CHECK(desk.ask(wire::AskCancel{{btc, {}, kUuid}}).method == io::Method::del);
    CHECK(target(wire::AskCancel{{btc, {}, kUuid}}) == "/v2/orders/38e482f3-79a8-4f75-a057-f07a1ec6a397");
    CHECK(target(wire::AskOrder{{btc, {42, 1, 7}, {}}, 0}) ==
          "/v2/orders:by_client_order_id?client_order_id=pl-0000002a-1-7");
    CHECK(target(wire::AskOrder{{btc, {42, 1, 7}, kUuid}, 0}) ==
          "/v2/orders/38e482f3-79a8-4f75-a057-f07a1ec6a397");
    CHECK(target(wire::AskOpenOrders{}) == "/v2/orders?status=open&limit=500&direction=asc");
    CHECK(target(wire::AskOpenOrders{{}, "a b"}) ==
          "/v2/orders?status=open&limit=500&direction=asc&after_order_id=a%20b");
    CHECK(target(wire::AskFills{{}, from, "2026::x"}) ==
          "/v2/account/activities/"
          "FILL?direction=asc&page_size=100&after=2026-10-31T23%3A59%3A59Z&page_token=2026%3A%3Ax");
    CHECK(target(wire::AskPositions{}) == "/v2/positions");
    CHECK(target(wire::AskBalances{}) == "/v2/account");
    CHECK(target(wire::AskPermissions{}) == "/v2/account");
    CHECK(target(wire::AskListings{}) == "/v2/assets?status=active&asset_class=crypto");
    CHECK(target(wire::AskListings{"us_equity"}) == "/v2/assets?status=active&asset_class=us_equity");
    CHECK(target(wire::AskClock{}) == "/v2/clock");
    CHECK(target(wire::AskBars{btc, std::chrono::hours{4}, from, to, "p=="}) ==
          "/v1beta3/crypto/us/bars?symbols=BTC%2FUSD&timeframe=4Hour&start=2026-11-01T00%3A00%3A00.000000000Z"
          "&end=2026-11-01T23%3A59%3A59.999999999Z&limit=10000&sort=asc&page_token=p%3D%3D");
    CHECK(target(wire::AskBars{aapl, std::chrono::hours{24}, from, to, {}}) ==
          "/v2/stocks/bars?symbols=AAPL&timeframe=1Day&start=2026-11-01T00%3A00%3A00.000000000Z"
          "&end=2026-11-01T23%3A59%3A59.999999999Z&limit=10000&sort=asc&feed=iex&adjustment=split");
    CHECK(target(wire::AskTrades{aapl, from, to, {}}).starts_with("/v2/stocks/trades?symbols=AAPL&start="));
    CHECK(target(wire::AskQuotes{{btc, desk.id("ETH/BTC")}}) ==
          "/v1beta3/crypto/us/latest/quotes?symbols=BTC%2FUSD%2CETH%2FBTC");
    CHECK(target(wire::AskQuotes{{aapl}}) == "/v2/stocks/quotes/latest?symbols=AAPL&feed=iex");
    CHECK(Desk{"PKTEST", "sip"}.ask(wire::AskQuotes{{aapl}}).target ==
          "/v2/stocks/quotes/latest?symbols=AAPL&feed=sip");
    CHECK(target(wire::AskBook{btc}) == "/v1beta3/crypto/us/latest/orderbooks?symbols=BTC%2FUSD");
    desk.why(wire::AskBook{aapl}, Errc::unsupported);
    desk.why(wire::AskQuotes{{aapl, btc}}, Errc::unsupported);
    desk.why(wire::AskQuotes{}, Errc::invalid_argument);
    desk.why(wire::AskBars{btc, std::chrono::seconds{5}, from, to, {}}, Errc::unsupported);
    desk.why(wire::AskBars{btc, std::chrono::hours{1}, to, from, {}}, Errc::invalid_argument);
    desk.why(wire::AskStreamKey{}, Errc::unsupported);
    desk.why(wire::AskCancelAllAfter{}, Errc::unsupported);
    desk.why(wire::AskCancel{{btc, {42, 1, 7}, {}}}, Errc::unsupported);
    for (const Duration length : desk.venue->capabilities().bar_lengths)
        CHECK_FALSE(timeframe_of(length).empty());
}

TEST_CASE("requests go to their host and budget; cancels and exits may use the reserve") {
    Desk desk;
    const auto asked = [&](const wire::Question& question) { return *desk.venue->ask(question, kNow); };
    OrderRequest order = desk.order("BTC/USD", "0.01", "64000");
    CHECK_FALSE(asked(wire::AskPlace{order}).uses_reserve);
    order.purpose = OrderPurpose::exit;
    CHECK(asked(wire::AskPlace{order}).uses_reserve);
    CHECK(asked(wire::AskCancel{{order.instrument, {}, kUuid}}).uses_reserve);
    CHECK(asked(wire::AskPlace{order}).host == wire::Host::trading);
    CHECK(asked(wire::AskBook{order.instrument}).host == wire::Host::market_data);
    CHECK(asked(wire::AskBook{order.instrument}).bucket == 1);
    CHECK(desk.venue->rate_limits()[0].reserve > 0);
    CHECK(desk.venue->endpoint(wire::Host::trading).host == "paper-api.alpaca.markets");
    wire::VenueOptions live = options_of(desk.instruments, "AKTEST");
    live.paper_endpoint = false;
    CHECK(make_venue(live)->endpoint(wire::Host::trading).host == "api.alpaca.markets");
    live.addresses.trading = io::Endpoint{"127.0.0.1", 1234, false};
    CHECK(make_venue(live)->endpoint(wire::Host::trading).port == 1234);
    CHECK(make_venue(live)->private_stream()->plan(kNow)->endpoint.port == 1234);
}

TEST_CASE("without a key only coins' data can be asked; a torn key is refused before it is sent") {
    Desk desk{""};
    const InstrumentId btc = desk.id("BTC/USD");
    const io::HttpRequest bars =
        desk.ask(wire::AskBars{btc, std::chrono::hours{1}, kNow - std::chrono::hours{5}, kNow, {}});
    CHECK(bars.headers.empty());
    CHECK(desk.why(wire::AskPlace{desk.order("BTC/USD", "0.01", "64000")}, Errc::denied)
              .find("APCA_API_KEY_ID") != std::string::npos);
    desk.why(wire::AskAccount{}, Errc::denied);
    desk.why(wire::AskQuotes{{desk.id("AAPL/USD")}}, Errc::denied);
    CHECK(desk.venue->market_stream()->plan(kNow).error().code() == Errc::denied);
    CHECK(desk.venue->private_stream()->plan(kNow).error().code() == Errc::denied);
    Desk torn{"PK\r\nX-Evil: 1"};
    torn.why(wire::AskAccount{}, Errc::denied);
}

TEST_CASE("fault_E15_rules: what the venue would refuse is refused here, with its reason") {
    Desk desk;
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(desk.denied(desk.order("BTC/USD", "0.01", "64000")) == "");
    CHECK(has(desk.denied(desk.order("BTC/USD", "0.0001", "64000")), "10 USD"));
    CHECK(desk.denied(desk.order("BTC/USD", "0.00015625", "64000")) == "");
    OrderRequest order = desk.order("BTC/USD", "0.0001", "64000");
    order.side = Side::sell;  // the least value is for purchases in USD only
    CHECK(desk.denied(order) == "");
    CHECK(desk.denied(desk.order("ETH/BTC", "0.0001", "0.05")) == "");
    CHECK(has(desk.denied(desk.order("BTC/USD", "4", "64000")), "200000 USD"));
    CHECK(has(desk.denied(desk.order("BTC/USD", "0.0100000001", "64000")), "nine decimals"));
    CHECK(has(desk.denied(desk.order("BTC/USD", "-1", "64000")), "not above zero"));
    CHECK(has(desk.denied(desk.order("BTC/USD", "1", "0")), "limit price is missing"));
    order = desk.order("BTC/USD", "0.01", "64000");
    order.time_in_force = TimeInForce::day;
    CHECK(has(desk.denied(order), "good till canceled"));
    order.time_in_force = TimeInForce::fill_or_kill;
    CHECK(has(desk.denied(order), "good till canceled"));
    order.time_in_force = TimeInForce::immediate_or_cancel;
    CHECK(desk.denied(order) == "");
    order.type = OrderType::stop;
    CHECK(has(desk.denied(order), "stop-limit"));
    order.type = OrderType::trailing_stop;
    CHECK(has(desk.denied(order), "trailing"));
    order.type = OrderType::stop_limit;
    CHECK(has(desk.denied(order), "stop price is missing"));
    order.type = OrderType::market;
    order.reference = Price{Decimal{900}};
    CHECK(has(desk.denied(order), "10 USD"));
    order.instrument = InstrumentId{99};
    CHECK(has(desk.denied(order), "of this session"));
}

TEST_CASE("fault_E15_stock_rules: whole cents, parts of a share for the day only") {
    Desk desk;
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(desk.denied(desk.order("AAPL/USD", "1", "290.12")) == "");
    CHECK(has(desk.denied(desk.order("AAPL/USD", "1", "290.123")), "no multiple of 0.01"));
    CHECK(desk.denied(desk.order("AAPL/USD", "1", "0.1234")) == "");
    CHECK(has(desk.denied(desk.order("AAPL/USD", "1", "0.12345")), "no multiple of 0.0001"));
    CHECK(has(desk.denied(desk.order("AAPL/USD", "0.5", "290.12")), "for the day only"));
    OrderRequest part = desk.order("AAPL/USD", "0.5", "290.12");
    part.time_in_force = TimeInForce::day;
    CHECK(desk.denied(part) == "");
    part.quantity = Quantity{*Decimal::parse("0.003")};
    CHECK(has(desk.denied(part), "1 USD"));
    part.quantity = Quantity{*Decimal::parse("0.5")};
    CHECK(has(desk.why(wire::AskReplace{{part.instrument, {}, kUuid}, part}, Errc::denied),
              "cannot be replaced"));
    desk.list(
        R"([{"class":"us_equity","symbol":"AAPL","status":"active","tradable":true,"shortable":true,"easy_to_borrow":false,"borrow_status":"easy_to_borrow","fractionable":false}])",
        "us_equity");
    CHECK(has(desk.denied(part), "whole shares"));
    desk.list(
        R"([{"class":"us_equity","symbol":"AAPL","status":"active","tradable":false,"fractionable":true}])",
        "us_equity");
    CHECK(has(desk.denied(desk.order("AAPL/USD", "1", "290.12")), "not tradable"));
}

TEST_CASE("fault_E15_listed_grid: once the list was read its grid rules (recorded assets of July 2024)") {
    Desk desk;
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    for (const std::string& line : testing::lines_of("rest_recorded.jsonl"))
        if (line.starts_with(R"({"ask":"listings","body")")) {
            const std::size_t at = line.find("\"body\":") + 7;
            desk.list(line.substr(at, line.size() - at - 1).c_str());
        }
    CHECK(desk.denied(desk.order("AAVE/USD", "0.2", "95.12")) == "");
    CHECK(has(desk.denied(desk.order("AAVE/USD", "0.2", "95.123")), "no multiple of 0.01"));
    CHECK(has(desk.denied(desk.order("AAVE/USD", "0.01", "2000")), "least quantity is 0.010186515"));
    CHECK(has(desk.denied(desk.order("DOGE/USDC", "9", "0.1")), "least quantity is 9.33706816"));
}

TEST_CASE(
    "a coin that we do not know is a coin once the venue's list says so; a stock never takes a coin's name") {
    InstrumentTable instruments = testing::instruments_of({"NEWCO/USD", "LTC/USD"});
    Directory directory{instruments};
    CHECK(directory.market_of(InstrumentId{0}) == Market::stocks);
    CHECK(directory.symbol_of(InstrumentId{0}) == "NEWCO");
    Asset coin;
    coin.market = Market::crypto;
    coin.listing.symbol = std::string_view{"NEWCO/USD"};
    coin.listing.base = std::string_view{"NEWCO"};
    coin.listing.quote = std::string_view{"USD"};
    CHECK(directory.take(coin));
    CHECK(directory.market_of(InstrumentId{0}) == Market::crypto);
    CHECK(directory.symbol_of(InstrumentId{0}) == "NEWCO/USD");
    CHECK(directory.symbols().find("NEWCO/USD") == InstrumentId{0});
    Asset stock = coin;
    stock.market = Market::stocks;
    stock.listing.symbol = std::string_view{"NEWCO"};
    CHECK_FALSE(directory.take(stock));
    stock.listing.symbol = std::string_view{"LTC"};
    stock.listing.base = std::string_view{"LTC"};
    CHECK_FALSE(directory.take(stock));
    CHECK(directory.market_of(InstrumentId{1}) == Market::crypto);
    CHECK(directory.find("LTCUSD") == InstrumentId{1});
}

TEST_CASE("what is sent is escaped") {
    std::string out;
    append_json_text(out, "a\"b\\c\n\x01");
    CHECK(out == R"("a\"b\\c\u000a\u0001")");
    CHECK(url_encoded("a/b c~%") == "a%2Fb%20c~%25");
}
