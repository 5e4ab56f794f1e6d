#include "execution/spread_executor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "base/rng.hpp"

using namespace plumb;
using namespace std::chrono_literals;
using execution::SpreadExecutor;

namespace {

constexpr Timestamp kStart = Timestamp{} + std::chrono::hours{24 * 20'000};

/// One pair, A - 2 B, and a venue played by hand.
struct Desk {
    InstrumentTable table;
    PairModel model;
    portfolio::Portfolio book{*Money::parse("100000"), 2, 1};
    std::unique_ptr<risk::RiskGate> gate;
    std::unique_ptr<SpreadExecutor> executor;
    std::vector<Effect> effects;
    execution::Moment moment;
    std::set<ClientOrderId> ids;
    int executions = 0;

    Desk() {
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
        model.name = "A-B";
        model.legs = {InstrumentId{0}, InstrumentId{1}};
        model.weights = {1, -2};
        model.spread_std = 1;
        gate = std::make_unique<risk::RiskGate>(risk::Limits{}, table);
        executor = std::make_unique<SpreadExecutor>(execution::ExecutionPolicy{}, table, std::span{&model, 1},
                                                    *gate, book, ClientOrderId{1, 1, 1});
        moment.now = kStart;
        moment.prices = {*Price::parse("210"), *Price::parse("100")};
    }

    const PairStatus& status() const { return executor->statuses()[0]; }
    PairPhase phase() const { return status().phase; }
    bool flat() const { return status().held[0].is_zero() && status().held[1].is_zero(); }

    void enter(SignalType type = SignalType::buy_spread) {
        executor->enter({.pair = {},
                         .type = type,
                         .reason = Reason::entry_threshold,
                         .z = -2,
                         .confidence = 1,
                         .spread = 10,
                         .at = moment.now},
                        model, *Money::parse("20500"), moment, effects);
        note_ids();
    }
    void leave(SignalType type = SignalType::exit, Reason reason = Reason::mean_reverted) {
        executor->leave({.pair = {},
                         .type = type,
                         .reason = reason,
                         .z = 0,
                         .confidence = 1,
                         .spread = 10,
                         .at = moment.now},
                        moment, effects);
        note_ids();
    }
    Fill fill_of(const OrderRequest& order, Quantity quantity) {
        Fill fill;
        fill.execution = ExecutionId{"x" + std::to_string(++executions)};
        fill.order = order.id;
        fill.instrument = order.instrument;
        fill.pair = order.pair;
        fill.leg = order.leg;
        fill.side = order.side;
        fill.price = order.reference;
        fill.quantity = quantity;
        fill.fee = *Money::parse("0.1");
        fill.received_at = moment.now;
        return fill;
    }
    void apply(const Fill& fill) {
        REQUIRE(book.apply(fill));
        executor->on_fill(fill, moment, effects);
        note_ids();
        // Whatever happens, what the pair says it holds is what was filled.
        for (std::size_t leg = 0; leg < 2; ++leg) REQUIRE(status().held[leg] == book.leg({}, leg).quantity());
    }
    void fill(const OrderRequest& order) { apply(fill_of(order, order.quantity)); }
    void report(const OrderRequest& order, OrderState state) {
        executor->on_report({order.id, {}, state, {}, moment.now, moment.now}, moment, effects);
        note_ids();
    }
    void deadline() {
        moment.now += 60s;
        REQUIRE(executor->overdue({}, moment.now));
        executor->on_deadline({}, moment, effects);
        note_ids();
    }

    /// Every order id is new, for good.
    void note_ids() {
        for (; seen_ < effects.size(); ++seen_) {
            if (const auto* order = std::get_if<Submit>(&effects[seen_])) {
                REQUIRE(ids.insert(order->order.request().id).second);
                // The intent stands before it.
                REQUIRE(std::get_if<RecordIntent>(&effects[seen_ - 1]) != nullptr);
            }
        }
    }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const Effect& each : effects) {
            if (const auto* one = std::get_if<T>(&each)) found.push_back(*one);
        }
        return found;
    }
    /// The open orders, by leg; at most one of each.
    OrderRequest open(std::size_t leg) const {
        const auto orders = executor->open_orders();
        const auto at =
            std::ranges::find_if(orders, [&](const auto& each) { return each.request.leg == leg; });
        REQUIRE(at != orders.end());
        return at->request;
    }
    void hold() {
        enter();
        fill(open(0));
        fill(open(1));
        REQUIRE(phase() == PairPhase::open);
    }

