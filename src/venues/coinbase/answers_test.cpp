#include <doctest/doctest.h>

#include "venues/coinbase/coinbase.hpp"
#include "wire/testing/event_words.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;
using namespace std::chrono_literals;
using namespace plumb::wire::testing;
using wire::Verdict;

namespace {

using Lines = std::vector<std::string>;
const Timestamp kReceived = *parse_timestamp("2024-04-04T02:30:00Z");

struct Desk {
    InstrumentTable instruments;
    InstrumentId btc, ltc;
    std::unique_ptr<wire::Venue> venue;
    Lines lines;

    Desk() {
        const auto add = [this](const char* base, const char* quote) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = quote;
            instrument.tick = *Price::parse("0.00000001");
            instrument.lot = *Quantity::parse("0.00000001");
            return *instruments.add(instrument);
        };
        btc = add("BTC", "USD");
        ltc = add("LTC", "BTC");
        add("BTC", "USDT");
        wire::VenueOptions options;
        options.instruments = &instruments;
        venue = make_venue(options);
    }
    wire::Reply read(const wire::Question& question, std::string body, int status = 200,
                     std::vector<io::Header> headers = {}) {
        TextSink sink{instruments};
        const wire::Reply reply =
            venue->read(question, {status, std::move(headers), std::move(body)}, kReceived, sink);
        lines = sink.lines;
        return reply;
    }
    wire::AskPlace place() const {
        OrderRequest order;
        order.id = {42, 1, 2};
        order.instrument = ltc;
        order.side = Side::sell;
        order.type = OrderType::limit;
        order.quantity = *Quantity::parse("0.2");
        order.limit = *Price::parse("0.006");
        return {order};
    }
    wire::AskCancel cancel() const { return {{ltc, {42, 1, 2}, std::string_view{"52cfe5e2"}}}; }
    wire::AskReplace replace() const { return {cancel().order, place().order}; }
    wire::AskOrder by_client() const { return {{ltc, {42, 1, 2}, {}}, 0}; }
    wire::AskOrder by_venue() const { return {cancel().order, 0}; }
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

// Shapes of ccxt's captured replies (npm ccxt 4.5.84, MIT) with our ids.
const std::string kPlaced =
    R"({"success":true,"failure_reason":"UNKNOWN_FAILURE_REASON","order_id":"52cfe5e2","success_response":{"order_id":)"
    R"("52cfe5e2","product_id":"LTC-BTC","side":"SELL","client_order_id":"pl-0000002a-1-2"},"order_configuration":null})";
const std::string kRefused =
    R"({"success":false,"error_response":{"error":"INSUFFICIENT_FUND","message":"Insufficient balance in source account",)"
    R"("error_details":"","preview_failure_reason":"PREVIEW_INSUFFICIENT_FUND"},"order_configuration":{"limit_limit_gtc":)"
    R"({"base_size":"0.2","limit_price":"0.006","post_only":false}}})";
const std::string kOrder =
    R"({"order_id":"52cfe5e2","product_id":"LTC-BTC","user_id":"1111111","order_configuration":{"limit_limit_gtc":)"
    R"({"base_size":"0.2","limit_price":"0.006","post_only":false}},"side":"SELL","client_order_id":"pl-0000002a-1-2",)"
    R"("status":"OPEN","time_in_force":"GOOD_UNTIL_CANCELLED","created_time":"2023-01-16T23:37:23.947030Z",)"
    R"("completion_percentage":"0","filled_size":"0","average_filled_price":"0","fee":"","number_of_fills":"0",)"
    R"("filled_value":"0","pending_cancel":false,"size_in_quote":false,"total_fees":"0","size_inclusive_of_fees":false,)"
    R"("total_value_after_fees":"0","trigger_status":"INVALID_ORDER_TYPE","order_type":"LIMIT","reject_reason":)"
    R"("REJECT_REASON_UNSPECIFIED","settled":false,"product_type":"SPOT","reject_message":"","cancel_message":""})";
const std::string kOrderLine =
    "order LTC-BTC pl-0000002a-1-2 52cfe5e2 sell limit working quantity 0.2 filled 0 limit 0.006 at "
    "2023-01-16T23:37:23.947030000Z";
const std::string kCanceled =
    R"({"results":[{"success":true,"failure_reason":"UNKNOWN_CANCEL_FAILURE_REASON","order_id":"52cfe5e2"}]})";
// ccxt 4.5.84, rest.fetchMyTrades (MIT), cursor ours.
const std::string kFills =
    R"({"fills":[{"entry_id":"b88b82cc89e326a2778874795102cbafd08dd979a2a7a3c69603fc4c23c2e010","trade_id":)"
    R"("cdc39e45-bbd3-44ec-bf02-61742dfb16a1","order_id":"813a53c5-3e39-47bb-863d-2faf685d22d8","trade_time":)"
    R"("2023-01-18T01:37:38.091377090Z","trade_type":"FILL","price":"20000","size":"0.01","commission":"0.00005",)"
    R"("product_id":"BTC-USDT","sequence_timestamp":"2023-01-18T01:37:38.092520Z","liquidity_indicator":"TAKER",)"
    R"("size_in_quote":true,"user_id":"1","side":"BUY"},{"trade_id":"t1","order_id":"o1","trade_time":)"
    R"("2023-01-18T01:37:37Z","trade_type":"FILL","price":"20000","size":"0.5","commission":"-1","product_id":"BTC-USDT",)"
    R"("liquidity_indicator":"MAKER","size_in_quote":false,"side":"SELL"}],"cursor":"next"})";
const std::string kAccounts =
    R"({"accounts":[{"uuid":"1","name":"BTC Wallet","currency":"BTC","available_balance":{"value":"1.5","currency":"BTC"},)"
    R"("default":true,"deleted_at":null,"type":"ACCOUNT_TYPE_CRYPTO","ready":true,"hold":{"value":"0.25","currency":"BTC"}},)"
    R"({"currency":"USD","available_balance":{"value":"0.0000000000000000","currency":"USD"}}],"has_next":true,)"
    R"("cursor":"c2","size":2})";
const std::string kCandles =
    R"({"candles":[{"start":"1712196000","low":"1","high":"3","open":"2","close":"2","volume":"5"},{"start":"1712192400",)"
    R"("low":"66055.14","high":"66331.99","open":"66312.4","close":"66181.6","volume":"355.82896243"}]})";
// ccxt 4.5.84, rest.parseSpotMarket (MIT).
const std::string kProducts =
    R"({"products":[{"product_id":"TONE-USD","price":"0.01523","base_increment":"1","quote_increment":"0.00001",)"
    R"("quote_min_size":"1","quote_max_size":"10000000","base_min_size":"26.7187147229469674","base_max_size":)"
    R"("267187147.2296735908216","is_disabled":false,"status":"online","cancel_only":false,"limit_only":false,"post_only":)"
    R"(false,"trading_disabled":false,"auction_mode":false,"product_type":"SPOT","quote_currency_id":"USD",)"
    R"("base_currency_id":"TONE","view_only":false},{"product_id":"BIT-26APR24-CDE","product_type":"FUTURE"},)"
    R"({"product_id":"BTC-USD","base_increment":"0.001","quote_increment":"0.01","price_increment":"0.05","quote_min_size":"10",)"
    R"("quote_max_size":"1000","base_min_size":"0.002","base_max_size":"5","status":"online","cancel_only":false,)"
    R"("limit_only":true,"post_only":false,"trading_disabled":false,"product_type":"SPOT","quote_currency_id":"USD",)"
    R"("base_currency_id":"BTC"}],"num_products":3,"pagination":null})";

}  // namespace

