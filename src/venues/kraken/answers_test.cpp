#include "venues/kraken/answers.hpp"

#include <doctest/doctest.h>

#include "venues/kraken/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::kraken;
using testing::Desk;
using namespace wire;

namespace {

const OrderKey kOurs{InstrumentId{0}, {0x1a2b3c4d, 7, 42}, {}};

/// docs.kraken.com send-order, example "placed", with our id and contract.
const std::string kPlaced =
    R"({"result":"success","sendStatus":{"order_id":"179f9af8-e45e-469d-b3e9-2fd4675cb7d0","status":"placed",)"
    R"("receivedTime":"2019-09-05T16:33:50.734Z","cliOrdId":"pl-1a2b3c4d-7-42","orderEvents":[{"type":"PLACE",)"
    R"("order":{"orderId":"179f9af8-e45e-469d-b3e9-2fd4675cb7d0","cliOrdId":"pl-1a2b3c4d-7-42","type":"lmt",)"
    R"("symbol":"PF_XBTUSD","side":"sell","quantity":0.01,"filled":0,"limitPrice":65000,"reduceOnly":false,)"
    R"("timestamp":"2019-09-05T16:33:50.734Z","lastUpdateTimestamp":"2019-09-05T16:33:50.734Z"},)"
    R"("reducedQuantity":null}]},"serverTime":"2019-09-05T16:33:50.734Z"})";

std::string send_status(std::string_view status, std::string_view events = "") {
    return R"({"result":"success","serverTime":"2024-01-15T10:30:45.123Z","sendStatus":{"status":")" +
           std::string{status} + R"(","orderEvents":[)" + std::string{events} + "]}}";
}
std::string execution(std::string_view amount) {
    return R"({"type":"EXECUTION","executionId":"e1ec9f63-2338-4c44-b40a-43486c6732d7","price":65000,"amount":)" +
           std::string{amount} +
           R"(,"orderPriorExecution":{"orderId":"61ca5732-3478-42fe-8362-abbfd9465294","cliOrdId":null,"type":"ioc",)"
           R"("symbol":"PF_XBTUSD","side":"sell","quantity":0.01,"filled":0,"limitPrice":65000,"reduceOnly":false,)"
           R"("timestamp":"2019-12-11T17:17:33.888Z","lastUpdateTimestamp":"2019-12-11T17:17:33.888Z"}})";
}
std::string error(std::string_view name) {
    return R"({"result":"error","serverTime":"2016-02-25T09:45:53.818Z","error":")" + std::string{name} +
           "\"}";
}

Verdict verdict(Desk& desk, const Question& question, std::string body, int status = 200) {
    const Reply reply = desk.read(question, std::move(body), status);
    CHECK((reply.verdict == Verdict::ok || desk.sink.events.empty()));
    CHECK((reply.verdict == Verdict::ok || !reply.words.empty()));
    return reply.verdict;
}

}  // namespace

TEST_CASE("an order's life in answers: placed, executed at once, part of it, in the book") {
    Desk desk;
    const AskPlace place{Desk::order()};
    CHECK(verdict(desk, place, kPlaced) == Verdict::ok);
    REQUIRE(desk.sink.lines.size() == 1);
    CHECK(desk.sink.lines[0] ==
          "order BTC/USD PF_XBTUSD client=pl-1a2b3c4d-7-42 venue=179f9af8-e45e-469d-b3e9-2fd4675cb7d0 sell "
          "limit "
          "working quantity=0.01 filled=0 limit=65000 stop=- replaces=- 2019-09-05T16:33:50.734000000Z -");
    // The answer's executions have ids that the documents do not call fill_id: fills come from their own
    // list.
    CHECK(verdict(desk, place, send_status("placed", execution("0.01"))) == Verdict::ok);
    const OrderUpdate done = desk.sink.all<OrderUpdate>().front();
    CHECK(done.state == OrderState::filled);
    CHECK(done.filled->to_string() == "0.01");
    CHECK_FALSE(done.fill);
    OrderRequest at_once = Desk::order();
    at_once.time_in_force = TimeInForce::immediate_or_cancel;
    CHECK(verdict(desk, AskPlace{at_once}, send_status("placed", execution("0.004"))) == Verdict::ok);
    CHECK(desk.sink.all<OrderUpdate>().front().state == OrderState::canceled);
    CHECK(verdict(desk, place, send_status("placed", execution("0.004"))) == Verdict::ok);
    CHECK(desk.sink.all<OrderUpdate>().front().state == OrderState::partially_filled);
    // A trigger whose words are of tomorrow is placed all the same.
    CHECK(verdict(desk, place,
                  send_status("placed",
                              R"({"type":"PLACE","orderTrigger":{"uid":"abc","type":"unknown",)"
                              R"("symbol":"PF_XBTUSD","side":"sell","quantity":0.01,"triggerPrice":70000.0,)"
                              R"("triggerSide":"unknown","triggerSignal":"unknown","reduceOnly":false,)"
                              R"("timestamp":"2026-05-18T00:00:00.000Z",)"
                              R"("lastUpdateTimestamp":"2026-05-18T00:00:00.000Z"}})")) == Verdict::ok);
    CHECK(desk.sink.all<OrderUpdate>().front().venue_order.view() == "abc");
}