 private:
    std::size_t seen_ = 0;
};

}  // namespace

TEST_CASE("executor: both legs filled make an open pair, both closed a round trip with its profit") {
    Desk desk;
    desk.enter();
    CHECK(desk.phase() == PairPhase::opening);
    CHECK(desk.executor->open_orders().size() == 2);
    CHECK(desk.open(0).side == Side::buy);
    CHECK(desk.open(1).side == Side::sell);
    CHECK(desk.open(1).quantity == desk.open(0).quantity + desk.open(0).quantity);
    desk.fill(desk.open(0));
    CHECK(desk.phase() == PairPhase::opening);
    desk.fill(desk.open(1));
    CHECK(desk.phase() == PairPhase::open);
    CHECK(desk.status().held == desk.status().target);
    desk.moment.prices[0] = *Price::parse("211");
    desk.leave();
    CHECK(desk.phase() == PairPhase::closing);
    desk.fill(desk.open(0));
    desk.fill(desk.open(1));
    CHECK(desk.phase() == PairPhase::flat);
    CHECK(desk.flat());
    const auto closed = desk.all<PairClosed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].side == SpreadSide::long_spread);
    CHECK(closed[0].signal.reason == Reason::mean_reverted);
    // 50 A bought at 210 and sold at 211, less four fees of 0.1
    CHECK(closed[0].status.realized.to_string() == "49.6");
    CHECK(closed[0].status.fees.to_string() == "0.4");
}

TEST_CASE("executor: never a second entry while anything is going on, and one again afterwards") {
    Desk desk;
    desk.enter();
    desk.enter();
    CHECK(desk.all<Submit>().size() == 2);
    desk.fill(desk.open(0));
    desk.enter();
    desk.fill(desk.open(1));
    desk.enter();
    CHECK(desk.all<Submit>().size() == 2);
    desk.leave();
    desk.enter();
    desk.fill(desk.open(0));
    desk.enter();
    desk.fill(desk.open(1));
    CHECK(desk.all<Submit>().size() == 4);
    desk.enter(SignalType::sell_spread);
    CHECK(desk.all<Submit>().size() == 6);
    CHECK(desk.status().side == SpreadSide::short_spread);
    CHECK(desk.open(0).side == Side::sell);
    CHECK(desk.status().realized.is_zero());  // counted anew
}

TEST_CASE("fault_E12_one_leg_refused: the other is canceled, and unwound when it had filled") {
    SUBCASE("before it filled") {
        Desk desk;
        desk.enter();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.report(a, OrderState::rejected);
        const auto canceled = desk.all<Cancel>();
        REQUIRE(canceled.size() == 1);
        CHECK(canceled[0].order == b.id);
        desk.report(b, OrderState::canceled);
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.all<PairClosed>().empty());  // nothing was traded
    }
    SUBCASE("after it filled") {
        Desk desk;
        desk.enter();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.fill(a);
        desk.report(b, OrderState::rejected);
        CHECK(desk.phase() == PairPhase::unwinding);
        CHECK(desk.open(0).purpose == OrderPurpose::unwind_leg);
        CHECK(desk.open(0).side == Side::sell);
        CHECK(desk.open(0).quantity == a.quantity);
        desk.fill(desk.open(0));
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.all<PairClosed>().size() == 1);
    }
    SUBCASE("while the cancel is under way it fills") {
        Desk desk;
        desk.enter();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.report(a, OrderState::rejected);
        desk.fill(b);
        CHECK(desk.phase() == PairPhase::unwinding);
        CHECK(desk.open(1).side == Side::buy);
        desk.fill(desk.open(1));
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.flat());
    }
}

