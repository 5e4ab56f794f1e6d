#include "codec/csv_rows.hpp"

#include <doctest/doctest.h>

using namespace plumb;
using codec::CsvRow;
using codec::parse_csv_rows;

TEST_CASE("csv rows: quotes, line ends and empty fields") {
    CHECK(parse_csv_rows("a,b\n1,2\n").value() == std::vector<CsvRow>{{"a", "b"}, {"1", "2"}});
    CHECK(parse_csv_rows("a,b\r\n1,2").value() == std::vector<CsvRow>{{"a", "b"}, {"1", "2"}});
    CHECK(parse_csv_rows("\"73,188,570\",\"say \"\"no\"\"\",\"two\nlines\"\n").value() ==
          std::vector<CsvRow>{{"73,188,570", "say \"no\"", "two\nlines"}});
    CHECK(parse_csv_rows("a,,\n\n\nb").value() == std::vector<CsvRow>{{"a", "", ""}, {"b"}});
    CHECK(parse_csv_rows("\xEF\xBB\xBFx\n").value() == std::vector<CsvRow>{{"x"}});
    CHECK(parse_csv_rows("").value().empty());
    CHECK(parse_csv_rows("a,").value() == std::vector<CsvRow>{{"a", ""}});
}

TEST_CASE("csv rows: what is broken names its line") {
    CHECK(parse_csv_rows("a\n\"b").error().code() == Errc::truncated);
    CHECK(parse_csv_rows("a\n\"b").error().message().starts_with("line 2: "));
    CHECK(parse_csv_rows("a\n\"b\"c\n").error().code() == Errc::parse);
    CHECK(parse_csv_rows("a\nb\nc\n", {.rows_max = 2}).error().code() == Errc::out_of_range);
    CHECK(parse_csv_rows("a,b,c\n", {.fields_max = 2}).error().code() == Errc::out_of_range);
}

TEST_CASE("csv rows: a field that is written reads back") {
    for (const char* text : {"plain", "with, comma", "quote \" inside", "two\nlines", "", "[-3.9 -3.3]"}) {
        CHECK(parse_csv_rows(codec::csv_field(text) + ",x").value()[0][0] == text);
    }
    CHECK(codec::csv_field("a b") == "a b");
}