TEST_CASE("fault_E03_error_but_alive: only what the documents call the end of an order is a refusal") {
    Desk desk;
    const AskPlace place{Desk::order()};
    for (const char* end :
         {"invalidOrderType", "invalidSide", "invalidSize", "invalidPrice", "insufficientAvailableFunds",
          "selfFill", "tooManySmallOrders", "maxPositionViolation", "marketSuspended", "marketInactive",
          "clientOrderIdTooLong", "outsidePriceCollar", "postWouldExecute", "iocWouldNotExecute",
          "wouldNotReducePosition", "wouldCauseLiquidation"})
        CHECK_MESSAGE(verdict(desk, place, send_status(end)) == Verdict::refused, end);
    CHECK(verdict(desk, place, send_status("clientOrderIdAlreadyExist")) == Verdict::duplicate);
    CHECK(verdict(desk, place, send_status("wouldProcessAfterSpecifiedTime")) == Verdict::clock);
    for (const char* unclear : {"cancelled", "notFound", "edited", "a_status_of_tomorrow", ""})
        CHECK_MESSAGE(verdict(desk, place, send_status(unclear)) == Verdict::unknown, unclear);
    // The venue knows orders that are "rejected after execution".
    CHECK(verdict(desk, place, send_status("selfFill", execution("0.004"))) == Verdict::unknown);
    CHECK(verdict(desk, place,
                  send_status(
                      "insufficientAvailableFunds",
                      R"({"type":"REJECT","uid":"u","reason":"REJECTED_AFTER_EXECUTION","order":null})")) ==
          Verdict::unknown);
    // Someone else's answer.
    OrderRequest other = Desk::order();
    other.id.counter = 43;
    CHECK(verdict(desk, AskPlace{other}, kPlaced) == Verdict::unknown);
}

TEST_CASE("errors by name: a verdict each, and words for people") {
    Desk desk;
    const AskPlace place{Desk::order()};
    CHECK(verdict(desk, place, error("apiLimitExceeded")) == Verdict::rate_limited);
    CHECK(verdict(desk, place, error("authenticationError")) == Verdict::unauthorized);
    CHECK(desk.read(place, error("authenticationError")).words.find("check key") != std::string::npos);
    CHECK(verdict(desk, place, error("nonceBelowThreshold")) == Verdict::clock);
    CHECK(verdict(desk, place, error("insufficientFunds")) == Verdict::refused);
    CHECK(verdict(desk, place, error("invalidArgument: size")) == Verdict::refused);
    CHECK(verdict(desk, place, error("marketUnavailable")) == Verdict::unavailable);
    for (const char* unclear : {"Server Error", "unknownError", "Unavailable", "notFound", "of tomorrow"})
        CHECK_MESSAGE(verdict(desk, place, error(unclear)) == Verdict::unknown, unclear);
    CHECK(verdict(desk, AskPositions{}, error("Unavailable")) == Verdict::unavailable);
    CHECK(verdict(desk, AskCancel{kOurs}, error("notFound")) == Verdict::not_found);
    const Reply margin = desk.read(place, R"({"errors":[{"code":92,"message":"INSUFFICIENT_MARGIN"}]})", 400);
    CHECK(margin.verdict == Verdict::refused);
    CHECK(margin.code == 92);
    CHECK(verdict(desk, place, R"({"result":"error","errors":[{"code":98,"message":"x"}]})", 400) ==
          Verdict::unknown);
    const Reply limited = desk.read(place, "slow down", 429, {{"Retry-After", "7"}});
    CHECK(limited.verdict == Verdict::rate_limited);
    CHECK(limited.retry_at == desk.now + std::chrono::seconds{7});
}

