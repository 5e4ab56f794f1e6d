#include "venues/coinbase/decode.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "codec/json.hpp"
#include "venues/coinbase/symbols.hpp"
#include "wire/testing/event_words.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;
using namespace plumb::wire::testing;

std::size_t allocations_so_far();  // allocation_test.cpp

namespace {

const Timestamp kReceived = *parse_timestamp("2026-04-07T14:30:11Z");

struct Desk {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, kSpelling, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};

    std::vector<std::string> decode(std::string_view frame) {
        TextSink sink{instruments};
        decoder.decode(frame, kReceived, sink);
        return sink.lines;
    }
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

using Lines = std::vector<std::string>;

// Shapes of the documents (websocket-channels), values ours.
const std::string kTrades =
    R"({"channel":"market_trades","client_id":"","timestamp":"2026-04-07T14:30:02.789012Z","sequence_num":5,"events":[)"
    R"({"type":"update","trades":[{"trade_id":"101","product_id":"BTC-USD","price":"68900.50","size":"0.0015","side":"BUY",)"
    R"("time":"2026-04-07T14:30:02.78Z"},{"trade_id":"100","product_id":"BTC-USD","price":"68900.00","size":"0.05",)"
    R"("side":"SELL","time":"2026-04-07T14:30:02.7Z"}]}]})";
const std::string kTicker =
    R"({"channel":"ticker","client_id":"","timestamp":"2026-04-07T14:30:03Z","sequence_num":12,"events":[{"type":"update",)"
    R"("tickers":[{"type":"ticker","product_id":"BTC-USD","price":"68900.50","best_bid":"68900.00",)"
    R"("best_bid_quantity":"1.5","best_ask":"68901.00","best_ask_quantity":"0.5"}]}]})";
const std::string kCandles =
    R"({"channel":"candles","client_id":"","timestamp":"2026-04-07T14:31:05Z","sequence_num":3,"events":[{"type":"snapshot",)"
    R"("candles":[{"start":"1775572200","high":"3","low":"1","open":"2","close":"2","volume":"7","product_id":"BTC-USD"},)"
    R"({"start":"1775571900","high":"3","low":"1","open":"2","close":"2.5","volume":"0","product_id":"BTC-USD"}]}]})";
const std::string kBook =
    R"({"channel":"l2_data","client_id":"","timestamp":"2026-04-07T14:30:01Z","sequence_num":1,"events":[{"type":"snapshot",)"
    R"("product_id":"BTC-USD","updates":[{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"1","new_quantity":"2"},)"
    R"({"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"1.5","new_quantity":"0.5"}]},{"type":"update",)"
    R"("product_id":"ETH-USD","updates":[{"side":"offer","event_time":"2026-04-07T14:30:01Z","price_level":"3",)"
    R"("new_quantity":"0"}]}]})";
const std::string kUser =
    R"({"channel":"user","client_id":"","timestamp":"2026-04-07T14:30:06Z","sequence_num":1,"events":[{"type":"update",)"
    R"("orders":[{"order_id":"a1","client_order_id":"pl-0000002a-1-2","cumulative_quantity":"0.4","leaves_quantity":"0.6",)"
    R"("avg_price":"10","total_fees":"0.1","status":"OPEN","product_id":"BTC-USD","creation_time":"2026-04-07T14:29:55Z",)"
    R"("order_side":"SELL","order_type":"Limit","limit_price":"9.5","stop_price":"","cancel_reason":"","reject_reason":""}]}]})";
const std::string kMatch =
    R"({"type":"match","trade_id":280232,"maker_order_id":"m","taker_order_id":"t","side":"sell","size":"985",)"
    R"("price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"})";

void run_golden(const char* file) {
    std::ifstream in{std::string{PLUMB_TESTDATA} + "/venues/coinbase/" + file};
    REQUIRE(in);
    std::string line;
    std::size_t count = 0;
    while (std::getline(in, line)) {
        const auto row = codec::parse_json(line);
        REQUIRE(row);
        Desk desk;
        const Lines expected = (*row)["events"].get<Lines>();
        const std::string frame = (*row)["frame"].get<std::string>();
        ++count;
        INFO(file, " line ", count, ": ", frame.substr(0, 300));
        TextSink sink{desk.instruments};
        desk.decoder.decode(frame, *parse_timestamp((*row)["received_at"].get<std::string>()), sink);
        CHECK(sink.lines == expected);
    }
    CHECK(count > 0);
}

}  // namespace

