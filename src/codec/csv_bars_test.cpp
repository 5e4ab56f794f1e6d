#include "codec/csv_bars.hpp"

#include <doctest/doctest.h>

using namespace plumb;

namespace {

using codec::CsvBarsRead;

BarHistory bars(std::string_view text, Duration length = {}) {
    auto history = codec::read_csv_bars(text, CsvBarsRead{"t.csv", length});
    if (!history) FAIL(history.error().message());
    return std::move(*history);
}

struct Refusal {
    Errc code;
    std::string message;
};

Refusal refusal(std::string_view text, Duration length = {}) {
    const auto history = codec::read_csv_bars(text, CsvBarsRead{"t.csv", length});
    REQUIRE_FALSE(history.has_value());
    CHECK(history.error().message().find('\n') == std::string::npos);
    return {history.error().code(), history.error().message()};
}

bool says(const Refusal& refusal, Errc code, std::string_view words) {
    CAPTURE(refusal.message);
    CHECK(to_string(refusal.code) == to_string(code));
    CHECK(refusal.message.find(words) != std::string::npos);
    return refusal.code == code && refusal.message.find(words) != std::string::npos;
}

Ohlcv ohlcv(std::string_view open, std::string_view high, std::string_view low, std::string_view close,
            std::string_view volume) {
    return {*Price::parse(open), *Price::parse(high), *Price::parse(low), *Price::parse(close),
            *Quantity::parse(volume)};
}

constexpr std::string_view kHeader = "ts,open,high,low,close,volume\n";

std::string file(std::string_view rows) { return std::string{kHeader} + std::string{rows}; }

}  // namespace

TEST_CASE("csv bars: prices exactly as written, the length from the smallest step, gaps left open") {
    const BarHistory history =
        bars(file("1617580800000,403.499,406.983,397.795,398.065,4731.181\n"
                  "1617584400000,0.00000800,9e-6,0.00000700,8.1e-6,12345678901234.5\n"
                  "1617595200000,3,3,3,3,0\n"));
    REQUIRE(history.size() == 3);
    CHECK(history.length() == std::chrono::hours{1});
    CHECK(history.values(0) == ohlcv("403.499", "406.983", "397.795", "398.065", "4731.181"));
    CHECK(history.values(1) == ohlcv("0.000008", "0.000009", "0.000007", "0.0000081", "12345678901234.5"));
    CHECK(to_iso(history.open_time(2)) == "2021-04-05T04:00:00.000000000Z");
    CHECK(history.origin(1) == BarOrigin::traded);
    CHECK(history.origin(2) == BarOrigin::filled);  // what venues print for a quiet interval
}

TEST_CASE("csv bars: columns by name in any case and order, others ignored, volume optional") {
    const BarHistory history =
        bars("Close,Low,Date,High,Open,Adj Close\n2,1,2020-01-01,4,3,9\n2,1,2020-01-02,4,3,9\n");
    REQUIRE(history.size() == 2);
    CHECK(history.length() == std::chrono::days{1});
    CHECK(history.values(0) == ohlcv("3", "4", "1", "2", "0"));
    CHECK(history.origin(0) == BarOrigin::traded);
    CHECK(bars("ts,close\n1617580800,5\n1617580860,6\n").values(1) == ohlcv("6", "6", "6", "6", "0"));
}

TEST_CASE("csv bars: a file that is newest first, month first, quoted, with thousands separators") {
    // The layout of StrateQueue's example file, with numbers of our own.
    const BarHistory history = bars(
        "Date,Open,High,Low,Close,Volume\r\n"
        "06/27/2025,\"1,201.89\",\"1,203.22\",\"1,200.00\",\"1,201.08\",\"73,188,570\"\r\n"
        "06/26/2025,\"201.43\",\"202.64\",\"199.46\",\"201.00\",\"50,799,121\"\r\n"
        "06/25/2025,\"201.45\",\"203.67\",\"200.62\",\"201.56\",\"39,525,727\"\r\n");
    REQUIRE(history.size() == 3);
    CHECK(to_date(history.open_time(0)) == "2025-06-25");
    CHECK(history.values(2) == ohlcv("1201.89", "1203.22", "1200", "1201.08", "73188570"));
    CHECK(history.values(0).volume.to_string() == "39525727");
}