TEST_CASE("an order taken; the same id again is answered with the first order, which is proof as well") {
    Desk desk;
    CHECK(desk.read(desk.place(), kPlaced).verdict == Verdict::ok);
    CHECK(
        desk.lines ==
        Lines{"order LTC-BTC pl-0000002a-1-2 52cfe5e2 sell limit working at 2024-04-04T02:30:00.000000000Z"});
    // The newer shape.
    CHECK(desk.read(desk.place(), R"({"success":true,"success_response":{"order_id":"52cfe5e2"}})").verdict ==
          Verdict::ok);
    CHECK(
        desk.read(desk.place(), R"({"success":false,"error_response":{"error":"DUPLICATE_CLIENT_ORDER_ID"}})")
            .verdict == Verdict::duplicate);
}

TEST_CASE("fault_E03: only listed codes refuse an order") {
    Desk desk;
    const wire::Reply refused = desk.read(desk.place(), kRefused);
    CHECK(refused.verdict == Verdict::refused);
    CHECK(refused.words == "the account holds too little for this order (INSUFFICIENT_FUND)");
    CHECK(desk.lines.empty());
    const auto failed = [&](std::string_view response) {
        return desk.read(desk.place(), fmt::format(R"({{"success":false,{}}})", response)).verdict;
    };
    CHECK(
        failed(
            R"("error_response":{"error":"UNKNOWN_FAILURE_REASON","preview_failure_reason":"PREVIEW_INSUFFICIENT_FUND"})") ==
        Verdict::refused);
    CHECK(failed(R"("error_response":{"new_order_failure_reason":"INVALID_LIMIT_PRICE_POST_ONLY"})") ==
          Verdict::refused);
    CHECK(failed(R"("failure_reason":"UNSUPPORTED_ORDER_CONFIGURATION")") == Verdict::refused);
    CHECK(failed(R"("error_response":{"error":"UNKNOWN_FAILURE_REASON"})") == Verdict::unknown);
    CHECK(failed(R"("error_response":{"error":"NEVER_HEARD_OF"})") == Verdict::unknown);
    CHECK(failed(R"("error_response":{"error":"PERMISSION_DENIED"})") == Verdict::unauthorized);
    CHECK(failed(R"("x":1)") == Verdict::unknown);
    CHECK(desk.read(desk.place(),
                    R"({"error":"INVALID_ARGUMENT","error_details":"bad size","message":"bad size"})", 400)
              .verdict == Verdict::refused);
    CHECK(desk.read(desk.place(), R"({"error":"unknown","message":"oops"})", 400).verdict ==
          Verdict::unknown);
    CHECK(desk.read(desk.place(), "{}", 404).verdict == Verdict::unknown);
}

