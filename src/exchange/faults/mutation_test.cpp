#include "exchange/faults/mutation.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "exchange/faults/json_spans.hpp"

namespace plumb::exchange {
namespace {

std::string spoilt(std::string_view text, Mutation mutation, std::vector<std::string> fields = {}) {
    return mutate(text, mutation, fields).value_or("-");
}

TEST_CASE("prices are spoilt, and every other byte stays") {
    const std::string trade =
        R"({"e":"trade", "E":1700000000000,"s":"BTCUSDT","p":"64000.50","q":"0.25","m":true})";
    CHECK(spoilt(trade, Mutation::zero) ==
          R"({"e":"trade", "E":1700000000000,"s":"BTCUSDT","p":"0","q":"0.25","m":true})");
    CHECK(spoilt(trade, Mutation::nan) ==
          R"({"e":"trade", "E":1700000000000,"s":"BTCUSDT","p":"NaN","q":"0.25","m":true})");
    CHECK(
        spoilt(trade, Mutation::absurd) ==
        R"({"e":"trade", "E":1700000000000,"s":"BTCUSDT","p":"64000000000000000000.50","q":"0.25","m":true})");
    CHECK(spoilt(R"([{"T":"q","bp":99.5,"ap":100}])", Mutation::negative) ==
          R"([{"T":"q","bp":-99.5,"ap":-100}])");
    CHECK(spoilt(R"([{"T":"q","bp":99.5,"ap":100}])", Mutation::null_fields) ==
          R"([{"T":"q","bp":null,"ap":null}])");
    CHECK(spoilt(R"({"qty":5,"p":6})", Mutation::zero, {"qty"}) == R"({"qty":0,"p":6})");
    CHECK(spoilt(R"({"no":"prices"})", Mutation::zero) == "-");
    CHECK(spoilt("hello", Mutation::zero) == "-");
}

TEST_CASE("of the pairs of a book only the first numbers are prices") {
    CHECK(spoilt(R"({"b":[["99","5"],["98","6"]],"a":[["101","7"]]})", Mutation::zero) ==
          R"({"b":[["0","5"],["0","6"]],"a":[["0","7"]]})");
}

TEST_CASE("books are crossed in every spelling") {
    CHECK(spoilt(R"({"b":[["99","5"]],"a":[["101","7"]]})", Mutation::crossed) ==
          R"({"b":[["101","7"]],"a":[["99","5"]]})");
    CHECK(spoilt(R"({"bp":99,"bs":1,"ap":101,"as":2})", Mutation::crossed) ==
          R"({"bp":101,"bs":2,"ap":99,"as":1})");
    CHECK(spoilt(R"({"updates":[{"side":"bid","price_level":"9"},{"side":"offer","price_level":"10"}]})",
                 Mutation::crossed) ==
          R"({"updates":[{"side":"offer","price_level":"9"},{"side":"bid","price_level":"10"}]})");
    CHECK(spoilt(R"({"feed":"book","side":"sell","price":34})", Mutation::crossed) ==
          R"({"feed":"book","side":"buy","price":34})");
    CHECK(spoilt(R"({"b":1})", Mutation::crossed) == "-");
}

TEST_CASE("types, counters, unknown fields, depth and size") {
    CHECK(spoilt(R"({"a":1,"b":"2.50","c":"x","d":[3]})", Mutation::numbers_as_text) ==
          R"({"a":"1","b":"2.50","c":"x","d":["3"]})");
    CHECK(spoilt(R"({"a":1,"b":"2.50","c":"x"})", Mutation::text_as_numbers) == R"({"a":1,"b":2.5,"c":"x"})");
    CHECK(spoilt(R"({"u":160,"U":157,"pu":149})", Mutation::sequence) == R"({"u":167,"U":164,"pu":156})");
    CHECK(spoilt(R"({"checksum":"123","p":1})", Mutation::checksum) == R"({"checksum":"124","p":1})");
    CHECK(spoilt(R"({"p":1})", Mutation::checksum) == "-");
    for (const Mutation each : {Mutation::unknown_fields, Mutation::deep, Mutation::huge}) {
        for (const char* text : {R"({})", R"({ })", R"([{"a":{"b":1}}])"}) {
            const std::string found = spoilt(text, each);
            CHECK(found.size() > std::string_view{text}.size() + 20);
            CHECK(nlohmann::json::accept(found));
        }
    }
    CHECK(spoilt(R"({"p":1})", Mutation::huge).size() > 1 << 20);
    CHECK(spoilt("12345678", Mutation::truncated) == "1234");
    CHECK_FALSE(nlohmann::json::accept(spoilt("{}", Mutation::not_json)));
}

TEST_CASE("spans agree with a JSON parser on what is JSON") {
    for (const char* good : {"{}", "[]", "1", "-1.5e+3", R"("a\"b")", "null", " [1 , {\"a\" : [true]} ] ",
                             R"({"a":{"b":[[],{}]}})"})
        CHECK_MESSAGE(json_spans(good).has_value(), good);
    for (const char* bad :
         {"", "{", "[1", "{\"a\"}", "{\"a\":}", "[1,]", "{\"a\":1,}", "\"a", "{a:1}", "[1]2", "nul", "\"a\\"})
        CHECK_MESSAGE(!json_spans(bad).has_value(), bad);
    CHECK_FALSE(json_spans(std::string(100'000, '[')).has_value());
    const std::string text = R"({"a": [10, {"b": "x"}]})";
    const auto spans = *json_spans(text);
    REQUIRE(spans.size() == 5);
    CHECK(spans[1].of(text) == R"([10, {"b": "x"}])");
    CHECK(spans[2].key == "a");
    CHECK(spans[2].in_array);
    CHECK(spans[4].inner(text) == "x");
    CHECK(spans[4].parent == 3);
}

}  // namespace
}  // namespace plumb::exchange
