#include <doctest/doctest.h>

#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

MarketSpec ruled_market() {
    MarketSpec spec = test_market("BTC", "USD");
    spec.instrument.quantity_min = quantity("0.01");
    spec.instrument.notional_min = *Money::parse("5");
    spec.quantity_max = quantity("5");
    spec.market_quantity_max = quantity("2");
    spec.notional_max = *Money::parse("450");
    spec.price_band = decimal("0.1");
    spec.orders_open_max = 2;
    return spec;
}

TEST_CASE("Filters refuse what is off the grid or out of bounds, the house only for the grid") {
    ModelFixture f{ruled_market()};
    f.house(Side::sell, "0.001", "100.00");
    f.house_at_market(Side::buy, "0.001");
    REQUIRE(f.model.last_price(f.market) == price("100"));
    CHECK(f.refusal(f.limit(Side::buy, "1", "99.005")) == Refusal::price_off_tick);
    CHECK(f.refusal(f.limit(Side::buy, "1.0005", "99")) == Refusal::quantity_off_lot);
    CHECK(f.refusal(f.limit(Side::buy, "0.009", "99")) == Refusal::quantity_below_min);
    CHECK(f.refusal(f.limit(Side::buy, "0.04", "99")) == Refusal::notional_below_min);
    CHECK(f.refusal(f.limit(Side::buy, "4.7", "99")) == Refusal::notional_above_max);
    CHECK(f.refusal(f.limit(Side::buy, "5.001", "90")) == Refusal::quantity_above_max);
    CHECK(f.refusal(f.at_market(Side::buy, "2.001")) == Refusal::quantity_above_max);
    CHECK(f.refusal(f.limit(Side::buy, "1", "89.99")) == Refusal::price_outside_band);
    CHECK(f.refusal(f.limit(Side::sell, "1", "110.01")) == Refusal::price_outside_band);
    CHECK(f.refusal(f.limit(Side::buy, "1", "0")) == Refusal::price_missing);
    CHECK(f.refusal(f.stop(Side::sell, "1", "0")) == Refusal::price_missing);
    CHECK(f.refusal(f.limit(Side::buy, "0", "99")) == Refusal::quantity_below_min);
    CHECK(f.refusal(f.limit(Side::buy, "-1", "99")) == Refusal::quantity_below_min);
    CHECK(f.refusal(f.limit(Side::buy, "1", "-99")) == Refusal::price_missing);
    CHECK_FALSE(f.refusal(f.limit(Side::buy, "1", "90.00")));
    CHECK_FALSE(f.refusal(f.limit(Side::sell, "1", "110.00")));
    CHECK(f.refusal(f.limit(Side::sell, "1", "109.00")) == Refusal::too_many_orders);
    OrderSpec elsewhere = f.limit(Side::buy, "1", "99");
    elsewhere.instrument = InstrumentId{7};
    CHECK(f.refusal(elsewhere) == Refusal::unknown_instrument);
    OrderSpec far = f.limit(Side::buy, "100", "1");
    far.account = kTestHouse;
    CHECK_FALSE(f.refusal(far));
}

TEST_CASE("Numbers of a stranger at the ends of the decimal range are refused, not multiplied") {
    ModelFixture f;
    for (const char* amount : {"170000000000000000000", "1000000000000000"}) {
        for (const char* at_price : {"170000000000000000000", "1000000000000"}) {
            CHECK(f.refusal(f.limit(Side::buy, amount, at_price)).has_value());
            CHECK(f.refusal(f.stop(Side::buy, amount, at_price)).has_value());
        }
    }
    OrderSpec by_value = f.at_market(Side::buy, "0");
    by_value.notional = *Money::parse("170000000000000000000");
    CHECK(f.refusal(by_value).has_value());
    OrderSpec trailing = f.at_market(Side::sell, "1");
    trailing.type = OrderType::trailing_stop;
    trailing.trail.fraction = Decimal{100};
    CHECK(f.refusal(trailing).has_value());
    trailing.trail = {price("170000000000000000000"), {}};
    CHECK(f.refusal(trailing).has_value());
}

