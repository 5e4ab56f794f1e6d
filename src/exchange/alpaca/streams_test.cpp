#include <doctest/doctest.h>

#include "exchange/alpaca/testing/alpaca_fixture.hpp"

namespace plumb::exchange::alpaca {
namespace {

using nlohmann::json;

/// A client of one stream that speaks JSON or MessagePack.
struct StreamClient {
    AlpacaFixture& at;
    bool is_msgpack = false;
    StreamId stream = 0;

    StreamClient(AlpacaFixture& fixture, std::string_view path, bool msgpack = false,
                 std::vector<io::Header> headers = {})
        : at{fixture}, is_msgpack{msgpack} {
        if (msgpack) headers.push_back({"Content-Type", "application/msgpack"});
        const auto opened = at.venue.open_stream(path, std::move(headers));
        REQUIRE(opened.has_value());
        stream = *opened;
    }
    void send(const json& message) {
        if (is_msgpack) {
            std::string bytes;
            json::to_msgpack(message, bytes);
            at.venue.send_binary(stream, bytes);
        } else {
            at.venue.send(stream, message.dump());
        }
    }
    std::vector<json> take() { return messages(at.venue.take_frames(stream), is_msgpack); }
    /// All that came since, as text.
    std::string said() {
        std::string text;
        for (const json& message : take()) text += message.dump() + "\n";
        return text;
    }
    void log_in() {
        send({{"action", "auth"}, {"key", at.venue.access.key}, {"secret", at.venue.access.secret}});
        take();
    }
};

constexpr const char* kCrypto = "/v1beta3/crypto/us";

/// As text from {"T":"error",...}: keys in the order nlohmann sorts them.
std::string error_line(int code, const char* what) {
    return "[{\"T\":\"error\",\"code\":" + std::to_string(code) + ",\"msg\":\"" + what + "\"}]\n";
}

TEST_CASE("A data stream: welcome, log in, subscribe, and every error on the way") {
    AlpacaFixture at;
    StreamClient client{at, kCrypto};
    CHECK(client.said() == "[{\"T\":\"success\",\"msg\":\"connected\"}]\n");
    client.send({{"action", "subscribe"}, {"trades", {"BTC/USD"}}});
    CHECK(client.said() == error_line(401, "not authenticated"));
    client.send({{"action", "auth"}, {"key", "x"}, {"secret", "y"}});
    CHECK(client.said() == error_line(402, "auth failed"));
    client.send({{"action", "auth"}, {"key", at.venue.access.key}, {"secret", at.venue.access.secret}});
    CHECK(client.said() == "[{\"T\":\"success\",\"msg\":\"authenticated\"}]\n");
    client.send({{"action", "auth"}, {"key", at.venue.access.key}, {"secret", at.venue.access.secret}});
    CHECK(client.said() == error_line(403, "already authenticated"));
    at.venue.send(client.stream, "{");
    CHECK(client.said() == error_line(400, "invalid syntax"));
    client.send({{"action", "subscribe"}, {"trades", {"btcusd"}}});
    CHECK(client.said() == error_line(400, "invalid syntax"));
    client.send({{"action", "subscribe"}, {"statuses", {"BTC/USD"}}});
    CHECK(client.said() == error_line(410, "invalid subscribe action for this feed"));
    client.send(
        {{"action", "subscribe"}, {"quotes", {"BTC/USDT"}}, {"statuses", json::array()}, {"lulds", nullptr}});
    // Recorded at the venue; keys in the order nlohmann sorts them.
    CHECK(client.said() ==
          "[{\"T\":\"subscription\",\"bars\":[],\"dailyBars\":[],\"orderbooks\":[],\"quotes\":[\"BTC/USDT\"],"
          "\"trades\":[],\"updatedBars\":[]}]\n");
    client.send({{"action", "unsubscribe"}, {"quotes", {"BTC/USDT"}}});
    CHECK(client.take()[0][0]["quotes"].empty());
}

TEST_CASE("Who does not log in within ten seconds is sent away; a second connection is refused") {
    AlpacaFixture at;
    StreamClient late{at, kCrypto};
    StreamClient first{at, kCrypto};
    first.log_in();
    StreamClient second{at, kCrypto};
    second.take();
    second.send({{"action", "auth"}, {"key", at.venue.access.key}, {"secret", at.venue.access.secret}});
    CHECK(second.said() == error_line(406, "connection limit exceeded"));
    CHECK(at.venue.outlet.closes.back().stream == second.stream);
    late.take();
    at.venue.pump_for(std::chrono::milliseconds{9'900});
    CHECK(late.said().empty());
    at.venue.pump_for(std::chrono::milliseconds{100});
    CHECK(late.said() == error_line(404, "auth timeout"));
    CHECK(at.venue.outlet.closes.back().stream == late.stream);
    first.send({{"action", "subscribe"}, {"trades", {"BTC/USD"}}});
    CHECK(first.take()[0][0]["T"] == "subscription");
    at.venue.hang_up(first.stream);
    StreamClient again{at, kCrypto, false, at.keys()};
    CHECK(again.said() ==
          "[{\"T\":\"success\",\"msg\":\"connected\"}]\n[{\"T\":\"success\",\"msg\":\"authenticated\"}]\n");
}

TEST_CASE("Trades, quotes and books of coins") {
    AlpacaFixture at;
    StreamClient client{at, kCrypto};
    client.log_in();
    client.send(
        {{"action", "subscribe"}, {"trades", {"*"}}, {"quotes", {"BTC/USD"}}, {"orderbooks", {"BTC/USD"}}});
    const auto begun = client.take();
    REQUIRE(begun.size() == 2);
    const json book = begun[1][0];
    CHECK(book["T"] == "o");
    CHECK(book["r"] == true);
    CHECK(book["b"].size() == 5);
    CHECK(book["a"].size() == 5);
    CHECK(book["b"][0]["p"] < book["a"][0]["p"]);
    at.venue.trade_through(at.venue.market("BTC/USD"), Side::sell, AlpacaFixture::quantity("0.001"));
    json trade, quote, level;
    for (const json& message : client.take()) {
        const json& one = message[0];
        (one["T"] == "t" ? trade : one["T"] == "q" ? quote : level) = one;
    }
    CHECK(trade["S"] == "BTC/USD");
    CHECK(trade["tks"] == "S");
    CHECK(trade["s"] == 0.001);
    CHECK(trade["p"] == book["b"][0]["p"]);
    CHECK(trade["i"].is_number_integer());
    CHECK(trade["i"].get<std::int64_t>() > std::int64_t{1} << 53);
    CHECK(quote["bs"] < book["b"][0]["s"]);
    CHECK(level["T"] == "o");
    CHECK(!level.contains("r"));
    CHECK(level["b"].size() == 1);
    CHECK(level["a"].empty());
}

TEST_CASE("In MessagePack a time is the timestamp extension and T is the first key") {
    AlpacaFixture at;
    StreamClient client{at, kCrypto, true};
    const auto welcome = at.venue.take_frames(client.stream);
    REQUIRE(welcome.size() == 1);
    CHECK(welcome[0].is_binary);
    client.log_in();
    client.send({{"action", "subscribe"}, {"trades", {"BTC/USD"}}, {"bars", {"BTC/USD"}}});
    client.take();
    at.venue.trade_through(at.venue.market("BTC/USD"), Side::buy, AlpacaFixture::quantity("0.002"));
    const auto frames = at.venue.take_frames(client.stream);
    REQUIRE(frames.size() == 1);
    const std::string& bytes = frames[0].bytes;
    const std::size_t first_key = bytes.find('\xa1');  // a text of one letter
    CHECK(bytes.substr(first_key, 4) == "\xa1T\xa1t");
    const json trade = json::from_msgpack(bytes)[0];
    REQUIRE(trade["t"].is_binary());
    CHECK(trade["t"].get_binary().subtype() == 0xff);  // -1
    const auto time = trade["t"].get_binary();
    REQUIRE(time.size() == 8);
    std::uint64_t packed = 0;
    for (const auto byte : time) packed = packed << 8 | byte;
    CHECK((packed & 0x3ffffffff) == static_cast<std::uint64_t>(to_ms(at.venue.now) / 1000));
    CHECK((packed >> 34) == static_cast<std::uint64_t>(to_ns(at.venue.now) % 1'000'000'000));
    CHECK(trade["s"] == 0.002);
}

TEST_CASE("Bars come when their minute is over, of a quiet coin from its quote and without volume") {
    AlpacaFixture at;
    StreamClient client{at, kCrypto};
    client.log_in();
    client.send({{"action", "subscribe"}, {"bars", {"*"}}, {"dailyBars", {"BTC/USD"}}});
    client.take();
    for (const auto& [instrument, tick] : {std::pair{at.venue.market("BTC/USD"), "0.003"}}) {
        at.venue.trade_through(instrument, Side::buy, AlpacaFixture::quantity(tick));
    }
    at.venue.pump_for(std::chrono::minutes{1});
    json traded, quiet, day;
    for (const json& message : client.take()) {
        const json& one = message[0];
        if (one["T"] == "d") day = one;
        if (one["T"] == "b") (one["S"] == "BTC/USD" ? traded : quiet) = one;
    }
    CHECK(traded["t"] == "2024-01-02T15:00:00Z");
    CHECK(traded["v"] == 0.004);
    CHECK(traded["n"].is_number_integer());
    CHECK(traded["vw"].get<double>() == doctest::Approx(45002.25).epsilon(1e-4));
    CHECK(day["t"] == "2024-01-02T00:00:00Z");
    at.venue.pump_for(std::chrono::minutes{1});
    quiet = json{};
    for (const json& message : client.take()) {
        if (message[0]["T"] == "b" && message[0]["S"] == "ETH/USD") quiet = message[0];
    }
    CHECK(quiet["v"] == 0);
    CHECK(quiet["n"] == 0);
    CHECK(quiet["o"] == quiet["c"]);
}

TEST_CASE("Stocks: the acknowledgement has their channels, the free feed thirty symbols") {
    AlpacaFixture at;
    StreamClient client{at, "/v2/iex"};
    client.log_in();
    client.send({{"action", "subscribe"}, {"trades", {"AAPL"}}, {"quotes", {"AAPL"}}, {"statuses", {"*"}}});
    const json list = client.take()[0][0];
    for (const char* channel : {"trades", "corrections", "cancelErrors"})
        CHECK(list[channel] == json{"AAPL"});
    for (const char* channel : {"bars", "updatedBars", "dailyBars", "lulds"}) CHECK(list[channel].empty());
    CHECK(!list.contains("orderbooks"));
    at.venue.trade_through(at.venue.market("AAPL/USD"), Side::buy, AlpacaFixture::quantity("7"));
    const auto said = client.take();
    REQUIRE(said.size() == 2);
    const json trade = said[0][0]["T"] == "t" ? said[0][0] : said[1][0];
    CHECK(trade["s"] == 7);
    CHECK(trade["c"] == json{"@"});
    CHECK(trade["z"] == "C");
    json many = json::array();
    for (int i = 0; i < 31; ++i)
        many.push_back(std::string{"A"} + static_cast<char>('A' + i / 10) + static_cast<char>('A' + i % 10));
    client.send({{"action", "subscribe"}, {"quotes", many}});
    CHECK(client.said() == error_line(405, "symbol limit exceeded"));
    at.venue.model.set_status(at.venue.market("AAPL/USD"), TradingStatus::halted, at.venue.now);
    at.venue.show_events();
    CHECK(client.take()[0][0]["sc"] == "H");
}

TEST_CASE("The test stream tells of FAKEPACA at any hour") {
    AlpacaFixture at;
    StreamClient client{at, "/v2/test"};
    client.log_in();
    client.send({{"action", "subscribe"}, {"trades", {"FAKEPACA"}}, {"bars", {"FAKEPACA"}}});
    client.take();
    at.venue.pump_for(std::chrono::seconds{1});
    CHECK(client.take()[0][0]["S"] == "FAKEPACA");
}

TEST_CASE("The host may make the protocol refuse a stream in the venue's words") {
    AlpacaFixture at;
    StreamClient client{at, kCrypto};
    client.log_in();
    CHECK(at.venue.protocol->refuse_stream(client.stream, StreamTrouble::slow_client, at.venue.now));
    CHECK(client.said() == error_line(407, "slow client"));
    CHECK(at.venue.outlet.closes.back().stream == client.stream);
    CHECK(!at.venue.protocol->refuse_stream(999, StreamTrouble::slow_client, at.venue.now));
    CHECK(!at.venue.open_stream("/v3/nothing").has_value());
}

TEST_CASE("The trading stream: log in in both forms, listen, and the life of an order") {
    AlpacaFixture at;
    StreamClient client{at, "/stream"};
    CHECK(client.said().empty());
    client.send({{"action", "listen"}, {"data", {{"streams", {"trade_updates"}}}}});
    CHECK(client.take()[0] ==
          json::parse(R"({"stream":"authorization","data":{"action":"listen","status":"unauthorized"}})"));
    client.send({{"action", "authenticate"}, {"data", {{"key_id", "x"}, {"secret_key", "y"}}}});
    // Recorded at the venue.
    CHECK(client.take()[0] == json::parse(R"({"stream":"authorization","data":{"action":"authenticate",
        "message":"access key verification failed","status":"unauthorized"}})"));
    const json data = {{"key_id", at.venue.access.key}, {"secret_key", at.venue.access.secret}};
    client.send({{"action", "authenticate"}, {"data", data}});
    const json authorized =
        json::parse(R"({"stream":"authorization","data":{"action":"authenticate","status":"authorized"}})");
    CHECK(client.take()[0] == authorized);
    client.send({{"action", "auth"}, {"key", at.venue.access.key}, {"secret", at.venue.access.secret}});
    CHECK(client.take()[0] == authorized);
    client.send({{"action", "listen"}, {"data", {{"streams", {"trade_updates", "other"}}}}});
    CHECK(client.take()[0] == json::parse(R"({"stream":"listening","data":{"streams":["trade_updates"]}})"));
    at.venue.send(client.stream, "nonsense");
    CHECK(client.take()[0]["action"] == "error");

    const Answer placed = at.order(AlpacaFixture::market("BTC/USD", "buy", "0.01"));
    const auto frames = at.venue.take_frames(client.stream);
    REQUIRE(frames.size() == 3);
    CHECK(frames[2].kind == FrameKind::fill);
    CHECK(frames[2].is_binary);
    CHECK(frames[2].execution != 0);
    const auto told = messages(frames);
    CHECK(told[0]["data"]["event"] == "pending_new");
    CHECK(told[1]["data"]["event"] == "new");
    const json fill = told[2]["data"];
    CHECK(fill["event"] == "fill");
    CHECK(fill["order"]["id"] == placed.body["id"]);
    CHECK(fill["order"]["status"] == "filled");
    CHECK(fill["order"].contains("cancel_requested_at"));
    CHECK(fill["qty"] == "0.01");
    CHECK(fill["price"] == fill["order"]["filled_avg_price"]);
    CHECK(fill["position_qty"] == "0.009975");
    CHECK(fill["execution_id"].get<std::string>().size() == 36);

    const Answer resting = at.order(AlpacaFixture::resting());
    at.ask("PATCH", "/v2/orders/" + resting.body["id"].get<std::string>(), R"({"limit_price":"41000"})");
    at.ask("DELETE", "/v2/orders");
    std::string events;
    for (const json& message : client.take()) events += message["data"]["event"].get<std::string>() + " ";
    CHECK(events == "pending_new new replaced pending_new new canceled ");
}

TEST_CASE("A partial fill is told as such, in MessagePack where it was asked for") {
    AlpacaFixture at;
    StreamClient client{at, "/stream", true, at.keys()};
    client.send({{"action", "listen"}, {"data", {{"streams", {"trade_updates"}}}}});
    client.take();
    at.order(AlpacaFixture::resting("44999"));
    client.take();
    at.venue.trade_through(at.venue.market("BTC/USD"), Side::sell, AlpacaFixture::quantity("0.004"));
    const auto told = client.take();
    REQUIRE(told.size() == 1);
    CHECK(told[0]["data"]["event"] == "partial_fill");
    CHECK(told[0]["data"]["qty"] == "0.004");
    CHECK(told[0]["data"]["order"]["status"] == "partially_filled");
}

}  // namespace
}  // namespace plumb::exchange::alpaca
