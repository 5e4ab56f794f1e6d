#include <doctest/doctest.h>

#include "venues/alpaca/alpaca.hpp"
#include "venues/alpaca/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;
using testing::Recorder;
using wire::Question;
using wire::Reply;
using wire::Verdict;

namespace {

const Timestamp kNow = *parse_timestamp("2026-11-20T12:00:00Z");

struct Desk {
    InstrumentTable instruments = testing::instruments_of(
        {"BTC/USD", "ETH/USD", "BCH/USD", "BAT/USD", "AAVE/USD", "AAPL/USD", "AMZN/USD", "A/USD", "SPY/USD"});
    std::unique_ptr<wire::Venue> venue;
    Recorder sink{instruments};

    explicit Desk(bool paper = false) {
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.paper_endpoint = paper;
        options.credentials.key_id = "PKTEST";
        options.credentials.secret = Secret{"secret"};
        venue = make_venue(options);
    }
    InstrumentId id(const std::string& name) const { return *instruments.find(name); }
    Reply read(const Question& question, int status, std::string body, std::vector<io::Header> headers = {}) {
        sink.clear();
        return venue->read(question, {status, std::move(headers), std::move(body)}, kNow, sink);
    }
};

std::string member(const std::string& line, const std::string& name) {
    const std::string mark = "\"" + name + "\":\"";
    const std::size_t at = line.find(mark), body = line.find("\"body\":");
    if (at == std::string::npos || body < at) return {};
    return line.substr(at + mark.size(), line.find('"', at + mark.size()) - at - mark.size());
}

Question question_of(const Desk& desk, const std::string& line) {
    const std::string ask = member(line, "ask"), name = member(line, "instrument");
    const InstrumentId id = name.empty() ? InstrumentId{} : desk.id(name);
    const Timestamp from = *parse_timestamp("2020-01-01"), to = kNow;
    if (ask == "bars") return wire::AskBars{id, *parse_duration(member(line, "length")), from, to, {}};
    if (ask == "trades") return wire::AskTrades{id, from, to, {}};
    if (ask == "quotes") return wire::AskQuotes{{id}};
    if (ask == "listings") return wire::AskListings{member(line, "page")};
    if (ask == "positions") return wire::AskPositions{};
    if (ask == "account") return wire::AskAccount{};
    if (ask == "balances") return wire::AskBalances{};
    if (ask == "fills") return wire::AskFills{};
    REQUIRE(ask == "open_orders");
    return wire::AskOpenOrders{};
}

std::string body_of(const std::string& line) {
    const std::size_t at = line.find("\"body\":") + 7;
    return line.substr(at, line.size() - at - 1);
}

// The documents' answer to an order for a coin (openapi, CryptoOrderResponse), with our client id.
const std::string kOrder =
    R"({"asset_class":"crypto","asset_id":"a1733398-6acc-4e92-af24-0d0667f78713","canceled_at":null,"client_order_id":"pl-0000002a-1-7","created_at":"2023-12-12T22:36:51.337711497Z","expired_at":null,"extended_hours":false,"failed_at":null,"filled_at":null,"filled_avg_price":null,"filled_qty":"0","hwm":null,"id":"38e482f3-79a8-4f75-a057-f07a1ec6a397","legs":null,"limit_price":"2100","notional":null,"order_class":"","order_type":"limit","qty":"0.02","replaced_at":null,"replaced_by":null,"replaces":null,"side":"buy","source":null,"status":"pending_new","stop_price":null,"submitted_at":"2023-12-12T22:36:51.313261061Z","subtag":null,"symbol":"ETH/USD","time_in_force":"gtc","trail_percent":null,"trail_price":null,"type":"limit","updated_at":"2023-12-12T22:36:51.337754768Z"})";

OrderRequest request() {
    OrderRequest order;
    order.id = {42, 1, 7};
    order.instrument = InstrumentId{1};
    order.type = OrderType::limit;
    order.quantity = Quantity{*Decimal::parse("0.02")};
    order.limit = Price{Decimal{2100}};
    return order;
}
const Question kPlace = wire::AskPlace{request()};
const Question kReplace = wire::AskReplace{{InstrumentId{1}, {42, 1, 6}, {}}, request()};
const Question kAskOrder = wire::AskOrder{{InstrumentId{1}, {42, 1, 7}, {}}, 0};
const Question kCancel =
    wire::AskCancel{{InstrumentId{1}, {42, 1, 7}, std::string_view{"38e482f3-79a8-4f75-a057-f07a1ec6a397"}}};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("golden: recorded answers of both REST APIs") {
    Desk desk;
    std::vector<std::string> found;
    std::size_t number = 0;
    for (const std::string& line : testing::lines_of("rest_recorded.jsonl")) {
        const std::string prefix = std::to_string(++number) + " ";
        const Reply reply = desk.read(question_of(desk, line), 200, body_of(line));
        for (const std::string& event : desk.sink.lines) found.push_back(prefix + event);
        found.push_back(prefix + std::string{to_string(reply.verdict)} + " " +
                        (reply.next_page.empty() ? "-" : reply.next_page));
    }
    const std::vector<std::string> expected = testing::lines_of("rest_recorded.events");
    for (std::size_t i = 0; i < std::max(found.size(), expected.size()); ++i)
        CHECK((i < found.size() ? found[i] : "nothing") == (i < expected.size() ? expected[i] : "nothing"));
}

TEST_CASE(
    "an order is read from the answer to placing, replacing and asking, and must be the one asked about") {
    Desk desk;
    for (const Question& question : {kPlace, kReplace, kAskOrder}) {
        CHECK(desk.read(question, 200, kOrder).verdict == Verdict::ok);
        const auto updates = desk.sink.all<wire::OrderUpdate>();
        REQUIRE(updates.size() == 1);
        CHECK(updates[0].state == OrderState::working);
        CHECK(updates[0].client_order.view() == "pl-0000002a-1-7");
        CHECK(updates[0].venue_order.view() == "38e482f3-79a8-4f75-a057-f07a1ec6a397");
        CHECK(desk.instruments[*updates[0].instrument].name() == "ETH/USD");
        CHECK(desk.read(question, 200, replaced(kOrder, "2a-1-7", "2a-1-8")).verdict == Verdict::unknown);
        CHECK(desk.sink.all<wire::OrderUpdate>().empty());
    }
    CHECK(desk.read(kCancel, 204, "").verdict == Verdict::ok);
    CHECK(desk.read(kCancel, 200, "").verdict == Verdict::unknown);
}

TEST_CASE("the life of an order is told by its status; what is not an end is not taken for one") {
    Desk desk;
    for (const auto& [status, filled, state] : std::vector<std::tuple<std::string, std::string, OrderState>>{
             {"accepted", "0", OrderState::working},
             {"new", "0.01", OrderState::partially_filled},
             {"partially_filled", "0.01", OrderState::partially_filled},
             {"filled", "0.02", OrderState::filled},
             {"pending_cancel", "0", OrderState::working},
             {"pending_replace", "0", OrderState::working},
             {"done_for_day", "0.01", OrderState::partially_filled},
             {"stopped", "0", OrderState::working},
             {"calculated", "0.02", OrderState::partially_filled},
             {"held", "0", OrderState::working},
             {"canceled", "0.01", OrderState::canceled},
             {"expired", "0", OrderState::canceled},
             {"replaced", "0", OrderState::canceled},
             {"rejected", "0", OrderState::rejected}}) {
        const std::string body =
            replaced(replaced(kOrder, "\"status\":\"pending_new\"", "\"status\":\"" + status + "\""),
                     "\"filled_qty\":\"0\"", "\"filled_qty\":\"" + filled + "\"");
        INFO(status);
        CHECK(desk.read(kAskOrder, 200, body).verdict == Verdict::ok);
        REQUIRE(desk.sink.all<wire::OrderUpdate>().size() == 1);
        CHECK(desk.sink.all<wire::OrderUpdate>()[0].state == state);
    }
    CHECK(desk.read(kAskOrder, 200, replaced(kOrder, "pending_new", "some_new_state")).verdict ==
          Verdict::unknown);
}

TEST_CASE("fault_E01_cut_answers: an answer cut after any byte is never ok and never a refusal") {
    Desk desk;
    const std::string refusal = R"({"code":40310000,"message":"insufficient buying power"})";
    for (const Question& question : {kPlace, kReplace, kAskOrder}) {
        for (std::size_t length = 0; length < kOrder.size(); ++length) {
            REQUIRE(desk.read(question, 200, kOrder.substr(0, length)).verdict == Verdict::unknown);
            REQUIRE(desk.sink.events.empty());
        }
        for (std::size_t length = 0; length < refusal.size(); ++length)
            REQUIRE(desk.read(question, 403, refusal.substr(0, length)).verdict == Verdict::unknown);
    }
    for (const std::string& line : testing::lines_of("rest_recorded.jsonl")) {
        const std::string body = body_of(line);
        const Question question = question_of(desk, line);
        for (std::size_t length = 0; length < body.size(); ++length) {
            REQUIRE(desk.read(question, 200, body.substr(0, length)).verdict == Verdict::unknown);
            REQUIRE(desk.sink.events.empty());
        }
    }
}

TEST_CASE("fault_E02_unparsable: 5xx, HTML, nothing and foreign JSON leave the order unknown") {
    Desk desk;
    for (const Question& question : {kPlace, kReplace, kCancel, kAskOrder})
        for (const int status :
             {200, 201, 207, 301, 302, 400, 401, 403, 404, 408, 409, 418, 422, 500, 502, 503, 504, 520})
            for (const char* body :
                 {"", "<html><body>Bad gateway</body></html>", "null", "[]", "{}", "\"ok\"",
                  R"({"status":"ok"})", R"({"message":7})", R"({"code":"x","message":"y"})"}) {
                INFO(status, " ", body);
                REQUIRE(desk.read(question, status, body).verdict == Verdict::unknown);
                REQUIRE(desk.sink.all<wire::OrderUpdate>().empty());
            }
    const Reply gateway =
        desk.read(kPlace, 500, R"({"code":50010000,"message":"internal server error occurred"})");
    CHECK(gateway.verdict == Verdict::unknown);
    CHECK(gateway.words == "status 500: internal server error occurred");
    CHECK(desk.read(kPlace, 504, R"({"code":42910000,"message":"x"})").verdict == Verdict::unknown);
}

TEST_CASE("fault_E03_errors: only the codes the venue lists are refusals") {
    Desk desk;
    const auto verdict = [&](const Question& question, int status, const std::string& body) {
        return desk.read(question, status, body).verdict;
    };
    // Bodies of the fact sheet and of the recorded answers.
    for (
        const auto& [status, body] : std::vector<std::pair<int, std::string>>{
            {403,
             R"j({"code":40310000,"message":"insufficient balance for BTC (requested: 0.016135, available: 0)","available":"0","balance":"0","symbol":"USD"})j"},
            {403, R"({"code":40310000,"message":"account is not allowed to short"})"},
            {403, R"({"code":40310000,"message":"cost basis must be >= minimal amount of order 10"})"},
            {422, R"({"code":40010001,"message":"invalid order type for crypto order"})"},
            {422, R"({"code":42210000,"message":"invalid crypto time_in_force"})"},
            {422, R"({"code":42210000,"message":"asset MKR/USD is not active"})"},
            {400, R"({"code":40010000,"message":"request body format is invalid"})"},
            {404, R"({"code":40410000,"message":"asset not found for FOO"})"}})
        CHECK_MESSAGE(verdict(kPlace, status, body) == Verdict::refused, body);
    CHECK(verdict(kPlace, 422, R"({"code":40010001,"message":"client_order_id must be unique"})") ==
          Verdict::duplicate);
    CHECK(verdict(kReplace, 422, R"({"code":40010001,"message":"client_order_id must be unique"})") ==
          Verdict::duplicate);
    CHECK(verdict(kPlace, 422, R"({"code":49999999,"message":"something new"})") == Verdict::unknown);
    CHECK(verdict(kPlace, 409, R"({"message":"conflict"})") == Verdict::unknown);
    CHECK(verdict(kPlace, 404, R"({"message":"endpoint not found."})") == Verdict::unknown);
    // The order lives on, or is over: its state must be read again. The cancel is refused, nothing else.
    CHECK(verdict(kCancel, 422, R"({"code":42210000,"message":"order is already in \"filled\" state"})") ==
          Verdict::refused);
    CHECK(
        verdict(kReplace, 422, R"({"code":42210000,"message":"cannot replace order in accepted status"})") ==
        Verdict::refused);
    CHECK(verdict(kReplace, 422, R"({"code":42210000,"message":"order is not open"})") == Verdict::refused);
    const Reply refused =
        desk.read(kPlace, 403, "{\"code\":40310000,\"message\":\"insufficient\\nbuying power\"}");
    CHECK(refused.code == 40310000);
    CHECK(refused.words == "insufficient buying power");
}