TEST_CASE("fault_E02: 5xx, HTML, empty and foreign answers say nothing about an order") {
    Desk desk;
    for (const wire::Question& question :
         std::vector<wire::Question>{desk.place(), desk.cancel(), desk.replace(), desk.by_venue()})
        for (const int status : {500, 502, 503, 504, 520, 301, 418, 200, 403, 404, 401})
            for (const char* body :
                 {"", "<html>502 Bad Gateway</html>", "null", "[]", "{}", "{\"success\":", "nonsense"}) {
                const Verdict verdict = desk.read(question, body, status).verdict;
                const bool may_be_key = status == 401 && !wire::changes_something(question);
                CHECK(verdict == (may_be_key ? Verdict::unauthorized : Verdict::unknown));
                for (const std::string& line : desk.lines) CHECK(line.starts_with("refused"));
            }
    CHECK(desk.read(desk.place(), kRefused, 500).verdict == Verdict::unknown);
    CHECK(desk.read(desk.place(), kRefused, 302).verdict == Verdict::unknown);
    CHECK(desk.read(desk.place(), kPlaced, 503).verdict == Verdict::unknown);
    CHECK(desk.read(desk.place(), replaced(kPlaced, "pl-0000002a-1-2", "pl-0000002a-1-3")).verdict ==
          Verdict::unknown);
    CHECK(desk.read(desk.place(), R"({"success":true,"success_response":{}})").verdict == Verdict::unknown);
}

