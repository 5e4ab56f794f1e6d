#include "venues/kraken/decode.hpp"

#include <doctest/doctest.h>

#include "venues/kraken/symbols.hpp"
#include "wire/event_text.hpp"

using namespace plumb;
using namespace plumb::venues::kraken;
using wire::testing::Recorder;

namespace {

const Timestamp kReceived = *parse_timestamp("2026-01-01T00:00:00Z");

struct Desk {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, spelling(), wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
    Recorder sink{instruments};

    const std::vector<std::string>& decode(std::string_view frame) {
        sink.clear();
        decoder.decode(frame, kReceived, sink);
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
    const std::string path = std::string{PLUMB_TESTDATA} + "/venues/kraken/" + name;
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

const std::string kTicker =
    R"({"time":1676393235406,"product_id":"PF_XBTUSD","feed":"ticker","bid":21978.5,"ask":21987.0,)"
    R"("bid_size":2536.0,"ask_size":13948.0,"index":21984.54,"last":21983.5,"suspended":false,)"
    R"("markPrice":21979.68641534714})";
const std::string kTrade =
    R"({"feed":"trade","product_id":"PF_XBTUSD","uid":"05af78ac-a774-478c-a50c-8b9c234e071e","side":"sell",)"
    R"("type":"fill","seq":653355,"time":1612266317519,"qty":15000,"price":34969.5})";

}  // namespace

TEST_CASE("golden: the frames recorded in 2021, all of inverse contracts") { check_golden("ws_recorded"); }
TEST_CASE("golden: the documents' messages, each kind once") { check_golden("ws_documents"); }

TEST_CASE("symbols: one contract, one instrument, and back") {
    for (const auto& [symbol, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"PF_XBTUSD", "BTC/USD"},
             {"PF_1INCHUSD", "1INCH/USD"},
             {"FF_XBTUSD_261225", "BTC/USD:USD-261225"},
             {"PI_XBTUSD", "BTC/USD:BTC"},
             {"FI_ETHUSD_210730", "ETH/USD:ETH-210730"},
             {"PF_EURUSD", "EUR/USD"}}) {
        const Result<SymbolName> split = split_symbol(symbol);
        REQUIRE(split);
        CHECK(split->base + "/" + split->quote == name);
        CHECK(spell_symbol(split->base, split->quote) == symbol);
    }
    for (const char* bad : {"", "PF_", "XBTUSD", "pf_xbtusd", "PF_USD", "OF_ETHUSD_240101_1000_C",
                            "IN_XBTUSD", "FI_XBTUSD", "FI_XBTUSD_21073", "PF_XBTJPY", "PF_XBT-USD"})
        CHECK_MESSAGE(!split_symbol(bad), bad);
    Desk desk;
    CHECK(find_symbol(desk.symbols, "pf_xbtusd") == find_symbol(desk.symbols, "PF_XBTUSD"));
    CHECK(desk.instruments.size() == 1);
}

TEST_CASE(
    "a ticker is a quote and a mark price, never a print; a suspension is told when it begins and ends") {
    Desk desk;
    CHECK(desk.decode(kTicker).size() == 2);
    CHECK(desk.sink.all<Trade>().empty());
    CHECK(desk.sink.all<MarkPrice>().front().mark.to_string() == "21979.68641534714");
    const std::string suspended = replaced(kTicker, "\"suspended\":false", "\"suspended\":true");
    CHECK(desk.decode(suspended).size() == 3);
    CHECK(desk.decode(suspended).size() == 2);
    CHECK(desk.decode(kTicker).back() == "status BTC/USD open");
    const std::string one_sided =
        replaced(replaced(kTicker, R"("bid":21978.5,)", ""), R"("bid_size":2536.0,)", "");
    CHECK(desk.decode(one_sided).front() ==
          "quote BTC/USD 2023-02-14T16:47:15.406000000Z 0 0 21987 13948 #0");
}

TEST_CASE(
    "fault_F09_crossed_quote, fault_F12_absurd_price: refused with the field, and the mark still told") {
    Desk desk;
    CHECK(desk.decode(replaced(kTicker, "21978.5", "21987.5")).front() == "refused bid 69");
    CHECK(desk.decode(replaced(kTicker, "21978.5", "0")).front().starts_with("refused bid"));
    CHECK(desk.decode(replaced(kTicker, "21978.5", "-1")).front().starts_with("refused bid"));
    CHECK(desk.decode(replaced(kTicker, "21978.5", "\"21978.5\"")).front().starts_with("refused bid"));
    CHECK(desk.decode(replaced(kTicker, "21979.68641534714", "0")).back().starts_with("refused markPrice"));
    for (const char* bad : {"0", "-5", "1e30", "\"34969.5\"", "null", "true", "[1]", "NaN"})
        CHECK_MESSAGE(desk.only(replaced(kTrade, "34969.5", bad)).starts_with("refused"), bad);
    CHECK(desk.only(replaced(kTrade, "15000", "0")).starts_with("refused qty"));
}

TEST_CASE("fault_F19_other_types: unknown fields are ignored, known ones of another type refused") {
    Desk desk;
    const std::string good = desk.only(kTrade);
    CHECK(desk.only(replaced(kTrade, "\"side\"", R"("tomorrow":{"a":[1,{"side":2}]},"side")")) == good);
    CHECK(desk.only(replaced(kTrade, "653355", "\"653355\"")).starts_with("refused seq"));
    CHECK(desk.only(replaced(kTrade, "1612266317519", "1612266317.519")).starts_with("refused time"));
    CHECK(desk.only(replaced(kTrade, "\"sell\"", "\"long\"")).starts_with("refused side"));
    CHECK(desk.only(replaced(kTrade, R"("seq":653355,)", "")) == "refused seq 0");
    CHECK(desk.only(replaced(kTrade, R"("side":"sell")", R"("side":"sell","side":"buy")"))
              .starts_with("refused side"));
    CHECK(desk.only(replaced(kTrade, "PF_XBTUSD", "GC_GOLD")) == "ignored");
    // Beyond 53 bits a number must not pass through a double.
    CHECK(desk.only(replaced(kTrade, "653355", "9007199254740993")).ends_with("#9007199254740993"));
}

TEST_CASE("a bad row is refused by itself, the others of the frame are read") {
    Desk desk;
    const std::string frame =
        R"({"feed":"fills","fills":[{"instrument":"PF_XBTUSD","time":1,"price":0,"buy":true,"qty":1,"order_id":"a",)"
        R"("fill_id":"b","fill_type":"taker"},{"instrument":"PF_XBTUSD","time":1600256910739,"price":5,"buy":false,)"
        R"("qty":1,"order_id":"a","fill_id":"c","fill_type":"maker"}]})";
    const auto& lines = desk.decode(frame);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].starts_with("refused price"));
    CHECK(lines[1].find("fill=c 1 at 5 maker fee=-") != std::string::npos);
    // A book with one bad level is no book.
    CHECK(desk.only(R"({"feed":"book_snapshot","product_id":"PF_XBTUSD","timestamp":1612269825817,"seq":1,)"
                    R"("bids":[{"price":-1,"qty":1}],"asks":[]})")
              .starts_with("refused price"));
}