TEST_CASE("fault_E05_not_found: an order the venue does not know is not found, never refused") {
    Desk desk;
    const std::string body =
        R"({"code":40410000,"message":"order not found for 38e482f3-79a8-4f75-a057-f07a1ec6a397"})";
    CHECK(desk.read(kAskOrder, 404, body).verdict == Verdict::not_found);
    CHECK(desk.read(kCancel, 404, body).verdict == Verdict::not_found);
    CHECK(desk.read(kReplace, 404, body).verdict == Verdict::not_found);
    CHECK(desk.venue->capabilities().not_found_settles > Duration{});
}

TEST_CASE("fault_E09_cumulative: a fill is this fill, the order's sums are sums") {
    Desk desk;
    const std::string rows =
        R"([{"activity_type":"FILL","id":"20210127144930176::ddc0a142-ebfd-4890-9021-641d33e58742","transaction_time":"2021-01-27T19:49:30.176Z","type":"partial_fill","price":"31.6","qty":"100","side":"buy","symbol":"BTCUSD","leaves_qty":"131","order_id":"ee8058e5-41a0-48fd-8156-915ae0af6d17","cum_qty":"869"},)"
        R"({"activity_type":"FILL","id":"20210127144930176::0ef90479-4a4a-44e4-b7a2-a4186c0d7dfb","transaction_time":"2021-01-27T19:49:30.176Z","type":"fill","price":"31.6","qty":"131","side":"buy","symbol":"BTC/USD","leaves_qty":"0","order_id":"ee8058e5-41a0-48fd-8156-915ae0af6d17","cum_qty":"1000"}])";
    CHECK(desk.read(wire::AskFills{}, 200, rows).verdict == Verdict::ok);
    const auto updates = desk.sink.all<wire::OrderUpdate>();
    REQUIRE(updates.size() == 2);
    CHECK(updates[0].fill->execution.view() == "ddc0a142-ebfd-4890-9021-641d33e58742");
    CHECK(updates[0].fill->quantity.to_string() == "100");
    CHECK(updates[0].filled->to_string() == "869");
    CHECK(updates[0].state == OrderState::partially_filled);
    CHECK_FALSE(updates[0].fill->fee_known);
    CHECK(updates[1].state == OrderState::filled);
    CHECK(updates[0].instrument == updates[1].instrument);
    // A row that cannot be read makes a hole: the list proves nothing.
    const Reply holed = desk.read(wire::AskFills{}, 200, replaced(rows, "\"qty\":\"131\"", "\"qty\":\"0\""));
    CHECK(holed.verdict == Verdict::unknown);
    CHECK(holed.words == "the answer is not as documented: expected a number above zero at qty");
    CHECK(desk.sink.all<wire::OrderUpdate>().size() == 1);
}

