#include "exchange/host/test_host.hpp"

namespace plumb::exchange {
namespace {

using namespace std::chrono_literals;

std::string rule(std::string_view when, std::string_view action) {
    return fmt::format("rules: [{{name: it, when: {{{}}}, do: {{{}}}}}]", when, action);
}

OrderRecord order_of(TestHost& test, std::string_view client_id) {
    const std::optional<OrderRecord> found = test.host->model().find_order(AccountId{1}, client_id, test.now);
    REQUIRE(found.has_value());
    return *found;
}

TEST_CASE("orders fill at once or in parts") {
    TestHost at_once{rule("order: accepted", "fill: {}")};
    at_once.buy("a", "2");
    CHECK(order_of(at_once, "a").status == OrderStatus::filled);

    TestHost in_parts{rule("order: accepted", "fill: {parts: 4, every: 200ms, fraction: 0.8}")};
    in_parts.buy("a", "2");
    CHECK(order_of(in_parts, "a").filled.to_string() == "0.4");
    in_parts.wait(450ms);
    CHECK(order_of(in_parts, "a").filled.to_string() == "1.2");
    in_parts.wait(1s);
    CHECK(order_of(in_parts, "a").filled.to_string() == "1.6");
    CHECK(order_of(in_parts, "a").executions.size() == 4);
}

TEST_CASE("markets halt, open again and are delisted") {
    TestHost test{rule("at: 1s", "halt: {instrument: BTC/USD, for: 2s}")};
    test.wait(1s);
    CHECK(test.buy("a").response.body == R"({"error":"not_trading"})");
    test.wait(2s);
    CHECK(test.buy("b").response.status == 200);
    REQUIRE(test.host->apply("delist: {instrument: BTC/USD}", test.now).has_value());
    CHECK(test.open_orders() == 0);
    CHECK(test.buy("c").response.status == 400);
    CHECK(test.tells(R"("record":"status","instrument":"BTC/USD","status":"halted")"));
}

TEST_CASE("transfers, manual orders, liquidation and cancels by the venue") {
    TestHost test;
    VenueModel& model = test.host->model();
    const AssetId usd = model.asset("USD");
    REQUIRE(test.host->apply("transfer: {asset: USD, amount: -25000.5}", test.now).has_value());
    CHECK(model.balance(AccountId{1}, usd, test.now).total.to_string() == "74999.5");
    CHECK_FALSE(test.host->apply("transfer: {asset: USD, amount: -75000}", test.now).has_value());
    REQUIRE(test.host->apply("order: {instrument: ETH/USD, side: buy, quantity: 3}", test.now).has_value());
    CHECK(test.tells(R"("by_hand":true)"));
    CHECK(model.position(AccountId{1}, *model.find_market("ETH/USD"), test.now).quantity.to_string() == "3");
    REQUIRE(test.host->apply("liquidate: {instrument: ETH/USD}", test.now).has_value());
    CHECK(model.position(AccountId{1}, *model.find_market("ETH/USD"), test.now).quantity.is_zero());
    test.buy("a");
    test.buy("b");
    REQUIRE(test.host->apply("cancel: {client_id: a}", test.now).has_value());
    CHECK(order_of(test, "a").status == OrderStatus::canceled);
    CHECK(order_of(test, "b").status == OrderStatus::working);
    REQUIRE(test.host->apply("cancel: {all: true}", test.now).has_value());
    CHECK(order_of(test, "b").end_reason == EndReason::by_venue);
    CHECK_FALSE(test.host->apply("fill: {}", test.now).has_value());
    CHECK(test.host->apply("halt: {instrument: NO/USD}", test.now).error().code() == Errc::not_found);
}

TEST_CASE("an accepted order is not found for as long as the script says, and endpoints disagree") {
    TestHost test{"venue: {lag: {orders: 60s, balances: 10s}}"};
    test.buy("a");
    CHECK(test.ask("GET", "/order?client_id=a").response.status == 404);
    CHECK(test.ask("GET", "/orders").response.body == R"({"open":0})");
    test.wait(59s);
    CHECK(test.ask("GET", "/order?client_id=a").response.status == 404);
    test.wait(1s);
    CHECK(test.ask("GET", "/order?client_id=a").response.status == 200);

    TestHost later{rule("at: 1s", "lag: {orders: 30s, for: 5s}")};
    later.wait(1s);
    later.buy("a");
    CHECK(later.ask("GET", "/order?client_id=a").response.status == 404);
    later.wait(5s);
    CHECK(later.ask("GET", "/order?client_id=a").response.status == 200);
}

TEST_CASE("fees come from quote, base or a third asset, from the start or later") {
    TestHost test{"venue: {fees: {maker: 0.01, taker: 0.01, asset: received}}"};
    VenueModel& model = test.host->model();
    test.buy("a", "1", "101");
    CHECK(model.balance(AccountId{1}, model.asset("BTC"), test.now).total.to_string() == "50.99");
    REQUIRE(test.host->apply("fees: {maker: 0.02, taker: 0.02}", test.now).has_value());
    test.buy("b", "1", "101");
    CHECK(test.tells(R"("fee":"2.02","fee_asset":"USD")"));
    REQUIRE(test.host->apply("transfer: {asset: BNB, amount: 10}", test.now).has_value());
    REQUIRE(test.host->apply("fees: {taker: 0.01, asset: third, third: BNB, third_price: 2}", test.now)
                .has_value());
    test.buy("c", "1", "101");
    CHECK(test.tells(R"("fee":"0.505","fee_asset":"BNB")"));
}

TEST_CASE("client ids are unique for ever, among open orders, or not at all") {
    const auto repeated = [](std::string_view script, bool ended) {
        TestHost test{script};
        test.buy("a");
        if (ended) REQUIRE(test.host->apply("cancel: {all: true}", test.now).has_value());
        return test.buy("a").response.status;
    };
    CHECK(repeated("venue: {id_rule: unique_forever}", true) == 400);
    CHECK(repeated("venue: {id_rule: unique_while_open}", false) == 400);
    CHECK(repeated("venue: {id_rule: unique_while_open}", true) == 200);
    CHECK(repeated("venue: {id_rule: not_unique}", false) == 200);
    TestHost test{"venue: {id_rule: unique_forever}"};
    test.buy("a");
    REQUIRE(test.host->apply("id_rule: {rule: not_unique}", test.now).has_value());
    CHECK(test.buy("a").response.status == 200);
}

TEST_CASE("a dead-man timer that is not renewed cancels what is open") {
    TestHost test;
    test.buy("a");
    REQUIRE(test.host->apply("dead_man: {after: 5s}", test.now).has_value());
    test.wait(4s);
    CHECK(test.open_orders() == 1);
    test.wait(2s);
    CHECK(test.open_orders() == 0);
    CHECK(order_of(test, "a").end_reason == EndReason::dead_man);
}

TEST_CASE("the venue's clock is off by any amount, and steps") {
    TestHost ahead{"venue: {clock_offset: 1h}"};
    CHECK(ahead.ask("GET", "/time").response.body == R"({"now":"2024-01-02T16:00:00.000000000Z"})");
    TestHost behind{"venue: {clock_offset: -90s}"};
    behind.wait(30s);
    CHECK(behind.ask("GET", "/time").response.body == R"({"now":"2024-01-02T14:59:00.000000000Z"})");

    TestHost test{
        "rules: [{when: {at: 10s}, do: {clock: {offset: 5s}}}, {when: {at: 20s}, do: {clock: {offset: "
        "0s}}}]"};
    test.wait(10s);
    CHECK(test.ask("GET", "/time").response.body == R"({"now":"2024-01-02T15:00:15.000000000Z"})");
    test.wait(10s);  // back by five seconds: it stands still until then
    CHECK(test.ask("GET", "/time").response.body == R"({"now":"2024-01-02T15:00:25.000000000Z"})");
    test.wait(3s);
    CHECK(test.ask("GET", "/time").response.body == R"({"now":"2024-01-02T15:00:25.000000000Z"})");
    test.wait(3s);
    CHECK(test.ask("GET", "/time").response.body == R"({"now":"2024-01-02T15:00:26.000000000Z"})");
}

TEST_CASE("the same seed and the same calls give the same truth, frames and answers, byte for byte") {
    const auto day = [](std::uint64_t seed, Duration step) {
        TestHost test{"swarm: {intensity: 0.5}", seed};
        const StreamId stream = test.open_stream();
        std::string answers;
        for (int i = 0; i < 400; ++i) {
            const HostAnswer answer =
                i % 3 == 2 ? test.ask("DELETE", fmt::format("/order?number={}", i / 2))
                           : test.buy(fmt::format("id{}", i), "0.5", i % 2 == 0 ? "101" : "90");
            answers += fmt::format("{} {} {}\n", answer.response.status, answer.response.body,
                                   answer.delivery.cut_at.value_or(999));
            if (i == 200) test.host->on_message(stream, "hello", false, test.now);
            for (Duration waited{}; waited < 500ms; waited += step) test.wait(step);
        }
        for (const std::string& each : test.sent.frames) answers += each + "\n";
        return test.lines.text + answers;
    };
    const std::string first = day(7, 500ms);
    CHECK(first == day(7, 500ms));
    CHECK(first == day(7, 100ms));  // however often time is told
    CHECK(first != day(8, 500ms));
    CHECK(first.find(R"("record":"fault")") != std::string::npos);
}

}  // namespace
}  // namespace plumb::exchange