TEST_CASE(
    "fault_E12_partial_fills: what is missing at the deadline is ordered again, then the pair is open") {
    Desk desk;
    desk.enter();
    const OrderRequest a = desk.open(0), b = desk.open(1);
    desk.fill(b);
    desk.apply(desk.fill_of(a, *Quantity::parse("20")));
    CHECK_FALSE(desk.executor->overdue({}, desk.moment.now + 59s));
    desk.deadline();
    REQUIRE(desk.all<Cancel>().size() == 1);
    desk.executor->on_deadline({}, desk.moment, desk.effects);
    CHECK(desk.all<Cancel>().size() == 1);  // asked once
    desk.report(a, OrderState::canceled);
    CHECK(desk.phase() == PairPhase::opening);
    CHECK(desk.open(0).purpose == OrderPurpose::complete_leg);
    CHECK(desk.open(0).quantity == a.quantity - *Quantity::parse("20"));
    desk.fill(desk.open(0));
    CHECK(desk.phase() == PairPhase::open);
    CHECK(desk.status().held == desk.status().target);
}

TEST_CASE("fault_E12_never_completed: after its attempts the pair is unwound") {
    Desk desk;
    desk.enter();
    desk.fill(desk.open(1));
    for (int attempt = 0; attempt < 3; ++attempt) {
        CHECK(desk.phase() == PairPhase::opening);
        const OrderRequest a = desk.open(0);
        desk.deadline();
        desk.report(a, OrderState::canceled);
    }
    CHECK(desk.phase() == PairPhase::unwinding);
    desk.fill(desk.open(1));
    CHECK(desk.phase() == PairPhase::flat);
}

TEST_CASE("executor: at the deadline with nothing filled there is nothing left and nothing to report") {
    Desk desk;
    desk.enter();
    const OrderRequest a = desk.open(0), b = desk.open(1);
    desk.deadline();
    CHECK(desk.all<Cancel>().size() == 2);
    desk.report(a, OrderState::canceled);
    desk.report(b, OrderState::canceled);
    CHECK(desk.phase() == PairPhase::flat);
    CHECK(desk.all<PairClosed>().empty());
    CHECK_FALSE(desk.executor->busy());
}

TEST_CASE("an opening told to leave is not forgotten when its legs fill before the cancel") {
    for (const Reason reason : {Reason::session_end, Reason::stop, Reason::mean_reverted}) {
        Desk desk;
        desk.enter();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.leave(SignalType::exit, reason);
        CHECK(desk.all<Cancel>().size() == 2);
        desk.fill(a);
        desk.fill(b);
        CHECK(desk.phase() == PairPhase::unwinding);
        desk.fill(desk.open(0));
        desk.fill(desk.open(1));
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.flat());
        REQUIRE(desk.all<PairClosed>().size() == 1);
        CHECK(desk.all<PairClosed>()[0].signal.reason == reason);
        CHECK(desk.status().cooling_down == (reason == Reason::stop));
    }
}

TEST_CASE("fault_E10_late_fill: a fill after its order was believed dead gets an owner and is closed") {
    SUBCASE("the pair is flat") {
        Desk desk;
        desk.enter();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.deadline();
        desk.report(a, OrderState::canceled);
        desk.report(b, OrderState::canceled);
        REQUIRE(desk.phase() == PairPhase::flat);
        desk.apply(desk.fill_of(b, *Quantity::parse("3")));
        CHECK(desk.phase() == PairPhase::unwinding);
        CHECK(desk.status().side == SpreadSide::long_spread);  // B sold, at a negative weight
        CHECK(desk.open(1).quantity.to_string() == "3");
        desk.fill(desk.open(1));
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.flat());
        REQUIRE(desk.all<PairClosed>().size() == 1);
        CHECK(desk.all<PairClosed>()[0].status.realized.to_string() ==
              "-0.2");  // two fees, not the last trip again
    }
    SUBCASE("the pair is open: hedged no more, so it gets out, by what it holds") {
        Desk desk;
        desk.enter();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.fill(b);
        desk.deadline();
        desk.report(a, OrderState::canceled);
        desk.fill(desk.open(0));  // the completing order
        REQUIRE(desk.phase() == PairPhase::open);
        desk.apply(desk.fill_of(a, a.quantity));
        CHECK(desk.phase() == PairPhase::unwinding);
        CHECK(desk.open(0).quantity == a.quantity + a.quantity);
        desk.fill(desk.open(0));
        desk.fill(desk.open(1));
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.flat());
    }
    SUBCASE("the pair is closing") {
        Desk desk;
        desk.hold();
        desk.leave();
        const OrderRequest a = desk.open(0), b = desk.open(1);
        desk.fill(b);
        desk.deadline();
        desk.report(a, OrderState::canceled);
        const OrderRequest again = desk.open(0);
        desk.apply(desk.fill_of(a, a.quantity));
        desk.fill(again);
        CHECK(desk.phase() == PairPhase::closing);  // closed twice: short now, and bought back
        CHECK(desk.open(0).side == Side::buy);
        desk.fill(desk.open(0));
        CHECK(desk.phase() == PairPhase::flat);
        CHECK(desk.flat());
    }
}

