#include "venues/binance/rules.hpp"
#include "venues/binance/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::binance;
using testing::Desk;

namespace {

/// The parameters before those that every signed request ends with.
std::string plain(const std::string& request) {
    const std::size_t at = request.find("&recvWindow=5000&timestamp=1499827319559&signature=");
    REQUIRE(at != std::string::npos);
    const std::size_t signature =
        at + std::string{"&recvWindow=5000&timestamp=1499827319559&signature="}.size();
    CHECK(request.find_first_not_of("0123456789abcdef ", signature) == std::string::npos);
    return request.substr(0, at);
}

const std::string kInfo =
    R"({"timezone":"UTC","rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1200},)"
    R"({"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":40}],"symbols":[{"symbol":"BTCUSDT",)"
    R"("status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","isSpotTradingAllowed":true,"orderTypes":["LIMIT","MARKET",)"
    R"("STOP_LOSS_LIMIT"],"filters":[{"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000",)"
    R"("tickSize":"0.01000000"},{"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},)"
    R"({"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"112.21108820","stepSize":"0.00000000"},)"
    R"({"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000",)"
    R"("applyMaxToMarket":false,"avgPriceMins":5},{"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"5",)"
    R"("bidMultiplierDown":"0.2","askMultiplierUp":"5","askMultiplierDown":"0.2","avgPriceMins":5},)"
    R"({"filterType":"MAX_NUM_ORDERS","maxNumOrders":200},{"filterType":"SOMETHING_NEW","x":[1]}]},)"
    R"({"symbol":"ETHUSDT","status":"BREAK","baseAsset":"ETH","quoteAsset":"USDT","orderTypes":[],"filters":[]},)"
    R"({"symbol":"BADUSDT","status":"TRADING","baseAsset":"BAD","quoteAsset":"USDT","filters":[{"filterType":"LOT_SIZE",)"
    R"("minQty":1,"maxQty":"1","stepSize":"1"}]}]})";

}  // namespace

TEST_CASE("spot orders in the venue's words") {
    Desk desk{Market::spot};
    CHECK(plain(desk.target(wire::AskPlace{testing::order()})) ==
          "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=60000.1&"
          "newClientOrderId=pl-1a2b3c4d-7-42&newOrderRespType=FULL");
    CHECK(plain(desk.target(wire::AskPlace{testing::order(OrderType::market, Side::sell)})) ==
          "POST /api/v3/order "
          "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.5&newClientOrderId=pl-1a2b3c4d-7-42&"
          "newOrderRespType=FULL");
    CHECK(
        plain(desk.target(wire::AskPlace{testing::order(OrderType::stop_limit)})) ==
        "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.5&price="
        "60000.1&stopPrice=61000&newClientOrderId=pl-1a2b3c4d-7-42&newOrderRespType=FULL");
    const wire::OrderKey key{testing::kBtc, {0x1a2b3c4d, 7, 42}, std::string_view{"28"}};
    CHECK(plain(desk.target(wire::AskCancel{key})) ==
          "DELETE /api/v3/order?symbol=BTCUSDT&origClientOrderId=pl-1a2b3c4d-7-42");
    CHECK(plain(desk.target(wire::AskCancel{{testing::kBtc, {}, std::string_view{"28"}}})) ==
          "DELETE /api/v3/order?symbol=BTCUSDT&orderId=28");
    CHECK(plain(desk.target(wire::AskOrder{key, 0})) ==
          "GET /api/v3/order?symbol=BTCUSDT&origClientOrderId=pl-1a2b3c4d-7-42");
    CHECK_FALSE(desk.venue->ask(wire::AskOrder{key, 1}, desk.now).has_value());
    CHECK_FALSE(desk.venue->ask(wire::AskCancel{{testing::kBtc, {}, {}}}, desk.now).has_value());
    // A fill that crosses the change must not come on top of the new order.
    OrderRequest changed = testing::order();
    changed.id.counter = 43;
    CHECK(plain(desk.target(wire::AskReplace{key, changed})).find("&cancelRestrictions=ONLY_NEW&") !=
          std::string::npos);
    const auto request = desk.venue->ask(wire::AskPlace{testing::order()}, desk.now);
    CHECK(*io::find_header(request->http.headers, "X-MBX-APIKEY") ==
          "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A");
    CHECK(*io::find_header(request->http.headers, "content-type") == "application/x-www-form-urlencoded");
}