TEST_CASE("Immediate or cancel takes what there is, fill or kill all or nothing") {
    ModelFixture f;
    f.house(Side::sell, "1", "100");
    f.house(Side::sell, "1", "101");
    OrderSpec kill = f.limit(Side::buy, "2", "100");
    kill.time_in_force = TimeInForce::fill_or_kill;
    const OrderNumber killed = f.must(kill);
    CHECK(f.order(killed).status == OrderStatus::expired);
    CHECK(f.order(killed).end_reason == EndReason::fill_or_kill);
    CHECK(f.order(killed).filled.is_zero());
    CHECK(f.cash().held.is_zero());
    OrderSpec immediate = f.limit(Side::buy, "2", "100");
    immediate.time_in_force = TimeInForce::immediate_or_cancel;
    const OrderNumber part = f.must(immediate);
    CHECK(f.order(part).status == OrderStatus::expired);
    CHECK(f.order(part).end_reason == EndReason::immediate_rest);
    CHECK(f.order(part).filled == quantity("1"));
    CHECK(f.cash().held.is_zero());
    kill.quantity = quantity("1");
    kill.limit = price("101");
    CHECK(f.order(f.must(kill)).status == OrderStatus::filled);
    const OrderNumber nobody = f.must(f.at_market(Side::buy, "1"));
    CHECK(f.order(nobody).end_reason == EndReason::no_liquidity);
}

TEST_CASE("Post-only never takes") {
    ModelFixture f;
    f.house(Side::sell, "1", "100");
    OrderSpec spec = f.limit(Side::buy, "1", "100");
    spec.post_only = true;
    CHECK(f.refusal(spec) == Refusal::post_only_would_take);
    spec.limit = price("99.99");
    CHECK_FALSE(f.refusal(spec));
    spec.time_in_force = TimeInForce::immediate_or_cancel;
    CHECK(f.refusal(spec) == Refusal::time_in_force_not_supported);
}

TEST_CASE("Day orders end at midnight UTC or when the market closes, dated ones at their time") {
    ModelFixture f;
    OrderSpec day = f.limit(Side::buy, "1", "90");
    day.time_in_force = TimeInForce::day;
    OrderSpec dated = f.limit(Side::buy, "1", "91");
    dated.expires_at = at(5000);
    const OrderNumber by_day = f.must(day), by_date = f.must(dated);
    f.model.advance(at(4999));
    CHECK(f.order(by_date).status == OrderStatus::working);
    f.model.advance(at(5000));
    CHECK(f.order(by_date).status == OrderStatus::expired);
    CHECK(f.order(by_date).end_reason == EndReason::time_over);
    CHECK(f.order(by_day).status == OrderStatus::working);
    f.model.advance(std::chrono::floor<std::chrono::days>(at(0)) + std::chrono::days{1});
    CHECK(f.order(by_day).status == OrderStatus::expired);
    CHECK(f.cash().held.is_zero());
    f.now = std::chrono::floor<std::chrono::days>(at(0)) + std::chrono::days{1};
    const OrderNumber next = f.must(day);
    f.model.set_status(f.market, TradingStatus::closed, f.now);
    CHECK(f.order(next).end_reason == EndReason::time_over);
}

TEST_CASE("Nobody meets himself, in each of the four ways") {
    const auto run = [](SelfTrade rule) {
        ModelFixture f;
        const OrderNumber resting = f.must(f.limit(Side::sell, "1", "100"));
        f.house(Side::sell, "1", "100");
        OrderSpec taker = f.at_market(Side::buy, "1.5");
        taker.self_trade = rule;
        const OrderNumber taking = f.must(taker);
        return std::pair{f.order(resting), f.order(taking)};
    };
    auto [maker, taker] = run(SelfTrade::cancel_taker);
    CHECK(maker.status == OrderStatus::working);
    CHECK(taker.end_reason == EndReason::self_trade);
    CHECK(taker.filled.is_zero());
    std::tie(maker, taker) = run(SelfTrade::cancel_maker);
    CHECK(maker.end_reason == EndReason::self_trade);
    CHECK(taker.filled == quantity("1"));
    std::tie(maker, taker) = run(SelfTrade::cancel_both);
    CHECK(maker.end_reason == EndReason::self_trade);
    CHECK(taker.end_reason == EndReason::self_trade);
    std::tie(maker, taker) = run(SelfTrade::allow);
    CHECK(maker.status == OrderStatus::filled);
    CHECK(taker.status == OrderStatus::filled);
}