TEST_CASE("pages: a full page of orders or fills is followed by another, named by its last row") {
    Desk desk;
    const auto page = [&](std::size_t rows, const std::string& row) {
        std::string body = "[";
        for (std::size_t i = 0; i < rows; ++i) body += (i == 0 ? "" : ",") + row;
        return body + "]";
    };
    const std::string fill =
        R"({"activity_type":"FILL","id":"20210127144930176::ddc0a142-ebfd-4890-9021-641d33e58742","transaction_time":"2021-01-27T19:49:30.176Z","type":"partial_fill","price":"31.6","qty":"1","side":"buy","symbol":"SPY","leaves_qty":"131","order_id":"ee8058e5-41a0-48fd-8156-915ae0af6d17","cum_qty":"869"})";
    CHECK(desk.read(wire::AskFills{}, 200, page(99, fill)).next_page.empty());
    CHECK(desk.read(wire::AskFills{}, 200, page(100, fill)).next_page ==
          "20210127144930176::ddc0a142-ebfd-4890-9021-641d33e58742");
    CHECK(desk.sink.events.size() == 100);
    // Of another instrument than asked for: left out, yet the page goes on.
    wire::AskFills other;
    other.instrument = desk.id("BTC/USD");
    CHECK_FALSE(desk.read(other, 200, page(100, fill)).next_page.empty());
    CHECK(desk.sink.events.empty());
    CHECK(desk.read(wire::AskOpenOrders{}, 200, page(499, kOrder)).next_page.empty());
    CHECK(desk.read(wire::AskOpenOrders{}, 200, page(500, kOrder)).next_page ==
          "38e482f3-79a8-4f75-a057-f07a1ec6a397");
}

