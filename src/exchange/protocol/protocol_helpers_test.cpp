#include <doctest/doctest.h>

#include "exchange/protocol/form.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/uuid_series.hpp"

namespace plumb::exchange {

TEST_CASE("a form is decoded field by field") {
    const Form form{"a=1&b=x%20y+z&c&&a=2&d[]=p&d=q&bad=%zz%4"};
    CHECK(form.get("a") == "1");
    CHECK(form.get("b") == "x y z");
    CHECK(form.has("c"));
    CHECK(form.get("c").empty());
    CHECK_FALSE(form.has("e"));
    CHECK(form.get("bad") == "%zz%4");
    CHECK(form.all("a").size() == 2);
    REQUIRE(form.all("d").size() == 2);
    CHECK(form.all("d")[0] == "p");
}

TEST_CASE("a form holds no more fields than it says") {
    std::string text;
    for (int i = 0; i < 5'000; ++i) text += "a&";
    CHECK(Form{text}.fields().size() == Form::kFieldsMax);
}

TEST_CASE("JSON is written with commas where they belong") {
    JsonOut json;
    json.begin_object().member("a", 1).member("b", "x\"\n\xff").null("c").member("d", true);
    json.begin_array("e").element(Decimal{2}).element("f").begin_object().end_object().end_array();
    json.begin_array("g").end_array().quoted("h", *Decimal::parse("0.50")).member("i", -3).quoted("j", 7u);
    json.end_object();
    CHECK(json.text() == R"({"a":1,"b":"x\"\u000a)"
                         "\xef\xbf\xbd"
                         R"(","c":null,"d":true,"e":[2,"f",{}],"g":[],"h":"0.5","i":-3,"j":"7"})");
}

TEST_CASE("a time has as many decimals as are asked for") {
    const Timestamp time = timestamp_from_ns(1'700'000'000'123'456'789);
    CHECK(iso(time, 0) == "2023-11-14T22:13:20Z");
    CHECK(iso(time, 3) == "2023-11-14T22:13:20.123Z");
    CHECK(iso(time, 6) == "2023-11-14T22:13:20.123456Z");
    CHECK(iso(time, 9) == "2023-11-14T22:13:20.123456789Z");
}

TEST_CASE("an identifier leads back to its number, and only in its own series") {
    const UuidSeries orders{7, 1};
    const UuidSeries fills{7, 2};
    for (std::uint64_t number : {0ull, 1ull, 2ull, 123456789ull, (1ull << 60) - 1}) {
        const std::string text = orders.text(number);
        CAPTURE(text);
        REQUIRE(text.size() == 36);
        CHECK(text[14] == '4');
        CHECK(std::string_view{"89ab"}.find(text[19]) != std::string_view::npos);
        CHECK(orders.number(text) == number);
        CHECK_FALSE(fills.number(text).has_value());
        CHECK(text != fills.text(number));
        CHECK(UuidSeries{7, 1}.text(number) == text);
        CHECK(UuidSeries{8, 1}.text(number) != text);
    }
    CHECK_FALSE(orders.number("").has_value());
    CHECK_FALSE(orders.number("no-uuid").has_value());
    CHECK_FALSE(orders.number("00000000-0000-4000-8000-000000000000").has_value());
}

}  // namespace plumb::exchange