TEST_CASE("fault_E32 client ids are unique for ever, while open, or not at all") {
    const auto second_try = [](IdRule rule, bool ended) {
        ModelOptions options;
        options.id_rule = rule;
        options.ended_orders_max = 0;
        ModelFixture f{test_market("BTC", "USD"), options};
        OrderSpec spec = f.limit(Side::buy, "1", "90");
        spec.client_id = "pl-1";
        const OrderNumber first = f.must(spec);
        if (ended) CHECK(f.model.cancel(f.me, first, f.now).has_value());
        return f.refusal(spec);
    };
    CHECK(second_try(IdRule::unique_forever, false) == Refusal::duplicate_client_id);
    CHECK(second_try(IdRule::unique_forever, true) == Refusal::duplicate_client_id);
    CHECK(second_try(IdRule::unique_while_open, false) == Refusal::duplicate_client_id);
    CHECK_FALSE(second_try(IdRule::unique_while_open, true));
    CHECK_FALSE(second_try(IdRule::not_unique, false));
}

TEST_CASE("A refused order does not use up its client id") {
    ModelFixture f;
    OrderSpec spec = f.limit(Side::buy, "1", "90.001");
    spec.client_id = "once";
    CHECK(f.refusal(spec) == Refusal::price_off_tick);
    spec.limit = price("90");
    const OrderNumber number = f.must(spec);
    CHECK(f.model.find_order(f.me, "once", f.now)->number == number);
    CHECK_FALSE(f.model.find_order(kTestHouse, "once", f.now));
    CHECK_FALSE(f.model.find_order(kTestHouse, number, f.now));
}

TEST_CASE("A halt refuses orders but not cancels, a delisting ends all") {
    ModelFixture f;
    const OrderNumber mine = f.must(f.limit(Side::buy, "1", "90"));
    const OrderNumber kept = f.must(f.limit(Side::buy, "1", "91"));
    f.model.set_status(f.market, TradingStatus::halted, f.now);
    CHECK(f.refusal(f.limit(Side::buy, "1", "92")) == Refusal::not_trading);
    CHECK(f.model.cancel(f.me, mine, f.now).has_value());
    f.model.set_status(f.market, TradingStatus::open, f.now);
    f.model.delist(f.market, f.now);
    CHECK(f.order(kept).end_reason == EndReason::market_closed);
    f.model.set_status(f.market, TradingStatus::open, f.now);
    CHECK(f.model.status(f.market) == TradingStatus::closed);
    CHECK(f.cash().held.is_zero());
}

TEST_CASE("A dead-man timer that is not renewed ends every order of its account") {
    ModelFixture f;
    const OrderNumber mine = f.must(f.limit(Side::buy, "1", "90"));
    const OrderNumber theirs = f.house(Side::buy, "1", "90");
    f.model.set_dead_man(f.me, at(1000));
    f.model.advance(at(999));
    CHECK(f.order(mine).status == OrderStatus::working);
    f.model.advance(at(1000));
    CHECK(f.order(mine).end_reason == EndReason::dead_man);
    CHECK(f.order(theirs, kTestHouse).status == OrderStatus::working);
}

