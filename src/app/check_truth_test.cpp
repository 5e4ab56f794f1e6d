#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/test_support.hpp"
#include "store/record_schema.hpp"
#include "store/sqlite.hpp"

namespace plumb::app {
namespace {

constexpr std::string_view kTruth =
    R"({"sequence":1,"at":"2024-01-02T15:00:00.000000000Z","venue":"alpaca","record":"account","account":"main","key":"K"})"
    "\n"
    R"({"sequence":2,"at":"2024-01-02T15:00:00.000000000Z","venue":"alpaca","record":"order","step":"accepted",)"
    R"("order":1,"client_id":"pl-0000001a-1-1","account":"main","instrument":"BTC/USD","status":"working","filled":"0"})"
    "\n";

void make_record(const TestWorkspace& workspace, bool with_order) {
    workspace.write("state/trading_record.db", "");
    Result<store::Database> database = store::Database::open(workspace.root() / "state" / "trading_record.db",
                                                             store::Database::Access::read_write);
    REQUIRE(database.has_value());
    REQUIRE(store::create_schema(*database).has_value());
    const auto sql = [&](const char* text) { REQUIRE(database->execute(text).has_value()); };
    sql("INSERT INTO meta VALUES(1, 26, 'live', 'alpaca', 'alpaca', 'main', '10000', 0, 1, 0)");
    sql("INSERT INTO instruments VALUES(1, 'BTC/USD', 'BTC', 'USD', '0.01', '0.01', '0', '0', 1, 0)");
    if (!with_order) return;
    sql("INSERT INTO orders VALUES(1, 'pl-0000001a-1-1', 'BTC/USD', NULL, 0, 'buy', 'limit', "
        "'good_till_canceled', "
        "'entry', '2', '100', '0', '100', 0, 0)");
    sql("INSERT INTO order_states VALUES(1, 'pl-0000001a-1-1', 'working', '1', '', 0, 0, 0)");
}

TEST_CASE("check-truth says what is wrong, and how it went by its status") {
    const TestWorkspace workspace;
    workspace.write("truth.jsonl", kTruth);
    const std::string truth = (workspace.root() / "truth.jsonl").string();
    const std::string root = workspace.root().string();
    make_record(workspace, true);
    const Ran clean = run_in(workspace, {"check-truth", truth, root});
    CHECK(clean.status == 0);
    CHECK(clean.out == "0 findings: 1 orders and 0 fills at the venue, 1 and 0 in the record\n");
    CHECK(run_in(workspace, {"check-truth", truth}).status == 0);  // --workspace

    const TestWorkspace forgetful;
    make_record(forgetful, false);
    const Ran found = run_in(workspace, {"check-truth", truth, forgetful.root().string()});
    CHECK(found.status == 1);
    CHECK(found.prints(
        "order_untracked pl-0000001a-1-1: at the venue as open (order 1), unknown to the record\n"));
    const Ran json = run_in(workspace, {"check-truth", truth, forgetful.root().string(), "--json"});
    CHECK(json.status == 1);
    CHECK(
        json.out ==
        R"({"finding":"order_untracked","subject":"pl-0000001a-1-1","text":"at the venue as open (order 1), unknown to the record"})"
        "\n");
}

TEST_CASE("check-truth with nothing to judge is one line and the right status") {
    const TestWorkspace workspace;
    workspace.write("truth.jsonl", kTruth);
    workspace.write("cut.jsonl", kTruth.substr(0, kTruth.size() - 9));
    const std::string root = workspace.root().string();
    const auto check = [&](std::vector<std::string> words, int status) {
        words.insert(words.begin(), "check-truth");
        const Ran ran = run_in(workspace, words);
        CHECK(ran.status == status);
        CHECK(ran.err_is_one_line());
    };
    check({}, 2);
    check({root + "/none.jsonl", root}, 3);
    check({root + "/truth.jsonl", root}, 3);  // no record yet
    check({root + "/cut.jsonl", root}, 2);
    make_record(workspace, true);
    workspace.write("plumb.yaml", "max-positions: many\n");
    CHECK(run_in(workspace, {"check-truth", root + "/truth.jsonl", root}).status == 2);
}

}  // namespace
}  // namespace plumb::app
