#include <nlohmann/json.hpp>

#include "exchange/host/test_host.hpp"

namespace plumb::exchange {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

TEST_CASE("the control endpoint asks for its token") {
    TestHost test;
    CHECK(test.control("GET", "/state", "", "wrong").response.status == 401);
    CHECK(test.control("GET", "/state", "", "").response.status == 401);
    CHECK(test.control("GET", "/state", "", "open-sesame-and-more").response.status == 401);
    CHECK(test.ask("GET", "/plumb-control/state").response.status == 401);
    CHECK(test.control("GET", "/state").response.status == 200);
    CHECK_FALSE(test.tells("open-sesame"));
}

TEST_CASE("rules are posted, listed and removed while the exchange runs") {
    TestHost test;
    const HostAnswer posted = test.control(
        "POST", "/rules",
        R"({"name": "late", "when": {"request": "place_order"}, "do": {"refuse": "unavailable"}})");
    REQUIRE(posted.response.status == 200);
    CHECK(posted.response.body == "{\"id\":1}\n");
    CHECK(test.buy("a").response.status == 503);
    const Json rules = Json::parse(test.control("GET", "/rules").response.body);
    CHECK(rules[0]["name"] == "late");
    CHECK(rules[0]["applied"] == 1);
    CHECK(rules[0]["do"]["refuse"] == "unavailable");
    CHECK(test.control("DELETE", "/rules/1").response.status == 200);
    CHECK(test.control("DELETE", "/rules/1").response.status == 404);
    CHECK(test.buy("b").response.status == 200);
    CHECK(test.control("POST", "/rules", "when: {request: any}\ndo: {delay: 1s}").response.status == 200);
    CHECK(test.control("DELETE", "/rules").response.body == "{\"removed\":1}\n");
}

TEST_CASE("actions are posted, and what cannot be done says why in one line") {
    TestHost test;
    test.buy("a", "2");
    CHECK(test.control("POST", "/do", R"({"fill": {"client_id": "a", "fraction": 0.5}})").response.status ==
          200);
    CHECK(test.host->model().find_order(AccountId{1}, "a", test.now)->filled.to_string() == "1");
    const Response missing = test.control("POST", "/do", R"({"fill": {"client_id": "b"}})").response;
    CHECK(missing.status == 409);
    const Response misspelt = test.control("POST", "/do", "halt: {instrumnt: BTC/USD}").response;
    CHECK(misspelt.status == 400);
    CHECK(Json::parse(misspelt.body)["error"] ==
          "do:1: halt: unknown key instrumnt: nearest known is instrument");
    CHECK(test.control("POST", "/do", std::string(100'000, '[')).response.status == 400);
    CHECK(test.control("POST", "/do", "").response.status == 400);
    CHECK(test.control("PUT", "/do", "{}").response.status == 405);
    CHECK(test.control("GET", "/nothing").response.status == 404);
}

TEST_CASE("state and truth can be read") {
    TestHost test;
    test.buy("a", "2");
    const Json state = Json::parse(test.control("GET", "/state").response.body);
    CHECK(state["venue"] == "plain");
    CHECK(state["open_orders"][0]["client_id"] == "a");
    CHECK(state["accounts"][0]["balances"]["BTC"]["total"] == "50");
    const std::string all = test.control("GET", "/truth").response.body;
    CHECK(all.find(R"("client_id":"a")") != std::string::npos);
    const std::uint64_t last = test.truth.sequence();
    const std::string none = test.control("GET", fmt::format("/truth?after={}", last)).response.body;
    CHECK(none.empty());
    const std::string two = test.control("GET", "/truth?after=3&limit=2").response.body;
    CHECK(two.starts_with(R"({"sequence":4,)"));
    CHECK(std::count(two.begin(), two.end(), '\n') == 2);
}

TEST_CASE("a simulated clock is moved") {
    TestHost test;
    const HostAnswer moved = test.control("POST", "/clock", R"({"advance": "90s"})");
    CHECK(moved.response.body == "{\"now\":\"2024-01-02T15:01:30.000000000Z\"}\n");
    for (const char* wrong : {"", "{}", R"({"advance": 5})", R"({"advance": "-5s"})", R"({"advance": "0s"})",
                              R"({"advance": "60d"})", R"({"advance": "5s", "more": 1})"})
        CHECK(test.control("POST", "/clock", wrong).response.status == 400);
}

}  // namespace
}  // namespace plumb::exchange