TEST_CASE("fault_E02_gateway: 5xx, HTML, empty and half answers say nothing about an order") {
    Desk desk;
    for (const Question& question : std::initializer_list<Question>{
             AskPlace{Desk::order()}, AskCancel{kOurs}, AskReplace{kOurs, Desk::order()}, AskCancelAllAfter{},
             AskOrder{kOurs, 0}, AskFills{}, AskPositions{}}) {
        for (const int status : {500, 502, 503, 504, 520}) {
            CHECK(verdict(desk, question, "", status) == Verdict::unknown);
            CHECK(verdict(desk, question, kPlaced, status) == Verdict::unknown);
            CHECK(verdict(desk, question, error("insufficientFunds"), status) == Verdict::unknown);
            CHECK(verdict(desk, question, R"({"errors":[{"code":92,"message":"INSUFFICIENT_MARGIN"}]})",
                          status) == Verdict::unknown);
        }
        for (const char* body :
             {"", "<html><body>403 Forbidden</body></html>", "{}", "[]", "null", R"({"result":"success"})",
              R"({"result":"maybe","sendStatus":{"status":"placed"}})"})
            for (const int status : {200, 301, 400, 403, 404})
                CHECK_MESSAGE(verdict(desk, question, body, status) == Verdict::unknown, body);
    }
    CHECK(verdict(desk, AskPlace{Desk::order()}, kPlaced, 202) == Verdict::unknown);
}

TEST_CASE("fault_E01_answer_lost: cut after any byte, an answer is neither success nor refusal") {
    Desk desk;
    const std::string refused = send_status("iocWouldNotExecute", execution("0.001"));
    const std::string cancelled =
        R"({"result":"success","serverTime":"2024-01-15T10:30:45.123Z","cancelStatus":{"status":"cancelled",)"
        R"("order_id":"c8a35168-8d52-4609-944f-3f32bb0d5c77"}})";
    const auto cut_all = [&](const Question& question, const std::string& body) {
        for (std::size_t cut = 0; cut < body.size(); ++cut)
            REQUIRE(verdict(desk, question, body.substr(0, cut)) == Verdict::unknown);
    };
    cut_all(AskPlace{Desk::order()}, kPlaced);
    cut_all(AskPlace{Desk::order()}, send_status("insufficientAvailableFunds"));
    cut_all(AskPlace{Desk::order()}, refused);
    cut_all(AskPlace{Desk::order()}, error("insufficientFunds"));
    cut_all(AskCancel{kOurs}, cancelled);
    cut_all(AskCancel{kOurs}, error("notFound"));
    cut_all(
        AskPermissions{},
        R"({"apiKey":"G","accountUid":"a","permissions":{"general":"FULL_ACCESS","transfer":"NO_ACCESS"}})");
}

