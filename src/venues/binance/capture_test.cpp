#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "io/line_reader.hpp"
#include "venues/binance/binance.hpp"
#include "wire/capture_feed.hpp"
#include "wire/decode_json.hpp"

using namespace plumb;
using namespace plumb::venues::binance;
using namespace plumb::wire;

namespace {

const std::filesystem::path kData = std::filesystem::path{PLUMB_TESTDATA} / "binance";

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    auto reader = io::LineReader::open(path);
    REQUIRE(reader.has_value());
    std::vector<std::string> lines;
    while (true) {
        const auto line = reader->next();
        REQUIRE(line.has_value());
        if (!*line) return lines;
        lines.emplace_back(**line);
    }
}

/// The rows, with numbers such as 9e-05 written out.
std::vector<std::string> rows_of(const std::filesystem::path& path) {
    std::vector<std::string> rows = lines_of(path);
    for (std::string& row : rows) {
        std::string written;
        std::istringstream fields{row};
        for (std::string field; std::getline(fields, field, ',');) {
            if (!written.empty()) written += ',';
            const bool exponent = field.find("e-") != std::string::npos &&
                                  field.find_first_not_of("0123456789.e-") == std::string::npos;
            written += exponent ? Decimal::parse(field)->to_string() : field;
        }
        row = written;
    }
    return rows;
}

std::filesystem::path write(const char* name, const std::string& text) {
    const auto folder = std::filesystem::temp_directory_path() / "plumb_binance_capture_test";
    std::filesystem::create_directories(folder);
    std::ofstream{folder / name, std::ios::binary} << text;
    return folder / name;
}

std::string decoded(const std::filesystem::path& path, const std::string& kind = "ws",
                    const std::string& symbol = "") {
    std::ostringstream out;
    InstrumentTable instruments;
    const auto venue = make_venue({.instruments = &instruments});
    const auto counts = decode_file(*venue, path, {.kind = kind, .symbol = symbol, .received_at = {}}, out);
    REQUIRE(counts.has_value());
    return out.str();
}

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE(
    "a recorded stream gives the trades and quotes that were extracted from it independently, row by row") {
    InstrumentTable instruments;
    const auto venue = make_venue({.instruments = &instruments});
    venue->symbols().set_unknown(SymbolMap::Unknown::learn);
    const std::vector<std::filesystem::path> paths{kData / "BTCUSDT_ws_2000.jsonl.gz"};
    auto feed = CaptureFeed::open(paths, *venue);
    REQUIRE(feed.has_value());
    std::vector<std::string> trades{"ts,price,size,side,trade_id,recv_ns"},
        quotes{"recv_ns,bid,bid_size,ask,ask_size,update_id"};
    std::size_t deltas = 0, snapshots = 0, levels = 0;
    while (true) {
        const auto event = feed->next();
        REQUIRE(event.has_value());
        if (!*event) break;
        if (const auto* trade = std::get_if<Trade>(&**event)) {
            trades.push_back(std::to_string(to_ms(trade->venue_time)) + "," + trade->price.to_string() + "," +
                             trade->quantity.to_string() + "," + std::string{to_string(trade->aggressor)} +
                             "," + std::to_string(trade->trade_id) + "," +
                             std::to_string(to_ns(trade->received_at)));
        } else if (const auto* quote = std::get_if<Quote>(&**event)) {
            quotes.push_back(std::to_string(to_ns(quote->received_at)) + "," + quote->bid.to_string() + "," +
                             quote->bid_quantity.to_string() + "," + quote->ask.to_string() + "," +
                             quote->ask_quantity.to_string() + "," + std::to_string(quote->sequence));
        } else if (const auto* delta = std::get_if<BookDelta>(&**event)) {
            ++deltas;
            snapshots += delta->snapshot ? 1 : 0;
            levels += delta->bids.size() + delta->asks.size();
        }
    }
    CHECK(trades == rows_of(kData / "BTCUSDT_trades_2000.csv.gz"));
    CHECK(quotes == rows_of(kData / "BTCUSDT_bbo_2000.csv.gz"));
    CHECK(deltas == 188);
    CHECK(snapshots == 1);
    CHECK(levels > 2000);
    CHECK(feed->counts().frames == 2000);
    CHECK(feed->counts().refused == 0);
    CHECK(feed->counts().backward == 0);
}

TEST_CASE("two captures merge by the time of receipt, though that clock runs behind the venue's") {
    InstrumentTable instruments;
    const auto venue = make_venue({.instruments = &instruments});
    venue->symbols().set_unknown(SymbolMap::Unknown::learn);
    const std::vector<std::filesystem::path> paths{kData / "BTCUSDT_ws_2000.jsonl.gz",
                                                   kData / "ETHUSDT_ws_200.jsonl.gz"};
    auto feed = CaptureFeed::open(paths, *venue);
    REQUIRE(feed.has_value());
    Timestamp before;
    std::size_t events = 0, behind = 0;
    while (true) {
        const auto event = feed->next();
        REQUIRE(event.has_value());
        if (!*event) break;
        REQUIRE(before <= known_at(**event));
        before = known_at(**event);
        if (const auto* trade = std::get_if<Trade>(&**event))
            behind += trade->received_at < trade->venue_time ? 1 : 0;
        if (const auto* delta = std::get_if<BookDelta>(&**event); delta && !delta->bids.empty())
            REQUIRE(delta->bids[0].price.sign() > 0);  // borrowed levels are alive
        ++events;
    }
    CHECK(events == 2200);
    CHECK(behind > 297);
    CHECK(instruments.size() == 2);
}