TEST_CASE("USD-M orders: conditional ones wait at a service of their own, exits only reduce") {
    Desk desk{Market::futures};
    OrderRequest exit = testing::order(OrderType::limit, Side::buy);
    exit.purpose = OrderPurpose::exit;
    CHECK(plain(desk.target(wire::AskPlace{exit})) ==
          "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=60000.1&"
          "reduceOnly=true&newClientOrderId=pl-1a2b3c4d-7-42&newOrderRespType=RESULT");
    CHECK(desk.venue->ask(wire::AskPlace{exit}, desk.now)->uses_reserve);
    CHECK(
        plain(desk.target(wire::AskPlace{testing::order(OrderType::stop)})) ==
        "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY&type=STOP_MARKET&quantity=0.5&"
        "triggerPrice=61000&clientAlgoId=pl-1a2b3c4d-7-42");
    const wire::OrderKey algo{testing::kBtc, {0x1a2b3c4d, 7, 42}, std::string_view{"algo-2148719"}};
    CHECK(plain(desk.target(wire::AskCancel{algo})) ==
          "DELETE /fapi/v1/algoOrder?clientAlgoId=pl-1a2b3c4d-7-42");
    CHECK(plain(desk.target(wire::AskOrder{algo, 0})) ==
          "GET /fapi/v1/order?symbol=BTCUSDT&origClientOrderId=pl-1a2b3c4d-7-42");
    CHECK(plain(desk.target(wire::AskOrder{algo, 1})) ==
          "GET /fapi/v1/algoOrder?clientAlgoId=pl-1a2b3c4d-7-42");
    const wire::OrderKey key{testing::kBtc, {0x1a2b3c4d, 7, 42}, std::string_view{"28"}};
    CHECK(plain(desk.target(wire::AskReplace{key, testing::order()})) ==
          "PUT /fapi/v1/order "
          "symbol=BTCUSDT&origClientOrderId=pl-1a2b3c4d-7-42&side=BUY&quantity=0.5&price=60000.1");
    CHECK_FALSE(
        desk.venue->ask(wire::AskReplace{key, testing::order(OrderType::stop)}, desk.now).has_value());
    CHECK(desk.target(wire::AskStreamKey{}) == "POST /fapi/v1/listenKey ");
    CHECK_FALSE(desk.venue->ask(wire::AskCancelAllAfter{}, desk.now).has_value());
}

TEST_CASE("market data and pages") {
    Desk desk{Market::spot};
    const Timestamp from = *parse_timestamp("2024-01-01T00:00:00Z"), to = from + std::chrono::hours{48};
    wire::AskBars bars{testing::kBtc, std::chrono::hours{1}, from, to, {}};
    CHECK(desk.target(bars) ==
          "GET "
          "/api/v3/"
          "klines?symbol=BTCUSDT&interval=1h&startTime=1704067200000&endTime=1704239999999&limit=1000 ");
    bars.page = "t:1704100000000";
    CHECK(desk.target(bars).find("startTime=1704100000000") != std::string::npos);
    bars.page = "t:x";
    CHECK_FALSE(desk.venue->ask(bars, desk.now).has_value());
    bars.length = std::chrono::minutes{7};
    CHECK(desk.venue->ask(bars, desk.now).error().code() == Errc::unsupported);
    const auto request = desk.venue->ask(wire::AskClock{}, desk.now);
    CHECK(request->host == wire::Host::market_data);
    CHECK(request->http.headers.empty());
    CHECK(desk.target(wire::AskQuotes{{testing::kBtc, testing::kEth}}) ==
          "GET /api/v3/ticker/bookTicker?symbols=%5B%22BTCUSDT%22%2C%22ETHUSDT%22%5D ");
    CHECK_FALSE(desk.venue->ask(wire::AskFills{}, desk.now).has_value());
    CHECK(plain(desk.target(wire::AskFills{testing::kBtc, from, {}})) ==
          "GET /api/v3/myTrades?symbol=BTCUSDT&startTime=1704067200000&endTime=1704153600000&limit=1000");
    CHECK(plain(desk.target(wire::AskFills{testing::kBtc, from, "id:7"})) ==
          "GET /api/v3/myTrades?symbol=BTCUSDT&fromId=7&limit=1000");
    CHECK(desk.venue->ask(wire::AskPermissions{}, desk.now)->host == wire::Host::permissions);
    CHECK(desk.venue->endpoint(wire::Host::permissions).host == "api.binance.com");
    Desk demo{Market::spot, true, true};
    CHECK(demo.venue->endpoint(wire::Host::trading).host == "demo-api.binance.com");
    CHECK_FALSE(demo.venue->ask(wire::AskPermissions{}, demo.now).has_value());
}