TEST_CASE("every recorded frame of the Exchange feed decodes to what a person wrote beside it") {
    run_golden("exchange_ws.jsonl");
}
TEST_CASE("every recorded frame of Advanced Trade decodes to what a person wrote beside it") {
    run_golden("advanced_ws.jsonl");
}

TEST_CASE("trades come oldest first and once, whatever order the venue wrote them in") {
    Desk desk;
    const Lines expected{"trade BTC/USD sell 68900 x 0.05 id 100 at 2026-04-07T14:30:02.700000000Z",
                         "trade BTC/USD buy 68900.5 x 0.0015 id 101 at 2026-04-07T14:30:02.780000000Z"};
    CHECK(desk.decode(kTrades) == expected);
    const std::string twice =
        replaced(kTrades, R"([{"trade_id":"101")",
                 R"([{"trade_id":"100","product_id":"BTC-USD","price":"68900.00","size":"0.05",)"
                 R"("side":"SELL","time":"2026-04-07T14:30:02.7Z"},{"trade_id":"101")");
    CHECK(desk.decode(twice) == expected);
}

TEST_CASE("fault_F12: a poisoned trade is refused and its neighbour read") {
    Desk desk;
    for (const auto& [what, by, field] : std::vector<std::array<std::string, 3>>{
             {R"("price":"68900.50")", R"("price":"0")", "price"},
             {R"("price":"68900.50")", R"("price":"-1")", "price"},
             {R"("price":"68900.50")", R"("price":"NaN")", "price"},
             {R"("price":"68900.50")", R"("price":68900.50)", "price"},
             {R"("price":"68900.50")", R"("price":"1e13")", "price"},
             {R"("size":"0.0015")", R"("size":"0")", "size"},
             {R"("trade_id":"101")", R"("trade_id":"1o1")", "trade_id"},
             {R"("trade_id":"101")", R"("trade_id":"18446744073709551616")", "trade_id"},
             {R"("side":"BUY")", R"("side":"buy")", "side"},
             {R"("time":"2026-04-07T14:30:02.78Z")", R"("time":"yesterday")", "time"},
             {R"("size":"0.0015",)", "", "size"}}) {
        const Lines got = desk.decode(replaced(kTrades, what, by));
        REQUIRE_MESSAGE(got.size() == 2, by);
        CHECK(got[0].starts_with("trade BTC/USD sell"));
        CHECK(got[1] == "refused " + field);
    }
}

TEST_CASE("a trade id of 63 bits stays exact") {
    Desk desk;
    const Lines got =
        desk.decode(replaced(kTrades, R"("trade_id":"101")", R"("trade_id":"9007199254740993")"));
    CHECK(got[1].find(" id 9007199254740993 ") != std::string::npos);
}

TEST_CASE("a crossed or locked quote is refused; a side nobody quotes is zero; a batch ticker has none") {
    Desk desk;
    CHECK(desk.decode(kTicker) ==
          Lines{"quote BTC/USD 68900 x 1.5 / 68901 x 0.5 seq 12 at 2026-04-07T14:30:03.000000000Z"});
    CHECK(desk.decode(replaced(kTicker, "68900.00", "68901.00")) == Lines{"refused best_bid"});
    CHECK(desk.decode(replaced(replaced(kTicker, "\"68900.00\"", "\"0\""), "\"1.5\"", "\"0\"")) ==
          Lines{"quote BTC/USD 0 x 0 / 68901 x 0.5 seq 12 at 2026-04-07T14:30:03.000000000Z"});
    const std::string batch = replaced(
        replaced(
            kTicker,
            R"(,"best_bid":"68900.00","best_bid_quantity":"1.5","best_ask":"68901.00","best_ask_quantity":"0.5")",
            ""),
        R"("channel":"ticker")", R"("channel":"ticker_batch")");
    CHECK(desk.decode(batch) == Lines{"ignored"});
}

TEST_CASE("fault_F13: the last candle of a product is open until a later one is seen") {
    Desk desk;
    CHECK(desk.decode(kCandles) ==
          Lines{"closed_bar BTC/USD 5m 2026-04-07T14:25:00.000000000Z o 2 h 3 l 1 c 2.5 v 0 filled",
                "open_bar BTC/USD 5m 2026-04-07T14:30:00.000000000Z o 2 h 3 l 1 c 2 v 7 traded"});
    // Of another product it proves nothing.
    const Lines two = desk.decode(replaced(kCandles, R"("volume":"7","product_id":"BTC-USD")",
                                           R"("volume":"7","product_id":"ETH-USD")"));
    REQUIRE(two.size() == 2);
    CHECK(two[0].starts_with("open_bar"));
    CHECK(two[1].starts_with("open_bar"));
    CHECK(desk.decode(replaced(kCandles, R"("low":"1","open":"2","close":"2.5")",
                               R"("low":"2.1","open":"2","close":"2.5")"))
              .back() == "refused high");
    CHECK(desk.decode(replaced(kCandles, "1775571900", "1775571901")).back() == "refused start");
}

