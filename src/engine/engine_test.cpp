#include "engine/engine.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "base/rng.hpp"
#include "engine/recovery.hpp"
#include "strategies/pairs/pairs_zscore.hpp"

using namespace plumb;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp kStart =
    Timestamp{} + std::chrono::hours{24 * 20'000};  // a multiple of every cycle interval below

InstrumentTable market() {
    InstrumentTable table;
    for (const char* base : {"A", "B"}) {
        Instrument instrument;
        instrument.base = base;
        instrument.quote = "USD";
        instrument.tick = *Price::parse("0.01");
        instrument.lot = *Quantity::parse("0.1");
        instrument.quantity_min = instrument.lot;
        instrument.notional_min = *Money::parse("1");
        REQUIRE(table.add(instrument).has_value());
    }
    return table;
}

/// An engine on one pair, spread A - 2 B with mean 10 and deviation 1, shown trades and ticks by hand.
struct Bench {
    InstrumentTable table = market();
    engine::Engine core;
    Timestamp now = kStart;
    std::vector<Effect> effects;  // of the last call
    int executions = 0;

    static strategies::PairsParams params() {
        strategies::PairsParams p;
        p.recalibrate_interval = 0s;
        return p;
    }
    static std::unique_ptr<strategy::Strategy> strategy(const strategies::PairsParams& p) {
        PairModel model;
        model.name = "A-B";
        model.legs = {InstrumentId{0}, InstrumentId{1}};
        model.weights = {1, -2};
        model.spread_mean = 10;
        model.spread_std = 1;
        return std::make_unique<strategies::PairsZscore>(
            p, std::vector{model}, std::vector<strategies::PairStaleness>{{60s, 300s, 900s}});
    }
    static engine::EngineConfig config() {
        engine::EngineConfig c;
        c.capital = *Money::parse("100000");
        c.cycle_interval = 30s;
        c.first_id = {1, 1, 1};
        return c;
    }

    explicit Bench(const strategies::PairsParams& p = params()) : core{config(), table, strategy(p)} {}
    explicit Bench(const engine::EngineConfig& c) : core{c, table, strategy(params())} {}

    template <class E>
    void step(const E& event) {
        const auto all = core.step(event);
        effects.assign(all.begin(), all.end());
    }
    static Trade trade(std::uint32_t instrument, double price, Timestamp at) {
        Trade t;
        t.instrument = InstrumentId{instrument};
        t.price = *Price::from_double(price, 6);
        t.quantity = *Quantity::parse("1");
        t.received_at = at;
        return t;
    }
    void mark(std::uint32_t instrument, double price) {
        MarkPrice m;
        m.instrument = InstrumentId{instrument};
        m.mark = *Price::from_double(price, 6);
        m.received_at = now;
        step(m);
    }
    void prices(double a, double b) { step(trade(0, a, now)), step(trade(1, b, now)); }
    void tick(Duration later = 30s) { now += later, step(Tick{now}); }
    void say(CommandType type) { step(Command{type, now}); }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const Effect& each : effects) {
            if (const auto* one = std::get_if<T>(&each)) found.push_back(*one);
        }
        return found;
    }
    Fill fill_of(const OrderRequest& order) {
        Fill fill;
        fill.execution = ExecutionId{"x" + std::to_string(++executions)};
        fill.order = order.id;
        fill.instrument = order.instrument;
        fill.pair = order.pair;
        fill.leg = order.leg;
        fill.side = order.side;
        fill.price = order.reference;
        fill.quantity = order.quantity;
        fill.received_at = now;
        return fill;
    }
    void fill_all() {
        while (!core.open_orders().empty()) step(fill_of(core.open_orders()[0].request));
    }
    PairPhase phase() const { return core.pairs()[0].phase; }
    void hold() {
        prices(207, 100);
        tick();
        fill_all();
        REQUIRE(phase() == PairPhase::open);
    }
};

}  // namespace

