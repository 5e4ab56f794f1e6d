#include <doctest/doctest.h>

#include "venues/kraken/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::kraken;
using testing::Desk;
using namespace wire;

namespace {

std::string header(const WireRequest& request, std::string_view name) {
    const std::string* value = io::find_header(request.http.headers, name);
    return value == nullptr ? "" : *value;
}

}  // namespace

TEST_CASE("an order in the venue's words, signed over what is sent") {
    Desk desk;
    const WireRequest request = desk.ask(AskPlace{Desk::order()});
    CHECK(request.http.method == io::Method::post);
    CHECK(request.http.target == "/derivatives/api/v3/sendorder");
    CHECK(request.http.body ==
          "processBefore=2024-01-15T10%3A30%3A55.123Z&orderType=lmt&symbol=PF_XBTUSD&side=sell&size=0.01"
          "&limitPrice=65000&cliOrdId=pl-1a2b3c4d-7-42");
    CHECK(header(request, "APIKey") == "public");
    // echo of Python: base64(hmac_sha512(key, sha256(body + "/api/v3/sendorder")))
    CHECK(header(request, "Authent") ==
          "0XZLXAyFmx/aufLcvQSMsLJJWyN8taWIbbe2Me2oEWtIbTP3v8jWbLeYUFnlQRLZfSqCDC8N1WT1/4EN3r1WDg==");
    CHECK(header(request, "Content-Type") == "application/x-www-form-urlencoded");
    CHECK(request.weight == 10);
    CHECK_FALSE(request.uses_reserve);
    CHECK(desk.venue->endpoint(Host::trading).host == "demo-futures.kraken.com");
    CHECK(desk.venue->endpoint(Host::market_data).host == "futures.kraken.com");
}

TEST_CASE("types and times in force map to order types; exits only reduce; stops go by the price chosen") {
    Desk desk;
    const auto body = [&](OrderRequest order) { return desk.ask(AskPlace{order}).http.body; };
    const auto has = [](const std::string& text, const char* what) {
        return text.find(what) != std::string::npos;
    };
    OrderRequest order = Desk::order();
    order.time_in_force = TimeInForce::immediate_or_cancel;
    CHECK(has(body(order), "orderType=ioc&"));
    order.time_in_force = TimeInForce::fill_or_kill;
    CHECK(has(body(order), "orderType=fok&"));
    CHECK(has(body(Desk::order(OrderType::market)), "orderType=mkt&"));
    CHECK_FALSE(has(body(Desk::order(OrderType::market)), "limitPrice"));
    CHECK(has(body(Desk::order(OrderType::stop)), "orderType=stp&"));
    CHECK(has(body(Desk::order(OrderType::stop)), "stopPrice=64000.5&triggerSignal=last&"));
    CHECK(has(body(Desk::order(OrderType::stop_limit)), "limitPrice=65000&stopPrice=64000.5"));
    order = Desk::order();
    order.purpose = OrderPurpose::exit;
    CHECK(has(body(order), "&reduceOnly=true"));
    CHECK(desk.ask(AskPlace{order}).uses_reserve);

    wire::VenueOptions options = Desk::with_key();
    options.stop_trigger = PriceSource::mark;
    Desk by_mark{std::move(options)};
    CHECK(has(by_mark.ask(AskPlace{Desk::order(OrderType::stop)}).http.body, "triggerSignal=mark"));
}

TEST_CASE("fault_E15_grid, fault_E19_not_allowed: refused here, in plain words") {
    Desk desk;
    const auto words = [&](auto change) {
        OrderRequest order = Desk::order();
        change(order);
        const Status status = desk.venue->check(order);
        const std::string said = status ? "nothing was refused" : status.error().message();
        CHECK(desk.refusal(AskPlace{order}) == said);
        return said;
    };
    CHECK(desk.venue->check(Desk::order()));
    const auto speaks = [](const std::string& said, const char* of) {
        return said.find(of) != std::string::npos;
    };
    CHECK(
        speaks(words([](OrderRequest& o) { o.quantity = *Quantity::parse("0.00015"); }), "steps of 0.0001"));
    CHECK(speaks(words([](OrderRequest& o) { o.quantity = *Quantity::parse("1000.0001"); }), "at most 1000"));
    CHECK(speaks(words([](OrderRequest& o) { o.limit = *Price::parse("65000.3"); }), "steps of 0.5"));
    CHECK(speaks(words([](OrderRequest& o) { o.limit = Price{}; }), "limit price above zero"));
    CHECK(
        speaks(words([](OrderRequest& o) { o.time_in_force = TimeInForce::day; }), "no orders for the day"));
    CHECK(speaks(words([](OrderRequest& o) { o.type = OrderType::trailing_stop; }), "trailing"));
    CHECK(speaks(words([](OrderRequest& o) { o.instrument = InstrumentId{1}; }), "not open for trading"));
    CHECK(speaks(words([](OrderRequest& o) { o.instrument = InstrumentId{2}; }), "counts dollars"));
    CHECK(speaks(words([](OrderRequest& o) { o.instrument = InstrumentId{9}; }), "no contract"));
    CHECK(speaks(words([](OrderRequest& o) {
                     o.type = OrderType::stop;
                     o.time_in_force = TimeInForce::immediate_or_cancel;
                     o.stop = *Price::parse("1");
                 }),
                 "until they are canceled"));
}

