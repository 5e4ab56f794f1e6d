#include <doctest/doctest.h>

#include "venues/alpaca/alpaca.hpp"
#include "venues/alpaca/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;
using testing::Recorder;
using wire::DataKind;
using wire::Subscription;

namespace {

const Timestamp kNow = *parse_timestamp("2026-11-20T12:00:00Z");
constexpr Duration kMinute = std::chrono::minutes{1};

struct Desk {
    InstrumentTable instruments = testing::instruments_of({"BTC/USD", "ETH/USD", "AAPL/USD", "SPY/USD"});
    std::unique_ptr<wire::Venue> venue;
    Recorder sink{instruments};
    wire::Outbox out;

    Desk() {
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.credentials.key_id = "K";
        options.credentials.secret = Secret{"S"};
        venue = make_venue(options);
    }
    /// What is sent back.
    std::vector<std::string> hear(wire::StreamProtocol& stream, std::string_view frame) {
        sink.clear();
        out.clear();
        stream.frame(frame, kNow, out, sink);
        return out.frames;
    }
    std::unique_ptr<wire::StreamProtocol> ready(unsigned char lane) {
        auto stream = venue->market_stream_of(lane);
        stream->opened(kNow, out);
        hear(*stream, R"([{"T":"success","msg":"connected"}])");
        hear(*stream, R"([{"T":"success","msg":"authenticated"}])");
        REQUIRE(stream->ready());
        return stream;
    }
};

const std::string kAuth = R"({"action":"auth","key":"K","secret":"S"})";

}  // namespace

TEST_CASE(
    "a market stream greets, logs in, subscribes what waited, and acknowledges by kind and instrument") {
    Desk desk;
    auto stream = desk.venue->market_stream();
    const auto plan = stream->plan(kNow);
    REQUIRE(plan.has_value());
    CHECK(plan->endpoint.host == "stream.data.alpaca.markets");
    CHECK(plan->target == "/v1beta3/crypto/us");
    CHECK(plan->offer_deflate);
    stream->opened(kNow, desk.out);
    CHECK(desk.out.frames.empty());  // the venue speaks first
    const std::vector<Subscription> wanted{{InstrumentId{0}, DataKind::quote, {}},
                                           {InstrumentId{1}, DataKind::quote, {}},
                                           {InstrumentId{0}, DataKind::bar, kMinute}};
    stream->subscribe(wanted, kNow, desk.out);
    CHECK(desk.out.frames.empty());
    CHECK(desk.hear(*stream, R"([{"T":"success","msg":"connected"}])") == std::vector<std::string>{kAuth});
    CHECK_FALSE(stream->ready());
    CHECK(desk.hear(*stream, R"([{"T":"success","msg":"authenticated"}])") ==
          std::vector<std::string>{
              R"({"action":"subscribe","quotes":["BTC/USD","ETH/USD"],"bars":["BTC/USD"]})"});
    CHECK(stream->ready());
    CHECK(
        desk.hear(
                *stream,
                R"([{"T":"subscription","trades":[],"quotes":["BTC/USD","ETH/USD"],"orderbooks":[],"bars":["BTC/USD"],"updatedBars":[],"dailyBars":[]}])")
            .empty());
    CHECK(desk.sink.lines == std::vector<std::string>{"control acknowledged none quote BTC/USD 0 -",
                                                      "control acknowledged none quote ETH/USD 0 -",
                                                      "control acknowledged none bar BTC/USD 0 -"});
    desk.out.clear();
    stream->unsubscribe({{wanted[1]}}, kNow, desk.out);
    CHECK(desk.out.frames == std::vector<std::string>{R"({"action":"unsubscribe","quotes":["ETH/USD"]})"});
    desk.hear(*stream, R"([{"T":"q","S":"BTC/USD","bp":1,"bs":1,"ap":2,"as":1,"t":"2026-11-20T12:00:00Z"}])");
    CHECK(desk.sink.lines.size() == 1);
    CHECK(desk.out.close == nullptr);
}

