#include "venues/coinbase/stream.hpp"

#include <doctest/doctest.h>

#include "venues/coinbase/coinbase.hpp"
#include "wire/testing/event_words.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;
using namespace std::chrono_literals;
using namespace plumb::wire::testing;
using wire::DataKind;

namespace {

using Lines = std::vector<std::string>;
const Timestamp kNow = *parse_timestamp("2026-04-07T14:30:11Z");

struct Desk {
    InstrumentTable instruments;
    InstrumentId btc, eth;
    std::unique_ptr<wire::Venue> venue;
    wire::Outbox out;

    Desk() {
        const auto add = [this](std::string base) {
            Instrument instrument;
            instrument.base = std::move(base);
            instrument.quote = "USD";
            instrument.tick = *Price::parse("0.01");
            instrument.lot = *Quantity::parse("0.00000001");
            return *instruments.add(instrument);
        };
        btc = add("BTC");
        eth = add("ETH");
        for (int i = 0; i < 800; ++i) add("C" + std::to_string(i));
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.credentials.key_id = "organizations/o/apiKeys/k";
        // RFC 8032 test 1.
        options.credentials.secret = Secret{"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="};
        venue = make_venue(options);
    }
    Lines hear(wire::StreamProtocol& stream, const std::string& frame) {
        TextSink sink{instruments};
        stream.frame(frame, kNow, out, sink);
        return sink.lines;
    }
};

std::string frame_of(std::string_view channel, std::uint64_t number, std::string_view events,
                     std::string_view sent_at = "2026-04-07T14:30:10Z") {
    return fmt::format(
        R"({{"channel":"{}","client_id":"","timestamp":"{}","sequence_num":{},"events":[{}]}})", channel,
        sent_at, number, events);
}
std::string candle_event(std::int64_t start, std::string_view close) {
    return fmt::format(
        R"({{"type":"update","candles":[{{"start":"{}","high":"9","low":"1","open":"2","close":"{}",)"
        R"("volume":"7","product_id":"BTC-USD"}}]}})",
        start, close);
}
std::string trade_event(int id) {
    return fmt::format(
        R"({{"type":"update","trades":[{{"trade_id":"{}","product_id":"BTC-USD","price":"1","size":"1",)"
        R"("side":"BUY","time":"2026-04-07T14:30:02Z"}}]}})",
        id);
}

}  // namespace

TEST_CASE(
    "a market stream asks for heartbeats first, then a channel per kind in batches, at a pace the venue "
    "takes") {
    Desk desk;
    const auto stream = desk.venue->market_stream();
    const auto plan = stream->plan(kNow);
    REQUIRE(plan);
    CHECK(plan->endpoint.host == "advanced-trade-ws.coinbase.com");
    CHECK_FALSE(stream->ready());
    stream->subscribe(
        std::vector<wire::Subscription>{{desk.btc, DataKind::trade, {}},
                                        {desk.eth, DataKind::trade, {}},
                                        {desk.btc, DataKind::bar, 5min},
                                        {desk.btc, DataKind::bar, 1min}},  // which the venue has not
        kNow, desk.out);
    CHECK(desk.out.frames.empty());
    stream->opened(kNow, desk.out);
    CHECK(stream->ready());
    CHECK(desk.out.frames ==
          Lines{R"({"type":"subscribe","channel":"heartbeats","product_ids":[]})",
                R"({"type":"subscribe","channel":"market_trades","product_ids":["BTC-USD","ETH-USD"]})",
                R"({"type":"subscribe","channel":"candles","product_ids":["BTC-USD"]})"});
    desk.out.clear();
    stream->unsubscribe(std::vector<wire::Subscription>{{desk.eth, DataKind::trade, {}}}, kNow, desk.out);
    CHECK(desk.out.frames ==
          Lines{R"({"type":"unsubscribe","channel":"market_trades","product_ids":["ETH-USD"]})"});
    desk.out.clear();

    std::vector<wire::Subscription> many;
    for (std::uint32_t i = 0; i < 802; ++i) many.push_back({InstrumentId{i}, DataKind::quote, {}});
    stream->subscribe(many, kNow, desk.out);
    CHECK(desk.out.frames.size() == 2);  // six in this second
    stream->tick(kNow + 999ms, desk.out);
    CHECK(desk.out.frames.size() == 2);
    stream->tick(kNow + 1s, desk.out);
    CHECK(desk.out.frames.size() == 8);
    stream->tick(kNow + 2s, desk.out);
    CHECK(desk.out.frames.size() == 9);
    CHECK(desk.out.close == nullptr);
}