TEST_CASE("fault_F13_forming_bar: a bar whose end lies ahead is open, one before it closed") {
    Desk desk;
    const wire::AskBars ask{desk.id("BTC/USD"),
                            std::chrono::hours{1},
                            kNow - std::chrono::hours{5},
                            kNow + std::chrono::hours{5},
                            {}};
    CHECK(
        desk.read(
                ask, 200,
                R"({"bars":{"BTC/USD":[{"t":"2026-11-20T10:00:00Z","o":1,"h":2,"l":1,"c":2,"v":0,"n":0,"vw":0},)"
                R"({"t":"2026-11-20T11:00:00Z","o":1,"h":2,"l":1,"c":2,"v":1,"n":1,"vw":1},)"
                R"({"t":"2026-11-20T11:00:01Z","o":1,"h":2,"l":1,"c":2,"v":1,"n":1,"vw":1},)"
                R"({"t":"2026-11-20T12:00:00Z","o":1,"h":0,"l":1,"c":2,"v":1,"n":1,"vw":1}]},"next_page_token":null})")
            .verdict == Verdict::ok);
    REQUIRE(desk.sink.lines.size() == 4);
    CHECK(desk.sink.lines[0] == "bar BTC/USD 2026-11-20T10:00:00.000000000Z 1h 1 2 1 2 0 quoted");
    CHECK(desk.sink.lines[1].starts_with("bar BTC/USD 2026-11-20T11:00:00"));
    CHECK(desk.sink.lines[2].starts_with("open_bar BTC/USD"));
    CHECK(desk.sink.lines[3].starts_with("refused h"));
    CHECK(desk.read(ask, 200, R"({"bars":null,"symbol":"AAPL","next_page_token":null})").verdict ==
          Verdict::ok);
    CHECK(desk.read(ask, 200, R"({"trades":{}})").verdict == Verdict::unknown);
}