TEST_CASE("csv bars: quote bars give mid prices, a side nobody quotes gives no bar") {
    const BarHistory history = bars(
        "ts,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size\n"
        "1522800000000,7424.9,7425,7424.8,7424.9,1.8,7424.91,7425.01,7424.81,7424.91,33\n"
        "1522800060000,7415,7415,7415,7415,2.5,,,,,\n"
        "1522800120000,7390,7390,7390,7390,3.4,7390.01,7390.01,7390.01,7390.01,12.5\n");
    REQUIRE(history.size() == 2);
    CHECK(history.values(0) == ohlcv("7424.905", "7425.005", "7424.805", "7424.905", "0"));
    CHECK(history.origin(0) == BarOrigin::quoted);
    CHECK(history.length() == std::chrono::minutes{1});
}

TEST_CASE("csv closes: one history per column, empty cells are missing bars") {
    const auto panel = codec::read_csv_closes(
        "ts,LOW,BTCUSDT,ENAUSDT\n1704067200000,1,42330.49,\n"
        "1704081600000,2,42492.46,\n1704096000000,3,,0.5\n",
        {"w.csv", {}});
    REQUIRE(panel.has_value());
    REQUIRE(panel->size() == 3);
    CHECK((*panel)[1].name() == "BTCUSDT");
    CHECK((*panel)[1].size() == 2);
    CHECK((*panel)[2].size() == 1);
    CHECK((*panel)[2].length() == std::chrono::hours{4});
    CHECK((*panel)[1].closes() == std::vector<double>{42330.49, 42492.46});
    CHECK((*panel)[0].origin(0) == BarOrigin::traded);
    const auto text = codec::read_csv_closes("ts,A,B\n1704067200000,1,x\n", {"w.csv", {}});
    CHECK(text.error().message() ==
          "w.csv: row 2, column B: expected a number, found \"x\"; correct or remove that row");
}

TEST_CASE("bad input: one clear line with file, row, column, what was expected and found") {
    using enum Errc;
    CHECK(refusal(file("1617580800000,1,2,1,2,5\n1617584400000,1,2,1,abc,5\n")).message ==
          "t.csv: row 3, column close: expected a number, found \"abc\"; correct or remove that row");
    says(refusal(""), empty, "t.csv: expected a header row and prices, found an empty file");
    says(refusal("\n\n"), empty, "empty file");
    says(refusal(std::string{kHeader}), empty, "found none");
    says(refusal("ts,open,high,low,volume\n1617580800000,1,2,1,5\n"), missing_column,
         "expected a column named close");
    says(refusal("open,high,low,close\n1,2,1,2\n"), missing_column, "expected a time column");
    says(refusal("1617580800000,1,2,1,2,5\n"), parse, "expected a header row");
    says(refusal("ts,close,close\n1,2,3\n"), duplicate, "\"close\" twice");
    says(refusal("date,time,open,high,low,close\n"), duplicate, "date and time apart");
    says(refusal(file("1617580800000,1,2,1,NaN,5\n")), not_finite, "row 2, column close");
    says(refusal(file("1617580800000,1,inf,1,1,5\n")), not_finite, "column high");
    says(refusal(file("1617580800000,0,2,1,2,5\n")), non_positive,
         "column open: expected a price above zero");
    says(refusal(file("1617580800000,1,2,-1,2,5\n")), non_positive, "column low");
    says(refusal(file("1617580800000,1,2,1,,5\n")), empty, "column close: expected a number, found \"\"");
    says(refusal(file("1617580800000,1,2,1,2,-5\n")), out_of_range, "column volume");
    says(refusal(file("1617580800000,1,2,1.5,2,5\n")), out_of_range,
         "column low: expected low <= open, close <= high");
    says(refusal(file("1617580800000,1,2,1,3,5\n")), out_of_range, "column high");
    says(refusal(file("1617580800000,1,2,1,2,5\n1617584400000,1,2,1\n")), length_mismatch,
         "row 3: expected 6 fields");
    says(refusal(file("1617580800000,1,2,1,2,5,6\n")), length_mismatch, "found 7");
    says(refusal(file("yesterday,1,2,1,2,5\n")), parse, "row 2, column ts");
    says(refusal(file("1617580800000,\"1,2,1,2,5\n")), parse, "never closed");
}