TEST_CASE("cancellations and changes") {
    Desk desk;
    const auto cancel = [](std::string_view status) {
        return R"({"result":"success","serverTime":"2024-01-15T10:30:45.123Z","cancelStatus":{"status":")" +
               std::string{status} + R"(","order_id":"c8a35168-8d52-4609-944f-3f32bb0d5c77"}})";
    };
    CHECK(verdict(desk, AskCancel{kOurs}, cancel("cancelled")) == Verdict::ok);
    CHECK(desk.sink.lines[0].find("client=pl-1a2b3c4d-7-42 venue=c8a35168-8d52-4609-944f-3f32bb0d5c77 buy - "
                                  "canceled") != std::string::npos);
    CHECK(verdict(desk, AskCancel{kOurs}, cancel("filled")) == Verdict::ok);
    CHECK(desk.sink.all<OrderUpdate>().front().state == OrderState::filled);
    CHECK(verdict(desk, AskCancel{kOurs}, cancel("notFound")) == Verdict::not_found);
    CHECK(verdict(desk, AskCancel{kOurs}, cancel("tomorrow")) == Verdict::unknown);

    OrderRequest next = Desk::order();
    next.id.counter = 43;
    next.quantity = *Quantity::parse("0.02");
    OrderKey known = kOurs;
    known.venue = std::string_view{"022774bc-2c4a-4f26-9317-436c8d85746d"};
    const auto edit = [](std::string_view status, std::string_view event) {
        return R"({"result":"success","serverTime":"2019-09-05T13:39:52.000Z","editStatus":{"status":")" +
               std::string{status} + R"(","orderId":"022774bc-2c4a-4f26-9317-436c8d85746d","orderEvents":[)" +
               std::string{event} + "]}}";
    };
    CHECK(verdict(
              desk, AskReplace{known, next},
              edit("edited",
                   R"({"type":"EDIT","old":{"orderId":"022774bc-2c4a-4f26-9317-436c8d85746d","side":"sell",)"
                   R"("quantity":0.01,"filled":0.005},"new":{"orderId":)"
                   R"("022774bc-2c4a-4f26-9317-436c8d85746d","cliOrdId":"pl-1a2b3c4d-7-42","type":"lmt",)"
                   R"("symbol":"PF_XBTUSD","side":"sell","quantity":0.02,"filled":0.005,)"
                   R"("limitPrice":65000.0,"reduceOnly":false,"timestamp":"2019-09-05T13:39:51.000Z",)"
                   R"("lastUpdateTimestamp":"2019-09-05T13:39:52.000Z"}})")) == Verdict::ok);
    const OrderUpdate edited = desk.sink.all<OrderUpdate>().front();
    CHECK(edited.client_order.view() == "pl-1a2b3c4d-7-43");
    CHECK(edited.replaces.view() == "022774bc-2c4a-4f26-9317-436c8d85746d");
    CHECK(edited.state == OrderState::partially_filled);
    CHECK(edited.filled->to_string() == "0.005");
    CHECK(verdict(desk, AskReplace{known, next}, edit("orderForEditNotFound", "")) == Verdict::not_found);
    CHECK(verdict(desk, AskReplace{known, next}, edit("invalidPrice", "")) == Verdict::refused);
    CHECK(verdict(desk, AskReplace{known, next}, edit("placed", "")) == Verdict::unknown);
}

TEST_CASE("fault_E05_not_found: one order in either place; silence about it is not its end") {
    Desk desk;
    const auto row = [](std::string_view status, std::string_view filled) {
        return R"({"result":"success","serverTime":"2024-01-15T10:30:45.123Z","orders":[{"order":{"type":"ORDER",)"
               R"("orderId":"179f9af8","cliOrdId":"pl-1a2b3c4d-7-42","symbol":"PF_XBTUSD","side":"sell",)"
               R"("quantity":0.01,"filled":)" +
               std::string{filled} +
               R"(,"limitPrice":65000,"reduceOnly":false,"timestamp":"2019-09-05T16:33:50.734Z",)"
               R"("lastUpdateTimestamp":"2019-09-05T16:33:50.734Z","priceTriggerOptions":null,"triggerTime":null},)"
               R"("status":")" +
               std::string{status} + R"(","updateReason":null,"error":null}]})";
    };
    const auto state = [&](std::string_view status, std::string_view filled) {
        REQUIRE(verdict(desk, AskOrder{kOurs, 0}, row(status, filled)) == Verdict::ok);
        return desk.sink.all<OrderUpdate>().front().state;
    };
    CHECK(state("ENTERED_BOOK", "0") == OrderState::working);
    CHECK(state("ENTERED_BOOK", "0.004") == OrderState::partially_filled);
    CHECK(state("FULLY_EXECUTED", "0.01") == OrderState::filled);
    CHECK(state("CANCELLED", "0.004") == OrderState::canceled);
    CHECK(state("REJECTED", "0") == OrderState::rejected);
    CHECK(state("TRIGGER_PLACED", "0") == OrderState::working);
    CHECK(state("A_STATUS_OF_TOMORROW", "0") == OrderState::unknown);
    CHECK(verdict(desk, AskOrder{kOurs, 0}, R"({"result":"success","orders":[]})") == Verdict::not_found);
    CHECK(verdict(desk, AskOrder{kOurs, 1},
                  R"({"result":"success","openOrders":[{"order_id":"x","symbol":"PF_XBTUSD","side":"buy",)"
                  R"("orderType":"lmt","limitPrice":1,"unfilledSize":1,"filledSize":0}]})") ==
          Verdict::not_found);
    CHECK(
        verdict(
            desk, AskOpenOrders{},
            R"({"result":"success","openOrders":[{"order_id":"7a9f8b3e-1c2d-4e5f-9a8b-7c6d5e4f3a2b",)"
            R"("symbol":"pf_xbtusd","side":"sell","orderType":"stp","limitPrice":28500.0,"stopPrice":28600,)"
            R"("unfilledSize":0.5,"filledSize":0.2,"receivedTime":"2023-04-07T14:30:15.123Z",)"
            R"("status":"partiallyFilled","lastUpdateTime":"2023-04-07T15:00:00.456Z",)"
            R"("cli_ord_id":"my-client-order-123"}]})") == Verdict::ok);
    CHECK(
        desk.sink.lines[0] ==
        "order BTC/USD PF_XBTUSD client=my-client-order-123 venue=7a9f8b3e-1c2d-4e5f-9a8b-7c6d5e4f3a2b sell "
        "stop_limit partially_filled quantity=0.7 filled=0.2 limit=28500 stop=28600 replaces=- "
        "2023-04-07T15:00:00.456000000Z -");
}

