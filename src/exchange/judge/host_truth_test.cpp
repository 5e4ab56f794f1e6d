#include <unistd.h>

#include <fstream>
#include <functional>

#include "exchange/host/test_host.hpp"
#include "exchange/judge/judge.hpp"

namespace plumb::exchange {
namespace {

/// What the host wrote, read back as the judge reads it.
Truth read_back(const TestHost& test) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("plumb_host_truth_{}.jsonl", ::getpid());
    std::ofstream{path, std::ios::binary} << test.lines.text;
    Result<Truth> truth = read_truth(path);
    std::filesystem::remove(path);
    REQUIRE_MESSAGE(truth.has_value(), truth.error().message());
    return std::move(*truth);
}

/// A belief that is right about everything the truth says of orders with our prefix.
Belief right_belief(const TruthAccount& account) {
    Belief belief;
    belief.install = 26;
    belief.venue = "plain";
    belief.account = "main";
    belief.capital = Money{Decimal{100'000}};
    for (const auto& [number, order] : account.orders) {
        if (!order.client_id.starts_with("pl-0000001a-")) continue;
        const bool is_open = order.status == "working" || order.status == "partially_filled";
        const std::string state = is_open ? "working" : order.status == "filled" ? "filled" : "canceled";
        belief.orders[order.client_id] = {order.client_id, order.instrument, "", state};
    }
    for (const TruthFill& each : account.fills) {
        if (!belief.orders.contains(each.client_id)) continue;
        belief.fills.push_back({std::to_string(each.execution), each.client_id, each.instrument, each.side,
                                each.price, each.quantity, Money{each.fee}, each.at});
    }
    return belief;
}

std::string findings(const TestHost& test, const std::function<void(Belief&)>& spoil = {}) {
    const Truth truth = read_back(test);
    Belief belief = right_belief(truth.venues.at("plain").at("main"));
    if (spoil) spoil(belief);
    const Result<const TruthAccount*> account = find_account(truth, belief);
    REQUIRE(account.has_value());
    std::string all;
    for (const Finding& each : judge(**account, belief, {}))
        all += fmt::format("{} {}\n", to_string(each.kind), each.subject);
    return all;
}

TEST_CASE("the judge reads what a host writes, and what is right has no findings") {
    TestHost test{"rules: [{when: {request: place_order, nth: 2}, do: {close: before_answer}}]"};
    test.buy("pl-0000001a-1-1", "2", "101");
    test.buy("pl-0000001a-1-2", "1", "101");  // its answer is lost
    test.buy("pl-0000001a-1-3", "1", "90");
    REQUIRE(test.host->apply("cancel: {client_id: pl-0000001a-1-3}", test.now).has_value());
    test.buy("pl-0000001a-1-4", "1", "90");
    REQUIRE(test.host->apply("transfer: {asset: USD, amount: -500}", test.now).has_value());
    CHECK(findings(test).empty());

    // The lost answer believed to be a refusal: the order lives, and so does its fill.
    CHECK(findings(test, [](Belief& belief) {
              belief.orders["pl-0000001a-1-2"].state = "rejected";
              std::erase_if(belief.fills, [](const auto& each) { return each.order == "pl-0000001a-1-2"; });
          }) == "order_misjudged pl-0000001a-1-2\nfill_lost 4\nposition_differs BTC/USD\ncash_differs USD\n");
}

TEST_CASE("a retry that the venue takes for another order, and a hand that trades beside us, are seen") {
    TestHost test{"venue: {id_rule: unique_while_open}"};
    test.buy("pl-0000001a-1-1", "1", "101");
    test.buy("pl-0000001a-1-1", "1", "101");
    CHECK(findings(test).starts_with("order_duplicated pl-0000001a-1-1\n"));

    TestHost manual;
    REQUIRE(
        manual.host->apply("order: {instrument: ETH/USD, side: buy, quantity: 3}", manual.now).has_value());
    CHECK(findings(manual) == "position_untracked ETH/USD\n");
}

}  // namespace
}  // namespace plumb::exchange