TEST_CASE("fault_E10_exit_sized_from_the_holding: a partly closed leg closes the rest, not the plan") {
    Desk desk;
    desk.hold();
    desk.leave();
    const OrderRequest a = desk.open(0);
    desk.fill(desk.open(1));
    desk.apply(desk.fill_of(a, *Quantity::parse("12.3")));
    desk.deadline();
    desk.report(a, OrderState::canceled);
    CHECK(desk.open(0).quantity == a.quantity - *Quantity::parse("12.3"));
    CHECK(desk.open(0).purpose == OrderPurpose::exit);
    desk.fill(desk.open(0));
    CHECK(desk.phase() == PairPhase::flat);
}

TEST_CASE(
    "executor: a pair that cannot be closed halts with an alarm after its attempts, and sends no more") {
    Desk desk;
    desk.hold();
    desk.leave();
    const OrderRequest b = desk.open(1);
    desk.fill(b);
    int rejected = 0;
    while (desk.phase() == PairPhase::closing && rejected < 100) {
        desk.report(desk.open(0), OrderState::rejected);
        ++rejected;
    }
    CHECK(desk.phase() == PairPhase::halted);
    CHECK(rejected == 8);  // the attempts of the policy
    REQUIRE(desk.all<StateChanged>().size() == 1);
    CHECK(desk.all<StateChanged>()[0].state == TradingState::reducing);
    CHECK_FALSE(desk.flat());
    const std::size_t sent = desk.all<Submit>().size();
    desk.leave();
    desk.enter();
    CHECK_FALSE(desk.executor->overdue({}, desk.moment.now + 24h));
    CHECK(desk.all<Submit>().size() == sent);
}

TEST_CASE(
    "executor: a closing order that the gate denies is tried again at the deadline, then the pair halts") {
    Desk desk;
    desk.hold();
    // Something the grid does not allow: a fill of a part of a lot, as a fee taken in the base currency
    // leaves behind.
    desk.apply([&] {
        OrderRequest stray;
        stray.pair = PairId{};
        stray.instrument = InstrumentId{0};
        stray.reference = *Price::parse("210");
        return desk.fill_of(stray, *Quantity::parse("0.05"));
    }());
    CHECK(desk.phase() == PairPhase::unwinding);
    CHECK_FALSE(desk.all<Denied>().empty());
    desk.fill(desk.open(1));
    int rounds = 0;
    while (desk.phase() == PairPhase::unwinding && ++rounds < 100) desk.deadline();
    CHECK(desk.phase() == PairPhase::halted);
    CHECK(desk.all<StateChanged>().size() == 1);
}

TEST_CASE("executor: while entries stop, an opening is not completed but unwound") {
    Desk desk;
    desk.enter();
    const OrderRequest a = desk.open(0);
    desk.fill(desk.open(1));
    desk.moment.state = TradingState::reducing;
    desk.deadline();
    desk.report(a, OrderState::canceled);
    CHECK(desk.phase() == PairPhase::unwinding);
    desk.fill(desk.open(1));
    CHECK(desk.phase() == PairPhase::flat);
}

TEST_CASE("executor: a denied or too small entry sends nothing and says why") {
    Desk desk;
    desk.moment.state = TradingState::halted;
    desk.enter();
    REQUIRE(desk.all<Denied>().size() == 1);
    CHECK(std::string{desk.all<Denied>()[0].check} == "trading state active");
    desk.moment.state = TradingState::active;
    desk.executor->enter({.pair = {},
                          .type = SignalType::buy_spread,
                          .reason = {},
                          .z = -2,
                          .confidence = 1,
                          .spread = 0,
                          .at = {}},
                         desk.model, *Money::parse("1"), desk.moment, desk.effects);
    CHECK(desk.all<Denied>().size() == 2);
    CHECK(desk.all<Submit>().empty());
    CHECK(desk.phase() == PairPhase::flat);
    desk.enter();
    CHECK(desk.open(0).id.counter == 1);  // a denied order uses no id up
}