TEST_CASE("an answer whose question is not known is read as far as it says what it is") {
    Desk desk;
    const auto lines = [&](const Question& question, const char* body) {
        CHECK(desk.read(question, 200, body).verdict == Verdict::ok);
        return desk.sink.lines;
    };
    const InstrumentId unknown{0xffff'ffff};
    const auto two = lines(
        wire::AskBars{unknown, {}, {}, {}, {}},
        R"({"bars":{"AAPL":[{"t":"2021-10-13T04:00:00Z","o":1,"h":2,"l":1,"c":2,"v":3,"n":1,"vw":1},{"t":"2021-10-14T04:00:00Z","o":1,"h":2,"l":1,"c":2,"v":3,"n":1,"vw":1}]},"next_page_token":null})");
    REQUIRE(two.size() == 2);
    CHECK(two[1].starts_with("bar AAPL/USD 2021-10-14T04:00:00.000000000Z 1d"));
    const auto latest =
        lines(wire::AskBars{unknown, {}, {}, {}, {}},
              R"({"bars":{"AAPL":{"t":"2021-10-11T23:59:00Z","o":1,"h":2,"l":1,"c":2,"v":3}}})");
    CHECK(latest[0].starts_with("bar AAPL/USD 2021-10-11T23:59:00.000000000Z 1m"));
    CHECK(lines(wire::AskBars{unknown, {}, {}, {}, {}},
                R"({"bars":{"AAPL":[{"t":"2021-10-11T23:59:00Z","o":1,"h":2,"l":1,"c":2,"v":3}]}})")[0]
              .starts_with("refused t"));
    // The form for one symbol.
    CHECK(
        lines(
            wire::AskTrades{unknown, {}, {}, {}},
            R"({"trades":[{"t":"2021-10-13T08:00:00Z","x":"P","p":140.2,"s":595,"i":1}],"symbol":"AAPL","next_page_token":null})")
            [0]
                .starts_with("trade AAPL/USD"));
    CHECK(lines(wire::AskQuotes{},
                R"({"quotes":{"SPY":[{"t":"2021-10-13T08:00:00Z","bp":1,"bs":1,"ap":2,"as":1}]}})")[0]
              .starts_with("quote SPY/USD"));
    CHECK(desk.read(wire::AskOrder{}, 200, kOrder).verdict == Verdict::ok);
}

TEST_CASE("positions are signed by their side, coins come without a slash, strangers stay") {
    Desk desk;
    CHECK(
        desk.read(
                wire::AskPositions{}, 200,
                R"([{"symbol":"BTCUSD","qty":"0.000199499","qty_available":"0.0001","side":"long","avg_entry_price":"64000.1","current_price":"64001"},)"
                R"({"symbol":"SPY","qty":"-10","qty_available":"-4","side":"short","avg_entry_price":"500","current_price":"501"},)"
                R"({"symbol":"SPY","qty":"10","side":"short","avg_entry_price":"500"},)"
                R"({"symbol":"ZZZZ","qty":"1","side":"long","avg_entry_price":"1"}])")
            .verdict == Verdict::ok);
    CHECK(desk.sink.lines ==
          std::vector<std::string>{"position BTC/USD BTCUSD 0.000199499 0.0001 64000.1 64001",
                                   "position SPY/USD SPY -10 -4 500 501",
                                   "position SPY/USD SPY -10 -10 500 -", "position - ZZZZ 1 1 1 -"});
    CHECK(desk.read(wire::AskPositions{}, 200,
                    R"([{"symbol":"SPY","qty":"-10","side":"long","avg_entry_price":"500"}])")
              .verdict == Verdict::unknown);
}

TEST_CASE("an account says what is wrong with it; a paper key can withdraw nothing") {
    Desk live, paper{true};
    const std::string account =
        R"({"account_number":"PA1","status":"ACTIVE","currency":"USD","cash":"100.5","trading_blocked":false,"account_blocked":false,"trade_suspended_by_user":false,"shorting_enabled":false,"non_marginable_buying_power":"90"})";
    CHECK(live.read(wire::AskPermissions{}, 200, account).verdict == Verdict::ok);
    CHECK(live.sink.lines[0] ==
          "account PA1 USD trade=yes withdraw=- short=no equity=- cash=100.5 power=- margin=- -");
    CHECK(paper.read(wire::AskPermissions{}, 200, account).verdict == Verdict::ok);
    CHECK(paper.sink.all<wire::AccountFacts>()[0].may_withdraw == false);
    live.read(wire::AskBalances{}, 200, account);
    CHECK(live.sink.lines[0] == "balance USD 100.5 90");
    for (const auto& [what, by, words] : std::vector<std::array<std::string, 3>>{
             {"\"trading_blocked\":false", "\"trading_blocked\":true", "trading is blocked"},
             {"\"account_blocked\":false", "\"account_blocked\":true", "the account is blocked"},
             {"\"trade_suspended_by_user\":false", "\"trade_suspended_by_user\":true",
              "trading was suspended by the account's owner"},
             {"ACTIVE", "ACCOUNT_UPDATED", "the account is not active"}}) {
        live.read(wire::AskAccount{}, 200, replaced(account, what, by));
        const auto facts = live.sink.all<wire::AccountFacts>();
        REQUIRE(facts.size() == 1);
        CHECK(facts[0].trouble.view() == words);
        CHECK(facts[0].may_trade == false);
    }
    CHECK(live.read(wire::AskAccount{}, 200, "{\"id\":\"x\"}").verdict == Verdict::unknown);
}

TEST_CASE("fault_E20_rate_limit: 429 waits exactly as long as the headers say") {
    Desk desk;
    const std::string body = R"({"code":42910000,"message":"rate limit exceeded"})";
    const std::string reset = std::to_string(to_ns(kNow) / 1'000'000'000 + 7);
    Reply reply =
        desk.read(kPlace, 429, body, {{"x-ratelimit-reset", reset}, {"X-RateLimit-Remaining", "0"}});
    CHECK(reply.verdict == Verdict::rate_limited);
    CHECK(reply.code == 42910000);
    CHECK(reply.retry_at == kNow + std::chrono::seconds{7});
    CHECK(desk.read(kPlace, 429, "too many requests.", {{"Retry-After", "3"}}).retry_at ==
          kNow + std::chrono::seconds{3});
    CHECK_FALSE(desk.read(kPlace, 429, "", {{"X-RateLimit-Reset", "soon"}}).retry_at);
    std::vector<wire::RateObservation> seen;
    wire::WireRequest request;
    request.bucket = 1;
    desk.venue->observe(
        request,
        {200,
         {{"X-RateLimit-Limit", "10000"}, {"X-RateLimit-Remaining", "9998"}, {"X-RateLimit-Reset", reset}},
         ""},
        kNow, seen);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].bucket == 1);
    CHECK(seen[0].capacity == 10000);
    CHECK(seen[0].remaining == 9998);
    CHECK(seen[0].refilled_at == kNow + std::chrono::seconds{7});
    CHECK_FALSE(seen[0].hold_until);
    desk.venue->observe(request, {429, {{"Retry-After", "9"}}, ""}, kNow, seen);
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].hold_until == kNow + std::chrono::seconds{9});
    desk.venue->observe(request, {200, {}, ""}, kNow, seen);
    CHECK(seen.size() == 2);
}

