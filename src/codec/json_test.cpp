#include "codec/json.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "base/rng.hpp"

using namespace plumb;
using codec::Json;
using codec::parse_json;
using codec::write_json;

TEST_CASE("json: Python's bare literals are numbers outside strings and letters inside") {
    const auto value =
        parse_json(R"({"a": NaN, "b": [1, Infinity, -Infinity,-2], "NaN": "Infinity, NaN \" -Infinity"})");
    REQUIRE(value.has_value());
    CHECK(std::isnan((*value)["a"].get<double>()));
    CHECK((*value)["b"][0] == 1);
    CHECK(std::isinf((*value)["b"][1].get<double>()));
    CHECK((*value)["b"][1].get<double>() > 0);
    CHECK((*value)["b"][2].get<double>() < 0);
    CHECK((*value)["b"][3] == -2);
    CHECK((*value)["NaN"] == "Infinity, NaN \" -Infinity");
    CHECK(std::isnan(parse_json("NaN")->get<double>()));
    CHECK(std::isnan((*parse_json("\xEF\xBB\xBF[1,NaN]"))[1].get<double>()));
}

TEST_CASE("json: literals that only look like Python's are refused") {
    for (const char* text :
         {"[+Infinity]", "[nan]", "[NaN1]", "[-NaN]", "[InfinityNaN]", "{NaN: 1}", "[1 NaN]", "NaN NaN"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text).has_value());
    }
}

TEST_CASE("json: of doubled keys the last wins, order of keys is kept") {
    const auto value = parse_json(R"({"z": 1, "a": {"x": 1}, "z": [2]})");
    REQUIRE(value.has_value());
    CHECK(write_json(*value, -1) == R"({"z":[2],"a":{"x":1}})");
}

TEST_CASE("json: trouble is one line with line and column") {
    const auto broken = parse_json("{\n  \"a\": 1,\n  \"b\": x\n}");
    REQUIRE_FALSE(broken.has_value());
    CHECK(broken.error().code() == Errc::parse);
    CHECK(broken.error().message() == "3:8: invalid literal");
    CHECK(parse_json("{\"a\": NaN,\n}").error().message().starts_with("2:1: "));
    CHECK(parse_json("{\"a\": [1, 2").error().code() == Errc::truncated);
    CHECK(parse_json("{\"a").error().code() == Errc::truncated);
    CHECK(parse_json("").error().code() == Errc::empty);
    CHECK(parse_json(" \n").error().code() == Errc::empty);
    CHECK(parse_json("[1e999]").error().code() == Errc::overflow);
    CHECK_FALSE(parse_json("[\"\xff\xfe\"]").has_value());
    CHECK_FALSE(parse_json("[1] [2]").has_value());
    const std::string hostile = parse_json("[\"a\x1b[31m\n\"]").error().message();
    CHECK(hostile.find('\x1b') == std::string::npos);
    CHECK(hostile.find('\n') == std::string::npos);
}

TEST_CASE("json: depth, size and keys have limits") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(parse_json(nested(64)).has_value());
    CHECK(parse_json(nested(65)).error().code() == Errc::out_of_range);
    CHECK(parse_json(nested(1'000'000)).error().code() == Errc::out_of_range);
    CHECK(parse_json("[1,2]", {.bytes_max = 4}).error().code() == Errc::out_of_range);
    CHECK(parse_json(R"({"a":1,"b":2})", {.keys_max = 2}).has_value());
    CHECK(parse_json(R"({"a":1,"b":2,"c":3})", {.keys_max = 2}).error().code() == Errc::out_of_range);
}

TEST_CASE("json: every prefix of a document is refused or a shorter document, never a crash") {
    const std::string text = R"({"a": [NaN, -1.5e-3, "x\"y", {"b": null}], "c": true})";
    for (std::size_t length = 0; length < text.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(parse_json(std::string_view{text}.substr(0, length)).has_value());
    }
    CHECK(parse_json(text).has_value());
}

// Expected texts: repr() of CPython 3.11.
TEST_CASE("json: numbers are written as Python's repr writes them") {
    struct Case {
        double number;
        const char* text;
    };
    for (const Case& c : {Case{0.0, "0.0"},
                          {-0.0, "-0.0"},
                          {1.0, "1.0"},
                          {-24322.280851734, "-24322.280851734"},
                          {0.0001, "0.0001"},
                          {0.00001, "1e-05"},
                          {1e16, "1e+16"},
                          {1e15, "1000000000000000.0"},
                          {123456789012345680.0, "1.2345678901234568e+17"},
                          {3.4300739872890425e-06, "3.4300739872890425e-06"},
                          {0.1, "0.1"},
                          {5e-324, "5e-324"},
                          {1.7976931348623157e308, "1.7976931348623157e+308"},
                          {9007199254740993.0, "9007199254740992.0"},
                          {100.0, "100.0"},
                          {2.5, "2.5"},
                          {0.30000000000000004, "0.30000000000000004"}}) {
        CHECK(codec::number_text(c.number) == c.text);
    }
}

TEST_CASE("json: what is written is valid JSON in Python's layout") {
    Json value = Json::object();
    value["a"] = std::nan("");
    value["b"] = {1, 2.0, "\xC3\xA9\n"};
    value["c"] = Json::object();
    value["d"] = Json::array();
    value["e"] = true;
    CHECK(write_json(value, 2) ==
          "{\n  \"a\": null,\n  \"b\": [\n    1,\n    2.0,\n    \"\\u00e9\\n\"\n  ],\n  \"c\": {},\n  \"d\": "
          "[],\n  \"e\": true\n}");
    CHECK(write_json(value, -1) == R"({"a":null,"b":[1,2.0,"\u00e9\n"],"c":{},"d":[],"e":true})");
}

TEST_CASE("json: any finite double survives writing and reading") {
    Rng rng{20260108};
    for (int i = 0; i < 200'000; ++i) {
        const double number = std::bit_cast<double>(rng.next());
        if (!std::isfinite(number)) continue;
        const auto back = parse_json(codec::number_text(number));
        REQUIRE(back.has_value());
        REQUIRE(std::bit_cast<std::uint64_t>(back->get<double>()) == std::bit_cast<std::uint64_t>(number));
    }
}
