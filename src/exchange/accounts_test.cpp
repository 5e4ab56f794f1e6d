#include <doctest/doctest.h>

#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

MarketSpec feed_market(FeeAsset asset, MarketKind kind = MarketKind::spot) {
    MarketSpec spec = test_market("BTC", "USD", kind);
    spec.fees = {decimal("0.001"), decimal("0.002"), asset, "BNB", decimal("500")};
    return spec;
}

TEST_CASE("Fees come out of the quote, out of what is received, or out of a third asset") {
    SUBCASE("quote") {
        ModelFixture f{feed_market(FeeAsset::quote)};
        f.house(Side::sell, "5", "100");
        const OrderNumber mine = f.must(f.limit(Side::buy, "6", "100"));
        CHECK(f.cash().total == decimal("100000") - decimal("500") - decimal("1"));
        CHECK(f.cash().held == decimal("100.2"));  // the higher of the two fees
        f.house(Side::sell, "1", "100");
        CHECK(f.cash().total == decimal("99499") - decimal("100.1"));
        CHECK(f.cash().held.is_zero());
        const auto executions = f.model.executions(f.me, 0, f.now);
        REQUIRE(executions.size() == 2);
        CHECK_FALSE(executions[0].maker);
        CHECK(executions[1].maker);
        CHECK(executions[1].fee == decimal("0.1"));
        CHECK(executions[1].filled_after == quantity("6"));
        CHECK(f.order(mine).executions == std::vector{executions[0].number, executions[1].number});
    }
    SUBCASE("received") {
        ModelFixture f{feed_market(FeeAsset::received)};
        f.house(Side::sell, "5", "100");
        f.must(f.at_market(Side::buy, "1"));
        CHECK(f.coins().total == decimal("10.998"));
        CHECK(f.model.position(f.me, f.market, f.now).quantity == quantity("0.998"));
        CHECK(f.model.position(f.me, f.market, f.now).entry == price("100"));
        f.house(Side::buy, "1", "90");
        f.must(f.at_market(Side::sell, "1"));
        CHECK(f.cash().total == decimal("99900") + decimal("90") - decimal("0.18"));
    }
    SUBCASE("third, while there is some") {
        AccountSpec account{.name = "rich", .deposits = {{"USD", Decimal{1000}}, {"BNB", decimal("0.0005")}}};
        ModelFixture f{feed_market(FeeAsset::third), {}, account};
        f.house(Side::sell, "5", "100");
        f.must(f.at_market(Side::buy, "1"));
        const AssetId bnb = f.model.asset("BNB");
        CHECK(f.model.balance(f.me, bnb, f.now).total == decimal("0.0001"));
        CHECK(f.coins().total == decimal("1"));
        f.must(f.at_market(Side::buy, "1"));  // 0.0004 BNB are not there
        CHECK(f.model.balance(f.me, bnb, f.now).total == decimal("0.0001"));
        CHECK(f.coins().total == decimal("1.998"));
    }
}

TEST_CASE("A buy must be affordable with its fee, at the prices the book has") {
    AccountSpec account{.name = "exact", .deposits = {{"USD", decimal("300.6")}}};
    ModelFixture f{feed_market(FeeAsset::quote), {}, account};
    f.house(Side::sell, "1", "100");
    f.house(Side::sell, "5", "200");
    CHECK(f.refusal(f.at_market(Side::buy, "2.001")) == Refusal::insufficient_funds);
    CHECK(f.refusal(f.limit(Side::buy, "3.001", "100")) == Refusal::insufficient_funds);
    CHECK_FALSE(f.refusal(f.at_market(Side::buy, "2")));
    CHECK(f.cash().total.is_zero());
}

TEST_CASE("A sale without margin needs the coins, those of other orders not counted") {
    ModelFixture f;
    f.house(Side::buy, "50", "90");
    f.must(f.limit(Side::sell, "4", "120"));
    CHECK(f.refusal(f.at_market(Side::sell, "6.001")) == Refusal::insufficient_funds);
    CHECK_FALSE(f.refusal(f.at_market(Side::sell, "6")));
    CHECK(f.coins().total == decimal("4"));
    CHECK(f.coins().held == decimal("4"));
}

