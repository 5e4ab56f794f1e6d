#include "venues/binance/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::binance;
using testing::Desk;
using wire::Verdict;

namespace {

// rest-api.md, the values changed to ours.
const std::string kFull =
    R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"pl-1a2b3c4d-7-42","transactTime":1507725176595,)"
    R"("price":"0.00000000","origQty":"10.00000000","executedQty":"10.00000000","origQuoteOrderQty":"0.000000",)"
    R"("cummulativeQuoteQty":"39990.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET","side":"SELL",)"
    R"("workingTime":1507725176595,"selfTradePreventionMode":"NONE","fills":[{"price":"4000.00000000","qty":"4.00000000",)"
    R"("commission":"16.00000000","commissionAsset":"USDT","tradeId":56},{"price":"3998.33333333","qty":"6.00000000",)"
    R"("commission":"0.1","commissionAsset":"BNB","tradeId":57}]})";
const std::string kOrder =
    R"({"symbol":"BTCUSDT","orderId":1,"orderListId":-1,"clientOrderId":"pl-1a2b3c4d-7-42","price":"0.1","origQty":"1.0",)"
    R"("executedQty":"0.0","cummulativeQuoteQty":"0.0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY",)"
    R"("stopPrice":"0.0","icebergQty":"0.0","time":1499827319559,"updateTime":1499827319560,"isWorking":true})";
const std::string kCanceled =
    R"({"symbol":"BTCUSDT","origClientOrderId":"pl-1a2b3c4d-7-41","orderId":4,"orderListId":-1,"clientOrderId":"cancelIt",)"
    R"("transactTime":1684804350068,"price":"2.00","origQty":"1.00","executedQty":"0.00","cummulativeQuoteQty":"0.00",)"
    R"("status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY"})";

wire::AskPlace place() { return {testing::order()}; }

std::string trade_row(int id) {
    return R"({"symbol":"BTCUSDT","id":)" + std::to_string(id) +
           R"(,"orderId":100234,"orderListId":-1,"price":"4.00000100","qty":"12.00000000","quoteQty":"48.000012",)"
           R"("commission":"10.10000000","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false,)"
           R"("isBestMatch":true})";
}

}  // namespace

TEST_CASE("an order that filled at once comes with each of its fills") {
    Desk desk{Market::spot};
    REQUIRE(desk.read(place(), 200, kFull).verdict == Verdict::ok);
    const auto orders = desk.taken.of<wire::OrderUpdate>();
    REQUIRE(orders.size() == 2);
    CHECK(orders[0].state == OrderState::filled);
    CHECK(orders[0].venue_order.view() == "28");
    CHECK(orders[0].client_order.view() == "pl-1a2b3c4d-7-42");
    CHECK(orders[0].filled->to_string() == "10");
    CHECK(orders[0].average->to_string() == "3999");
    CHECK(orders[0].fill->execution.view() == "BTCUSDT-56-s");
    CHECK(orders[1].fill->fee_asset.view() == "BNB");
    CHECK(orders[1].fill->fee.to_string() == "0.1");
    CHECK_FALSE(orders[0].limit);
}

TEST_CASE("a cancel's answer has the order's id beside the cancel's") {
    Desk desk{Market::spot};
    REQUIRE(desk.read(wire::AskCancel{}, 200, kCanceled).verdict == Verdict::ok);
    const auto orders = desk.taken.of<wire::OrderUpdate>();
    REQUIRE(orders.size() == 1);
    CHECK(orders[0].client_order.view() == "pl-1a2b3c4d-7-41");
    CHECK(orders[0].state == OrderState::canceled);
}

