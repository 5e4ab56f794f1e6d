#include "codec/csv.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include "codec/csv_fields.hpp"
#include "codec/gzip.hpp"

using namespace plumb;

namespace {

std::vector<std::vector<std::string>> all(std::string_view text) {
    codec::CsvReader reader{text};
    std::vector<std::vector<std::string>> records;
    for (;;) {
        const auto record = reader.next();
        REQUIRE(record.has_value());
        if (!record->has_value()) return records;
        records.emplace_back((*record)->begin(), (*record)->end());
    }
}

using Records = std::vector<std::vector<std::string>>;

std::string gzipped(std::string_view text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Errc number_error(std::string_view text) {
    const auto value = codec::parse_number(text);
    REQUIRE_FALSE(value.has_value());
    return value.error().code();
}

Errc time_error(std::string_view text) {
    codec::TimeColumn times;
    const auto value = times.read(text);
    REQUIRE_FALSE(value.has_value());
    return value.error().code();
}

std::string time_of(std::string_view text) {
    codec::TimeColumn times;
    const auto value = times.read(text);
    REQUIRE(value.has_value());
    return to_iso(*value);
}

}  // namespace

TEST_CASE("csv: records as RFC 4180 writes them") {
    CHECK(all("").empty());
    CHECK(all("a,b\n1,2\n") == Records{{"a", "b"}, {"1", "2"}});
    CHECK(all("a,b\r\n1,2") == Records{{"a", "b"}, {"1", "2"}});
    CHECK(all("\xEF\xBB\xBF"
              "a\n1\n") == Records{{"a"}, {"1"}});
    CHECK(all("a,,\n,,") == Records{{"a", "", ""}, {"", "", ""}});
    CHECK(all("\"73,188,570\",x\n") == Records{{"73,188,570", "x"}});
    CHECK(all("\"say \"\"no\"\"\",\"\"\"\"\n") == Records{{"say \"no\"", "\""}});
    CHECK(all("\"two\nlines\",1\n\n\r\nnext,2\n") == Records{{"two\nlines", "1"}, {"next", "2"}});
}

TEST_CASE("csv: lines are counted as an editor shows them, and can be gone back to") {
    codec::CsvReader reader{"h\n\n\"a\nb\"\nc\n"};
    CHECK((reader.next().has_value() && reader.line() == 1));
    CHECK((reader.next().has_value() && reader.line() == 3));
    const auto place = reader.place();
    CHECK((reader.next().has_value() && reader.line() == 5));
    reader.go_to(place);
    const auto again = reader.next();
    CHECK((**again)[0] == "a\nb");
    CHECK(reader.line() == 3);
}

TEST_CASE("csv: a quote that is never closed, or followed by text, is refused") {
    for (const char* text : {"\"abc", "\"a\"b,c\n", "\"\"\""}) {
        codec::CsvReader reader{text};
        const auto record = reader.next();
        REQUIRE_FALSE(record.has_value());
        CHECK(record.error().code() == Errc::parse);
    }
}

TEST_CASE("csv numbers: exact, with thousands separators, or refused") {
    CHECK(codec::parse_number(" 73,188,570 ") == Decimal{73188570});
    CHECK(codec::parse_number("-1,234.50")->to_string() == "-1234.5");
    CHECK(codec::parse_number("1.02912e+10") == Decimal{10291200000});
    CHECK(codec::parse_number("0.00000800")->to_string() == "0.000008");
    for (const char* text :
         {"1,23", "12,34,567", "1234,567", ",123", "1,2345", "1,234.5,6", "abc", "12abc", "1e", "--1"}) {
        CAPTURE(text);
        CHECK(number_error(text) == Errc::parse);
    }
    for (const char* text : {"NaN", "nan", "-inf", "Infinity", "null", "None", "<NA>"}) {
        CHECK(number_error(text) == Errc::not_finite);
    }
    CHECK(number_error("") == Errc::empty);
    CHECK(number_error("0.1234567890123456789") == Errc::inexact);
    CHECK(number_error("1e30") == Errc::overflow);
    CHECK(codec::parse_number_rounded("0.1234567890123456789")->to_string() == "0.123456789012345679");
}

TEST_CASE("csv times: epoch units by magnitude, ISO, month first") {
    CHECK(time_of("1617580800") == "2021-04-05T00:00:00.000000000Z");
    CHECK(time_of("1617580800000") == "2021-04-05T00:00:00.000000000Z");
    CHECK(time_of("1617580800000001") == "2021-04-05T00:00:00.000001000Z");
    CHECK(time_of("1617580800000000001") == "2021-04-05T00:00:00.000000001Z");
    CHECK(time_of("1617580800.0") == "2021-04-05T00:00:00.000000000Z");
    CHECK(time_of("2021-04-05") == "2021-04-05T00:00:00.000000000Z");
    CHECK(time_of("2021-04-05 01:02:03+00:00") == "2021-04-05T01:02:03.000000000Z");
    CHECK(time_of("06/27/2025") == "2025-06-27T00:00:00.000000000Z");
    CHECK(time_of("6/7/2025 16:00") == "2025-06-07T16:00:00.000000000Z");
    for (const char* text : {"", "20210405", "12", "-5", "soon", "13/01/2025", "02/30/2025", "2021-13-01",
                             "1/2", "1/2/3/4", "06/27/25", "1617580800.5", "2021-04-05x"}) {
        CAPTURE(text);
        CHECK(time_error(text) == Errc::parse);
    }
    codec::TimeColumn times;
    REQUIRE(times.read("1617580800000").has_value());
    CHECK_FALSE(times.read("1617580800").has_value());
    CHECK_FALSE(times.read("2021-04-05").has_value());
}

TEST_CASE("gzip: what was put in comes out, members follow each other") {
    const std::string text(300'000, 'x');
    CHECK(codec::gunzip(gzipped(text)) == text);
    CHECK(codec::gunzip(gzipped("")) == "");
    CHECK(codec::gunzip(gzipped("one ") + gzipped("two")) == "one two");
    CHECK(codec::gunzip_head(gzipped(text), 100) == text.substr(0, 100));
}

TEST_CASE("fault_F20_gzip_bomb: cut short, damaged or endless data ends in an error, never in a crash") {
    const std::string good = gzipped("ts,close\n1,2\n3,4\n5,6\n");
    for (std::size_t cut = 2; cut < good.size(); ++cut) {
        const auto text = codec::gunzip(std::string_view{good}.substr(0, cut));
        REQUIRE_FALSE(text.has_value());
        CHECK(text.error().code() == Errc::truncated);
    }
    std::string damaged = good;
    damaged[good.size() - 6] ^= 1;  // in the checksum
    CHECK(codec::gunzip(damaged).error().code() == Errc::corrupt);
    const std::string bomb = gzipped(std::string(10'000'000, '0'));
    CHECK(codec::gunzip(bomb, 1'000'000).error().code() == Errc::out_of_range);
    CHECK(codec::gunzip(bomb, 10'000'000)->size() == 10'000'000);
}