TEST_CASE("fault_E01 fault_F20: an answer cut after any byte is never taken for a whole one") {
    Desk desk;
    const std::vector<std::pair<wire::Question, std::string>> answers{
        {desk.place(), kPlaced},
        {desk.place(), kRefused},
        {desk.cancel(), kCanceled},
        {desk.replace(), R"({"success":true,"success_response":{"order_id":"52cfe5e2"}})"},
        {desk.by_venue(), R"({"order":)" + kOrder + "}"},
        {desk.by_client(), R"({"orders":[)" + kOrder + R"(],"has_next":false,"cursor":""})"},
        {wire::AskOpenOrders{}, R"({"orders":[)" + kOrder + R"(],"has_next":false,"cursor":""})"},
        {wire::AskFills{}, kFills},
        {wire::AskBalances{}, kAccounts},
        {wire::AskListings{}, kProducts},
        {wire::AskBars{desk.btc, 1h, *parse_timestamp("2024-04-04"), *parse_timestamp("2024-04-05"), {}},
         kCandles},
        {wire::AskPermissions{},
         R"({"can_view":true,"can_trade":true,"can_transfer":false,"portfolio_uuid":"p"})"},
    };
    for (const auto& [question, body] : answers) {
        const Verdict whole = desk.read(question, body).verdict;
        CHECK((whole == Verdict::ok || whole == Verdict::refused));
        for (std::size_t size = 0; size < body.size(); ++size) {
            REQUIRE(desk.read(question, body.substr(0, size)).verdict == Verdict::unknown);
            for (const std::string& line : desk.lines) REQUIRE(line.starts_with("refused"));
        }
    }
}

// An order within an answer about quotes ended the program; a list of something else was an empty list of
// fills.
TEST_CASE("fault_E05 a member of another question's answer is passed over, and proves no absence") {
    Desk desk;
    const std::string order =
        R"({"order":{"order_id":"52cfe5e2","product_id":"LTC-BTC","side":"SELL","status":"OPEN",)"
        R"("client_order_id":"a","created_time":"2023-01-16T23:37:23.947030Z","filled_size":"0",)"
        R"("average_filled_price":"0"}})";
    CHECK(desk.read(wire::AskQuotes{{desk.btc}}, order).verdict == Verdict::unknown);
    CHECK(desk.read(wire::AskBook{desk.btc}, order).verdict == Verdict::unknown);
    CHECK(desk.lines.empty());
    for (const char* body : {R"({"orders":[]})", R"({"errors":[]})", R"({"accounts":[]})"})
        CHECK(desk.read(wire::AskFills{}, body).verdict == Verdict::unknown);
    for (const char* body : {R"({"fills":[]})", R"({"errors":[]})"}) {
        CHECK(desk.read(wire::AskOpenOrders{}, body).verdict == Verdict::unknown);
        CHECK(desk.read(desk.by_client(), body).verdict == Verdict::unknown);
    }
}

TEST_CASE("cancels are queued, refused by listed reasons, or unknown") {
    Desk desk;
    CHECK(desk.read(desk.cancel(), kCanceled).verdict == Verdict::ok);
    const auto failed = [&](std::string_view reason) {
        return desk
            .read(desk.cancel(),
                  replaced(replaced(kCanceled, "true", "false"), "UNKNOWN_CANCEL_FAILURE_REASON", reason))
            .verdict;
    };
    CHECK(failed("UNKNOWN_CANCEL_ORDER") == Verdict::not_found);
    CHECK(failed("ORDER_IS_FULLY_FILLED") == Verdict::refused);
    CHECK(failed("DUPLICATE_CANCEL_REQUEST") == Verdict::ok);
    CHECK(failed("UNKNOWN_CANCEL_FAILURE_REASON") == Verdict::unknown);
    CHECK(failed("NEW") == Verdict::unknown);
    CHECK(desk.read(desk.cancel(), replaced(kCanceled, "52cfe5e2", "other")).verdict == Verdict::unknown);
    CHECK(desk.read(desk.cancel(), R"({"results":[]})").verdict == Verdict::unknown);
}

