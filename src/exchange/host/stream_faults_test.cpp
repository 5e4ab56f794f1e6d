#include "exchange/host/test_host.hpp"

namespace plumb::exchange {
namespace {

using namespace std::chrono_literals;

std::string rule(std::string_view when, std::string_view action) {
    return fmt::format("rules: [{{name: it, when: {{{}}}, do: {{{}}}}}]", when, action);
}

/// Three fills of 1, 2 and 3, and what a stream tells of them: the sizes in order.
std::string told_fills(std::string_view script) {
    TestHost test{script};
    test.open_stream();
    for (const char* quantity : {"1", "2", "3"}) {
        test.buy(quantity, quantity, "101");
        test.wait(100ms);
    }
    test.wait(5s);
    std::string told;
    for (const std::string& frame : test.sent.frames) {
        const std::size_t at = frame.find(R"("last":")");
        if (at != std::string::npos && frame[at + 8] != '0') told += frame[at + 8];
    }
    return told;
}

TEST_CASE("one chosen fill is never sent, sent again and again, late or out of order") {
    CHECK(told_fills("{}") == "123");
    CHECK(told_fills(rule("frame: any, fill: 2", "drop: true")) == "13");
    CHECK(told_fills(rule("frame: fill, fill: 2", "copies: 2")) == "1223");
    CHECK(told_fills(rule("frame: fill, fill: 2", "copies: 3")) == "12223");
    CHECK(told_fills(rule("frame: fill, fill: 2", "delay: 2s")) == "132");
    CHECK(told_fills(rule("frame: fill, fill: 1", "hold_back: 3")) == "213");
}

TEST_CASE("data stops while pings are answered: all of it, one symbol, or one kind") {
    const auto quotes = [](std::string_view action) {
        TestHost test{rule("at: 2500ms", action)};
        test.open_stream();
        test.wait(10s);
        test.host->on_pong(1, test.now);
        CHECK(test.sent.stalls.empty());
        return test.sent.count("bid");
    };
    const std::size_t usual = quotes("mark: {instrument: BTC/USD, mark: 5}");
    CHECK(usual == 10);
    CHECK(quotes("stop_data: {}") == 2);
    CHECK(quotes("stop_data: {for: 3s}") == 7);
    CHECK(quotes("stop_data: {instrument: BTC/USD}") == 2);
    CHECK(quotes("stop_data: {instrument: ETH/USD}") == usual);
    CHECK(quotes("stop_data: {frames: [trade]}") == usual);
    CHECK(quotes("stop_data: {frames: quote}") == 2);
}

TEST_CASE("a stream stalls and comes back") {
    TestHost test{rule("at: 1s", "stall_streams: {for: 2s}")};
    test.open_stream();
    test.wait(2s);
    CHECK(test.sent.stalls == std::vector<bool>{true});
    test.wait(2s);
    CHECK(test.sent.stalls == std::vector<bool>{true, false});
}

TEST_CASE("a sequence number is skipped, a book is crossed, prices are poison") {
    const auto quote = [](std::string_view action) {
        TestHost test{rule("frame: quote, nth: 2", action)};
        test.open_stream();
        test.wait(3s);
        std::string all;
        for (const std::string& each : test.sent.frames) {
            if (each.find("seq") != std::string::npos || each.find("hello") == std::string::npos) all += each;
        }
        return all;
    };
    const auto usual = [](int sequence) {
        return fmt::format(R"({{"bid":"99","ask":"101","seq":{}}})", sequence);
    };
    CHECK(quote("drop: true") == usual(1) + usual(3));
    CHECK(quote("mutate: crossed") == usual(1) + R"({"bid":"101","ask":"99","seq":2})" + usual(3));
    CHECK(quote("mutate: zero") == usual(1) + R"({"bid":"0","ask":"0","seq":2})" + usual(3));
    CHECK(quote("mutate: nan") == usual(1) + R"({"bid":"NaN","ask":"NaN","seq":2})" + usual(3));
    CHECK(quote("mutate: text_as_numbers") == usual(1) + R"({"bid":99,"ask":101,"seq":2})" + usual(3));
    CHECK(quote("mutate: numbers_as_text") == usual(1) + R"({"bid":"99","ask":"101","seq":"2"})" + usual(3));
    CHECK(quote("mutate: sequence") == usual(1) + R"({"bid":"99","ask":"101","seq":9})" + usual(3));
    CHECK(quote("mutate: truncated").size() == 2 * usual(1).size() + usual(1).size() / 2);
}

TEST_CASE("a frame is cut at a byte and the connection ends") {
    TestHost test{rule("frame: quote, nth: 1", "cut_at: 7, reset: true")};
    test.open_stream();
    test.wait(1s);
    REQUIRE(test.sent.cuts.size() == 1);
    CHECK(test.sent.cuts[0].frame_bytes == 7);
    CHECK(test.sent.cuts[0].how == Ending::reset);
    CHECK(test.sent.cuts[0].bytes == R"({"bid":"99","ask":"101","seq":1})");
}

TEST_CASE("streams are ended every so often, by a close frame or a reset") {
    TestHost closing{rule("every: 24h", "disconnect: {code: 1012}")};
    closing.open_stream();
    closing.wait(std::chrono::hours{25});
    CHECK(closing.sent.closes == std::vector<std::uint16_t>{1012});

    TestHost resetting{rule("every: 1h, times: 2", "disconnect: {how: reset}")};
    resetting.open_stream();
    resetting.wait(std::chrono::hours{5});
    REQUIRE(resetting.sent.cuts.size() == 2);
    CHECK(resetting.sent.cuts[0].how == Ending::reset);
}

TEST_CASE("symbol limit, connection limit and slow clients are refused in the venue's words") {
    TestHost test{rule("message: subscribe", "refuse_stream: symbol_limit")};
    const StreamId stream = test.open_stream();
    test.host->on_message(stream, "subscribe everything", false, test.now);
    CHECK(test.sent.count(R"({"code":405})") == 1);
    CHECK(test.sent.count("subscribe everything") == 0);
    test.host->on_message(stream, "other", false, test.now);
    CHECK(test.sent.count("other") == 1);
    REQUIRE(test.host->apply("refuse_streams: {trouble: connection_limit}", test.now).has_value());
    CHECK(test.sent.count(R"({"code":406})") == 1);
    test.host->on_slow(stream, test.now);
    CHECK(test.sent.count(R"({"code":407})") == 1);
    // A venue without words for it: the stream is closed.
    REQUIRE(test.host->apply("refuse_streams: {trouble: not_authenticated}", test.now).has_value());
    CHECK(test.sent.closes == std::vector<std::uint16_t>{1008});
}

TEST_CASE("a client's message is lost, or ends its stream") {
    TestHost test{
        "rules: [{when: {message: lost}, do: {drop: true}}, {when: {message: bye}, do: {close: 4000}}, "
        "{when: {message: cut}, do: {cut: true}}]"};
    const StreamId stream = test.open_stream();
    test.host->on_message(stream, "lost", false, test.now);
    CHECK(test.sent.count("lost") == 0);
    test.host->on_message(stream, "bye", false, test.now);
    CHECK(test.sent.closes == std::vector<std::uint16_t>{4000});
    test.host->on_message(stream, "cut", false, test.now);
    CHECK(test.sent.cuts.size() == 1);
}

TEST_CASE("stream keys expire on command") {
    TestHost test{rule("at: 1s", "expire_stream_keys: {}")};
    test.open_stream();
    test.wait(2s);
    CHECK(test.sent.count("stream key expired") == 1);
}

TEST_CASE("a closed stream is told nothing that was waiting for it") {
    TestHost test{rule("frame: quote", "delay: 1s")};
    const StreamId stream = test.open_stream();
    test.wait(1s);
    test.host->on_closed(stream, test.now);
    test.wait(5s);
    CHECK(test.sent.count("bid") == 0);
}

}  // namespace
}  // namespace plumb::exchange