TEST_CASE("fault_F20_truncated: a frame cut after any byte gives no event, and the next one is read") {
    Desk desk;
    const std::string dir = std::string{PLUMB_TESTDATA} + "/venues/kraken/";
    for (const std::string& frame : wire::testing::lines_of(dir + "ws_documents.jsonl")) {
        if (frame.size() > 1200) continue;
        for (std::size_t cut = 0; cut < frame.size(); ++cut) {
            const std::string line = desk.only(frame.substr(0, cut));
            REQUIRE_MESSAGE(line.starts_with("refused"), frame.substr(0, cut));
        }
    }
    CHECK(desk.only(kTrade).starts_with("trade"));
    CHECK(desk.only(std::string(Decoder::kFrameBytesMax + 1, ' ')).starts_with("refused"));
    CHECK(desk.only(std::string(100'000, '[')).starts_with("refused"));
}

TEST_CASE("symbols that are not in the map are ignored") {
    InstrumentTable instruments = wire::testing::instruments_of({"BTC/USD"});
    wire::SymbolMap symbols{instruments, spelling(), wire::SymbolMap::Unknown::refuse};
    REQUIRE(symbols.add_all());
    Decoder decoder{symbols};
    Recorder sink{instruments};
    decoder.decode(kTrade, kReceived, sink);
    decoder.decode(replaced(kTrade, "PF_XBTUSD", "PI_XBTUSD"), kReceived, sink);
    CHECK(sink.lines.front().starts_with("trade BTC/USD"));
    CHECK(sink.lines.back() == "ignored");
    CHECK(instruments.size() == 1);
}
