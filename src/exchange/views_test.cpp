#include <doctest/doctest.h>

#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

constexpr Duration kSecond = std::chrono::seconds{1};

TEST_CASE("fault_E05 an order is not found before its view catches up") {
    ModelFixture f;
    f.model.set_lag(f.me, {.orders = std::chrono::seconds{60}});
    OrderSpec spec = f.limit(Side::buy, "1", "90");
    spec.client_id = "late";
    const OrderNumber mine = f.must(spec);
    const Timestamp accepted = f.now;
    f.now = accepted + std::chrono::seconds{60} - Duration{1};
    CHECK_FALSE(f.model.find_order(f.me, mine, f.now));
    CHECK_FALSE(f.model.find_order(f.me, "late", f.now));
    CHECK(f.model.open_orders(f.me, std::nullopt, f.now).empty());
    CHECK(f.model.orders(f.me, std::nullopt, f.now).empty());
    f.now = accepted + std::chrono::seconds{60};
    CHECK(f.model.find_order(f.me, "late", f.now)->number == mine);
    CHECK(f.model.open_orders(f.me, std::nullopt, f.now).size() == 1);
}

TEST_CASE("fault_E11 each endpoint shows its own past") {
    ModelFixture f{test_market("BTC", "USD", MarketKind::perpetual)};
    const OrderNumber mine = f.must(f.limit(Side::buy, "3", "99"));
    f.now = at(10'000);
    f.house_at_market(Side::sell, "1");
    f.now = at(20'000);
    f.house_at_market(Side::sell, "2");
    const Decimal before = f.cash().total;
    f.now = at(20'500);
    f.model.transfer(f.me, f.usd, Decimal{5}, f.now);
    f.now = at(21'000);
    f.model.set_lag(f.me, {.orders = 5 * kSecond,
                           .fills = 15 * kSecond,
                           .positions = 1 * kSecond + kSecond / 2,
                           .balances = kSecond});
    const OrderRecord seen = *f.model.find_order(f.me, mine, f.now);
    CHECK(seen.status == OrderStatus::partially_filled);
    CHECK(seen.filled == quantity("1"));
    CHECK(seen.executions.size() == 1);
    CHECK(f.model.open_orders(f.me, std::nullopt, f.now).size() == 1);
    CHECK(f.model.executions(f.me, 0, f.now).empty());
    CHECK(f.model.position(f.me, f.market, f.now).quantity == quantity("1"));
    CHECK(f.model.balance(f.me, f.usd, f.now).total == before);
    f.now = at(21'500);
    CHECK(f.model.position(f.me, f.market, f.now).quantity == quantity("3"));
    CHECK(f.model.balance(f.me, f.usd, f.now).total == before + Decimal{5});
    f.now = at(25'000);
    CHECK(f.model.find_order(f.me, mine, f.now)->status == OrderStatus::filled);
    CHECK(f.model.executions(f.me, 0, f.now).size() == 1);
    f.model.set_lag(f.me, {});
    CHECK(f.model.executions(f.me, 0, f.now).size() == 2);
}

TEST_CASE("Executions are asked for from a number on") {
    ModelFixture f;
    f.house(Side::sell, "9", "100");
    for (int i = 0; i < 3; ++i) f.must(f.at_market(Side::buy, "1"));
    const auto all = f.model.executions(f.me, 0, f.now);
    REQUIRE(all.size() == 3);
    CHECK(f.model.executions(f.me, all[0].number, f.now).size() == 2);
    CHECK(f.model.executions(f.me, all[2].number, f.now).empty());
    CHECK(f.model.executions(kTestHouse, 0, f.now).empty());
    CHECK_FALSE(f.model.find_execution(all[2].number + 1));
}

TEST_CASE("A model that is told to leaves out what only the house would want to know") {
    ModelOptions options;
    options.tells_house = false;
    ModelFixture f{test_market("BTC", "USD"), options};
    f.model.take_events();
    f.house(Side::sell, "1", "100");
    f.house_at_market(Side::buy, "0.5");
    for (const ModelEvent& event : f.model.take_events()) {
        CHECK_FALSE(std::holds_alternative<OrderHappened>(event.what));
        CHECK_FALSE(std::holds_alternative<BalanceChanged>(event.what));
    }
    f.must(f.at_market(Side::buy, "0.5"));
    int mine = 0;
    for (const ModelEvent& event : f.model.take_events()) {
        const auto* happened = std::get_if<OrderHappened>(&event.what);
        if (happened == nullptr) continue;
        CHECK(happened->record.spec.account == f.me);
        ++mine;
    }
    CHECK(mine == 2);
}

}  // namespace
}  // namespace plumb::exchange
