#include "codec/dotenv.hpp"

#include <doctest/doctest.h>

using namespace plumb;
using codec::parse_dotenv;

TEST_CASE("dotenv: what people write in .env files") {
    const auto entries = parse_dotenv(
        "# keys\n\nALPACA_API_KEY=abc123\nexport CMC_API_KEY = spaced  \r\n"
        "ALPACA_BASE_URL=https://paper-api.alpaca.markets  # paper by default\n"
        "QUOTED=\"two words # not a comment\\n\" # a comment\nRAW='as $is "
        "\\n'\nEMPTY=\nHASH=a#b\nMULTI=\"one\ntwo\"\nLAST=1");
    REQUIRE_MESSAGE(entries.has_value(), entries.error().message());
    const auto value = [&](std::string_view name) {
        for (const auto& entry : *entries) {
            if (entry.name == name) return entry.value;
        }
        return std::string{"(absent)"};
    };
    CHECK(entries->size() == 9);
    CHECK(value("ALPACA_API_KEY") == "abc123");
    CHECK(value("CMC_API_KEY") == "spaced");
    CHECK(value("ALPACA_BASE_URL") == "https://paper-api.alpaca.markets");
    CHECK(value("QUOTED") == "two words # not a comment\n");
    CHECK(value("RAW") == "as $is \\n");
    CHECK(value("EMPTY").empty());
    CHECK(value("HASH") == "a#b");
    CHECK(value("MULTI") == "one\ntwo");
    CHECK(value("LAST") == "1");
    CHECK(entries->back().line == 12);
    CHECK(parse_dotenv("").value().empty());
    CHECK(parse_dotenv("A=1\nA=2").value().back().value == "2");
}

TEST_CASE("fault_X01_secrets_in_output: errors of a .env file never hold what the line holds") {
    for (const char* text : {"A=1\nsecret-without-equals\n", "A=1\nKEY=\"secret",
                             "A=1\nKEY=\"secret\" more-secret\n", "A=1\nse-cret=1\n", "A=1\n=secret\n"}) {
        CAPTURE(text);
        const auto entries = parse_dotenv(text);
        REQUIRE_FALSE(entries.has_value());
        CHECK(entries.error().message().starts_with("line 2: "));
        CHECK(entries.error().message().find("secret") == std::string::npos);
    }
}