TEST_CASE("each market has a connection of its own; what it does not carry is refused, never sent") {
    Desk desk;
    CHECK(desk.venue->lanes() == 2);
    CHECK(desk.venue->lane_of({InstrumentId{0}, DataKind::quote, {}}) == 0);
    CHECK(desk.venue->lane_of({InstrumentId{2}, DataKind::quote, {}}) == 1);
    auto stocks = desk.ready(1);
    CHECK(stocks->plan(kNow)->target == "/v2/iex");
    desk.out.clear();
    const std::vector<Subscription> wanted{{InstrumentId{2}, DataKind::trade, {}},
                                           {InstrumentId{2}, DataKind::status, {}},
                                           {InstrumentId{0}, DataKind::trade, {}},
                                           {InstrumentId{2}, DataKind::book, {}},
                                           {InstrumentId{3}, DataKind::bar, std::chrono::minutes{5}}};
    stocks->subscribe(wanted, kNow, desk.out);
    CHECK(desk.out.frames ==
          std::vector<std::string>{R"({"action":"subscribe","trades":["AAPL"],"statuses":["AAPL"]})"});
    desk.hear(*stocks, R"([{"T":"subscription","trades":["AAPL"],"statuses":["AAPL"]}])");
    REQUIRE(desk.sink.lines.size() == 5);
    CHECK(desk.sink.lines[0].starts_with("control refused other trade BTC/USD"));
    CHECK(desk.sink.lines[1].starts_with("control refused other book AAPL/USD"));
    CHECK(desk.sink.lines[2].starts_with("control refused other bar SPY/USD"));
    CHECK(desk.sink.lines[3] == "control acknowledged none trade AAPL/USD 0 -");
}

TEST_CASE("many subscriptions go in batches") {
    Desk desk;
    for (int i = 0; i < 250; ++i) {
        Instrument instrument;
        instrument.base =
            std::string{"Q"} + static_cast<char>('A' + i / 26 % 26) + static_cast<char>('A' + i % 26);
        instrument.quote = "USD";
        instrument.tick = Price{Decimal{1}};
        instrument.lot = Quantity{Decimal{1}};
        REQUIRE(desk.instruments.add(instrument).has_value());
    }
    REQUIRE(desk.venue->symbols().add_all().has_value());
    std::vector<Subscription> wanted;
    for (std::uint32_t i = 4; i < 254; ++i) wanted.push_back({InstrumentId{i}, DataKind::trade, {}});
    auto stocks = desk.ready(1);
    desk.out.clear();
    stocks->subscribe(wanted, kNow, desk.out);
    REQUIRE(desk.out.frames.size() == 3);
    CHECK(desk.out.frames[2].starts_with(R"({"action":"subscribe","trades":["QHS")"));
}

TEST_CASE("fault_F07_symbol_limit: 405 keeps the session, everything else that ends it says why") {
    Desk desk;
    const auto code = [](int number, const char* words) {
        return R"([{"T":"error","code":)" + std::to_string(number) + R"(,"msg":")" + words + R"("}])";
    };
    auto stream = desk.ready(0);
    desk.hear(*stream, code(405, "symbol limit exceeded"));
    CHECK(desk.out.close == nullptr);
    CHECK(desk.sink.lines ==
          std::vector<std::string>{"control refused symbol_limit - - 405 \"symbol limit exceeded\""});
    desk.hear(*stream, code(410, "invalid subscribe action for this feed"));
    CHECK(desk.out.close == nullptr);
    for (const int number : {401, 402, 404, 406, 407, 500}) {
        desk.hear(*stream, code(number, "words"));
        CHECK_MESSAGE(desk.out.close != nullptr, number);
    }
    desk.hear(*stream, code(409, "insufficient subscription"));
    CHECK(desk.out.close == nullptr);
    auto early = desk.venue->market_stream_of(1);
    early->opened(kNow, desk.out);
    desk.hear(*early, code(409, "insufficient subscription"));
    CHECK(desk.out.close != nullptr);
    // Already authenticated, after headers did it: go on.
    auto twice = desk.venue->market_stream();
    twice->opened(kNow, desk.out);
    desk.hear(*twice, code(403, "already authenticated"));
    CHECK(twice->ready());
}