MarketSpec perpetual() {
    MarketSpec spec = test_market("BTC", "USD", MarketKind::perpetual);
    spec.leverage_max = Decimal{50};
    spec.maintenance_margin = decimal("0.05");
    spec.funding_interval = std::chrono::hours{8};
    return spec;
}

struct PerpetualFixture : ModelFixture {
    PerpetualFixture()
        : ModelFixture{perpetual(),
                       {},
                       {.name = "trader", .leverage = Decimal{10}, .deposits = {{"USD", Decimal{1000}}}}} {
        model.set_mark(market, price("100"), price("100"), now);
        house(Side::buy, "1000", "100");
        house(Side::sell, "1000", "100.01");
        model.cancel_all(kTestHouse, market, EndReason::by_owner, now);
    }
    void book(const char* bid, const char* ask) {
        model.cancel_all(kTestHouse, market, EndReason::by_owner, now);
        house(Side::buy, "1000", bid);
        house(Side::sell, "1000", ask);
    }
    Position position() const { return model.position(me, market, now); }
};

TEST_CASE("A perpetual's position averages its entry and realizes against it") {
    PerpetualFixture f;
    f.book("99", "100");
    f.must(f.at_market(Side::buy, "1"));
    f.book("109", "110");
    f.must(f.at_market(Side::buy, "1"));
    CHECK(f.position().quantity == quantity("2"));
    CHECK(f.position().entry == price("105"));
    CHECK(f.coins().total.is_zero());
    CHECK(f.cash().total == decimal("1000"));
    f.book("115", "116");
    f.must(f.at_market(Side::sell, "1"));
    CHECK(f.cash().total == decimal("1010"));
    CHECK(f.position().realized == *Money::parse("10"));
    CHECK(f.model.executions(f.me, 0, f.now).back().realized_profit == *Money::parse("10"));
    CHECK(f.model.executions(f.me, 0, f.now).back().position_after == quantity("1"));
    f.must(f.at_market(Side::sell, "3"));  // through flat to short
    CHECK(f.position().quantity == quantity("-2"));
    CHECK(f.position().entry == price("115"));
    CHECK(f.position().realized.is_zero());
    CHECK(f.cash().total == decimal("1020"));
    CHECK(f.model.positions(f.me, f.now).size() == 1);
    f.model.set_mark(f.market, price("120"), price("120"), f.now);
    CHECK(f.model.equity(f.me, f.usd) == *Money::parse("1010"));
    CHECK(f.model.initial_margin(f.me, f.usd) == *Money::parse("24"));
    CHECK(f.model.maintenance_margin(f.me, f.usd) == *Money::parse("12"));
    CHECK(f.model.buying_power(f.me, f.usd) == *Money::parse("9860"));
}

TEST_CASE("Leverage bounds what positions and orders may become, on their worst side") {
    PerpetualFixture f;
    f.book("99.99", "100");
    CHECK(f.refusal(f.limit(Side::buy, "100.001", "100")) == Refusal::insufficient_funds);
    f.must(f.limit(Side::buy, "60", "90"));
    f.must(f.limit(Side::sell, "60", "110"));  // the other side costs only what is more
    CHECK(f.model.initial_margin(f.me, f.usd) == *Money::parse("660"));
    CHECK(f.refusal(f.limit(Side::sell, "31", "110")) == Refusal::insufficient_funds);
    CHECK_FALSE(f.refusal(f.limit(Side::sell, "30", "110")));
    f.model.cancel_all(f.me, f.market, EndReason::by_owner, f.now);
    CHECK(f.model.initial_margin(f.me, f.usd).is_zero());
    // A price far from the mark loses at once what it is away.
    f.book("99.99", "180");
    CHECK(f.refusal(f.at_market(Side::buy, "20")) == Refusal::would_liquidate);
}

