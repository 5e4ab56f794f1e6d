#include <doctest/doctest.h>

#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

ModelOptions rule(ReplaceRule chosen) {
    ModelOptions options;
    options.replace_rule = chosen;
    return options;
}

TEST_CASE("In place the number stays, and the place in the queue only when the quantity shrinks") {
    ModelFixture f{test_market("BTC", "USD"), rule(ReplaceRule::in_place)};
    const OrderNumber mine = f.must(f.limit(Side::sell, "3", "100"));
    const OrderNumber other = f.house(Side::sell, "1", "100");
    Replacement change;
    change.quantity = quantity("2");
    CHECK(f.model.replace(f.me, mine, change, f.now) == mine);
    CHECK(f.coins().held == decimal("2"));
    f.house_at_market(Side::buy, "1");
    CHECK(f.order(mine).filled == quantity("1"));
    change.quantity = quantity("4");
    CHECK(f.model.replace(f.me, mine, change, f.now) == mine);
    CHECK(f.coins().held == decimal("3"));
    f.house_at_market(Side::buy, "1");
    CHECK(f.order(other, kTestHouse).status == OrderStatus::filled);
    CHECK(f.order(mine).filled == quantity("1"));
    change = {};
    change.limit = price("99");
    f.house(Side::buy, "1", "99.50");
    CHECK(f.model.replace(f.me, mine, change, f.now) == mine);
    CHECK(f.order(mine).filled == quantity("2"));  // it crossed
    CHECK(f.model.quote(f.market).ask == price("99"));
    CHECK(f.model.quote(f.market).ask_quantity == quantity("2"));
}

TEST_CASE("As a new order, a new number takes over what is left") {
    ModelFixture f;
    const OrderNumber mine = f.must(f.limit(Side::buy, "3", "99"));
    f.house_at_market(Side::sell, "1");
    Replacement change;
    change.quantity = quantity("5");
    change.limit = price("98");
    change.client_id = "next";
    const auto next = f.model.replace(f.me, mine, change, f.now);
    REQUIRE(next.has_value());
    CHECK(*next != mine);
    CHECK(f.order(mine).status == OrderStatus::replaced);
    CHECK(f.order(mine).replaced_by == *next);
    CHECK(f.order(mine).filled == quantity("1"));
    const OrderRecord record = f.order(*next);
    CHECK(record.replaces == mine);
    CHECK(record.spec.quantity == quantity("4"));
    CHECK(record.spec.client_id == "next");
    CHECK(f.cash().held == decimal("392"));
    CHECK(f.model.replace(f.me, mine, change, f.now).error() == Refusal::order_ended);
}

TEST_CASE("A replacement that is refused changes nothing") {
    for (const ReplaceRule each : {ReplaceRule::in_place, ReplaceRule::new_order}) {
        ModelFixture f{test_market("BTC", "USD"), rule(each)};
        f.house(Side::sell, "1", "101");
        OrderSpec spec = f.limit(Side::buy, "3", "99");
        spec.post_only = true;
        const OrderNumber mine = f.must(spec);
        const auto refused = [&](Replacement change) {
            return f.model.replace(f.me, mine, change, f.now).error();
        };
        Replacement change;
        CHECK(refused(change) == Refusal::nothing_to_change);
        change.limit = price("99");
        CHECK(refused(change) == Refusal::nothing_to_change);
        change.limit = price("99.001");
        CHECK(refused(change) == Refusal::price_off_tick);
        change.limit = price("101");
        CHECK(refused(change) == Refusal::post_only_would_take);
        change.limit = {};
        change.quantity = quantity("2000");
        CHECK(refused(change) == Refusal::insufficient_funds);
        change = {};
        change.stop = price("90");
        CHECK(refused(change) == Refusal::not_replaceable);
        CHECK(f.model.replace(kTestHouse, mine, change, f.now).error() == Refusal::unknown_order);
        CHECK(f.order(mine).status == OrderStatus::working);
        CHECK(f.cash().held == decimal("297"));
        // All the money is behind it, and still it may be changed to as much.
        f.model.transfer(f.me, f.usd, decimal("-99703"), f.now);
        change = {};
        change.limit = price("98");
        CHECK(f.model.replace(f.me, mine, change, f.now).has_value());
        CHECK(f.cash().held == decimal("294"));
    }
}

TEST_CASE("Waiting stops are replaced with their levels") {
    for (const ReplaceRule each : {ReplaceRule::in_place, ReplaceRule::new_order}) {
        ModelFixture f{test_market("BTC", "USD"), rule(each)};
        f.model.print(f.market, Side::buy, price("100"), quantity("1"), f.now);
        f.house(Side::buy, "5", "80");
        const OrderNumber mine = f.must(f.stop(Side::sell, "1", "95"));
        Replacement change;
        change.stop = price("90");
        const OrderNumber now_called = *f.model.replace(f.me, mine, change, f.now);
        f.model.print(f.market, Side::buy, price("94"), quantity("1"), f.now);
        CHECK(f.order(now_called).status == OrderStatus::waiting);
        change.stop = price("94.50");
        CHECK(f.model.replace(f.me, now_called, change, f.now).error() == Refusal::trigger_would_fire);
        f.model.print(f.market, Side::buy, price("90"), quantity("1"), f.now);
        CHECK(f.order(now_called).status == OrderStatus::filled);
        CHECK(f.coins().held.is_zero());
    }
}

}  // namespace
}  // namespace plumb::exchange