TEST_CASE("An order by value spends no more than asked, fees inside") {
    MarketSpec spec = test_market("BTC", "USD");
    spec.fees = {decimal("0.001"), decimal("0.01"), FeeAsset::quote, {}, Decimal{1}};
    ModelFixture f{spec};
    f.house(Side::sell, "1", "100");
    f.house(Side::sell, "5", "200");
    OrderSpec by_value = f.at_market(Side::buy, "0");
    by_value.notional = *Money::parse("300");
    const OrderRecord record = f.order(f.must(by_value));
    // 1 at 100 is 101 with its fee; 199 buy 0.985 at 202 each.
    CHECK(record.status == OrderStatus::filled);
    CHECK(record.filled == quantity("1.985"));
    CHECK(record.spec.quantity == record.filled);
    CHECK(f.cash().total == decimal("100000") - decimal("101") - decimal("198.97"));
    by_value.notional = *Money::parse("1000000");
    CHECK(f.refusal(by_value) == Refusal::insufficient_funds);
    by_value.side = Side::sell;
    by_value.notional = *Money::parse("50");
    f.house(Side::buy, "1", "99");
    CHECK(f.order(f.must(by_value)).filled == quantity("0.505"));
}

TEST_CASE("cancel_all ends one account's orders, of one market or of all") {
    ModelFixture f;
    const InstrumentId other = *f.model.add_market(test_market("ETH", "USD"));
    const OrderNumber here = f.must(f.limit(Side::buy, "1", "90"));
    OrderSpec spec = f.limit(Side::buy, "1", "90");
    spec.instrument = other;
    const OrderNumber there = f.must(spec);
    const OrderNumber more = f.must(f.limit(Side::buy, "1", "89"));
    CHECK(f.model.cancel_all(f.me, other, EndReason::by_owner, f.now) == std::vector{there});
    CHECK(f.model.cancel_all(f.me, std::nullopt, EndReason::by_venue, f.now) == std::vector{here, more});
    CHECK(f.order(more).end_reason == EndReason::by_venue);
    CHECK(f.model.open_orders(f.me, std::nullopt, f.now).empty());
    CHECK(f.model.orders(f.me, std::nullopt, f.now).size() == 3);
}

TEST_CASE("What the script fills trades with the house at its price") {
    ModelFixture f;
    const auto by_hand = f.model.submit_by_hand(f.limit(Side::buy, "2", "90"), f.now);
    REQUIRE(by_hand.has_value());
    CHECK(f.order(*by_hand).by_hand);
    CHECK(f.model.fill_resting(*by_hand, price("90.01"), quantity("1"), f.now).error() ==
          Refusal::price_outside_band);
    const auto execution = f.model.fill_resting(*by_hand, price("89.50"), quantity("1.5"), f.now);
    REQUIRE(execution.has_value());
    CHECK(f.model.find_execution(*execution)->quantity == quantity("1.5"));
    CHECK(f.order(*by_hand).filled_value == *Money::parse("134.25"));
    CHECK(f.model.fill_resting(*by_hand, price("90"), quantity("9"), f.now).has_value());
    CHECK(f.order(*by_hand).status == OrderStatus::filled);
    CHECK(f.model.fill_resting(*by_hand, price("90"), quantity("1"), f.now).error() == Refusal::order_ended);
    CHECK(f.model.fill_resting(99, price("90"), quantity("1"), f.now).error() == Refusal::unknown_order);
}

TEST_CASE("Ended orders are forgotten, the oldest first") {
    ModelOptions options;
    options.ended_orders_max = 2;
    options.executions_max = 3;
    ModelFixture f{test_market("BTC", "USD"), options};
    f.house(Side::sell, "100", "100");
    std::vector<OrderNumber> numbers;
    for (int i = 0; i < 5; ++i) numbers.push_back(f.must(f.at_market(Side::buy, "1")));
    CHECK_FALSE(f.model.find_order(f.me, numbers[2], f.now));
    CHECK(f.model.find_order(f.me, numbers[3], f.now));
    CHECK(f.model.orders(f.me, std::nullopt, f.now).size() == 2);
    CHECK(f.model.executions(f.me, 0, f.now).size() == 3);
}

}  // namespace
}  // namespace plumb::exchange
