#include "venues/alpaca/decode.hpp"

#include <doctest/doctest.h>

#include "venues/alpaca/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;
using testing::Recorder;

namespace {

const Timestamp kReceived = *parse_timestamp("2022-06-24T12:00:00Z");

struct Desk {
    InstrumentTable instruments = testing::instruments_of(
        {"BTC/USD", "BTC/USDT", "ETH/USD", "SOL/USD", "AAPL/USD", "AMD/USD", "SPY/USD"});
    Directory directory{instruments};
    Decoder decoder{directory};
    Recorder sink{instruments};

    const std::vector<std::string>& decode(std::string_view frame, Timestamp received_at = kReceived) {
        sink.clear();
        decoder.decode(frame, received_at, sink);
        return sink.lines;
    }
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

const std::string kTrade =
    R"([{"T":"t","S":"BTC/USDT","p":17408.8,"s":0.042919,"t":"2022-12-16T06:43:18.327Z","i":16585162,"tks":"B"}])";
const std::string kQuote =
    R"([{"T":"q","S":"BTC/USDT","bp":17394.44,"bs":0.021981,"ap":17397.99,"as":0.02,"t":"2022-12-16T06:07:56.611063286Z"}])";
const std::string kBar =
    R"([{"T":"b","S":"BTC/USDT","o":17416.39,"h":17424.82,"l":17416.39,"c":17424.82,"v":1.341054,"t":"2022-12-16T06:53:00Z","n":21,"vw":17421.9529234915}])";

void check_golden(const std::string& name) {
    Desk desk;
    std::vector<std::string> found;
    std::size_t line = 0;
    for (const std::string& frame : testing::lines_of(name + ".jsonl")) {
        ++line;
        for (const std::string& event : desk.decode(frame))
            found.push_back(std::to_string(line) + " " + event);
    }
    const std::vector<std::string> expected = testing::lines_of(name + ".events");
    for (std::size_t i = 0; i < std::max(found.size(), expected.size()); ++i) {
        const std::string ours = i < found.size() ? found[i] : "nothing";
        CHECK(ours == (i < expected.size() ? expected[i] : "nothing"));
    }
}

}  // namespace

TEST_CASE("golden: recorded frames of the crypto and trading streams") { check_golden("ws_recorded"); }
TEST_CASE("golden: the documents' messages, each kind once") { check_golden("ws_documents"); }

TEST_CASE("symbols are pairs with and without slash, or tickers; a coin has its name alone") {
    for (const auto& [symbol, name] : {std::pair{"BTC/USD", "BTC/USD"},
                                       {"BTCUSD", "BTC/USD"},
                                       {"ETHBTC", "ETH/BTC"},
                                       {"SOLUSDT", "SOL/USDT"},
                                       {"USDTUSD", "USDT/USD"},
                                       {"AAPL", "AAPL/USD"},
                                       {"BRK.B", "BRK.B/USD"},
                                       {"F", "F/USD"}}) {
        const auto split = split_symbol(symbol);
        REQUIRE_MESSAGE(split.has_value(), symbol);
        CHECK(split->base + "/" + split->quote == name);
    }
    for (const char* symbol : {"", "BTC", "LTC", "/", "BTC/", "/USD", "BTC-PERP", "btc/usd", "AAPL`",
                               "TOOLONGNAME", "BTC/USD/X", "A.B.C", "AAPL240119C00100000"})
        CHECK_MESSAGE(!split_symbol(symbol).has_value(), symbol);
    CHECK(spell_symbol("BTC", "USD") == "BTC/USD");
    CHECK(spell_symbol("AAPL", "USD") == "AAPL");
    CHECK(spell_symbol("NEW", "USDC") == "NEW/USDC");
}

TEST_CASE("the stocks' stream has no coins, and a ticker that is a coin's name is not that coin") {
    Desk desk;
    Decoder stocks{desk.directory, Market::stocks};
    stocks.decode(kTrade, kReceived, desk.sink);
    const std::string share =
        R"([{"T":"t","i":1,"S":"BTC","x":"D","p":26.55,"s":1,"t":"2021-02-22T15:51:44.208Z","c":["@"],"z":"C"}])";
    stocks.decode(share, kReceived, desk.sink);
    CHECK(desk.sink.lines == std::vector<std::string>{"ignored", "ignored"});
    CHECK(desk.decode(share) == std::vector<std::string>{"ignored"});
}

TEST_CASE("fault_F12_absurd_prices: zero, negative, NaN, crossed and self-contradicting values are refused") {
    Desk desk;
    for (const auto& [frame, what, by, field] :
         std::vector<std::array<std::string, 4>>{{kTrade, "17408.8", "0", "p"},
                                                 {kTrade, "17408.8", "-1", "p"},
                                                 {kTrade, "17408.8", "NaN", "p"},
                                                 {kTrade, "17408.8", "null", "p"},
                                                 {kTrade, "17408.8", "1e30", "p"},
                                                 {kTrade, "17408.8", "\"17408.8\"", "p"},
                                                 {kTrade, "0.042919", "0", "s"},
                                                 {kTrade, "16585162", "16585162.5", "i"},
                                                 {kTrade, "16585162", "-5", "i"},
                                                 {kTrade, "16585162", "99999999999999999999", "i"},
                                                 {kTrade, "\"B\"", "\"X\"", "tks"},
                                                 {kTrade, ",\"tks\":\"B\"", "", "tks"},
                                                 {kTrade, "2022-12-16T", "2022-13-16T", "t"},
                                                 {kTrade, "\"BTC/USDT\"", "7", "S"},
                                                 {kTrade, "\"T\":\"t\"", "\"T\":3", "T"},
                                                 {kTrade, "\"i\":", "\"p\":1,\"i\":", "p"},
                                                 {kQuote, "17394.44", "17398", "bp"},
                                                 {kQuote, "17394.44", "17397.99", "bp"},
                                                 {kQuote, "0.021981", "-1", "bs"},
                                                 {kBar, "\"l\":17416.39", "\"l\":17416.4", "h"},
                                                 {kBar, "\"v\":1.341054", "\"v\":-1", "v"}}) {
        const std::string wrong = replaced(frame, what, by);
        INFO(wrong);
        const auto lines = desk.decode(wrong);
        REQUIRE(lines.size() == 1);
        CHECK(lines[0].starts_with("refused " + field + " "));
    }
}

TEST_CASE("a stock's locked market passes, its crossed one (recorded before the opening) does not") {
    Desk desk;
    const std::string locked =
        R"([{"T":"q","S":"AAPL","bx":"Q","bp":158.65,"bs":4,"ax":"K","ap":158.65,"as":1,"t":"2022-03-09T09:00:00.000059Z","c":["R"],"z":"C"}])";
    CHECK(desk.decode(locked)[0].starts_with("quote AAPL/USD"));
    CHECK(desk.decode(replaced(locked, "\"bp\":158.65", "\"bp\":159.52"))[0].starts_with("refused bp"));
    const std::string bare = replaced(replaced(locked, "\"bp\":158.65", "\"bp\":0"), "\"bs\":4", "\"bs\":0");
    CHECK(desk.decode(bare)[0] == "quote AAPL/USD 2022-03-09T09:00:00.000059000Z 0 0 158.65 1");
}

TEST_CASE("fault_F13_open_candle: the bar of the running day is open until the day is over") {
    Desk desk;
    const std::string day =
        R"([{"T":"d","S":"BTC/USDT","o":1,"h":2,"l":1,"c":2,"v":3,"n":4,"vw":1.5,"t":"2022-06-23T12:00:00Z"}])";
    CHECK(desk.decode(day, kReceived)[0].starts_with("bar BTC/USDT"));
    CHECK(desk.decode(day, kReceived - Duration{1})[0].starts_with("open_bar BTC/USDT"));
}

TEST_CASE("fault_F19_new_fields: unknown keys pass, and each element of a batch stands alone") {
    Desk desk;
    const auto lines = desk.decode(
        R"([{"T":"t","S":"BTC/USDT","new":{"deep":[1,{"p":2}]},"p":1,"s":1,"t":"2022-12-16T06:43:18Z","i":1,"tks":"B"},7,)"
        R"({"T":"t","S":"BTC/USDT"},{"p":1},{"T":"b","b":7,"S":"BTC/USDT"},{"T":"o","S":"BTC/USDT","b":[{"p":1}],"t":"2022-12-16T06:43:18Z"},)"
        R"({"T":"success","msg":"what"},{"T":"t","S":"BTC/USDT","p":2,"s":1,"t":"2022-12-16T06:43:18Z","i":2,"tks":"B"}])");
    REQUIRE(lines.size() == 8);
    CHECK(lines[0].starts_with("trade"));
    CHECK(lines[1].starts_with("refused - "));
    CHECK(lines[2].starts_with("refused p"));
    CHECK(lines[3].starts_with("refused T"));
    CHECK(lines[4].starts_with("refused"));
    CHECK(lines[5].starts_with("refused s"));
    CHECK(lines[6].starts_with("refused msg"));
    CHECK(lines[7].starts_with("trade BTC/USDT 2022-12-16T06:43:18.000000000Z 2 "));
}

TEST_CASE(
    "fault_F20_torn_frames: every cut and flipped byte is survived, no cut of one message gives an event") {
    Desk desk;
    std::vector<std::string> frames{kTrade, kQuote, kBar};
    for (const std::string& frame : testing::lines_of("ws_documents.jsonl")) frames.push_back(frame);
    for (const std::string& frame : frames) {
        const std::size_t whole = desk.decode(frame).size();
        for (std::size_t length = 0; length < frame.size(); ++length) {
            const auto& lines = desk.decode(std::string_view{frame}.substr(0, length));
            REQUIRE_FALSE(lines.empty());
            REQUIRE(lines.back().starts_with("refused"));
            // A batch torn behind a list inside its last element gives its whole elements.
            if (whole == 1) REQUIRE(lines.front().starts_with("refused"));
        }
        for (std::size_t at = 0; at < frame.size(); ++at) {
            std::string flipped = frame;
            for (const unsigned mask : {1u, 0x20u, 0x80u}) {
                flipped[at] = static_cast<char>(static_cast<unsigned char>(frame[at]) ^ mask);
                desk.decode(flipped);
            }
        }
    }
    CHECK(desk.decode(kTrade + "x").back().starts_with("refused"));
    CHECK(desk.decode(kTrade + kTrade).back().starts_with("refused"));
    CHECK(desk.decode(std::string(100'000, '[')).back().starts_with("refused"));
    CHECK(desk.decode(std::string(Decoder::kFrameBytesMax + 1, ' ')).back().starts_with("refused"));
}
