#include "venues/polygon/decode.hpp"

#include <doctest/doctest.h>

#include "venues/polygon/messages.hpp"
#include "wire/event_text.hpp"

using namespace plumb;
using namespace plumb::venues::polygon;
using wire::testing::Recorder;

namespace {

struct Desk {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, {split_symbol, spell_symbol}, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
    Recorder sink{instruments};

    const std::vector<std::string>& decode(std::string_view frame,
                                           const char* received_at = "2026-01-01T00:00:00Z") {
        sink.clear();
        decoder.decode(frame, *parse_timestamp(received_at), sink);
        return sink.lines;
    }
    std::string only(std::string_view frame) {
        const auto& lines = decode(frame);
        return lines.size() == 1 ? lines.front() : std::to_string(lines.size()) + " events";
    }
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

void check_golden(const std::string& name) {
    const std::string path = std::string{PLUMB_TESTDATA} + "/venues/polygon/" + name;
    Desk desk;
    std::vector<std::string> found;
    std::size_t line = 0;
    for (const std::string& frame : wire::testing::lines_of(path + ".jsonl")) {
        ++line;
        for (const std::string& event : desk.decode(frame))
            found.push_back(std::to_string(line) + " " + event);
    }
    const std::vector<std::string> expected = wire::testing::lines_of(path + ".events");
    for (std::size_t i = 0; i < std::max(found.size(), expected.size()); ++i)
        CHECK((i < found.size() ? found[i] : "nothing") == (i < expected.size() ? expected[i] : "nothing"));
}

const std::string kMinute =
    R"([{"ev":"XA","pair":"BCD-USD","v":951.6112,"vw":0.7756,"z":73,"o":0.772,"c":0.784,"h":0.784,"l":0.771,)"
    R"("s":1610463240000,"e":1610463300000}])";
const std::string kQuote =
    R"([{"ev":"XQ","pair":"BTC-USD","bp":33052.79,"bs":0.48,"ap":33073.19,"as":0.601,"t":1610462411115,"x":1}])";

}  // namespace

TEST_CASE("golden: the examples of the documents, both markets") { check_golden("ws_examples"); }
TEST_CASE("golden: statuses, and a list of mixed elements") { check_golden("ws_documents"); }

TEST_CASE("symbols: the stream's, the answers' and the stocks'") {
    for (const auto& [symbol, name] :
         std::initializer_list<std::pair<const char*, const char*>>{{"BTC-USD", "BTC/USD"},
                                                                    {"X:BTCUSD", "BTC/USD"},
                                                                    {"X:BTC-USD", "BTC/USD"},
                                                                    {"X:SHIBUSDT", "SHIB/USDT"},
                                                                    {"AAPL", "AAPL/USD"},
                                                                    {"BRK.A", "BRK.A/USD"}}) {
        const Result<SymbolName> split = split_symbol(symbol);
        REQUIRE(split);
        CHECK(split->base + "/" + split->quote == name);
    }
    for (const char* bad : {"", "-", "BTC-", "-USD", "X:", "X:USD", "X:BTCJPY", "O:SPY251219C00650000",
                            "I:SPX", "C:EURUSD", "aapl", "1INCH", "btc-usd"})
        CHECK_MESSAGE(!split_symbol(bad), bad);
    CHECK(spell_symbol("BTC", "USD") == "BTC-USD");
    CHECK(spell_symbol("AAPL", "USD") == "AAPL");
    CHECK(ticker_of("BTC-USD") == "X:BTCUSD");
    CHECK(ticker_of("AAPL") == "AAPL");
}

TEST_CASE(
    "fault_F13_open_candle: an aggregate that ends after the receipt is open, one behind a slow clock is "
    "not") {
    Desk desk;
    CHECK(desk.decode(kMinute, "2021-01-12T14:55:00Z").front().starts_with("bar BCD/USD"));
    // Recorded receive clocks run more than a second behind the venue's.
    CHECK(desk.decode(kMinute, "2021-01-12T14:54:58.7Z").front().starts_with("bar BCD/USD"));
    CHECK(desk.decode(kMinute, "2021-01-12T14:54:57Z").front().starts_with("open_bar BCD/USD"));
    CHECK(desk.only(replaced(kMinute, "1610463300000", "1610463290000")).starts_with("refused e"));
    CHECK(desk.only(replaced(kMinute, "\"l\":0.771", "\"l\":0.773")).starts_with("refused h"));
}

TEST_CASE("fault_F09_crossed_quote, fault_F12_absurd_price, fault_F19_other_types: refused with the field") {
    Desk desk;
    CHECK(desk.only(replaced(kQuote, "33052.79", "33073.19")) == "refused bp 34");
    CHECK(desk.only(replaced(kQuote, "0.48", "0")).starts_with("refused bp"));
    for (const char* bad : {"-1", "1e30", "\"33073.19\"", "null", "{}", "NaN"})
        CHECK_MESSAGE(desk.only(replaced(kQuote, "33073.19", bad)).starts_with("refused"), bad);
    CHECK(desk.only(replaced(kQuote, R"("x":1)", R"("x":{"y":[1,2]},"tomorrow":null)")) == desk.only(kQuote));
    // Beyond 53 bits a number must not pass through a double.
    CHECK(desk.only(R"([{"ev":"XT","pair":"BTC-USD","p":1,"t":1610462007425,"s":1,"i":9007199254740993}])")
              .ends_with("#9007199254740993"));
    CHECK(desk.only(R"([{"ev":"XT","pair":"BTC-USD","p":1,"t":1610462007425,"s":1,"i":1.5}])")
              .starts_with("refused i"));
}

TEST_CASE("elements that are no objects are refused by themselves") {
    Desk desk;
    const auto& lines = desk.decode("[1," + kQuote.substr(1));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "refused - 1");
    CHECK(lines[1].starts_with("quote BTC/USD"));
    CHECK(desk.only(R"({"ev":"XT"})").starts_with("refused"));
}

TEST_CASE("fault_F20_truncated: a frame cut after any byte gives no event, and the next one is read") {
    Desk desk;
    const std::string dir = std::string{PLUMB_TESTDATA} + "/venues/polygon/";
    for (const char* file : {"ws_documents.jsonl", "ws_examples.jsonl"})
        for (const std::string& frame : wire::testing::lines_of(dir + file))
            for (std::size_t cut = 0; cut < frame.size(); ++cut)
                REQUIRE_MESSAGE(desk.only(frame.substr(0, cut)).starts_with("refused"), frame.substr(0, cut));
    CHECK(desk.only(kQuote).starts_with("quote"));
    CHECK(desk.only(std::string(Decoder::kFrameBytesMax + 1, ' ')).starts_with("refused"));
    CHECK(desk.only(std::string(100'000, '[')).starts_with("refused"));
}