TEST_CASE("executor: a restart says again the cancels that the dead process may not have sent") {
    Desk desk;
    desk.enter();
    PairStatus status = desk.status();
    const OrderRequest a = desk.open(0), b = desk.open(1);
    const auto take_up = [&](Timestamp now, bool after_tick) {
        Desk next;
        next.executor->restore(status);
        next.executor->restore(execution::OpenOrder{a, OrderState::working, {}, false});
        next.executor->restore(execution::OpenOrder{b, OrderState::working, {}, false});
        next.executor->take_up(now, after_tick, next.effects);
        return next.all<Cancel>().size();
    };
    CHECK(take_up(kStart, true) == 0);
    CHECK(take_up(status.deadline, true) == 2);
    CHECK(take_up(status.deadline, false) == 0);  // the tick that cancels is still to come
    status.phase = PairPhase::unwinding;
    CHECK(take_up(kStart, false) == 2);
}

TEST_CASE(
    "fault_E10_any_order_of_news: fills, parts, rejects, cancels and deadlines always end flat, hedged or "
    "halted") {
    int opened = 0, halted = 0;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        CAPTURE(seed);
        Desk desk;
        Rng rng{seed};
        std::vector<OrderRequest> dead;
        for (int i = 0; i < 60 && desk.phase() != PairPhase::halted; ++i) {
            const auto orders = desk.executor->open_orders();
            const bool any = !orders.empty();
            const OrderRequest order = any ? orders[rng.below(orders.size())].request : OrderRequest{};
            const Quantity leaves = any ? desk.executor->find_order(order.id)->leaves() : Quantity{};
            switch (rng.below(10)) {
                case 0:
                    desk.enter(rng.below(2) == 0 ? SignalType::buy_spread : SignalType::sell_spread);
                    break;
                case 1: desk.leave(); break;
                case 2:
                    desk.moment.now += 30s;
                    if (desk.executor->overdue({}, desk.moment.now))
                        desk.executor->on_deadline({}, desk.moment, desk.effects);
                    desk.note_ids();
                    break;
                case 3:
                    if (any && rng.below(3) == 0)
                        desk.report(order, OrderState::rejected), dead.push_back(order);
                    break;
                case 4:
                    if (any) desk.report(order, OrderState::canceled), dead.push_back(order);
                    break;
                case 5:
                    // News of the dead, rarely: the rest of an order that was canceled.
                    if (!dead.empty() && rng.below(4) == 0) {
                        desk.apply(desk.fill_of(dead.back(), *Quantity::parse("0.1")));
                        dead.pop_back();
                    }
                    break;
                default:
                    if (!any) break;
                    if (leaves.value > *Decimal::parse("0.2") && rng.below(2) == 0) {
                        desk.apply(desk.fill_of(order, *Quantity::parse("0.1")));
                    } else {
                        desk.apply(desk.fill_of(order, leaves));
                    }
            }
            opened += desk.phase() == PairPhase::open;
            if (desk.phase() == PairPhase::flat) REQUIRE(desk.flat());
            if (desk.phase() == PairPhase::open) REQUIRE(desk.status().held == desk.status().target);
        }
        // The venue behaves from here on: everything ends.
        for (int i = 0; i < 200 && desk.phase() != PairPhase::flat && desk.phase() != PairPhase::halted;
             ++i) {
            desk.leave();
            while (!desk.executor->open_orders().empty()) {
                const OrderRequest order = desk.executor->open_orders()[0].request;
                desk.apply(desk.fill_of(order, desk.executor->find_order(order.id)->leaves()));
            }
            desk.moment.now += 60s;
            if (desk.executor->overdue({}, desk.moment.now))
                desk.executor->on_deadline({}, desk.moment, desk.effects);
        }
        const bool ends =
            (desk.phase() == PairPhase::flat && desk.flat()) || desk.phase() == PairPhase::halted;
        REQUIRE(ends);
        halted += desk.phase() == PairPhase::halted;
    }
    CHECK(opened > 1000);
    CHECK(halted < 300);
}