TEST_CASE("engine: an entry is recorded, sent, filled and left, on cycles only") {
    Bench bench;
    bench.prices(207, 100);  // z -3
    CHECK(bench.effects.empty());
    bench.tick();
    REQUIRE(bench.all<Submit>().size() == 2);
    CHECK(bench.all<Signaled>().at(0).signal.type == SignalType::buy_spread);
    bench.fill_all();
    CHECK(bench.phase() == PairPhase::open);
    bench.prices(210, 100);
    bench.tick(29s);
    CHECK(bench.all<EquityPoint>().empty());  // between two cycles
    bench.tick(1s);
    CHECK(bench.all<EquityPoint>().size() == 1);
    CHECK(bench.phase() == PairPhase::closing);
    bench.fill_all();
    CHECK(bench.core.idle());
    CHECK(bench.core.portfolio().snapshot({}).equity > *Money::parse("100000"));
}

TEST_CASE("engine: the mark price values positions, the last price triggers, unless chosen otherwise") {
    Bench bench;
    bench.hold();
    const Money held = bench.core.portfolio().snapshot({}).equity;
    bench.mark(0, 208);
    CHECK(bench.core.portfolio().mark_of(InstrumentId{0}).to_string() == "208");
    CHECK(bench.core.portfolio().snapshot({}).equity > held);
    CHECK(bench.core.market()[0].price == 207);  // the signal looks at the last
    bench.step(Bench::trade(0, 207.5, bench.now));
    CHECK(bench.core.portfolio().mark_of(InstrumentId{0}).to_string() == "208");
    CHECK(bench.core.market()[0].price == 207.5);
    bench.now += 61s;  // the mark's stream has stopped
    bench.step(Bench::trade(0, 207.5, bench.now));
    CHECK(bench.core.portfolio().mark_of(InstrumentId{0}).to_string() == "207.5");

    engine::EngineConfig config = Bench::config();
    config.valuation = engine::PriceUse::last;
    config.triggers = engine::PriceUse::mark;
    Bench other{config};
    other.mark(0, 250);
    CHECK_FALSE(other.core.market()[0].has_price());  // nothing traded yet: no order could be sized
    other.prices(210, 100);
    CHECK(other.core.portfolio().mark_of(InstrumentId{0}).to_string() == "210");
    other.mark(0, 207), other.mark(1, 100);
    other.tick();
    CHECK(other.all<Submit>().size() == 2);  // z of the marks is -3, of the last prices 0
}

TEST_CASE("fault_F12_absurd_mark: a mark price far from the one before waits for a second") {
    Bench bench;
    bench.hold();
    bench.mark(0, 207);
    bench.mark(0, 20700);
    CHECK(bench.core.portfolio().mark_of(InstrumentId{0}).to_string() == "207");
    bench.mark(0, 0.0001);
    bench.mark(0, 207.1);
    CHECK(bench.core.portfolio().mark_of(InstrumentId{0}).to_string() == "207.1");
}

TEST_CASE("engine: cycles fall on multiples of the interval, whenever the session began") {
    for (const auto offset : {0s, 1s, 17s, 29s}) {
        Bench bench;
        bench.now = kStart + offset;
        bench.tick(0s);
        CHECK(bench.core.cycles() == 1);  // the first look is at once
        std::uint64_t before = 1;
        for (int second = 0; second < 120; ++second) {
            bench.tick(1s);
            const bool on_grid = to_ns(bench.now) % Duration{30s}.count() == 0;
            CHECK((bench.core.cycles() == before + 1) == on_grid);
            before = bench.core.cycles();
        }
    }
}

TEST_CASE("fault_C04_warm_up_equals_long_history: a restart decides as if it had never stopped") {
    strategies::PairsParams params;
    params.recalibrate_interval = 5min;
    params.recalibrate_observations_min = 20;
    params.lookback = 40;
    Bench whole{params}, restarted{params};
    Rng rng{17};
    double gap = 0;
    for (int i = 0; i < 600; ++i) {
        gap = 0.95 * gap + 0.1 * rng.normal();
        const double b = 100 + 0.01 * rng.normal(), a = 2 * b + 10 + gap;
        const bool warming = i < 400;
        for (Bench* bench : {&whole, &restarted}) {
            bench->now = kStart + 30s * i;
            const Event events[] = {Bench::trade(0, a, bench->now), Bench::trade(1, b, bench->now),
                                    Tick{bench->now}};
            for (const Event& event : events) {
                if (bench == &restarted && warming) {
                    bench->core.warm_up(event);
                } else {
                    bench->step(event);
                }
            }
        }
        CHECK(whole.core.models()[0].spread_mean == restarted.core.models()[0].spread_mean);
        CHECK(whole.core.models()[0].spread_std == restarted.core.models()[0].spread_std);
        CHECK(whole.core.last_signals()[0].z ==
              doctest::Approx(restarted.core.last_signals()[0].z).epsilon(1e-12));
        if (warming) CHECK(restarted.core.open_orders().empty());
    }
}