TEST_CASE("bad input: unsorted and doubled times") {
    using enum Errc;
    constexpr const char* kRow1 = "1617580800000,1,2,1,2,5\n";
    constexpr const char* kRow2 = "1617584400000,1,2,1,2,5\n";
    constexpr const char* kRow3 = "1617588000000,1,2,1,2,5\n";
    const auto rows = [](std::initializer_list<const char*> each) {
        std::string text{kHeader};
        for (const char* row : each) text += row;
        return text;
    };
    says(refusal(rows({kRow1, kRow3, kRow2})), unsorted, "row 4, column ts");
    says(refusal(rows({kRow3, kRow1, kRow2})), unsorted,
         "row 3, column ts");  // read from the end: 2 after 1 after 3
    says(refusal(rows({kRow1, kRow1})), duplicate, "row 3, column ts: expected a time of its own");
    says(refusal(rows({kRow1, kRow2, kRow2})), duplicate, "row 4");
    says(refusal(rows({kRow3, kRow2, kRow2})), duplicate, "row 3");
    CHECK(bars(rows({kRow3, kRow2, kRow1})).size() == 3);
}

TEST_CASE("bad input: times from which no length can be told") {
    using enum Errc;
    says(refusal(file("1617580800000,1,2,1,2,5\n")), too_short, "at least two rows");
    CHECK(bars(file("1617580800000,1,2,1,2,5\n"), std::chrono::hours{1}).length() == std::chrono::hours{1});
    says(refusal(file("1617580800000,1,2,1,2,5\n1617580860000,1,2,1,2,5\n1617580950000,1,2,1,2,5\n")),
         unsorted, "steps of 1m");
    says(refusal(file("1617580800000,1,2,1,2,5\n1617580860000,1,2,1,2,5\n"), std::chrono::hours{1}), unsorted,
         "found some 1m");
    says(refusal(file("1617580800001,1,2,1,2,5\n1617580860000,1,2,1,2,5\n")), out_of_range, "whole second");
}

TEST_CASE("bad input: control characters of a stranger's file do not reach the terminal") {
    const Refusal refused = refusal(file("1617580800000,1,2,1,\x1b[31mred,5\n"));
    CHECK(refused.message.find('\x1b') == std::string::npos);
}

TEST_CASE(
    "fault_F12_absurd_numbers: prices and volumes beyond any market's are refused in one line, never summed "
    "up") {
    CHECK(says(refusal(file("1617580800,1,1e20,1,1,5\n1617584400,1,1,1,1,5\n")), Errc::out_of_range,
               "at most 1e12"));
    CHECK(says(refusal(file("1617580800,1,1,1,1,5\n1617584400,1,1,1,1,1e20\n")), Errc::out_of_range,
               "at most 1e16"));
    CHECK(says(refusal(file("1617580800,1,1,1,1,5\n1617584400,1e13,1e13,1e13,1e13,1\n")), Errc::out_of_range,
               "at most 1e12"));
    const auto largest = codec::read_csv_bars(
        file("1617580800,1e12,1e12,1e12,1e12,1e16\n1617584400,1,1,1,1,0\n"), CsvBarsRead{"t.csv", {}});
    REQUIRE(largest.has_value());
    CHECK(largest->values(0).volume.to_string() == "10000000000000000");
}
