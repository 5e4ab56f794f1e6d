#include <doctest/doctest.h>

#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

/// A last price of 100 and a book around it.
struct StopFixture : ModelFixture {
    explicit StopFixture(ModelOptions options = {}, MarketKind kind = MarketKind::spot)
        : ModelFixture{test_market("BTC", "USD", kind), options} {
        print("100");
        house(Side::buy, "50", "90");
        house(Side::sell, "50", "110");
    }
    void print(const char* at_price) {
        model.print(market, Side::buy, price(at_price), quantity("0.001"), now);
    }
    OrderStatus status(OrderNumber number) const { return order(number).status; }
};

TEST_CASE("Stops wake when the last price reaches them, on their own side") {
    StopFixture f;
    const OrderNumber loss = f.must(f.stop(Side::sell, "1", "95"));
    OrderSpec spec = f.stop(Side::sell, "1", "105");
    spec.takes_profit = true;
    const OrderNumber profit = f.must(spec);
    const OrderNumber entry = f.must(f.stop(Side::buy, "1", "106"));
    CHECK(f.status(loss) == OrderStatus::waiting);
    f.print("95.01");
    CHECK(f.status(loss) == OrderStatus::waiting);
    f.print("95");
    CHECK(f.status(loss) == OrderStatus::filled);
    CHECK(f.order(loss).triggered);
    CHECK(f.order(loss).average_price() == price("90"));
    // The fill at 90 was a price too; those above wait on.
    f.print("105");
    CHECK(f.status(profit) == OrderStatus::filled);
    CHECK(f.status(entry) == OrderStatus::waiting);
    f.print("107");
    CHECK(f.status(entry) == OrderStatus::filled);
    CHECK(f.order(entry).average_price() == price("110"));
    CHECK(f.cash().held.is_zero());
    CHECK(f.coins().held.is_zero());
}

TEST_CASE("A stop on the wrong side of the market is refused, or fires at once") {
    StopFixture strict;
    CHECK(strict.refusal(strict.stop(Side::sell, "1", "100")) == Refusal::trigger_would_fire);
    CHECK(strict.refusal(strict.stop(Side::buy, "1", "99")) == Refusal::trigger_would_fire);
    ModelOptions options;
    options.stops_may_fire_at_once = true;
    StopFixture f{options};
    CHECK(f.status(f.must(f.stop(Side::sell, "1", "100"))) == OrderStatus::filled);
}

TEST_CASE("A stop-limit rests at its limit once it woke") {
    StopFixture f;
    OrderSpec spec = f.stop(Side::sell, "1", "95");
    spec.type = OrderType::stop_limit;
    spec.limit = price("94");
    const OrderNumber mine = f.must(spec);
    CHECK(f.coins().held == decimal("1"));
    f.print("94.50");
    CHECK(f.status(mine) == OrderStatus::working);
    CHECK(f.model.quote(f.market).ask == price("94"));
    f.house_at_market(Side::buy, "1");
    CHECK(f.status(mine) == OrderStatus::filled);
    CHECK(f.coins().held.is_zero());
}

TEST_CASE("A post-only stop-limit ends when it would take as it wakes") {
    StopFixture f;
    OrderSpec spec = f.stop(Side::sell, "1", "95");
    spec.type = OrderType::stop_limit;
    spec.limit = price("89");
    spec.post_only = true;
    const OrderNumber mine = f.must(spec);
    f.print("95");
    CHECK(f.order(mine).end_reason == EndReason::post_only);
    CHECK(f.order(mine).filled.is_zero());
}

TEST_CASE("A trailing stop follows the best price by a distance or a fraction, and never goes back") {
    StopFixture f;
    OrderSpec spec = f.at_market(Side::sell, "1");
    spec.type = OrderType::trailing_stop;
    spec.trail.distance = price("5");
    const OrderNumber by_distance = f.must(spec);
    OrderSpec buy = f.at_market(Side::buy, "1");
    buy.type = OrderType::trailing_stop;
    buy.trail.fraction = decimal("0.03");
    const OrderNumber by_fraction = f.must(buy);
    CHECK(f.order(by_distance).trail_stop == price("95"));
    CHECK(f.order(by_fraction).trail_stop == price("103"));
    f.print("102");
    f.print("101");
    CHECK(f.order(by_distance).trail_stop == price("97"));
    CHECK(f.order(by_fraction).trail_stop == price("103"));
    f.print("98");
    CHECK(f.order(by_fraction).trail_stop == price("100.94"));
    CHECK(f.status(by_distance) == OrderStatus::waiting);
    f.print("97");
    CHECK(f.status(by_distance) == OrderStatus::filled);
    // That sale printed 90; the buyer now trails 3 % above it.
    CHECK(f.order(by_fraction).trail_stop == price("92.70"));
    f.print("92.70");
    CHECK(f.status(by_fraction) == OrderStatus::filled);
    CHECK(f.cash().held.is_zero());
}

TEST_CASE("Stops follow the mark or the index where they say so") {
    StopFixture f;
    OrderSpec spec = f.stop(Side::sell, "1", "95");
    spec.trigger = TriggerPrice::mark;
    const OrderNumber by_mark = f.must(spec);
    spec.trigger = TriggerPrice::index;
    const OrderNumber by_index = f.must(spec);
    f.print("94");
    CHECK(f.status(by_mark) == OrderStatus::waiting);
    f.model.set_mark(f.market, price("95"), price("96"), f.now);
    CHECK(f.status(by_mark) == OrderStatus::filled);
    CHECK(f.status(by_index) == OrderStatus::waiting);
    f.model.set_mark(f.market, price("96"), price("94.99"), f.now);
    CHECK(f.status(by_index) == OrderStatus::filled);
}

TEST_CASE("One stop's sale wakes the next, the nearest and the oldest first") {
    StopFixture f;
    const OrderNumber low = f.must(f.stop(Side::sell, "1", "89"));
    const OrderNumber near = f.must(f.stop(Side::sell, "1", "96"));
    const OrderNumber also_near = f.must(f.stop(Side::sell, "1", "96"));
    f.house(Side::buy, "1", "93");
    f.house(Side::buy, "1", "92");
    f.model.cancel_all(kTestHouse, f.market, EndReason::by_owner, f.now);
    f.house(Side::buy, "1", "93");
    f.house(Side::buy, "1", "88");
    f.house(Side::buy, "1", "87");
    f.print("96");
    CHECK(f.order(near).average_price() == price("93"));
    CHECK(f.order(also_near).average_price() == price("88"));
    CHECK(f.order(low).average_price() == price("87"));
}

TEST_CASE("A stop that its account cannot pay for is rejected as it wakes") {
    StopFixture f;
    const OrderNumber mine = f.must(f.stop(Side::buy, "9", "105"));
    CHECK(f.cash().held == decimal("945"));
    f.model.transfer(f.me, f.usd, decimal("-99055"), f.now);
    f.print("105");
    const OrderRecord record = f.order(mine);
    CHECK(record.status == OrderStatus::rejected);
    CHECK(record.end_reason == EndReason::insufficient_funds);
    CHECK(f.cash().held.is_zero());
}

TEST_CASE("A halted market wakes nothing") {
    StopFixture f;
    const OrderNumber mine = f.must(f.stop(Side::sell, "1", "95"));
    f.model.set_status(f.market, TradingStatus::halted, f.now);
    f.print("90");
    CHECK(f.status(mine) == OrderStatus::waiting);
    CHECK(f.model.cancel(f.me, mine, f.now).has_value());
    CHECK(f.coins().held.is_zero());
}

}  // namespace
}  // namespace plumb::exchange
