#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <concepts>
#include <sstream>
#include <string>
#include <type_traits>

#include "app/arguments.hpp"
#include "app/test_support.hpp"
#include "base/secret.hpp"

using namespace plumb;
using namespace plumb::app;

template <class T>
concept Streams_out = requires(std::ostream& out, const T& value) { out << value; };

TEST_CASE("fault_X01: a secret cannot be printed, formatted, converted or copied by accident") {
    static_assert(!Streams_out<Secret>);
    static_assert(!fmt::is_formattable<Secret>::value);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    static_assert(!std::is_constructible_v<std::string, Secret>);
    static_assert(!std::is_copy_constructible_v<Secret>);
    static_assert(!std::is_copy_assignable_v<Secret>);
    const Secret secret{"canary"};
    CHECK(secret.reveal() == "canary");
    CHECK(secret.clone() == secret);
    CHECK(Secret{}.empty());
}

TEST_CASE("fault_X01: bytes are wiped") {
    char bytes[] = "canary";
    Secret::wipe(bytes, 6);
    CHECK(std::string_view{bytes, 6} == std::string_view{"\0\0\0\0\0\0", 6});
}

TEST_CASE("fault_X01: a canary key shows in no output, whatever goes wrong") {
    const TestWorkspace workspace;
    const std::string canary = "CANARY0123456789";
    workspace.write(".env", "ALPACA_API_KEY=" + canary + "\nALPACA_SECRET_KEY='" + canary + "'\n");
    const Environment environment{{"POLYGON_API_KEY", canary}, {"PLUMB_BINANCE_API_KEY", canary}};
    const auto silent = [&](const Ran& ran) { return !ran.prints(canary) && !ran.says(canary); };
    for (const std::string json : {"--quiet", "--json"}) {
        const Ran ran = run_in(workspace, {"config", json}, environment);
        CHECK(ran.status == 0);
        CHECK(ran.prints("********"));
        CHECK(silent(ran));
    }
    CHECK(silent(run_in(workspace, {"config", "--alpaca-api-key", canary}, environment)));
    CHECK(silent(run_in(workspace, {"config", "--alpaca-api-key=" + canary}, environment)));
    CHECK(silent(run_in(workspace, {"config", "--alpaca-api-kye=" + canary}, environment)));
    for (const char* const text :
         {"alpaca-api-key: {}\n", "alpaca_api_key: {}\n", "alpaca:\n  api_key: {}\n",
          "workers: [{{key: {}}}]\n", "token: {}\n", "\"api_key\": \"{}\n", "- {}\n"}) {
        workspace.write("plumb.yaml", fmt::format(fmt::runtime(text), canary));
        const Ran ran = run_in(workspace, {"config"}, environment);
        CHECK(ran.status == 2);
        CHECK(ran.err_is_one_line());
        CHECK_MESSAGE(silent(ran), ran.err);
    }
    workspace.write("plumb.yaml", "");
    for (const char* const text :
         {"ALPACA_API_KEY {}\n", "ALPACA_API_KEY='{}\n", "ALPACA_API_KY={}\n", "PLUMB_ALPACA={}\n"}) {
        workspace.write(".env", fmt::format(fmt::runtime(text), canary));
        const Ran ran = run_in(workspace, {"config"}, environment);
        CHECK_MESSAGE(ran.status == 2, text);
        CHECK(ran.err_is_one_line());
        CHECK_MESSAGE(silent(ran), ran.err);
    }
}

TEST_CASE("keys in plumb.yaml are refused with the place and the remedy") {
    const TestWorkspace workspace;
    workspace.write("plumb.yaml", "days: 3\nalpaca-api-key: abc\n");
    const Ran ran = run_in(workspace, {"config"});
    CHECK(ran.status == 2);
    CHECK(ran.says("plumb.yaml:2: alpaca-api-key: keys and passwords are refused here"));
    CHECK(ran.says(".env"));
}

TEST_CASE("fault_X06: a file of keys that others can read is refused at start") {
    for (const unsigned mode : {0644u, 0640u, 0604u, 0660u, 0622u, 0610u, 0601u, 0777u}) {
        const TestWorkspace workspace;
        workspace.write(".env", "HISTORICAL_DAYS=9\n", mode);  // no keys: nobody minds
        CHECK(run_in(workspace, {"config"}).status == 0);
        workspace.write(".env", "CMC_API_KEY=abc\n", mode);
        const Ran ran = run_in(workspace, {"config"});
        CHECK(ran.status == 2);
        CHECK(ran.err_is_one_line());
        CHECK_MESSAGE(ran.says("chmod 600"), ran.err);
        workspace.write(".env", "", 0600);
        workspace.write("config/api_keys.yaml", "coinbase:\n  api_key: \"abc\"\n", mode);
        CHECK(run_in(workspace, {"config"}).says("chmod 600"));
    }
    const TestWorkspace workspace;
    workspace.write(".env", "CMC_API_KEY=abc\n", 0600);
    workspace.write("config/api_keys.yaml",
                    "coinbase:\n  api_key: \"abc\"\n  api_secret: \"def\"\nother: {api_key: x}\n", 0400);
    const Ran ran = run_in(workspace, {"config", "--json"});
    CHECK(ran.status == 0);
    CHECK(ran.prints(R"("key":"coinbase-secret-key","value":"********")"));
    CHECK(ran.prints(R"("key":"coinmarketcap-api-key","value":"********")"));
}