TEST_CASE("fault_F09: a gap is told before the data behind it, and ends the connection") {
    Desk desk;
    const auto stream = desk.venue->market_stream();
    stream->opened(kNow, desk.out);
    CHECK(desk.hear(*stream,
                    frame_of("subscriptions", 0, R"({"subscriptions":{"market_trades":["BTC-USD"]}})")) ==
          Lines{"acknowledged trade BTC/USD"});
    CHECK(desk.hear(*stream, frame_of("heartbeats", 1, R"({"heartbeat_counter":1})")) ==
          Lines{"heartbeat 1"});
    CHECK(desk.hear(*stream, frame_of("market_trades", 2, trade_event(7))).size() == 1);
    CHECK(desk.out.close == nullptr);
    CHECK(desk.hear(*stream, frame_of("market_trades", 2, trade_event(7))) ==
          Lines{"ignored"});  // told twice
    const Lines got = desk.hear(*stream, frame_of("market_trades", 4, trade_event(8)));
    REQUIRE(got.size() == 2);
    CHECK(got[0] == "error 9001 \"Coinbase: messages are missing\"");
    CHECK(got[1].starts_with("trade BTC/USD"));
    CHECK(desk.out.close != nullptr);
}

TEST_CASE("sequences: one counter for the connection, or one per channel when that is proven") {
    using enum SequenceWatch::Judgement;
    SequenceWatch one;
    CHECK(one.take("subscriptions", 0) == next);
    CHECK(one.take("ticker", 1) == next);
    CHECK(one.take("heartbeats", 2) == next);
    CHECK(one.take("ticker", 3) == next);
    CHECK(one.take("ticker", 3) == old);
    CHECK(one.take("ticker", 5) == gap);
    CHECK(one.expected() == 4);
    CHECK(one.take("ticker", 6) == next);

    SequenceWatch each;
    CHECK(each.take("ticker", 0) == next);
    CHECK(each.take("ticker", 1) == next);
    CHECK(each.take("heartbeats", 0) == next);  // the connection had 0 already
    CHECK(each.take("ticker", 2) == next);
    CHECK(each.take("heartbeats", 1) == next);
    CHECK(each.take("heartbeats", 3) == gap);
    CHECK(each.take("ticker", 3) == next);
    CHECK(each.take("ticker", 3) == old);

    SequenceWatch late;
    CHECK(late.take("ticker", 100) == next);  // whatever the first number is
    CHECK(late.take("ticker", 102) == gap);
}

TEST_CASE("fault_F13: a candle closes when the next begins, with the last word said after its end") {
    Desk desk;
    const auto stream = desk.venue->market_stream();
    stream->opened(kNow, desk.out);
    const std::int64_t start = 1775572200;  // 14:30
    CHECK(desk.hear(*stream, frame_of("candles", 0, candle_event(start, "3"), "2026-04-07T14:34:59Z"))[0]
              .starts_with("open_bar"));
    CHECK(desk.hear(*stream, frame_of("candles", 1, candle_event(start, "4"), "2026-04-07T14:35:00.2Z"))[0]
              .starts_with("open_bar"));
    Lines got =
        desk.hear(*stream, frame_of("candles", 2, candle_event(start + 300, "5"), "2026-04-07T14:35:01Z"));
    REQUIRE(got.size() == 2);
    CHECK(got[0] == "closed_bar BTC/USD 5m 2026-04-07T14:30:00.000000000Z o 2 h 9 l 1 c 4 v 7 traded");
    CHECK(got[1].starts_with("open_bar BTC/USD 5m 2026-04-07T14:35"));
    // Nothing was said after the end of this one: it may lack trades, so history must tell it.
    got = desk.hear(*stream, frame_of("candles", 3, candle_event(start + 600, "6"), "2026-04-07T14:40:01Z"));
    REQUIRE(got.size() == 1);
    CHECK(got[0].starts_with("open_bar BTC/USD 5m 2026-04-07T14:40"));
}

TEST_CASE(
    "the user stream brings a token made for its one message, and an authenticated word when the list has "
    "it") {
    Desk desk;
    const auto stream = desk.venue->private_stream();
    CHECK(stream->plan(kNow)->endpoint.host == "advanced-trade-ws-user.coinbase.com");
    stream->opened(kNow, desk.out);
    REQUIRE(desk.out.frames.size() == 2);
    CHECK(desk.out.frames[1].starts_with(
        R"({"type":"subscribe","channel":"user","product_ids":[],"jwt":"eyJ)"));
    const auto again = desk.venue->private_stream();
    wire::Outbox other;
    again->opened(kNow, other);
    CHECK(other.frames[1] != desk.out.frames[1]);
    CHECK(desk.hear(*stream,
                    frame_of("subscriptions", 0, R"({"subscriptions":{"heartbeats":["heartbeats"]}})")) ==
          Lines{"acknowledged"});
    CHECK(
        desk.hear(*stream,
                  frame_of("subscriptions", 1,
                           R"({"subscriptions":{"heartbeats":["heartbeats"],"user":["54fc1415-76dc"]}})")) ==
        Lines{"authenticated", "acknowledged", "acknowledged orders"});
    CHECK(desk.hear(*stream, R"({"type":"error","message":"authentication failure"})")[0].starts_with(
        "refused for 4"));
}

TEST_CASE("data of products that nobody follows are ignored") {
    Desk desk;
    const auto stream = desk.venue->market_stream();
    stream->opened(kNow, desk.out);
    std::string frame = frame_of("market_trades", 0, trade_event(1));
    frame.replace(frame.find("BTC-USD"), 7, "XYZ-USD");
    CHECK(desk.hear(*stream, frame) == Lines{"ignored"});
}