TEST_CASE("an edit keeps the order's names and changes its terms") {
    Desk desk;
    CHECK(desk.read(desk.replace(),
                    R"({"success":true,"success_response":{"order_id":"52cfe5e2"},"errors":[]})")
              .verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"order LTC-BTC  52cfe5e2 sell limit working quantity 0.2 limit 0.006 at "
                              "2024-04-04T02:30:00.000000000Z"});
    CHECK(
        desk.read(
                desk.replace(),
                R"({"success":false,"errors":[{"edit_failure_reason":"CANNOT_EDIT_TO_BELOW_FILLED_SIZE"}]})")
            .verdict == Verdict::refused);
    CHECK(
        desk.read(
                desk.replace(),
                R"({"success":false,"errors":[{"edit_failure_reason":"UNKNOWN_EDIT_ORDER_FAILURE_REASON"}]})")
            .verdict == Verdict::unknown);
}

TEST_CASE("fault_E05: an order is absent only when every order was looked at") {
    Desk desk;
    CHECK(desk.read(desk.by_venue(), R"({"order":)" + kOrder + "}").verdict == Verdict::ok);
    CHECK(desk.lines == Lines{kOrderLine});
    CHECK(desk.read(desk.by_venue(), R"({"order":)" + replaced(kOrder, "52cfe5e2", "other") + "}").verdict ==
          Verdict::unknown);
    CHECK(
        desk.read(
                desk.by_venue(),
                R"({"error":"unknown","error_details":"order with this orderID was not found","message":"order with this )"
                R"(orderID was not found"})",
                404)
            .verdict == Verdict::not_found);
    CHECK(desk.read(desk.by_venue(), R"({"error":"unknown","message":"try later"})", 404).verdict ==
          Verdict::unknown);

    const std::string other = replaced(kOrder, "pl-0000002a-1-2", "somebody");
    const auto list = [](const std::string& orders, const char* more) {
        return fmt::format(R"({{"orders":[{}],"sequence":"0","has_next":{},"cursor":"c"}})", orders, more);
    };
    CHECK(desk.read(desk.by_client(), list(other + "," + kOrder, "true")).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{kOrderLine});
    CHECK(desk.read(desk.by_client(), list(other, "false")).verdict == Verdict::not_found);
    CHECK(desk.read(desk.by_client(), list("", "false")).verdict == Verdict::not_found);
    CHECK(desk.read(desk.by_client(), list(other, "true")).verdict == Verdict::unknown);
    CHECK(desk.read(desk.by_client(), list(replaced(other, "\"OPEN\"", "\"MOON\""), "false")).verdict ==
          Verdict::unknown);
    CHECK(desk.read(desk.by_client(), R"({"has_next":false})").verdict == Verdict::unknown);
}

TEST_CASE("an order's life as REST tells it; fault_E09: the filled quantity is the sum until now") {
    Desk desk;
    const auto told = [&](std::string order) {
        REQUIRE(desk.read(desk.by_venue(), R"({"order":)" + order + "}").verdict == Verdict::ok);
        return desk.lines.at(0);
    };
    std::string order = replaced(replaced(kOrder, R"("filled_size":"0")", R"("filled_size":"0.05")"),
                                 R"("average_filled_price":"0")", R"("average_filled_price":"0.0061")");
    CHECK(told(order).find(" partially_filled quantity 0.2 filled 0.05 limit 0.006 average 0.0061 ") !=
          std::string::npos);
    order = replaced(order, R"("filled_size":"0.05")", R"("filled_size":"0.2")");
    CHECK(told(replaced(order, "\"OPEN\"", "\"FILLED\"")).find(" filled quantity 0.2 filled 0.2 ") !=
          std::string::npos);
    CHECK(told(replaced(kOrder, "\"OPEN\"", "\"CANCELLED\"")).find(" canceled quantity 0.2 filled 0 ") !=
          std::string::npos);
    order = replaced(replaced(kOrder, "\"OPEN\"", "\"FAILED\""), R"("reject_message":"")",
                     R"("reject_message":"too little")");
    CHECK(told(order).find(" rejected quantity 0.2 ") != std::string::npos);
    CHECK(told(order).ends_with("\"too little\""));
}