TEST_CASE("a wrong key is one sentence that says what to do") {
    Desk desk;
    for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
             {401, R"({"message":"unauthorized."})"},
             {401, R"({"code":40110000,"message":"request is not authorized"})"},
             {403, R"({"message":"forbidden."})"}}) {
        const Reply reply = desk.read(wire::AskAccount{}, status, body);
        CHECK(reply.verdict == Verdict::unauthorized);
        CHECK(reply.words.find("APCA_API_KEY_ID") != std::string::npos);
        CHECK(desk.read(kPlace, status, body).verdict == Verdict::unauthorized);
    }
    const Reply plan = desk.read(wire::AskBars{desk.id("SPY/USD"), std::chrono::hours{1}, {}, kNow, {}}, 403,
                                 R"({"message":"subscription does not permit querying recent SIP data"})");
    CHECK(plan.verdict == Verdict::refused);
    CHECK(plan.words.find("plan iex") != std::string::npos);
}

TEST_CASE("the venue's clock") {
    Desk desk;
    CHECK(desk.read(wire::AskClock{}, 200, R"({"timestamp":"2018-04-01T12:00:00.000Z","is_open":true})")
              .verdict == Verdict::ok);
    CHECK(desk.sink.lines == std::vector<std::string>{"clock 2018-04-01T12:00:00.000000000Z"});
}