TEST_CASE("Reduce-only never turns a position, as taker, as maker and as it shrinks") {
    PerpetualFixture f;
    f.book("99.99", "100");
    OrderSpec reduce = f.limit(Side::sell, "3", "105");
    reduce.reduce_only = true;
    CHECK(f.refusal(reduce) == Refusal::reduce_only_would_not_reduce);
    f.must(f.at_market(Side::buy, "2"));
    reduce.side = Side::buy;
    CHECK(f.refusal(reduce) == Refusal::reduce_only_would_not_reduce);
    reduce.side = Side::sell;
    const OrderNumber first = f.must(reduce), second = f.must(reduce);
    CHECK(f.order(first).spec.quantity == quantity("2"));
    CHECK(f.model.levels(f.market, Side::sell, 9)[1].quantity == quantity("4"));
    f.model.cancel_all(kTestHouse, f.market, EndReason::by_owner, f.now);
    f.house_at_market(Side::buy, "1");
    CHECK(f.order(first).leaves() == quantity("1"));
    CHECK(f.order(second).leaves() == quantity("1"));
    f.house_at_market(Side::buy, "9");
    CHECK(f.order(first).status == OrderStatus::filled);
    CHECK(f.order(second).end_reason == EndReason::reduce_only);
    CHECK(f.position().quantity.is_zero());
    f.book("99.99", "100");
    f.must(f.at_market(Side::buy, "2"));
    OrderSpec taker = f.at_market(Side::sell, "5");
    taker.reduce_only = true;
    const OrderNumber taking = f.must(taker);
    CHECK(f.order(taking).filled == quantity("2"));
    CHECK(f.order(taking).end_reason == EndReason::reduce_only);
    CHECK(f.position().quantity.is_zero());
}

TEST_CASE("Funding moves between longs and shorts, each interval once") {
    PerpetualFixture f;
    f.book("99.99", "100");
    f.must(f.at_market(Side::buy, "2"));
    f.model.set_funding_rate(f.market, decimal("0.001"), at(1000), f.now);
    const Decimal house = f.model.balance(kTestHouse, f.usd, f.now).total;
    f.model.advance(at(999));
    CHECK(f.cash().total == decimal("1000"));
    f.model.advance(at(1000));
    CHECK(f.cash().total == decimal("999.8"));
    CHECK(f.model.balance(kTestHouse, f.usd, f.now).total - house == decimal("0.2"));
    CHECK(f.position().funding == *Money::parse("-0.2"));
    f.model.advance(at(1000) + std::chrono::hours{17});
    CHECK(f.cash().total == decimal("999.4"));
    CHECK(f.model.mark(f.market).next_funding == at(1000) + std::chrono::hours{24});
}

TEST_CASE(
    "fault_E26 a position short of maintenance is closed, orders first, losses beyond the account the "
    "house's") {
    PerpetualFixture f;
    f.book("99.99", "100");
    f.must(f.at_market(Side::buy, "80"));
    const OrderNumber resting = f.must(f.limit(Side::buy, "1", "95"));
    f.model.set_mark(f.market, price("92.20"), price("92.20"), f.now);
    f.model.advance(f.now);
    CHECK(f.order(resting).status == OrderStatus::working);  // 376 are there, 368.8 needed
    f.model.set_mark(f.market, price("91.90"), price("91.90"), f.now);
    f.model.cancel_all(kTestHouse, f.market, EndReason::by_owner, f.now);
    f.house(Side::buy, "30", "80");
    f.model.take_events();
    f.model.advance(f.now);
    CHECK(f.order(resting).end_reason == EndReason::liquidation);
    CHECK(f.position().quantity.is_zero());
    const auto executions = f.model.executions(f.me, 0, f.now);
    REQUIRE(executions.size() == 3);
    CHECK(executions[1].price == price("80"));
    CHECK(executions[1].liquidation);
    CHECK(executions[2].price == price("91.90"));  // what the book could not take
    CHECK(executions[2].quantity == quantity("50"));
    CHECK(f.cash().total == decimal("1000") - decimal("600") - decimal("405") + decimal("5"));
    int told = 0;
    for (const ModelEvent& event : f.model.take_events()) {
        if (const auto* trade = std::get_if<TradeHappened>(&event.what)) told += trade->liquidation;
    }
    CHECK(told == 2);
}