TEST_CASE("open orders are asked for in two turns of pages, and a bad row makes the list unknown") {
    Desk desk;
    const auto list = [](const std::string& orders, const char* more, const char* cursor) {
        return fmt::format(R"({{"orders":[{}],"has_next":{},"cursor":"{}"}})", orders, more, cursor);
    };
    wire::Reply reply = desk.read(wire::AskOpenOrders{}, list(kOrder, "true", "c1"));
    CHECK(reply.verdict == Verdict::ok);
    CHECK(reply.next_page == "oc1");
    CHECK(desk.lines == Lines{kOrderLine});
    CHECK(desk.read(wire::AskOpenOrders{{}, "oc1"}, list("", "false", "")).next_page == "q");
    CHECK(desk.read(wire::AskOpenOrders{{}, "q"}, list("", "true", "c2")).next_page == "qc2");
    CHECK(desk.read(wire::AskOpenOrders{{}, "qc2"}, list("", "false", "c9")).next_page.empty());
    CHECK(desk.read(wire::AskOpenOrders{{}, "qc2"}, list("", "true", "c2")).verdict == Verdict::unknown);
    CHECK(desk.read(wire::AskOpenOrders{}, list("", "true", "")).verdict == Verdict::unknown);
    CHECK(desk.read(wire::AskOpenOrders{},
                    list(kOrder + "," + replaced(kOrder, "\"0.2\"", "\"x\""), "false", ""))
              .verdict == Verdict::unknown);
}

TEST_CASE("fills come oldest first, in base units, with the fee in the quote currency") {
    Desk desk;
    const wire::Reply reply = desk.read(wire::AskFills{}, kFills);
    CHECK(reply.verdict == Verdict::ok);
    CHECK(reply.next_page == "next");
    CHECK(desk.lines ==
          Lines{"order BTC-USDT  o1 sell other partially_filled fill t1 20000 x 0.5 fee -1 USDT maker at "
                "2023-01-18T01:37:37.000000000Z",
                "order BTC-USDT  813a53c5-3e39-47bb-863d-2faf685d22d8 buy other partially_filled fill "
                "cdc39e45-bbd3-44ec-bf02-61742dfb16a1 20000 x 0.0000005 fee 0.00005 USDT at "
                "2023-01-18T01:37:38.091377090Z"});
    CHECK(desk.read(wire::AskFills{{}, {}, "next"}, kFills).verdict ==
          Verdict::unknown);  // it turns in a circle
    CHECK(desk.read(wire::AskFills{{}, {}, "next"}, R"({"fills":[],"cursor":"z"})").next_page.empty());
    CHECK(desk.read(wire::AskFills{}, replaced(kFills, "\"FILL\"", "\"REVERSAL\"")).verdict ==
          Verdict::unknown);
}

TEST_CASE("balances are available and held together, page by page") {
    Desk desk;
    const wire::Reply reply = desk.read(wire::AskBalances{}, kAccounts);
    CHECK(reply.verdict == Verdict::ok);
    CHECK(reply.next_page == "c2");
    CHECK(desk.lines == Lines{"balance BTC 1.75 available 1.5", "balance USD 0 available 0"});
    CHECK(desk.read(wire::AskBalances{}, replaced(kAccounts, "\"1.5\"", "\"-1.5\"")).verdict ==
          Verdict::unknown);
}

TEST_CASE("fault_F13: candles come oldest first, and the last one is open until its hour is over") {
    Desk desk;
    wire::AskBars ask{desk.btc, 1h, *parse_timestamp("2024-04-04"), *parse_timestamp("2024-04-05"), {}};
    CHECK(desk.read(ask, kCandles).verdict == Verdict::ok);
    CHECK(desk.lines ==
          Lines{"closed_bar BTC/USD 1h 2024-04-04T01:00:00.000000000Z o 66312.4 h 66331.99 l 66055.14 c "
                "66181.6 v "
                "355.82896243 traded",
                "open_bar BTC/USD 1h 2024-04-04T02:00:00.000000000Z o 2 h 3 l 1 c 2 v 5 traded"});
    ask.from = *parse_timestamp("2024-04-04T02:00:00Z");  // what opened before was not asked for
    desk.read(ask, kCandles);
    CHECK(desk.lines.size() == 1);
    CHECK(desk.read(ask, replaced(kCandles, "\"3\"", "\"1.5\"")).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"refused high"});
    CHECK(desk.read(ask, R"({"candles":[]})").verdict == Verdict::ok);
    CHECK(
        desk.read(
                ask,
                R"({"error":"INVALID_ARGUMENT","message":"number of candles requested should be less than 350"})",
                400)
            .verdict == Verdict::refused);
    ask.from = *parse_timestamp("2024-01-01");
    CHECK(desk.read(ask, kCandles).next_page == "1705147200");  // 300 hours later
}

