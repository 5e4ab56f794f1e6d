#include "exchange/host/test_host.hpp"

namespace plumb::exchange {
namespace {

std::string rule(std::string_view when, std::string_view action) {
    return fmt::format("rules: [{{name: it, when: {{{}}}, do: {{{}}}}}]", when, action);
}

TEST_CASE("without faults an order is answered whole and lives") {
    TestHost test;
    const HostAnswer answer = test.buy("a");
    CHECK(answer.response.status == 200);
    CHECK(answer.response.body == R"({"order":5})");  // after the four of the others
    CHECK(answer.delivery == Delivery{});
    CHECK(test.open_orders() == 1);
}

TEST_CASE("an order is accepted and its answer dropped") {
    TestHost test{rule("request: place_order, nth: 2", "close: before_answer")};
    CHECK(test.buy("a").delivery == Delivery{});
    const HostAnswer lost = test.buy("b");
    CHECK(lost.delivery.cut_at == std::size_t{0});
    CHECK(lost.delivery.ending == Ending::close);
    CHECK(test.buy("c").delivery == Delivery{});
    CHECK(test.open_orders() == 3);
    CHECK(test.tells(R"("delivered":"nothing","ending":"close")"));
}

TEST_CASE("an order is refused and its answer dropped") {
    TestHost test{
        rule("request: place_order", "refuse: insufficient_funds, close: before_answer, reset: true")};
    const HostAnswer lost = test.buy("a");
    CHECK(lost.delivery.cut_at == std::size_t{0});
    CHECK(lost.delivery.ending == Ending::reset);
    CHECK(test.open_orders() == 0);
    CHECK(test.tells(R"("done":false)"));
}

TEST_CASE("a live order is answered by an error, also in a 200") {
    TestHost test{rule("request: place_order", "process: true, refuse: internal, status: 200")};
    const HostAnswer answer = test.buy("a");
    CHECK(answer.response.status == 200);
    CHECK(answer.response.body == R"({"error":"internal"})");
    CHECK(test.open_orders() == 1);
}

TEST_CASE("refusals have the venue's words, with and without Retry-After") {
    struct Row {
        const char* action;
        int status;
        const char* retry_after;
    };
    for (const Row& row :
         {Row{"refuse: rate_limited", 429, "3"}, Row{"refuse: rate_limited, retry_after: none", 429, ""},
          Row{"refuse: rate_limited, retry_after: 60", 429, "60"}, Row{"refuse: banned", 418, ""},
          Row{"refuse: internal", 500, ""}, Row{"refuse: unavailable", 503, ""},
          Row{"refuse: gateway_timeout", 504, ""},
          Row{"process: false, status: 502, body: <html>", 502, ""}}) {
        CAPTURE(row.action);
        TestHost test{rule("request: any", row.action)};
        const HostAnswer answer = test.buy("a");
        CHECK(answer.response.status == row.status);
        CHECK(header_of(answer.response, "Retry-After") == row.retry_after);
        CHECK(test.open_orders() == 0);
    }
}

TEST_CASE("answers travel slowly, in part, or with the wrong content type") {
    TestHost slow{rule("request: any", "delay: 2s, slow_head: 1ms, delay_body: 3s, slow_body: 10ms")};
    const Delivery delivery = slow.buy("a").delivery;
    CHECK(delivery.before_head == std::chrono::seconds{2});
    CHECK(delivery.between_head_bytes == std::chrono::milliseconds{1});
    CHECK(delivery.before_body == std::chrono::seconds{3});
    CHECK(delivery.between_body_bytes == std::chrono::milliseconds{10});

    TestHost typed{rule("request: any", "content_type: text/html")};
    CHECK(header_of(typed.buy("a").response, "Content-Type") == "text/html");

    TestHost cut{rule("request: any", "cut_body_at: 5")};
    const Delivery short_one = cut.buy("a").delivery;
    CHECK(short_one.cut_at == std::size_t{5});
    CHECK(short_one.cut_counts_body);
    CHECK(short_one.ending == Ending::close);
    CHECK(cut.open_orders() == 1);
}

TEST_CASE("every byte of an answer is the last one in turn") {
    TestHost test{rule("request: place_order", "cut_at: each")};
    for (std::size_t i = 0; i < 300; ++i) {
        const Delivery delivery = test.buy(fmt::format("id{}", i), "0.01", "90").delivery;
        REQUIRE(delivery.cut_at == i);
        REQUIRE_FALSE(delivery.cut_counts_body);
    }
}

TEST_CASE("a connection ends before, inside and after a request, and when it is used again") {
    TestHost before{rule("request: place_order", "close: before")};
    CHECK(before.buy("a").delivery.cut_at == std::size_t{0});
    CHECK(before.open_orders() == 0);

    TestHost inside{rule("request: place_order", "close: inside")};
    const std::optional<Delivery> ended = inside.host->on_head(1, {"POST", "/order", {}, {}}, inside.now);
    REQUIRE(ended.has_value());
    CHECK(ended->cut_at == std::size_t{0});
    CHECK(inside.buy("a").delivery == Delivery{});  // a head that was let through is not stopped later
    CHECK_FALSE(inside.host->on_head(1, {"POST", "/other", {}, {}}, inside.now).has_value());

    TestHost after{rule("request: place_order", "close: after, idle: 5s")};
    const Delivery quiet = after.buy("a").delivery;
    CHECK_FALSE(quiet.cut_at.has_value());
    CHECK(quiet.ending == Ending::close);
    CHECK(quiet.before_ending == std::chrono::seconds{5});

    TestHost dying{rule("request: place_order", "close: at_next_request")};
    CHECK(dying.buy("a").delivery.ending == Ending::close_at_next_request);

    TestHost hanging{rule("request: place_order", "hang: true")};
    CHECK(hanging.buy("a").delivery.ending == Ending::hang);
    CHECK(hanging.open_orders() == 1);
}

TEST_CASE("an order fills between a cancel or a replacement and its effect") {
    TestHost test{
        "rules: [{when: {request: [cancel_order, replace_order], nth: [1, 2]}, do: {fill_before: 0.5}}]"};
    test.buy("other", "1", "90");
    test.buy("a", "2");
    test.buy("newer", "1", "90");
    const OrderRecord order = *test.host->model().find_order(AccountId{1}, "a", test.now);
    test.ask("PUT", fmt::format("/order?number={}", order.number), "quantity=3");
    CHECK(test.host->model().find_order(AccountId{1}, order.number, test.now)->filled ==
          Quantity{Decimal{1}});
    CHECK(test.host->model().find_order(AccountId{1}, "newer", test.now)->filled.is_zero());
    const OrderRecord now_open = *test.host->model().find_order(AccountId{1}, "a", test.now);
    test.ask("DELETE", fmt::format("/order?number={}", now_open.number));
    const OrderRecord gone = *test.host->model().find_order(AccountId{1}, now_open.number, test.now);
    CHECK(gone.status == OrderStatus::canceled);
    CHECK(0 < gone.filled.sign());
    CHECK(test.tells(R"("record":"fill")"));
}

TEST_CASE("an order that fills whole before its cancel cannot be canceled any more") {
    TestHost test{rule("request: cancel_order", "fill_before: 1")};
    test.buy("a", "2");
    const OrderNumber number = test.host->model().find_order(AccountId{1}, "a", test.now)->number;
    CHECK(test.ask("DELETE", fmt::format("/order?number={}", number)).response.status == 400);
    CHECK(test.host->model().find_order(AccountId{1}, number, test.now)->status == OrderStatus::filled);
}

TEST_CASE("filters: path, method, text, account, window, times, probability") {
    const auto refused = [](std::string_view when) {
        TestHost test{rule(when, "refuse: unavailable")};
        std::string answers;
        for (int i = 0; i < 6; ++i) {
            answers += test.buy(fmt::format("id{}", i), "0.01", "90").response.status == 503 ? 'x' : '.';
            test.wait(std::chrono::seconds{1});
        }
        return answers;
    };
    CHECK(refused("request: any, path: /order") == "xxxxxx");
    CHECK(refused("request: any, path: '/ord*'") == "xxxxxx");
    CHECK(refused("request: any, path: /ord") == "......");
    CHECK(refused("request: any, method: GET") == "......");
    CHECK(refused("request: any, contains: id3") == "...x..");
    CHECK(refused("request: any, account: main") == "xxxxxx");
    CHECK(refused("request: any, account: other") == "......");
    CHECK(refused("request: any, from: 2s, until: 4s") == "..xx..");
    CHECK(refused("request: any, times: 2") == "xx....");
    CHECK(refused("request: any, nth: [2, 5]") == ".x..x.");
    CHECK(refused("request: any, every_nth: 3") == "..x..x");
    CHECK(refused("request: find_order") == "......");
    const std::string drawn = refused("request: any, probability: 0.5");
    CHECK(drawn.find('x') != std::string::npos);
    CHECK(drawn.find('.') != std::string::npos);
    CHECK(drawn == refused("request: any, probability: 0.5"));
}

TEST_CASE("a stream is refused while it opens") {
    TestHost test{rule("request: stream", "refuse: unavailable, delay: 1s")};
    const auto opened = test.host->open(1, 1, {"GET", "/ws", {}, {}}, test.now);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().response.status == 503);
    CHECK(opened.error().delivery.before_head == std::chrono::seconds{1});
}

TEST_CASE("secrets and signatures never reach the truth log") {
    TestHost test;
    const std::string secret = test.host->access().front().secret;
    test.buy("a");
    test.ask("GET", "/order?client_id=a&signature=f00dface&timestamp=1");
    test.ask("POST", "/other",
             fmt::format(R"({{"apiSecret": "x1y2", "note": "{}", "Signature":"f00dface"}})", secret));
    const StreamId stream = test.open_stream();
    test.host->on_message(stream, fmt::format(R"({{"op":"auth","secret":"{}","sig":"f00dface"}})", secret),
                          false, test.now);
    CHECK_FALSE(test.tells(secret + "\""));
    CHECK_FALSE(test.tells("x1y2"));
    CHECK(test.tells("client_id=a&signature=***&timestamp=1"));
    CHECK(test.tells(R"(\"Signature\":\"***\")"));
    // The stream's echo is no private frame; the message itself is in the log, masked.
    CHECK_FALSE(test.tells("f00dface"));
}

}  // namespace
}  // namespace plumb::exchange