TEST_CASE("fault_E15_filters: what exchangeInfo forbids is refused here, with the reason") {
    Desk desk{Market::spot};
    REQUIRE(desk.read(wire::AskListings{}, 200, kInfo).verdict == wire::Verdict::ok);
    const auto listings = desk.taken.of<wire::Listing>();
    REQUIRE(listings.size() == 2);
    CHECK(desk.taken.of<wire::Refused>().size() == 1);
    CHECK(listings[0].tick.to_string() == "0.01");
    CHECK(listings[0].lot.to_string() == "0.00001");
    CHECK(listings[0].quantity_max.to_string() == "9000");
    CHECK(listings[0].notional_min.to_string() == "5");
    CHECK(listings[0].status == TradingStatus::open);
    CHECK_FALSE(listings[0].can_short);
    CHECK(listings[1].status == TradingStatus::halted);

    const auto refused = [&](const auto& change, std::string_view words) {
        OrderRequest order = testing::order();
        change(order);
        const Status status = desk.venue->check(order);
        REQUIRE_FALSE(status.has_value());
        INFO(status.error().message());
        CHECK(status.error().code() == Errc::denied);
        CHECK(status.error().message().find(words) != std::string::npos);
        CHECK_FALSE(desk.venue->ask(wire::AskPlace{order}, desk.now).has_value());
    };
    CHECK(desk.venue->check(testing::order()).has_value());
    refused([](OrderRequest& o) { o.quantity = *Quantity::parse("0.500001"); }, "LOT_SIZE");
    refused([](OrderRequest& o) { o.quantity = *Quantity::parse("9001"); }, "LOT_SIZE");
    refused([](OrderRequest& o) { o.quantity = *Quantity::parse("0.00001"); }, "NOTIONAL");
    refused([](OrderRequest& o) { o.quantity = Quantity{}; }, "above zero");
    refused([](OrderRequest& o) { o.limit = *Price::parse("60000.001"); }, "PRICE_FILTER");
    refused([](OrderRequest& o) { o.limit = *Price::parse("400000"); }, "PERCENT_PRICE");
    refused([](OrderRequest& o) { o.limit = *Price::parse("0.01"); }, "NOTIONAL");
    refused([](OrderRequest& o) { o.type = OrderType::market, o.quantity = *Quantity::parse("113"); },
            "MARKET_LOT_SIZE");
    refused([](OrderRequest& o) { o.type = OrderType::stop, o.stop = *Price::parse("1"); }, "no STOP_LOSS");
    refused([](OrderRequest& o) { o.type = OrderType::trailing_stop; }, "trailing");
    refused([](OrderRequest& o) { o.time_in_force = TimeInForce::day; }, "for the day");
    refused([](OrderRequest& o) { o.instrument = testing::kEth; }, "BREAK");
    // The limits that the venue just told are those that answers' headers are held against.
    std::vector<wire::RateObservation> seen;
    const auto request = desk.venue->ask(wire::AskPlace{testing::order()}, desk.now);
    desk.venue->observe(*request,
                        {200, {{"x-mbx-used-weight-1m", "37"}, {"X-MBX-ORDER-COUNT-10S", "3"}}, "{}"},
                        desk.now, seen);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].bucket == kWeightBucket);
    CHECK(seen[0].used == 37);
    CHECK(seen[0].capacity == 1200);
    CHECK(seen[1].bucket == kOrderBucket);
    CHECK(seen[1].capacity == 40);
}

TEST_CASE("fault_E20_headers: Retry-After and the orders of the day hold what they concern") {
    Desk desk{Market::spot};
    const auto request = desk.venue->ask(wire::AskPlace{testing::order()}, desk.now);
    std::vector<wire::RateObservation> seen;
    desk.venue->observe(*request, {429, {{"Retry-After", "13"}}, ""}, desk.now, seen);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].hold_until == desk.now + std::chrono::seconds{13});
    seen.clear();
    desk.venue->observe(*request, {200, {{"X-MBX-ORDER-COUNT-1D", "160000"}}, ""}, desk.now, seen);
    REQUIRE(seen.size() == 1);
    CHECK(to_iso(*seen[0].hold_until) == "2017-07-13T00:00:00.000000000Z");
    seen.clear();
    desk.venue->observe(*request, {429, {{"Retry-After", "soon"}, {"X-MBX-USED-WEIGHT-1M", "-1"}}, ""},
                        desk.now, seen);
    CHECK(seen.empty());
}

TEST_CASE("what a venue cannot do, its capabilities say") {
    CHECK(capabilities().short_selling == wire::ShortSelling::never);
    CHECK(capabilities().short_words.find("binance-futures") != std::string_view::npos);
    CHECK(futures_capabilities().short_selling == wire::ShortSelling::always);
    CHECK(capabilities().id_class == wire::IdClass::while_open);
    OrderRequest last = testing::order();
    last.id = {0xffffffff, 0xffffffff, 999'999'999'999};
    CHECK(check_order(Market::spot, last, "BTCUSDT", {}).has_value());
    last.id.counter = UINT64_MAX;
    CHECK_FALSE(check_order(Market::spot, last, "BTCUSDT", {}).has_value());
}