TEST_CASE("An equity account on margin may buy and be short up to its leverage, where the share allows it") {
    AccountSpec account{
        .name = "margin", .may_short = true, .leverage = Decimal{2}, .deposits = {{"USD", Decimal{10'000}}}};
    ModelFixture f{test_market("AAPL", "USD", MarketKind::equity), {}, account};
    f.house(Side::buy, "1000", "99.99");
    f.house(Side::sell, "1000", "100");
    CHECK(f.model.buying_power(f.me, f.usd) == *Money::parse("20000"));
    CHECK(f.refusal(f.limit(Side::buy, "200.001", "100")) == Refusal::insufficient_funds);
    f.must(f.at_market(Side::buy, "150"));
    CHECK(f.cash().total == decimal("-5000"));
    CHECK(f.model.equity(f.me, f.usd) == *Money::parse("10000"));
    CHECK(f.model.buying_power(f.me, f.usd) == *Money::parse("5000"));
    CHECK_FALSE(f.refusal(f.at_market(Side::sell, "300")));  // to a short of the same size
    CHECK(f.model.position(f.me, f.market, f.now).quantity == quantity("-150"));
    CHECK(f.coins().total == decimal("-150"));
    CHECK(f.refusal(f.at_market(Side::sell, "60")) == Refusal::insufficient_funds);
    CHECK_FALSE(f.refusal(f.at_market(Side::buy, "150")));
    CHECK(f.model.positions(f.me, f.now).empty());
    MarketSpec hard = test_market("GME", "USD", MarketKind::equity);
    hard.instrument.can_short = false;
    OrderSpec spec = f.limit(Side::sell, "1", "10");
    spec.instrument = *f.model.add_market(hard);
    CHECK(f.refusal(spec) == Refusal::no_shorting);
}

TEST_CASE("Coins beside shares on margin are paid in full") {
    AccountSpec account{
        .name = "margin", .may_short = true, .leverage = Decimal{2}, .deposits = {{"USD", Decimal{10'000}}}};
    ModelFixture f{test_market("AAPL", "USD", MarketKind::equity), {}, account};
    const InstrumentId coin = *f.model.add_market(test_market("BTC", "USD"));
    f.house(Side::sell, "1000", "100");
    f.must(f.at_market(Side::buy, "80"));  // 4000 of margin
    OrderSpec spec = f.limit(Side::buy, "1", "2000.01");
    spec.instrument = coin;
    CHECK(f.refusal(spec) == Refusal::insufficient_funds);  // there are 2000 of cash
    spec.limit = price("2000");
    CHECK_FALSE(f.refusal(spec));
    CHECK(f.cash().held == decimal("2000"));
    CHECK(f.model.buying_power(f.me, f.usd) == *Money::parse("8000"));
}

TEST_CASE("Transfers move balances and say which way") {
    ModelFixture f;
    f.model.take_events();
    f.model.transfer(f.me, f.usd, decimal("-10"), f.now);
    f.model.transfer(f.me, f.usd, decimal("4"), f.now);
    const auto events = f.model.take_events();
    REQUIRE(events.size() == 2);
    CHECK(std::get<BalanceChanged>(events[0].what).reason == BalanceReason::withdrawal);
    CHECK(std::get<BalanceChanged>(events[1].what).reason == BalanceReason::deposit);
    CHECK(std::get<BalanceChanged>(events[1].what).total == decimal("99994"));
}

}  // namespace
}  // namespace plumb::exchange