TEST_CASE("decode prints the keys of the command line's page") {
    const auto path = write(
        "one.jsonl",
        "1723161254087896568 {\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161255343,"
        "\"s\":\"BTCUSDT\",\"t\":3735683259,\"p\":\"61837.63000000\",\"q\":\"0.02000000\","
        "\"T\":1723161255342,\"m\":true,\"M\":true}}\n");
    CHECK(decoded(path) ==
          "{\"type\": \"trade\", \"venue\": \"binance\", \"instrument\": \"BTC/USDT\", \"venue_time\": "
          "\"2024-08-08T23:54:15.342000000Z\", \"received_at\": \"2024-08-08T23:54:14.087896568Z\", "
          "\"price\": \"61837.63\", "
          "\"quantity\": \"0.02\", \"side\": \"sell\", \"trade_id\": 3735683259}\n");
}

TEST_CASE("every way to write a file of frames gives the same events") {
    const std::string one = R"({"u":1,"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"})";
    const std::string two =
        R"({"e":"trade","s":"BTCUSDT","t":7,"p":"61837.63","q":"0.02","T":1723161255342,"m":false})";
    const std::string spread =
        "{\n  \"u\": 1,\n  \"s\": \"BTCUSDT\",\n  \"b\": \"1\",\n  \"B\": \"2\",\n  \"a\": \"3\",\n  \"A\": "
        "\"4\"\n}\n";
    const std::string expected = decoded(write("lines", one + "\n" + two + "\n"));
    CHECK(count(expected, "\n") == 2);
    const auto untouched_by_line = [](std::string text) { return text; };
    CHECK(untouched_by_line(decoded(write("no_end", one + "\r\n\n" + two))) == expected);
    CHECK(decoded(write("list", "[" + one + "," + two + "]")) == expected);
    CHECK(decoded(write("list_lines", "[\n  " + one + ",\n  " + two + "\n]\n")) == expected);
    CHECK(decoded(write("documents", spread + two + "\n")) == expected);
    CHECK(decoded(write("list_spread", "[" + spread + "," + two + "]")) == expected);
    const std::string stamped =
        decoded(write("stamped", "1723161254087896568 " + one + "\n1723161254087896569 " + two));
    CHECK(count(stamped, "\"received_at\": \"2024-08-08T23:54:14.08789656") == 2);
    const std::string seconds = decoded(write("seconds", "1633998512.0633569: " + one + "\n"));
    CHECK(count(seconds, "\"received_at\": \"2021-10-12T00:28:32.063356900Z\"") == 1);
}

TEST_CASE("a damaged line costs itself only, and the refusal names line and offset") {
    const std::string good =
        R"({"e":"trade","s":"BTCUSDT","t":7,"p":"61837.63","q":"0.02","T":1723161255342,"m":false})";
    const std::string wrong =
        R"({"e":"trade","s":"BTCUSDT","t":7,"p":5,"q":"0.02","T":1723161255342,"m":false})";
    const std::string text = good + "\n" + good.substr(0, 40) + "\n" + good + "\nnot json\n" + good + "}\n" +
                             wrong + "\n" + good + "\n" + good.substr(0, 50);
    const std::string out = decoded(write("damaged", text));
    CHECK(count(out, "\"type\": \"trade\"") == 3);
    CHECK(count(out, "\"type\": \"refused\"") == 5);
    for (const int line : {2, 4, 5, 6, 8}) CHECK(count(out, "\"line\": " + std::to_string(line) + ",") == 1);
    CHECK(count(out,
                "\"field\": \"p\", \"line\": 6, \"offset\": " + std::to_string(wrong.find("5,")) + "}") == 1);
}

TEST_CASE("REST files") {
    const std::string klines =
        R"([[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,"2434.19055334",)"
        R"(308,"1756.87402397","28.46694368","0"]])";
    const std::string out = decoded(write("klines", klines), "rest-klines", "ETHBTC");
    CHECK(count(out, "\"instrument\": \"ETH/BTC\"") == 1);
    CHECK(count(out, "\"closed\": true, \"origin\": \"traded\"") == 1);
    CHECK(count(decoded(write("klines", klines), "rest-klines"), "\"instrument\": null") == 1);
    const std::string depth = R"({"lastUpdateId":5,"bids":[["4.00","1.50"]],"asks":[]})";
    CHECK(count(decoded(write("depth", depth), "rest-depth", "LTC/BTC"),
                "\"bids\": [[\"4\", \"1.5\"]], \"asks\": []}") == 1);
    std::ostringstream ignored;
    InstrumentTable instruments;
    const auto venue = make_venue({.instruments = &instruments});
    CHECK(decode_file(*venue, write("depth", depth), {.kind = "nonsense", .symbol = {}, .received_at = {}},
                      ignored)
              .error()
              .code() == Errc::invalid_argument);
    CHECK(decode_file(*venue, "missing", {}, ignored).error().code() == Errc::not_found);
}