TEST_CASE("a book has bids and offers; one bad level refuses its event, not the next") {
    Desk desk;
    const std::string eth = "book ETH/USD update seq 1 at 2026-04-07T14:30:01.000000000Z bids asks 3:0";
    CHECK(desk.decode(kBook) ==
          Lines{"book BTC/USD snapshot seq 1 at 2026-04-07T14:30:01.000000000Z bids 1:2 asks 1.5:0.5", eth});
    CHECK(desk.decode(replaced(kBook, R"("price_level":"1.5")", R"("price_level":"0")")) ==
          Lines{eth, "refused price_level"});
    CHECK(desk.decode(replaced(kBook, R"("side":"bid")", R"("side":"left")")) == Lines{eth, "refused side"});
    CHECK(desk.decode(replaced(kBook, R"("type":"snapshot")", R"("type":"half")")) ==
          Lines{eth, "refused type"});
}

TEST_CASE("an order of the user channel is cumulative and names no fill") {
    Desk desk;
    CHECK(
        desk.decode(kUser) ==
        Lines{"order BTC-USD pl-0000002a-1-2 a1 sell limit partially_filled quantity 1 filled 0.4 limit 9.5 "
              "average 10 at 2026-04-07T14:30:06.000000000Z"});
    const auto status = [&](std::string_view word) {
        return desk.decode(replaced(kUser, R"("status":"OPEN")", fmt::format(R"("status":"{}")", word)))[0];
    };
    CHECK(status("FILLED").find(" filled quantity 0.4 filled 0.4 ") != std::string::npos);
    CHECK(status("CANCELLED").find(" canceled filled 0.4 ") != std::string::npos);
    CHECK(status("EXPIRED").find(" canceled filled 0.4 ") != std::string::npos);
    CHECK(status("FAILED").find(" canceled filled 0.4 ") !=
          std::string::npos);  // it had lived before it failed
    CHECK(status("CANCEL_QUEUED").find(" partially_filled ") != std::string::npos);
    CHECK(status("UNKNOWN_ORDER_STATUS").find(" unknown ") != std::string::npos);
    CHECK(status("MOON") == "refused status");
    CHECK(desk.decode(replaced(kUser, "\"0.4\"", "\"-0.4\"")) == Lines{"refused cumulative_quantity"});
    // Another account's or product's order is told too, without an instrument of ours.
    desk.symbols.set_unknown(wire::SymbolMap::Unknown::refuse);
    CHECK(desk.decode(replaced(kUser, "BTC-USD", "XYZ-USD"))[0].starts_with("order XYZ-USD"));
}

TEST_CASE("members may come in any order, even the channel behind its events") {
    Desk desk;
    const std::string turned =
        R"({"events":[{"trades":[{"time":"2026-04-07T14:30:02.7Z","side":"SELL","size":"0.05","price":"68900.00",)"
        R"("product_id":"BTC-USD","trade_id":"100"}],"type":"update"}],"new":{"a":[1,2]},"sequence_num":5,)"
        R"("timestamp":"2026-04-07T14:30:02.789012Z","channel":"market_trades"})";
    CHECK(desk.decode(turned) ==
          Lines{"trade BTC/USD sell 68900 x 0.05 id 100 at 2026-04-07T14:30:02.700000000Z"});
}

TEST_CASE("the side of a match is the order's that was in the book") {
    Desk desk;
    CHECK(desk.decode(kMatch) ==
          Lines{"trade SKL/BTC buy 0.00001305 x 985 id 280232 at 2021-04-17T16:43:37.089723000Z"});
    CHECK(desk.decode(replaced(kMatch, "\"sell\"", "\"buy\""))[0].starts_with("trade SKL/BTC sell"));
    CHECK(desk.decode(replaced(kMatch, "\"sell\"", "\"SELL\"")) == Lines{"refused side"});
    CHECK(desk.decode(replaced(kMatch, "\"match\"", "\"received\"")) == Lines{"ignored"});
    CHECK(desk.decode(replaced(kMatch, "\"match\"", "\"never heard of\"")) == Lines{"ignored"});
}

