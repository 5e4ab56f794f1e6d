#include "io/retry_after.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace plumb;
using namespace plumb::io;
using std::chrono::seconds;

namespace {

const Timestamp kNow = *parse_timestamp("2026-03-05T12:00:00.250Z");

std::string text_of(const Result<Timestamp>& time) {
    return time ? to_iso(*time) : std::string{to_string(time.error().code())};
}

}  // namespace

TEST_CASE("fault_E20 Retry-After in seconds counts from the arrival, to the nanosecond") {
    CHECK(text_of(parse_retry_after("0", kNow)) == "2026-03-05T12:00:00.250000000Z");
    CHECK(text_of(parse_retry_after("17", kNow)) == "2026-03-05T12:00:17.250000000Z");
    CHECK(text_of(parse_retry_after(" 3600\t", kNow)) == "2026-03-05T13:00:00.250000000Z");
    CHECK(text_of(parse_retry_after("31622400", kNow)) == "2027-03-06T12:00:00.250000000Z");
}

TEST_CASE("fault_E20 Retry-After as a date, in the three forms of RFC 9110 5.6.7") {
    // The example of the RFC, all three naming 784111777 s after 1970.
    const Timestamp then = *parse_timestamp("1994-11-01");
    for (const char* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        INFO(text);
        const Result<Timestamp> time = parse_http_date(text, then);
        REQUIRE(time);
        CHECK(to_ms(*time) == 784'111'777'000);
    }
    CHECK(text_of(parse_retry_after("Thu, 05 Mar 2026 12:01:00 GMT", kNow)) ==
          "2026-03-05T12:01:00.000000000Z");
    CHECK(text_of(parse_retry_after("Thu Mar  5 12:01:00 2026", kNow)) == "2026-03-05T12:01:00.000000000Z");
}

TEST_CASE("a two-digit year is the one within fifty years") {
    CHECK(text_of(parse_http_date("Thursday, 05-Mar-26 12:01:00 GMT", kNow)) ==
          "2026-03-05T12:01:00.000000000Z");
    CHECK(text_of(parse_http_date("Thursday, 05-Mar-76 12:01:00 GMT", kNow)) ==
          "2076-03-05T12:01:00.000000000Z");
    CHECK(text_of(parse_http_date("Thursday, 05-Mar-77 12:01:00 GMT", kNow)) ==
          "1977-03-05T12:01:00.000000000Z");
    CHECK(text_of(parse_http_date("Thursday, 05-Mar-01 12:01:00 GMT", *parse_timestamp("2099-01-01"))) ==
          "2101-03-05T12:01:00.000000000Z");
}

TEST_CASE("anything else is refused, never guessed") {
    for (const char* text : {"",
                             " ",
                             "-1",
                             "+5",
                             "1.5",
                             "5s",
                             "0x10",
                             "1e3",
                             "12 34",
                             "soon",
                             "Thu, 05 Mar 2026 12:01:00",
                             "Thu, 05 Mar 2026 12:01:00 UTC",
                             "Thu, 5 Mar 2026 12:01:00 GMT",
                             "Thx, 05 Mar 2026 12:01:00 GMT",
                             "Thu, 31 Feb 2026 12:01:00 GMT",
                             "Thu, 05 Mar 2026 24:01:00 GMT",
                             "Thu, 05 Mar 2026 12:60:00 GMT",
                             "Thu, 05 Mar 2026 12:01:61 GMT",
                             "Thu, 05 Mar 2026 12:01:00 GMT!",
                             "Thursday, 05-Mar-2026 12:01:00 GMT",
                             "Thu Mar 5 12:01:00 2026",
                             "Thu, 05 Mar 0026 12:01:00 GMT"}) {
        INFO(text);
        CHECK(text_of(parse_retry_after(text, kNow)) == "parse");
    }
    CHECK(text_of(parse_retry_after("31622401", kNow)) == "out_of_range");
    CHECK(text_of(parse_retry_after("99999999999999999999999", kNow)) == "out_of_range");
    CHECK(text_of(parse_retry_after("Thu, 05 Mar 2028 12:01:00 GMT", kNow)) == "out_of_range");
}

TEST_CASE("a date already past is given as it is; a leap second belongs to the next minute") {
    CHECK(text_of(parse_retry_after("Thu, 05 Mar 2020 12:01:00 GMT", kNow)) ==
          "2020-03-05T12:01:00.000000000Z");
    CHECK(text_of(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow)) ==
          "2017-01-01T00:00:00.000000000Z");
}

TEST_CASE("fault_E23 a date is read by the sender's clock when the answer tells it") {
    HttpResponse response{
        .status = 429, .headers = {{"retry-after", "Thu, 05 Mar 2026 12:00:30 GMT"}}, .body = {}};
    CHECK(retry_at(response, kNow) == *parse_timestamp("2026-03-05T12:00:30Z"));
    response.headers.push_back({"Date", "Thu, 05 Mar 2026 11:59:50 GMT"});  // ten seconds behind us
    CHECK(retry_at(response, kNow) == kNow + seconds{40});
    response.headers[1].value = "Thu, 05 Mar 2026 12:07:00 GMT";  // its own date is past
    CHECK(retry_at(response, kNow) == kNow);
    response.headers[1].value = "yesterday";
    CHECK(retry_at(response, kNow) == *parse_timestamp("2026-03-05T12:00:30Z"));
    response.headers[0].value = "8";
    CHECK(retry_at(response, kNow) == kNow + seconds{8});
    response.headers[0].value = "tomorrow";
    CHECK_FALSE(retry_at(response, kNow));
    CHECK_FALSE(retry_at({}, kNow));
}