TEST_CASE("engine: halt, reduce and shut down tighten; only resume loosens; exits go on in every state") {
    for (const CommandType type : {CommandType::halt, CommandType::reduce}) {
        Bench bench;
        bench.hold();
        bench.say(type);
        const TradingState state = type == CommandType::halt ? TradingState::halted : TradingState::reducing;
        CHECK(bench.core.state() == state);
        bench.say(CommandType::reduce);
        bench.say(CommandType::flatten);
        CHECK(bench.core.state() == state);  // flatten does not soften a halt
        CHECK(bench.phase() == PairPhase::closing);
        bench.fill_all();
        CHECK(bench.phase() == PairPhase::flat);
        bench.prices(207, 100);
        bench.tick();
        CHECK(bench.all<Submit>().empty());
        bench.say(CommandType::shut_down);
        CHECK(bench.core.state() == state);
        bench.say(CommandType::resume);
        CHECK(bench.core.state() == TradingState::active);
        bench.tick();
        CHECK(bench.all<Submit>().size() == 2);
    }
}

TEST_CASE("fault_E29_shut_down_while_opening: what was opening is closed, filled or not") {
    for (const bool fills : {false, true}) {
        Bench bench;
        bench.prices(207, 100);
        bench.tick();
        REQUIRE(bench.phase() == PairPhase::opening);
        const OrderRequest a = bench.core.open_orders()[0].request, b = bench.core.open_orders()[1].request;
        bench.say(CommandType::shut_down);
        CHECK(bench.all<Cancel>().size() == 2);
        CHECK_FALSE(bench.core.idle());
        for (const OrderRequest& order : {a, b}) {
            if (fills) bench.step(bench.fill_of(order));
            if (!fills) bench.step(OrderReport{order.id, {}, OrderState::canceled, {}, bench.now, bench.now});
        }
        bench.fill_all();
        CHECK(bench.core.idle());
        CHECK(bench.core.portfolio().snapshot({}).gross.is_zero());
    }
}

TEST_CASE(
    "engine: a drawdown beyond its limit stops entries and lets exits go; it is measured from the highest "
    "equity ever") {
    Bench bench;
    bench.hold();
    for (int i = 1; i <= 40; ++i) {  // B walks up while A stays: the pair loses
        bench.prices(207, 100 + 8 * i);
        bench.tick(10s);
    }
    CHECK(bench.core.state() == TradingState::reducing);
    CHECK(bench.core.portfolio().snapshot({}).equity < *Money::parse("75000"));

    Bench restarted;
    restarted.core.restore({.fills = {},
                            .pairs = {},
                            .open_orders = {},
                            .equity_high = *Money::parse("140000"),
                            .carried_realized = {},
                            .carried_fees = {}});
    restarted.prices(207, 100);
    restarted.tick();
    CHECK(restarted.core.state() == TradingState::reducing);
    CHECK(restarted.all<Submit>().empty());
}

TEST_CASE("fault_E08_fill_told_twice: the second time nothing happens") {
    Bench bench;
    bench.prices(207, 100);
    bench.tick();
    const Fill fill = bench.fill_of(bench.core.open_orders()[0].request);
    bench.step(fill);
    CHECK(bench.all<RecordFill>().size() == 1);
    const Money cash = bench.core.portfolio().cash();
    bench.step(fill);
    CHECK(bench.effects.empty());
    CHECK(bench.core.portfolio().cash() == cash);
}

TEST_CASE("fault_F09_crossed_quote: crossed and one-sided quotes are no prices") {
    Bench bench;
    const auto quote = [&](const char* bid, const char* ask) {
        Quote q;
        q.bid = *Price::parse(bid);
        q.ask = *Price::parse(ask);
        q.received_at = bench.now;
        bench.step(q);
        return bench.core.market()[0].price;
    };
    CHECK(quote("0", "100") == 0);
    CHECK(quote("101", "100") == 0);
    CHECK(quote("99", "101") == 100);
    CHECK(quote("120", "100") == 100);
}