TEST_CASE("errors say what they refuse, where their words tell") {
    Desk desk;
    CHECK(desk.decode(R"({"type":"error","message":"authentication failure"})") ==
          Lines{"refused for 4 \"authentication failure\""});
    CHECK(
        desk.decode(
            R"({"type":"error","message":"Failed to subscribe","reason":"FOO-USD is not a valid product"})") ==
        Lines{"refused for 2 \"Failed to subscribe: FOO-USD is not a valid product\""});
    CHECK(
        desk.decode(
            R"({"type":"error","message":"Failed to subscribe","reason":"level2 requires authentication"})") ==
        Lines{"refused for 4 \"Failed to subscribe: level2 requires authentication\""});
    CHECK(desk.decode(R"({"type":"error","message":"rate limit exceeded"})") ==
          Lines{"error \"rate limit exceeded\""});
    CHECK(desk.decode(R"({"type":"error","message":"ErrSlowConsume"})") ==
          Lines{"refused for 6 \"ErrSlowConsume\""});
    CHECK(desk.decode(R"({"type":"error"})") == Lines{"error \"\""});
}

TEST_CASE("fault_F19: known members of the wrong type and missing ones are refused, unknown ones ignored") {
    Desk desk;
    CHECK(desk.decode(R"({"channel":"market_trades","timestamp":"2026-04-07T14:30:02Z","sequence_num":5})") ==
          Lines{"refused events"});
    CHECK(
        desk.decode(
            R"({"channel":"market_trades","timestamp":"2026-04-07T14:30:02Z","sequence_num":"5","events":[]})") ==
        Lines{"refused sequence_num"});
    CHECK(
        desk.decode(
            R"({"channel":"market_trades","timestamp":"2026-04-07T14:30:02Z","sequence_num":5,"events":[{"type":"update"}]})") ==
        Lines{"refused trades"});
    CHECK(
        desk.decode(
            R"({"channel":"market_trades","timestamp":"2026-04-07T14:30:02Z","sequence_num":5,"events":[]})") ==
        Lines{"ignored"});
    CHECK(
        desk.decode(
            R"({"channel":"new","timestamp":"2026-04-07T14:30:02Z","sequence_num":5,"events":[{"type":"update"}]})") ==
        Lines{"ignored"});
    CHECK(desk.decode(R"({"type":"snapshot","product_id":"BTC-USD","bids":[["1","2"]]})") ==
          Lines{"refused asks"});
    CHECK(desk.decode(R"({"type":"l2update","product_id":"BTC-USD","changes":[["buy","1"]]})") ==
          Lines{"refused changes"});
    for (const char* junk :
         {"", "[]", "null", "{}", "17", "\"x\"", "{\"type\":", "{\"type\":17}", "\xff\xfe", "[[[[[[[["})
        CHECK(desk.decode(junk)[0].starts_with("refused"));
}

TEST_CASE("fault_F20: a frame cut after any byte gives one refusal and no event") {
    Desk desk;
    for (const std::string& frame : {kTrades, kTicker, kCandles, kBook, kUser, kMatch})
        for (std::size_t size = 0; size < frame.size(); ++size) {
            const Lines got = desk.decode(std::string_view{frame}.substr(0, size));
            REQUIRE(got.size() == 1);
            REQUIRE(got[0].starts_with("refused"));
        }
}

TEST_CASE("decoding allocates nothing once warm") {
    struct Count final : wire::WireSink {
        void take(const wire::WireEvent&) override { ++events; }
        std::size_t events = 0;
    } sink;
    Desk desk;
    const auto all = [&] {
        for (const std::string* frame : {&kTrades, &kTicker, &kCandles, &kBook, &kUser, &kMatch})
            desk.decoder.decode(*frame, kReceived, sink);
    };
    all();
    const std::size_t before = allocations_so_far();
    for (int i = 0; i < 100; ++i) all();
    CHECK(allocations_so_far() == before);
    CHECK(sink.events == 101 * 9);
}

TEST_CASE("symbols split at their one dash") {
    CHECK(split_symbol("BTC-USD")->base == "BTC");
    CHECK(split_symbol("1INCH-USD")->quote == "USD");
    for (const char* bad :
         {"", "-", "BTC", "BTC-", "-USD", "BIT-26APR24-CDE", "btc-usd", "BTC-USD-", "BTC/USD"})
        CHECK_MESSAGE(!split_symbol(bad), bad);
    CHECK(spell_symbol("BTC", "USD") == "BTC-USD");
}
