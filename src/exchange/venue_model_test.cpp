#include "exchange/venue_model.hpp"

#include <doctest/doctest.h>

#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

TEST_CASE("A market order takes the best prices, oldest order first") {
    ModelFixture f;
    const OrderNumber first = f.house(Side::sell, "1", "100.00");
    const OrderNumber second = f.house(Side::sell, "1", "100.00");
    f.house(Side::sell, "5", "101.00");
    const OrderNumber mine = f.must(f.at_market(Side::buy, "2.5"));
    const OrderRecord record = f.order(mine);
    CHECK(record.status == OrderStatus::filled);
    CHECK(record.filled == quantity("2.5"));
    CHECK(record.filled_value == *Money::parse("250.5"));
    CHECK(f.order(first, kTestHouse).status == OrderStatus::filled);
    CHECK(f.order(second, kTestHouse).status == OrderStatus::filled);
    CHECK(f.model.quote(f.market).ask == price("101.00"));
    CHECK(f.model.quote(f.market).ask_quantity == quantity("4.5"));
    CHECK(f.cash().total == decimal("99749.5"));
    CHECK(f.coins().total == decimal("12.5"));
    CHECK(f.model.executions(f.me, 0, f.now).size() == 3);
    CHECK(f.model.last_price(f.market) == price("101.00"));
}

TEST_CASE("A resting order reserves, and a cancel sets it free") {
    ModelFixture f;
    const OrderNumber mine = f.must(f.limit(Side::buy, "2", "99.00"));
    CHECK(f.cash().held == decimal("198"));
    CHECK(f.model.open_orders(f.me, std::nullopt, f.now).size() == 1);
    CHECK(f.model.cancel(f.me, mine, f.now) == mine);
    CHECK(f.cash().held.is_zero());
    CHECK(f.order(mine).status == OrderStatus::canceled);
    CHECK(f.model.cancel(f.me, mine, f.now).error() == Refusal::order_ended);
    CHECK(f.model.cancel(f.me, mine + 1, f.now).error() == Refusal::unknown_order);
    CHECK(f.refusal(f.limit(Side::buy, "2000", "99.00")) == Refusal::insufficient_funds);
    CHECK(f.refusal(f.limit(Side::sell, "10.001", "99.00")) == Refusal::insufficient_funds);
}

TEST_CASE("Events are numbered and tell of a level and a quote once for each request") {
    ModelFixture f;
    f.house(Side::sell, "1", "100.00");
    f.house(Side::sell, "1", "100.00");
    f.model.take_events();
    f.must(f.at_market(Side::buy, "1.5"));
    std::uint64_t sequence = 0;
    int levels = 0, quotes = 0, trades = 0, orders = 0;
    for (const ModelEvent& event : f.model.take_events()) {
        if (sequence != 0) CHECK(event.sequence == sequence + 1);
        sequence = event.sequence;
        levels += std::holds_alternative<LevelChanged>(event.what);
        quotes += std::holds_alternative<QuoteChanged>(event.what);
        trades += std::holds_alternative<TradeHappened>(event.what);
        orders += std::holds_alternative<OrderHappened>(event.what);
    }
    CHECK(levels == 1);
    CHECK(quotes == 1);
    CHECK(trades == 2);
    CHECK(orders == 5);  // accepted, two fills of each side
    CHECK(f.model.take_events().empty());
}

}  // namespace
}  // namespace plumb::exchange