TEST_CASE("a login without answer ends the connection after ten seconds") {
    Desk desk;
    for (auto& stream : {desk.venue->market_stream(), desk.venue->private_stream()}) {
        stream->opened(kNow, desk.out);
        desk.out.clear();
        stream->tick(kNow + std::chrono::seconds{10}, desk.out);
        CHECK(desk.out.close == nullptr);
        stream->tick(kNow + std::chrono::seconds{11}, desk.out);
        CHECK(desk.out.close != nullptr);
    }
    auto stream = desk.ready(0);
    desk.out.clear();
    stream->tick(kNow + std::chrono::hours{10}, desk.out);
    CHECK(desk.out.close == nullptr);
}

TEST_CASE("the order stream logs in unasked, listens, and tells fills before any other answer") {
    Desk desk;
    auto stream = desk.venue->private_stream();
    CHECK(stream->plan(kNow)->endpoint.host == "paper-api.alpaca.markets");
    CHECK(stream->plan(kNow)->target == "/stream");
    stream->opened(kNow, desk.out);
    CHECK(desk.out.frames == std::vector<std::string>{kAuth});
    CHECK(desk.hear(*stream,
                    R"({"stream":"authorization","data":{"status":"authorized","action":"authenticate"}})") ==
          std::vector<std::string>{R"({"action":"listen","data":{"streams":["trade_updates"]}})"});
    CHECK(stream->ready());
    desk.hear(*stream, R"({"stream":"listening","data":{"streams":["trade_updates"]}})");
    CHECK(desk.sink.lines == std::vector<std::string>{"control acknowledged none orders - 0 -"});
    desk.hear(*stream, testing::lines_of("ws_documents.jsonl")[28]);
    REQUIRE(desk.sink.all<wire::OrderUpdate>().size() == 1);
    CHECK(desk.sink.all<wire::OrderUpdate>()[0].fill->price.to_string() == "105.8988475");
    CHECK(desk.out.close == nullptr);
    desk.hear(*stream, R"({"stream":"listening","data":{"streams":[]}})");
    CHECK(desk.out.close != nullptr);
    auto refused = desk.venue->private_stream();
    refused->opened(kNow, desk.out);
    desk.hear(*refused, testing::lines_of("ws_recorded.jsonl")[6]);
    CHECK_FALSE(refused->ready());
    CHECK(desk.out.close == std::string_view{"the venue refused the key"});
}

TEST_CASE("fault_E09_partial_fills: what a fill lacks is not guessed") {
    Desk desk;
    auto stream = desk.venue->private_stream();
    const std::string fill = testing::lines_of("ws_documents.jsonl")[28];
    const auto without = [&](std::string_view what, std::string_view by) {
        std::string text = fill;
        const std::size_t at = text.rfind(what);
        REQUIRE(at != std::string::npos);
        desk.hear(*stream, text.replace(at, what.size(), by));
        return desk.sink.lines.at(0);
    };
    CHECK(without("\"price\":\"105.8988475\"", "\"price\":null").starts_with("refused price"));
    CHECK(without("\"qty\":\"1790.86\"", "\"qty\":\"0\"").starts_with("refused qty"));
    CHECK(without("\"execution_id\":\"2f63ea93-423d-4169-b3f6-3fdafc10c418\",", "")
              .starts_with("refused execution_id"));
    CHECK(without("\"execution_id\":\"2f63ea93-423d-4169-b3f6-3fdafc10c418\"", "\"execution_id\":\"\"")
              .starts_with("refused execution_id"));
    CHECK(without("\"status\":\"filled\"", "\"status\":\"odd\"").starts_with("refused status"));
    CHECK(without("\"side\":\"sell\"", "\"side\":\"short\"").starts_with("refused side"));
    // A state is told by any event, known or new; only fills carry a fill.
    const std::string other = without("\"event\":\"fill\"", "\"event\":\"restated\"");
    CHECK(other.starts_with("order SOL/USD") == false);  // not an instrument of this session
    CHECK(other.starts_with("order - SOLUSD"));
    CHECK(other.find("fill=") == std::string::npos);
    CHECK(without("\"event\":\"fill\"", "\"event\":\"order_cancel_rejected\"").find("refused to cancel") !=
          std::string::npos);
}