TEST_CASE("listings: the decimals of a size may be below zero; an absurd grid is refused by itself") {
    Desk desk;
    const auto listings = desk.sink.all<Listing>();
    REQUIRE(listings.size() == 4);
    CHECK(desk.sink.lines[0] ==
          "listing PF_XBTUSD BTC/USD tick=0.5 lot=0.0001 min=0.0001 max=1000 contract=1 open");
    CHECK(desk.sink.lines[1] ==
          "listing PF_ETHUSD ETH/USD tick=0.1 lot=0.001 min=0.001 max=0 contract=1 closed");
    CHECK(desk.sink.lines[2] ==
          "listing PF_PEPEUSD PEPE/USD tick=0.0000000001 lot=1000 min=1000 max=0 contract=1 open");
    CHECK(desk.sink.lines[3] == "listing PI_XBTUSD BTC/USD:BTC tick=0.5 lot=1 min=1 max=0 contract=0 open");
    CHECK(desk.sink.lines[4].starts_with("refused tickSize"));
}

TEST_CASE("every other question") {
    Desk desk;
    const OrderKey ours{InstrumentId{0}, {0x1a2b3c4d, 7, 42}, {}};
    OrderKey known = ours;
    known.venue = std::string_view{"179f9af8-e45e-469d-b3e9-2fd4675cb7d0"};
    WireRequest request = desk.ask(AskCancel{ours});
    CHECK(request.http.body == "cliOrdId=pl-1a2b3c4d-7-42");
    CHECK(request.uses_reserve);
    CHECK(desk.ask(AskCancel{known}).http.body == "order_id=179f9af8-e45e-469d-b3e9-2fd4675cb7d0");
    request = desk.ask(AskReplace{known, Desk::order()});
    CHECK(request.http.target == "/derivatives/api/v3/editorder");
    CHECK(request.http.body ==
          "processBefore=2024-01-15T10%3A30%3A55.123Z&orderId=179f9af8-e45e-469d-b3e9-2fd4675cb7d0&size=0.01"
          "&qtyMode=ABSOLUTE&limitPrice=65000");
    request = desk.ask(AskOrder{ours, 0});
    CHECK(request.http.method == io::Method::post);
    CHECK(request.http.body == "cliOrdIds=pl-1a2b3c4d-7-42");
    CHECK(request.weight == 1);
    CHECK(desk.ask(AskOrder{ours, 1}).http.target == "/derivatives/api/v3/openorders");
    CHECK(desk.ask(AskFills{{}, {}, {}}).weight == 2);
    request = desk.ask(AskFills{{}, {}, "2023-04-07T15:45:10.740Z"});
    CHECK(request.http.target == "/derivatives/api/v3/fills?lastFillTime=2023-04-07T15%3A45%3A10.740Z");
    CHECK(request.weight == 25);
    CHECK(desk.ask(AskCancelAllAfter{std::chrono::seconds{60}}).http.body == "timeout=60");
    CHECK(desk.ask(AskCancelAllAfter{}).http.body == "timeout=0");
    CHECK(desk.ask(AskPermissions{}).http.target == "/api/auth/v1/api-keys/v3/check");
    CHECK(desk.ask(AskBook{InstrumentId{0}}).http.target == "/derivatives/api/v3/orderbook?symbol=PF_XBTUSD");
    const Timestamp from = timestamp_from_ms(1650000000000), to = timestamp_from_ms(1651440000000);
    request = desk.ask(AskBars{InstrumentId{0}, std::chrono::hours{4}, from, to, {}});
    // As ccxt asks for a hundred bars of four hours.
    CHECK(request.http.target == "/api/charts/v1/trade/PF_XBTUSD/4h?from=1650000000&to=1651439999");
    CHECK(request.host == Host::market_data);
    CHECK(header(request, "Authent").empty());
    CHECK(desk.refusal(AskBars{InstrumentId{0}, std::chrono::minutes{3}, from, to, {}}).find("1m, 5m") !=
          std::string::npos);
    CHECK(desk.refusal(AskStreamKey{}).find("no stream key") != std::string::npos);

    wire::VenueOptions options = Desk::with_key();
    options.history = PriceSource::index;
    Desk by_index{std::move(options)};
    CHECK(by_index.ask(AskBars{InstrumentId{0}, std::chrono::hours{4}, from, to, {}})
              .http.target.starts_with("/api/charts/v1/spot/"));
}

TEST_CASE(
    "without a key, or with one that cannot be read, private questions are refused and open ones asked") {
    Desk desk{Desk::without_key()};
    CHECK(desk.refusal(AskPositions{}).find("needs an API key") != std::string::npos);
    CHECK(desk.venue->ask(AskClock{}, desk.now));
    CHECK(desk.venue->ask(AskListings{}, desk.now));
    CHECK(desk.venue->private_stream()->plan(desk.now).error().code() == Errc::denied);
    wire::VenueOptions options;
    options.credentials.key_id = "public";
    options.credentials.secret = Secret{"this is no base64!"};
    Desk broken{std::move(options)};
    CHECK(broken.refusal(AskPositions{}).find("is not base64") != std::string::npos);
    CHECK(broken.refusal(AskPositions{}).find("this is") == std::string::npos);
}