TEST_CASE(
    "fault_E09_increments: fills, one each, page by page back in time without losing those of one "
    "millisecond") {
    Desk desk;
    const Timestamp since = *parse_timestamp("2023-04-07T15:00:00Z");
    const auto fills = [](int count, int from) {
        std::string rows;
        for (int i = 0; i < count; ++i)
            rows +=
                std::string{i == 0 ? "" : ","} + R"({"fill_id":"f)" + std::to_string(from - i) +
                R"(","symbol":"PF_XBTUSD","side":"buy","order_id":"o","fillTime":")" +
                to_iso(*parse_timestamp("2023-04-07T14:59:00Z") + std::chrono::seconds{from - i})
                    .substr(0, 23) +
                R"(Z","size":0.5,"price":27937.5,"fillType":"maker","fee_paid":0.00008957,"fee_currency":"BTC"})";
        return R"({"result":"success","serverTime":"2023-04-07T16:00:00.000Z","fills":[)" + rows + "]}";
    };
    Reply reply = desk.read(AskFills{{}, since, {}}, fills(100, 250));
    CHECK(reply.verdict == Verdict::ok);
    CHECK(desk.sink.events.size() == 100);
    CHECK(reply.next_page == "2023-04-07T15:01:31.001Z");  // the oldest is of second 151
    reply = desk.read(AskFills{{}, since, reply.next_page}, fills(100, 151));
    CHECK(reply.next_page.empty());
    CHECK(desk.sink.events.size() == 92);  // seconds 151 to 60
    CHECK(desk.sink.lines[0].find("fill=f151 0.5 at 27937.5 maker fee=0.00008957 BTC") != std::string::npos);
    // A page that cannot go back further is said to be one.
    CHECK(desk.read(AskFills{{}, since, "2023-04-07T15:01:31.001Z"}, fills(100, 250)).verdict ==
          Verdict::unknown);
    // A row that cannot be read may be the fill that matters.
    CHECK(
        verdict(
            desk, AskFills{},
            R"({"result":"success","fills":[{"fill_id":"a","symbol":"PF_XBTUSD","side":"buy","order_id":"o",)"
            R"("fillTime":"2023-04-07T15:45:10.739Z","size":0,"price":1,"fillType":"maker"}]})") ==
        Verdict::unknown);
}