TEST_CASE(
    "fault_F12_absurd_price: a slip is no price until a second print agrees, and nothing stops the program") {
    Bench bench;
    bench.hold();
    const auto price_after = [&](double price) {
        bench.step(Bench::trade(0, price, bench.now));
        return bench.core.market()[0].price;
    };
    CHECK(price_after(0.02) == 207);
    CHECK(price_after(1e9) == 207);  // another slip does not confirm the first
    CHECK(price_after(208) == 208);
    CHECK(price_after(4000) == 208);
    bench.tick();
    CHECK(bench.all<Signaled>().empty());
    CHECK(price_after(4001) == 4001);  // the second print: so it is
    for (const double absurd : {1e13, 1e14, 1e20}) {
        for (int i = 0; i < 3; ++i) CHECK(price_after(absurd) == 4001);  // as often as it is said
    }
    Trade none = Bench::trade(0, 1, bench.now);
    for (const char* price : {"0", "-5"}) {
        none.price = *Price::parse(price);
        bench.step(none);
        CHECK(bench.core.market()[0].price == 4001);
    }
}

TEST_CASE("engine: a price stamped ahead of the clock is not old, a clock that steps back does not go back") {
    Bench bench;
    bench.now += 1h;
    bench.prices(207, 100);
    bench.now -= 30min;
    bench.tick();
    REQUIRE(bench.all<Submit>().size() == 2);
    CHECK(bench.all<Submit>()[0].order.request().decided_at == kStart + 1h);
}

TEST_CASE(
    "engine: after half a day of silence a holding is closed in emergency, and nothing is entered on old "
    "prices") {
    Bench bench;
    bench.hold();
    bench.tick(12h);
    REQUIRE(bench.all<Signaled>().size() == 1);
    CHECK(bench.all<Signaled>()[0].signal.reason == Reason::stale_emergency);
    bench.fill_all();
    CHECK(bench.core.idle());
    bench.tick();
    CHECK(bench.all<Submit>().empty());
}

TEST_CASE("engine: the same events have the same effects") {
    Bench one, two;
    Rng rng{3};
    for (int i = 0; i < 3000; ++i) {
        const double b = 100 + rng.normal(), a = 2 * b + 10 + 2 * rng.normal();
        const bool fills = rng.below(2) == 0;
        std::vector<std::string> orders;
        for (Bench* bench : {&one, &two}) {
            bench->prices(a, b);
            bench->tick(15s);
            std::string text;
            for (const Submit& each : bench->all<Submit>()) {
                text += each.order.request().id.to_string() + each.order.request().quantity.to_string();
            }
            orders.push_back(text);
            if (fills) bench->fill_all();
        }
        REQUIRE(orders[0] == orders[1]);
        REQUIRE(one.core.portfolio().cash() == two.core.portfolio().cash());
    }
    CHECK(one.executions > 100);
}

TEST_CASE(
    "recovery: a pair that says it holds what no fill says is a damaged record, in one line and without a "
    "crash") {
    RecordedState state;
    RecordedPair pair;
    pair.pair = "A-B";
    pair.legs = {"A/USD", "B/USD"};
    pair.status.phase = PairPhase::open;
    pair.status.held[1] = *Quantity::parse("-3");
    state.pairs.push_back(pair);
    const auto refused = engine::recover(state);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::corrupt);
    CHECK(refused.error().message().find("A-B holds -3 of B/USD") != std::string::npos);

    RecordedFill fill;
    fill.pair = "A-B";
    fill.instrument = "B/USD";
    fill.fill.execution = ExecutionId{"x"};
    fill.fill.instrument = InstrumentId{1};
    fill.fill.pair = PairId{0};
    fill.fill.leg = 1;
    fill.fill.side = Side::sell;
    fill.fill.price = *Price::parse("100");
    fill.fill.quantity = *Quantity::parse("3");
    state.fills.push_back(fill);
    const auto sound = engine::recover(state);
    REQUIRE(sound.has_value());
    Bench bench;
    bench.core.restore(*sound);
    CHECK(bench.phase() == PairPhase::open);
}