TEST_CASE("listings give the grid that orders are checked against") {
    Desk desk;
    CHECK(desk.read(wire::AskListings{}, kProducts).verdict == Verdict::ok);
    CHECK(desk.lines ==
          Lines{"listing TONE-USD TONE/USD tick 0.00001 lot 1 quantity "
                "26.7187147229469674..267187147.2296735908216 "
                "notional 1..10000000 open",
                "listing BTC-USD BTC/USD tick 0.05 lot 0.001 quantity 0.002..5 notional 10..1000 open"});
    OrderRequest order;
    order.instrument = desk.btc;
    order.type = OrderType::limit;
    order.limit = *Price::parse("100.05");
    order.quantity = *Quantity::parse("0.5");
    CHECK(desk.venue->check(order));
    const auto denied = [&](std::string_view part) {
        const Status status = desk.venue->check(order);
        REQUIRE_FALSE(status);
        CHECK_MESSAGE(status.error().message().find(part) != std::string::npos, status.error().message());
    };
    order.quantity = *Quantity::parse("0.001");
    denied("below Coinbase's minimum of 0.002");
    order.quantity = *Quantity::parse("5.001");
    denied("above Coinbase's maximum of 5");
    order.quantity = *Quantity::parse("0.05");
    denied("worth 5.0025, below Coinbase's minimum of 10");
    order.quantity = *Quantity::parse("5");
    order.limit = *Price::parse("300");
    denied("worth 1500, above Coinbase's maximum of 1000");
    order.quantity = *Quantity::parse("0.5");
    order.limit = *Price::parse("100.01");
    denied("no multiple of 0.05");
    order.type = OrderType::market;
    denied("only limit orders");
    for (const auto& [flag, part] :
         std::vector<std::pair<std::string, std::string>>{{R"("trading_disabled":true)", "halted"},
                                                          {R"("cancel_only":true)", "cancels"},
                                                          {R"("post_only":true)", "rest"},
                                                          {R"("status":"delisted")", "not trade"}}) {
        const std::string name = flag.substr(0, flag.find(':'));
        const std::size_t at = kProducts.rfind(name);
        const std::size_t end = kProducts.find(',', at);
        desk.read(wire::AskListings{}, std::string{kProducts}.replace(at, end - at, flag));
        order.type = OrderType::limit;
        denied(part);
    }
}

TEST_CASE("keys: wrong ones, ones without a permission, and what a key may do") {
    Desk desk;
    for (const wire::Question& question : std::vector<wire::Question>{desk.place(), wire::AskBalances{}}) {
        CHECK(desk.read(question, "Unauthorized", 401).verdict == Verdict::unauthorized);
        CHECK(desk.read(question, R"({"error":"unauthorized"})", 401).verdict == Verdict::unauthorized);
        CHECK(desk.read(question,
                        R"({"error":"PERMISSION_DENIED","error_details":"Missing required scopes"})", 403)
                  .verdict == Verdict::unauthorized);
        CHECK(desk.read(question,
                        R"({"errors":[{"id":"authentication_error","message":"request timestamp expired"}]})",
                        401)
                  .verdict == Verdict::clock);
    }
    CHECK(
        desk.read(
                wire::AskPermissions{},
                R"({"can_view":true,"can_trade":true,"can_transfer":true,"portfolio_uuid":"p-1","portfolio_type":"DEFAULT"})")
            .verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"account p-1 trade yes withdraw yes short no"});
    CHECK(desk.read(wire::AskAccount{}, R"({"can_view":true,"can_trade":"yes"})").verdict ==
          Verdict::unknown);
}