TEST_CASE("account, balances, positions, rights of the key, dead-man switch, clock") {
    Desk desk;
    const std::string accounts =
        R"({"result":"success","serverTime":"2024-01-15T10:30:45.123Z","accounts":{"cash":{"type":"cashAccount",)"
        R"("balances":{"xbt":"1.0"}},"fi_xbtusd":{"type":"marginAccount","auxiliary":{"pv":1}},"flex":{)"
        R"("type":"multiCollateralMarginAccount","currencies":{"USD":{"quantity":100.5,"value":100.5,)"
        R"("collateral":100.5,"available":80},"XBT":{"quantity":0.1,"value":1,"collateral":1,"available":0.1}},)"
        R"("initialMarginWithOrders":20,"availableMargin":4000,"marginEquity":4100.25}}})";
    CHECK(verdict(desk, AskBalances{}, accounts) == Verdict::ok);
    CHECK(desk.sink.lines == std::vector<std::string>{"balance USD 100.5 80", "balance BTC 0.1 0.1"});
    CHECK(verdict(desk, AskAccount{}, accounts) == Verdict::ok);
    CHECK(desk.sink.lines[0] == "account - USD trade=- withdraw=- equity=4100.25 power=4000 margin=20 -");
    CHECK(
        verdict(
            desk, AskPositions{},
            R"({"result":"success","openPositions":[{"side":"short","symbol":"PF_XBTUSD",)"
            R"("price":27523.749993345933,"size":8000.0},{"side":"long","symbol":"PI_ETHUSD","price":1750.25,)"
            R"("size":12000.0}]})") == Verdict::ok);
    CHECK(desk.sink.lines ==
          std::vector<std::string>{"position BTC/USD PF_XBTUSD -8000 entry=27523.749993345933 mark=-",
                                   "position - PI_ETHUSD 12000 entry=1750.25 mark=-"});
    CHECK(
        verdict(
            desk, AskPermissions{},
            R"({"apiKey":"G","accountUid":"a","permissions":{"general":"FULL_ACCESS","transfer":"FULL_ACCESS"}})") ==
        Verdict::ok);
    CHECK(desk.sink.all<AccountFacts>().front().may_withdraw == true);
    CHECK(verdict(desk, AskPermissions{}, R"({"error":"x","message":"y","suberror":null})", 401) ==
          Verdict::unauthorized);
    CHECK(verdict(desk, AskPermissions{}, R"({"permissions":{"general":"FULL_ACCESS","transfer":"SOME"}})") ==
          Verdict::unknown);
    CHECK(verdict(
              desk, AskCancelAllAfter{},
              R"({"result":"success","status":{"currentTime":"2018-06-19T16:51:23.839Z","triggerTime":"0"},)"
              R"("serverTime":"2018-06-19T16:51:23.839Z"})") == Verdict::ok);
    CHECK(verdict(desk, AskClock{},
                  R"({"result":"success","serverTime":"2018-06-19T16:51:23.839Z","ticker":{}})") ==
          Verdict::ok);
    CHECK(desk.sink.lines[0] == "clock 2018-06-19T16:51:23.839000000Z");
}

TEST_CASE("fault_F13_open_candle: candles, the last of them open; what nobody traded is said to be filled") {
    Desk desk;
    desk.now = *parse_timestamp("2024-11-16T03:30:00Z");
    const AskBars ask{InstrumentId{0},
                      std::chrono::hours{1},
                      *parse_timestamp("2024-11-16T00:00:00Z"),
                      *parse_timestamp("2024-11-16T06:00:00Z"),
                      {}};
    const std::string body =
        R"({"candles":[{"time":1731715200000,"open":"91069","high":"91373.5","low":"90956","close":"91045.5",)"
        R"("volume":"319499"},{"time":1731718800000,"open":"91045.5","high":"91045.5","low":"91045.5",)"
        R"("close":"91045.5","volume":0},{"time":1731722400000,"open":"91415","high":"91400","low":"91415",)"
        R"("close":"91490.5","volume":"4995"},{"time":1731726000000,"open":"91490","high":"91490.5","low":"91415",)"
        R"("close":"91490.5","volume":"5"}],"more_candles":true})";
    const Reply reply = desk.read(ask, body);
    CHECK(reply.verdict == Verdict::ok);
    REQUIRE(desk.sink.lines.size() == 4);
    CHECK(desk.sink.lines[1] ==
          "bar BTC/USD 2024-11-16T00:00:00.000000000Z 1h 91069 91373.5 90956 91045.5 319499 traded");
    CHECK(desk.sink.lines[2].ends_with("0 filled"));
    CHECK(desk.sink.lines[0].starts_with("refused high"));
    CHECK(desk.sink.lines[3].starts_with("open_bar BTC/USD 2024-11-16T03:00"));
    CHECK(reply.next_page == "1731729600");  // an hour behind the last candle
    CHECK(desk.ask(AskBars{ask.instrument, ask.length, ask.from, ask.to, reply.next_page})
              .http.target.ends_with("?from=1731729600&to=1731736799"));
    CHECK(desk.read(AskBars{ask.instrument, ask.length, ask.from, ask.to, "1731729600"},
                    R"({"candles":[],"more_candles":false})")
              .next_page.empty());
    CHECK(verdict(desk, ask, R"({"more_candles":false})") == Verdict::unknown);
}