TEST_CASE("fault_E03_only_listed_refusals: each code is what the venue's lists say, and no other is final") {
    Desk spot{Market::spot}, futures{Market::futures};
    const auto verdict = [](Desk& desk, int status, int code, const std::string& message) {
        return desk
            .read(place(), status, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + message + "\"}")
            .verdict;
    };
    CHECK(verdict(spot, 400, -1013, "Filter failure: LOT_SIZE") == Verdict::refused);
    CHECK(verdict(spot, 400, -1121, "Invalid symbol.") == Verdict::refused);
    CHECK(verdict(spot, 400, -2010, "Account has insufficient balance for requested action.") ==
          Verdict::refused);
    CHECK(verdict(spot, 400, -2010, "Duplicate order sent.") == Verdict::duplicate);
    CHECK(verdict(futures, 400, -4116, "ClientOrderId is duplicated.") == Verdict::duplicate);
    CHECK(verdict(futures, 400, -2019, "Margin is insufficient.") == Verdict::refused);
    CHECK(verdict(futures, 400, -2022, "ReduceOnly Order is rejected.") == Verdict::refused);
    CHECK(verdict(futures, 400, -4164, "Order's notional must be no smaller than 5") == Verdict::refused);
    CHECK(verdict(spot, 400, -2013, "Order does not exist.") == Verdict::not_found);
    CHECK(verdict(spot, 400, -2011, "Unknown order sent.") == Verdict::not_found);
    CHECK(verdict(spot, 400, -2011, "Order was not canceled due to cancel restrictions.") ==
          Verdict::refused);
    CHECK(verdict(spot, 400, -1021, "Timestamp for this request is outside of the recvWindow.") ==
          Verdict::clock);
    CHECK(verdict(spot, 401, -2015, "Invalid API-key, IP, or permissions for action.") ==
          Verdict::unauthorized);
    CHECK(verdict(spot, 400, -1022, "Signature for this request is not valid.") == Verdict::unauthorized);
    CHECK(verdict(spot, 400, -1006, "An unexpected response was received.") == Verdict::unknown);
    CHECK(verdict(spot, 400, -1007, "Timeout waiting for response from backend server.") == Verdict::unknown);
    CHECK(verdict(spot, 400, -1000, "An unknown error occurred.") == Verdict::unknown);
    CHECK(verdict(spot, 400, -9999, "Something new.") == Verdict::unknown);
    CHECK(verdict(spot, 200, -1007, "Timeout") == Verdict::unknown);
    CHECK(verdict(spot, 403, -1, "x") == Verdict::unknown);
    const wire::Reply key = spot.read(place(), 401, R"({"code":-2015,"msg":"Invalid API-key, IP"})");
    CHECK(key.code == -2015);
    CHECK(key.words.find("address is on its list") != std::string::npos);
}