TEST_CASE("fault_E20: a rate limit is told with its exact time, and headers with what is left") {
    Desk desk;
    const std::string body = R"({"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]})";
    wire::Reply reply = desk.read(desk.place(), body, 429, {{"Retry-After", "7"}});
    CHECK(reply.verdict == Verdict::rate_limited);
    CHECK(reply.retry_at == kReceived + 7s);
    CHECK_FALSE(desk.read(desk.place(), body, 429).retry_at);
    std::vector<wire::RateObservation> seen;
    wire::WireRequest request;
    request.bucket = 1;
    desk.venue->observe(
        request,
        {429, {{"X-RateLimit-Remaining", "3"}, {"x-ratelimit-reset", "2"}, {"Retry-After", "7"}}, ""},
        kReceived, seen);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].bucket == 1);
    CHECK(seen[0].remaining == 3);
    CHECK(seen[0].refilled_at == kReceived + 2s);
    CHECK(seen[0].hold_until == kReceived + 7s);
    seen.clear();
    desk.venue->observe(request, {200, {{"x-ratelimit-reset", "1712197802"}}, ""}, kReceived, seen);
    CHECK(seen.at(0).refilled_at == Timestamp{1712197802s});
    seen.clear();
    desk.venue->observe(request, {200, {{"x-ratelimit-remaining", "many"}}, ""}, kReceived, seen);
    CHECK(seen.empty());
}

TEST_CASE("books, quotes, trades and the clock by REST") {
    Desk desk;
    const std::string book =
        R"({"pricebook":{"product_id":"BTC-USD","bids":[{"price":"30757.85","size":"0.115"}],"asks":[{"price":"30759.07",)"
        R"("size":"0.04877659"}],"time":"2023-06-30T04:02:40.533606Z"}})";
    CHECK(desk.read(wire::AskBook{desk.btc}, book).verdict == Verdict::ok);
    CHECK(desk.lines ==
          Lines{"book BTC/USD snapshot seq 0 at 2023-06-30T04:02:40.533606000Z bids 30757.85:0.115 asks "
                "30759.07:0.04877659"});
    CHECK(desk.read(wire::AskQuotes{{desk.btc}}, book).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"quote BTC/USD 30757.85 x 0.115 / 30759.07 x 0.04877659 seq 0 at "
                              "2023-06-30T04:02:40.533606000Z"});
    CHECK(desk.read(wire::AskQuotes{{desk.btc}}, replaced(book, "30757.85", "30760")).verdict ==
          Verdict::unknown);
    const std::string trades =
        R"({"trades":[{"trade_id":"2","product_id":"BTC-USD","price":"17488.12","size":"0.1","time":"2023-01-11T00:52:38Z",)"
        R"("side":"BUY","bid":"","ask":""},{"trade_id":"1","product_id":"BTC-USD","price":"17488","size":"0.2","time":)"
        R"("2023-01-11T00:52:37Z","side":"SELL"}],"best_bid":"1","best_ask":"2"})";
    wire::AskTrades ask{desk.btc, *parse_timestamp("2023-01-11"), *parse_timestamp("2023-01-12"), {}};
    CHECK(desk.read(ask, trades).verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"trade BTC/USD sell 17488 x 0.2 id 1 at 2023-01-11T00:52:37.000000000Z",
                              "trade BTC/USD buy 17488.12 x 0.1 id 2 at 2023-01-11T00:52:38.000000000Z"});
    CHECK(
        desk.read(
                wire::AskClock{},
                R"({"iso":"2024-02-27T03:37:14Z","epochSeconds":"1709005034","epochMillis":"1709005034333"})")
            .verdict == Verdict::ok);
    CHECK(desk.lines == Lines{"clock 2024-02-27T03:37:14.333000000Z"});
    CHECK(desk.read(wire::AskClock{}, R"({"data":{"epoch":1589295679}})").verdict == Verdict::unknown);
}