TEST_CASE("trades, tickers, book") {
    Desk desk;
    const AskTrades ask{
        InstrumentId{0}, timestamp_from_ms(1710150778000), timestamp_from_ms(1710150779000), {}};
    // ccxt 4.5.84 (MIT), fetchTrades.
    const Reply reply = desk.read(
        ask,
        R"({"elements":[{"uid":"a5105030-f054-44cc-98ab-30d5cae96bef","timestamp":"1710150778607","event":)"
        R"({"Execution":{"execution":{"uid":"2d485b71-cd28-4a1e-9364-371a127550d2","makerOrder":{"uid":"0a25f66b",)"
        R"("tradeable":"PF_XBTUSD","direction":"Buy","quantity":"0.26500"},"takerOrder":{"uid":"04de3ee0",)"
        R"("direction":"Sell","quantity":"0.0002"},"timestamp":"1710150778607","quantity":"0.0002","price":"71907",)"
        R"("markPrice":"71903.32715463147"},"takerReducedQuantity":""}}}],"len":1})",
        200, {{"Next-Continuation-Token", "abc="}});
    CHECK(reply.next_page == "abc=");
    // 0x2d485b71cd284a1e
    CHECK(desk.sink.lines ==
          std::vector<std::string>{
              "trade BTC/USD 2024-03-11T09:52:58.607000000Z sell 71907 0.0002 #3262958474361326110"});
    CHECK(
        verdict(
            desk, AskQuotes{{InstrumentId{1}}},
            R"({"result":"success","tickers":[{"symbol":"PF_ETHUSD","last":3200.5,"markPrice":3205.25,"bid":3200.0,)"
            R"("bidSize":100.0,"ask":3210.5,"askSize":150.0,"indexPrice":3202.75},{"symbol":"PI_XBTUSD"}],)"
            R"("serverTime":"2025-11-17T00:34:37.524Z"})") == Verdict::ok);
    CHECK(desk.sink.lines ==
          std::vector<std::string>{"quote ETH/USD 2025-11-17T00:34:37.524000000Z 3200 100 3210.5 150 #0",
                                   "mark ETH/USD 2025-11-17T00:34:37.524000000Z 3205.25 3202.75"});
    CHECK(
        verdict(
            desk, AskBook{InstrumentId{0}},
            R"({"result":"success","orderBook":{"bids":[[105900.0,0.5],[105850.0,1.2]],"asks":[[105950.0,0.3]]},)"
            R"("serverTime":"2025-07-11T12:00:00.000Z"})") == Verdict::ok);
    CHECK(desk.sink.lines[0] ==
          "book BTC/USD 2025-07-11T12:00:00.000000000Z #0 105900x0.5,105850x1.2 105950x0.3");
    CHECK(verdict(desk, AskBook{InstrumentId{0}},
                  R"({"result":"success","orderBook":{"bids":[[105900.0]],"asks":[]}})") == Verdict::unknown);
}

TEST_CASE("budgets: the end of one is heard of, cancels have a reserve") {
    Desk desk;
    std::vector<RateObservation> seen;
    const WireRequest request = desk.ask(AskPlace{Desk::order()});
    desk.venue->observe(request, {200, {}, kPlaced}, desk.now, seen);
    CHECK(seen.empty());
    desk.venue->observe(request, {200, {}, error("apiLimitExceeded")}, desk.now, seen);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].remaining == 0);
    desk.venue->observe(request, {429, {{"Retry-After", "7"}}, ""}, desk.now, seen);
    CHECK(seen[1].hold_until == desk.now + std::chrono::seconds{7});
    const auto limits = desk.venue->rate_limits();
    CHECK(limits[0].capacity == 500);
    CHECK(limits[0].per == std::chrono::seconds{10});
    CHECK(limits[0].reserve >= 25);
}