TEST_CASE("fault_E02_server_errors: 5xx, HTML, nothing and half a body leave open what happened") {
    Desk desk{Market::spot};
    for (const int status : {500, 502, 503, 504}) {
        CHECK(desk.read(place(), status, "<html>Bad Gateway</html>").verdict == Verdict::unknown);
        CHECK(desk.read(place(), status, R"({"code":-2010,"msg":"refused"})").verdict == Verdict::unknown);
        CHECK(desk.read(place(), status, kFull).verdict == Verdict::unknown);
        CHECK(desk.taken.events.empty());
    }
    for (const char* body : {"", " ", "null", "[]", "{}", "<html>", "{\"code\":0}", "\"ok\"", "12"})
        CHECK_MESSAGE(desk.read(place(), 200, body).verdict == Verdict::unknown, body);
    CHECK(desk.read(place(), 200, std::string(100'000, '[')).verdict == Verdict::unknown);
}

TEST_CASE("fault_E20_penalties: 429 and 418 say exactly until when") {
    Desk desk{Market::spot};
    wire::Reply reply = desk.read(place(), 429, R"({"code":-1003,"msg":"Too much request weight used"})",
                                  {{"retry-after", "17"}});
    CHECK(reply.verdict == Verdict::rate_limited);
    CHECK(reply.retry_at == desk.now + std::chrono::seconds{17});
    reply = desk.read(place(), 418,
                      R"({"code":-1003,"msg":"Way too much request weight used; IP banned until )"
                      R"(1499827400000. Please use WebSocket Streams."})");
    CHECK(reply.verdict == Verdict::rate_limited);
    CHECK(reply.retry_at == timestamp_from_ms(1499827400000));
    reply = desk.read(place(), 429, "<html>", {{"Retry-After", "5"}});
    CHECK(reply.verdict == Verdict::rate_limited);
    CHECK(reply.retry_at == desk.now + std::chrono::seconds{5});
    CHECK(desk.read(place(), 429, R"({"code":-1015,"msg":"Too many new orders"})").verdict ==
          Verdict::rate_limited);
}

TEST_CASE("fault_E01_cut_anywhere: an answer cut after any byte is neither success nor refusal") {
    const std::string refusal =
        R"({"code":-2010,"msg":"Account has insufficient balance for requested action."})";
    const std::string fills = "[" + trade_row(1) + "," + trade_row(2) + "]";
    const auto cut = [](Desk& desk, const wire::Question& question, int status, const std::string& body) {
        const Verdict whole = desk.read(question, status, body).verdict;
        CHECK(whole != Verdict::unknown);
        for (std::size_t length = 0; length < body.size(); ++length) {
            const wire::Reply reply = desk.read(question, status, body.substr(0, length));
            REQUIRE(reply.verdict == Verdict::unknown);
            REQUIRE(reply.next_page.empty());
            for (const wire::WireEvent& event : desk.taken.events)
                REQUIRE(std::holds_alternative<wire::Refused>(event));
        }
    };
    Desk spot{Market::spot}, futures{Market::futures};
    cut(spot, place(), 200, kFull);
    cut(spot, place(), 400, refusal);
    cut(spot, wire::AskOrder{}, 200, kOrder);
    cut(spot, wire::AskOpenOrders{}, 200, "[" + kOrder + "]");
    cut(spot, wire::AskCancel{}, 200, kCanceled);
    cut(spot, wire::AskFills{testing::kBtc, spot.now, {}}, 200, fills);
    cut(spot, wire::AskReplace{}, 200,
        R"({"cancelResult":"SUCCESS","newOrderResult":"SUCCESS","cancelResponse":)" + kCanceled +
            R"(,"newOrderResponse":)" + kOrder + "}");
    cut(spot, wire::AskBars{testing::kBtc, {}, {}, {}, {}}, 200,
        R"([[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,)"
        R"("2434.19055334",308,"1756.87402397","28.46694368","0"]])");
    cut(futures, wire::AskPositions{}, 200,
        R"([{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"-0.5","entryPrice":"60000","markPrice":"61000.5"}])");
}

TEST_CASE("fault_E05_lists: a list with one bad row proves nothing about what is not in it") {
    Desk desk{Market::spot};
    std::string bad = kOrder;
    bad.replace(bad.find("\"NEW\""), 5, "\"ODD\"");
    const wire::Reply reply = desk.read(wire::AskOpenOrders{}, 200, "[" + kOrder + "," + bad + "]");
    CHECK(reply.verdict == Verdict::unknown);
    CHECK(desk.taken.of<wire::OrderUpdate>().empty());
    REQUIRE(desk.taken.of<wire::Refused>().size() == 1);
    CHECK(desk.taken.of<wire::Refused>()[0].field.view() == "status");
    CHECK(desk.read(wire::AskOpenOrders{}, 200, "[]").verdict == Verdict::ok);
    // USD-M keeps conditional orders elsewhere: the list is not over before both were read.
    Desk futures{Market::futures};
    CHECK(futures.read(wire::AskOpenOrders{}, 200, "[]").next_page == "algo");
    const wire::Reply algo = futures.read(
        wire::AskOpenOrders{{}, "algo"}, 200,
        R"([{"algoId":2148628,"clientAlgoId":"pl-1a2b3c4d-7-42","algoType":"CONDITIONAL","orderType":"STOP_MARKET",)"
        R"("symbol":"BTCUSDT","side":"SELL","positionSide":"BOTH","timeInForce":"GTC","quantity":"0.5","algoStatus":"NEW",)"
        R"("actualOrderId":"","triggerPrice":"55000.0","price":"0","createTime":1750485492076,"updateTime":1750485492076}])");
    CHECK(algo.verdict == Verdict::ok);
    CHECK(algo.next_page.empty());
    const auto orders = futures.taken.of<wire::OrderUpdate>();
    REQUIRE(orders.size() == 1);
    CHECK(orders[0].venue_order.view() == "algo-2148628");
    CHECK(orders[0].type == OrderType::stop);
    CHECK(orders[0].stop->to_string() == "55000");
}

TEST_CASE("fault_E06_pages_of_fills: windows of time until a fill is found, then its number") {
    Desk desk{Market::spot};
    desk.now = *parse_timestamp("2024-01-10T00:00:00Z");
    const Timestamp since = desk.now - std::chrono::hours{60};
    const std::string start = std::to_string(to_ms(since));
    wire::Reply reply = desk.read(wire::AskFills{testing::kBtc, since, {}}, 200, "[]");
    CHECK(reply.next_page == "t:" + std::to_string(to_ms(since + std::chrono::hours{24})));
    reply = desk.read(wire::AskFills{testing::kBtc, since, reply.next_page}, 200, "[" + trade_row(9) + "]");
    CHECK(reply.next_page == "id:10");
    reply = desk.read(wire::AskFills{testing::kBtc, since, "id:10"}, 200, "[]");
    CHECK(reply.next_page.empty());
    std::string full = "[";
    for (int id = 10; id < 1010; ++id) full += (id == 10 ? "" : ",") + trade_row(id);
    reply = desk.read(wire::AskFills{testing::kBtc, since, "id:10"}, 200, full + "]");
    CHECK(reply.next_page == "id:1010");
    CHECK(desk.taken.events.size() == 1000);
    reply = desk.read(wire::AskFills{testing::kBtc, desk.now - std::chrono::hours{1}, {}}, 200, "[]");
    CHECK(reply.next_page.empty());
}

TEST_CASE("a cancel-replace is judged by its halves") {
    Desk desk{Market::spot};
    wire::AskReplace ask{{testing::kBtc, {0x1a2b3c4d, 7, 41}, std::string_view{"4"}}, testing::order()};
    wire::Reply reply =
        desk.read(ask, 200,
                  R"({"cancelResult":"SUCCESS","newOrderResult":"SUCCESS","cancelResponse":)" + kCanceled +
                      R"(,"newOrderResponse":)" + kOrder + "}");
    CHECK(reply.verdict == Verdict::ok);
    auto orders = desk.taken.of<wire::OrderUpdate>();
    REQUIRE(orders.size() == 2);
    CHECK(orders[0].state == OrderState::canceled);
    CHECK(orders[1].replaces.view() == "pl-1a2b3c4d-7-41");
    reply = desk.read(
        ask, 400,
        R"({"code":-2022,"msg":"Order cancel-replace failed.","data":{"cancelResult":"FAILURE",)"
        R"("newOrderResult":"NOT_ATTEMPTED","cancelResponse":{"code":-2011,"msg":"Unknown order sent."},)"
        R"("newOrderResponse":null}})");
    CHECK(reply.verdict == Verdict::refused);
    CHECK(desk.taken.events.empty());
    const std::string partly =
        R"({"code":-2021,"msg":"Order cancel-replace partially failed.","data":{"cancelResult":"SUCCESS",)"
        R"("newOrderResult":"FAILURE","cancelResponse":)" +
        kCanceled + R"(,"newOrderResponse":{"code":-2010,"msg":"Order would immediately match and take."}}})";
    reply = desk.read(ask, 409, partly);
    CHECK(reply.verdict == Verdict::refused);
    CHECK(desk.taken.of<wire::OrderUpdate>().size() == 1);
    std::string open = partly;
    open.replace(open.find("-2010"), 5, "-1007");
    CHECK(desk.read(ask, 409, open).verdict == Verdict::unknown);
    CHECK(desk.read(ask, 400, R"({"code":-2022,"msg":"Order cancel-replace failed."})").verdict ==
          Verdict::unknown);
}

TEST_CASE("accounts, balances, positions, rights") {
    Desk spot{Market::spot}, futures{Market::futures};
    const std::string account =
        R"({"makerCommission":15,"canTrade":true,"canWithdraw":true,"canDeposit":true,"updateTime":123456789,)"
        R"("accountType":"SPOT","balances":[{"asset":"BTC","free":"4723846.89208129","locked":"0.5"}],"uid":354937868})";
    REQUIRE(spot.read(wire::AskBalances{}, 200, account).verdict == Verdict::ok);
    REQUIRE(spot.taken.of<wire::Balance>().size() == 1);
    CHECK(spot.taken.of<wire::Balance>()[0].total.to_string() == "4723847.39208129");
    REQUIRE(spot.read(wire::AskAccount{}, 200, account).verdict == Verdict::ok);
    CHECK(spot.taken.of<wire::AccountFacts>()[0].account.view() == "354937868");
    CHECK_FALSE(spot.taken.of<wire::AccountFacts>()[0]
                    .may_withdraw);  // the account's right says nothing of the key's
    REQUIRE(
        spot.read(
                wire::AskPermissions{}, 200,
                R"({"ipRestrict":false,"createTime":1698645219000,"enableReading":true,"enableWithdrawals":true,)"
                R"("enableFutures":false,"enableSpotAndMarginTrading":true})")
            .verdict == Verdict::ok);
    CHECK(spot.taken.of<wire::AccountFacts>()[0].may_withdraw == true);
    CHECK(spot.taken.of<wire::AccountFacts>()[0].may_trade == true);
    REQUIRE(
        futures
            .read(
                wire::AskPositions{}, 200,
                R"([{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"-0.001","entryPrice":"50000.0",)"
                R"("breakEvenPrice":"50100.0","markPrice":"51000.0"}])")
            .verdict == Verdict::ok);
    CHECK(futures.taken.of<wire::VenuePosition>()[0].quantity.to_string() == "-0.001");
    CHECK(futures.taken.of<wire::VenuePosition>()[0].instrument == testing::kBtc);
    CHECK(futures
              .read(wire::AskPositions{}, 200,
                    R"([{"symbol":"BTCUSDT","positionSide":"SHORT","positionAmt":"-1","entryPrice":"5"}])")
              .verdict == Verdict::unknown);
    REQUIRE(
        futures
            .read(
                wire::AskBalances{}, 200,
                R"([{"accountAlias":"SgsR","asset":"USDT","balance":"122.12345678","availableBalance":"23.5"}])")
            .verdict == Verdict::ok);
    CHECK(futures.taken.of<wire::Balance>()[0].available.to_string() == "23.5");
    REQUIRE(
        futures
            .read(
                wire::AskAccount{}, 200,
                R"({"totalInitialMargin":"1.5","totalWalletBalance":"23.7","totalMarginBalance":"24","availableBalance":)"
                R"("20","positions":[{"symbol":"BTCUSDT","positionSide":"LONG","positionAmt":"1"}]})")
            .verdict == Verdict::ok);
    CHECK(futures.taken.of<wire::AccountFacts>()[0].equity->to_string() == "24");
    CHECK(futures.taken.of<wire::AccountFacts>()[0].trouble.view().find("hedge") != std::string_view::npos);
    REQUIRE(spot.read(wire::AskClock{}, 200, R"({"serverTime":1499827319559})").verdict == Verdict::ok);
    CHECK(spot.taken.of<wire::ServerClock>()[0].venue_time == timestamp_from_ms(1499827319559));
}

TEST_CASE(
    "fault_F13_bars_by_rest: the last row is open while its close lies ahead; pages go on from the last") {
    Desk desk{Market::spot};
    const Timestamp from = *parse_timestamp("2024-01-01T00:00:00Z");
    std::string body = "[";
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t open = to_ms(from) + i * 60'000LL;
        body += (i == 0 ? "[" : ",[") + std::to_string(open) + R"(,"1","2","0.5","1.5","10",)" +
                std::to_string(open + 59'999) + R"(,"15",3,"1","1","0"])";
    }
    const wire::AskBars ask{testing::kBtc, std::chrono::minutes{1}, from, from + std::chrono::hours{24}, {}};
    desk.now = from + std::chrono::minutes{1000} - std::chrono::seconds{1};
    const wire::Reply reply = desk.read(ask, 200, body + "]");
    CHECK(reply.verdict == Verdict::ok);
    CHECK(reply.next_page == "t:" + std::to_string(to_ms(from) + 60'000'000));
    CHECK(desk.taken.of<ClosedBar>().size() == 999);
    CHECK(desk.taken.of<OpenBar>().size() == 1);
    wire::AskBars other = ask;
    other.length = std::chrono::minutes{5};
    desk.read(other, 200, body + "]");
    CHECK(desk.taken.of<ClosedBar>().empty());
    CHECK(desk.read(ask, 400, R"({"code":-1121,"msg":"Invalid symbol."})").verdict == Verdict::refused);
    CHECK(
        desk.read(ask, 451, R"({"code":0,"msg":"Service unavailable from a restricted location"})").verdict ==
        Verdict::unauthorized);
}
