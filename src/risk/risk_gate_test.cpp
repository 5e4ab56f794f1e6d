#include "risk/risk_gate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>

#include "base/rng.hpp"

using namespace plumb;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp kNow = Timestamp{} + std::chrono::hours{24 * 365 * 50};

InstrumentTable market() {
    InstrumentTable table;
    for (const char* base : {"A", "B"}) {
        Instrument instrument;
        instrument.base = base;
        instrument.quote = "USD";
        instrument.tick = *Price::parse("0.01");
        instrument.lot = *Quantity::parse("0.1");
        instrument.quantity_min = *Quantity::parse("0.2");
        instrument.notional_min = *Money::parse("10");
        instrument.can_short = base[0] == 'A';
        REQUIRE(table.add(instrument).has_value());
    }
    return table;
}

struct Case {
    std::array<OrderRequest, 2> orders;
    risk::GateView view;
};

/// Buys 100 A and 50 B at 100: 15 000 of an equity of 100 000.
Case good() {
    Case c;
    for (std::size_t leg = 0; leg < 2; ++leg) {
        OrderRequest& order = c.orders[leg];
        order.id = {1, 1, leg + 1};
        order.instrument = InstrumentId{static_cast<std::uint32_t>(leg)};
        order.pair = PairId{0};
        order.leg = static_cast<unsigned char>(leg);
        order.quantity = *Quantity::parse(leg == 0 ? "100" : "50");
        order.reference = *Price::parse("100");
    }
    c.view.now = kNow;
    c.view.equity = *Money::parse("100000");
    return c;
}

std::string denied(const Case& c, const risk::Limits& limits = {}) {
    const InstrumentTable table = market();
    risk::RiskGate gate{limits, table};
    const auto answer = gate.approve_pair(c.orders, c.view);
    return answer ? "" : answer.error().check;
}

}  // namespace

TEST_CASE("gate: every denial, each just beyond its boundary, and in the order FAULTS.md gives") {
    struct Row {
        const char* check;
        std::function<void(Case&)> beyond;
        std::function<void(Case&)> within;  // the last value that passes
    };
    const auto q = [](const char* text) { return *Quantity::parse(text); };
    const auto p = [](const char* text) { return *Price::parse(text); };
    const auto m = [](const char* text) { return *Money::parse(text); };
    const std::vector<Row> rows = {
        {"trading state active", [](Case& c) { c.view.state = TradingState::reducing; }, [](Case&) {}},
        {"trading state active", [](Case& c) { c.view.state = TradingState::halted; }, [](Case&) {}},
        {"market open", [](Case& c) { c.view.tradable[1] = false; }, [](Case&) {}},
        {"short selling allowed", [&](Case& c) { c.orders[1].side = Side::sell, c.view.held[1] = q("49.9"); },
         [&](Case& c) { c.orders[1].side = Side::sell, c.view.held[1] = q("50"); }},
        {"quantity above zero", [&](Case& c) { c.orders[0].quantity = {}; }, [](Case&) {}},
        {"quantity above zero", [&](Case& c) { c.orders[0].quantity = q("-1"); }, [](Case&) {}},
        {"quantity on the lot grid", [&](Case& c) { c.orders[1].quantity = q("50.05"); },
         [&](Case& c) { c.orders[1].quantity = q("50.1"); }},
        {"smallest quantity", [&](Case& c) { c.orders[1].quantity = q("0.1"); },
         [&](Case& c) { c.orders[1].quantity = q("0.2"); }},
        {"reference price above zero", [&](Case& c) { c.orders[0].reference = {}; }, [](Case&) {}},
        {"limit price on the tick grid",
         [&](Case& c) { c.orders[0].type = OrderType::limit, c.orders[0].limit = p("100.001"); },
         [&](Case& c) { c.orders[0].type = OrderType::limit, c.orders[0].limit = p("100.01"); }},
        {"order value within range",
         [&](Case& c) { c.orders[0].reference = p("1e12"), c.orders[0].quantity = q("1e9"); }, [](Case&) {}},
        {"smallest order value", [&](Case& c) { c.orders[1].reference = p("0.19"); },
         [&](Case& c) { c.orders[1].reference = p("0.2"); }},
        {"price age", [](Case& c) { c.view.price_age[1] = 24h * 7 + 1ns; },
         [](Case& c) { c.view.price_age[1] = 24h * 7; }},
        {"price band", [&](Case& c) { c.orders[0].type = OrderType::limit, c.orders[0].limit = p("110.01"); },
         [&](Case& c) { c.orders[0].type = OrderType::limit, c.orders[0].limit = p("109.99"); }},
        {"order size over equity", [&](Case& c) { c.orders[0].quantity = q("300.1"); },
         [&](Case& c) { c.orders[0].quantity = q("300"); }},
        {"pair exposure over equity", [&](Case& c) { c.view.pair_gross_worst = m("35000.01"); },
         [&](Case& c) { c.view.pair_gross_worst = m("35000"); }},
        {"open pairs", [](Case& c) { c.view.open_pairs = 10; }, [](Case& c) { c.view.open_pairs = 9; }},
        {"gross exposure over equity", [&](Case& c) { c.view.gross_worst = m("185000.01"); },
         [&](Case& c) { c.view.gross_worst = m("185000"); }},
        {"drawdown", [](Case& c) { c.view.drawdown = 0.2501; }, [](Case& c) { c.view.drawdown = 0.25; }},
    };
    CHECK(denied(good()) == "");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(i);
        CAPTURE(rows[i].check);
        Case beyond = good(), within = good();
        rows[i].beyond(beyond);
        rows[i].within(within);
        CHECK(denied(beyond) == rows[i].check);
        CHECK(denied(within) == "");
    }
    // The first that fails is the answer: with several wrong at once the earlier row wins.
    Case many = good();
    many.view.drawdown = 0.9;
    CHECK(denied(many) == "drawdown");
    many.view.open_pairs = 99;
    CHECK(denied(many) == "open pairs");
    many.orders[1].quantity = q("50.05");
    CHECK(denied(many) == "quantity on the lot grid");
    many.view.tradable[0] = false;
    CHECK(denied(many) == "market open");
    many.view.state = TradingState::halted;
    CHECK(denied(many) == "trading state active");
}

TEST_CASE("gate: without equity nothing is entered") {
    for (const char* equity : {"0", "-5"}) {
        Case c = good();
        c.view.equity = *Money::parse(equity);
        CHECK(denied(c) == "order size over equity");
    }
}

TEST_CASE("fault_E33_exit_refused: what reduces a holding passes in every state, whatever the limits say") {
    const InstrumentTable table = market();
    risk::RiskGate gate{{}, table};
    for (const TradingState state : {TradingState::active, TradingState::reducing, TradingState::halted}) {
        for (const OrderPurpose purpose :
             {OrderPurpose::exit, OrderPurpose::emergency, OrderPurpose::unwind_leg}) {
            for (const int sign : {1, -1}) {
                Case c = good();
                c.view.state = state;
                c.view.drawdown = 1;
                c.view.equity = *Money::parse("-1");
                c.view.gross_worst = *Money::parse("1e9");
                c.view.open_pairs = 1000;
                c.view.price_age = {Duration::max(), Duration::max()};
                c.view.tradable = {false, false};
                OrderRequest order = c.orders[1];  // of the leg that cannot be sold short
                order.purpose = purpose;
                order.side = sign > 0 ? Side::sell : Side::buy;
                c.view.held[0] = sign > 0 ? order.quantity : -order.quantity;
                CHECK(gate.approve_reducing(order, c.view).has_value());
                order.quantity =
                    *Quantity::parse("0.1");  // a part, below the smallest order: dust is no reason to stay
                CHECK(gate.approve_reducing(order, c.view).has_value());
                order.quantity =
                    c.orders[1].quantity + *Quantity::parse("0.1");  // through flat and out on the other side
                CHECK_FALSE(gate.approve_reducing(order, c.view).has_value());
                order.quantity = c.orders[1].quantity;
                order.side = opposite(order.side);  // adds
                CHECK_FALSE(gate.approve_reducing(order, c.view).has_value());
                c.view.held[0] = {};
                CHECK_FALSE(gate.approve_reducing(order, c.view).has_value());
            }
        }
    }
}

TEST_CASE("gate: an entry never takes the short gate, and a completion must be what the venue takes") {
    const InstrumentTable table = market();
    risk::RiskGate gate{{}, table};
    Case c = good();
    CHECK_FALSE(gate.approve_reducing(c.orders[0], c.view).has_value());
    OrderRequest order = c.orders[0];
    order.purpose = OrderPurpose::complete_leg;
    CHECK(gate.approve_reducing(order, c.view).has_value());
    order.quantity = *Quantity::parse("0.1");
    REQUIRE_FALSE(gate.approve_reducing(order, c.view).has_value());
    CHECK(std::string{gate.approve_reducing(order, c.view).error().check} == "smallest quantity");
    order.quantity = c.orders[0].quantity;
    for (const TradingState state : {TradingState::reducing, TradingState::halted}) {
        c.view.state = state;
        CHECK_FALSE(gate.approve_reducing(order, c.view).has_value());
    }
}

TEST_CASE(
    "fault_E28_runaway: never more entries a minute than the limit, odd or even; reducing orders pass on") {
    const InstrumentTable table = market();
    for (const int limit : {1, 2, 3, 10, 11, 120, 255}) {
        CAPTURE(limit);
        risk::Limits limits;
        limits.orders_per_minute_max = limit;
        risk::RiskGate gate{limits, table};
        Rng rng{static_cast<std::uint64_t>(limit)};
        std::vector<Timestamp> sent;
        Timestamp now = kNow;
        for (int i = 0; i < 3000; ++i) {
            now += Duration{static_cast<std::int64_t>(rng.below(2'000'000'000))};
            Case c = good();
            c.view.now = now;
            const auto answer = gate.approve_pair(c.orders, c.view);
            if (answer) sent.insert(sent.end(), 2, now);
            if (!answer) REQUIRE(std::string{answer.error().check} == "orders per minute");
            const auto recent =
                std::count_if(sent.begin(), sent.end(), [&](Timestamp at) { return now - at < 1min; });
            REQUIRE(recent <= limit);
            // It denies no more than it must.
            if (!answer) REQUIRE(recent + 2 > limit);
        }
        Case c = good();
        c.view.now = now;
        OrderRequest exit = c.orders[0];
        exit.purpose = OrderPurpose::exit;
        exit.side = Side::sell;
        c.view.held[0] = exit.quantity;
        for (int i = 0; i < 500; ++i) REQUIRE(gate.approve_reducing(exit, c.view).has_value());
    }
}

TEST_CASE("gate: of 10^5 random pairs of orders none escapes its limits") {
    const InstrumentTable table = market();
    risk::Limits limits;
    limits.orders_per_minute_max = 250;
    risk::RiskGate gate{limits, table};
    Rng rng{99};
    int passed = 0;
    for (int i = 0; i < 100'000; ++i) {
        Case c = good();
        c.view.now = kNow + std::chrono::minutes{2} * i;
        c.view.state = static_cast<TradingState>(rng.below(10) == 0 ? rng.below(3) : 0);
        c.view.equity = *Money::from_double(-1e4 + 2e5 * rng.uniform(), 2);
        c.view.gross_worst = *Money::from_double(2e5 * rng.uniform(), 2);
        c.view.pair_gross_worst = *Money::from_double(3e4 * rng.uniform(), 2);
        c.view.open_pairs = static_cast<int>(rng.below(14));
        c.view.drawdown = 0.5 * rng.uniform() * rng.uniform();
        for (std::size_t leg = 0; leg < 2; ++leg) {
            OrderRequest& order = c.orders[leg];
            order.side = rng.below(3) == 0 ? Side::sell : Side::buy;
            order.type = rng.below(4) == 0 ? OrderType::limit : OrderType::market;
            order.quantity =
                *Quantity::from_double(-5 + 300 * rng.uniform() * rng.uniform(), rng.below(8) == 0 ? 3 : 1);
            order.reference = *Price::from_double(200 * rng.uniform() - 1, 2);
            order.limit = *Price::from_double(order.reference.to_double() * (0.85 + 0.3 * rng.uniform()), 2);
            c.view.price_age[leg] = std::chrono::hours{rng.below(180)};
            c.view.tradable[leg] = rng.below(20) != 0;
            c.view.held[leg] = *Quantity::from_double(100 * rng.uniform(), 1);
        }
        const auto answer = gate.approve_pair(c.orders, c.view);
        if (!answer) continue;
        ++passed;
        CAPTURE(i);
        const double equity = c.view.equity.to_double();
        REQUIRE(c.view.state == TradingState::active);
        REQUIRE(equity > 0);
        double gross = 0;
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const OrderRequest& order = (*answer)[leg].request();
            REQUIRE(order.id == c.orders[leg].id);
            REQUIRE(order.quantity >= table.all()[leg].quantity_min);
            REQUIRE(order.quantity.value.is_multiple_of(table.all()[leg].lot.value));
            const double value = order.quantity.to_double() * order.reference.to_double();
            REQUIRE(value >= 10 - 1e-9);
            REQUIRE(value <= 0.3 * equity * (1 + 1e-12));
            REQUIRE(c.view.tradable[leg]);
            REQUIRE(c.view.price_age[leg] <= 24h * 7);
            if (order.type == OrderType::limit) {
                REQUIRE(std::abs(order.limit.to_double() / order.reference.to_double() - 1) <= 0.1);
            }
            if (leg == 1 && order.side == Side::sell) REQUIRE(order.quantity <= c.view.held[1]);
            gross += value;
        }
        REQUIRE(gross + c.view.pair_gross_worst.to_double() <= 0.5 * equity * (1 + 1e-12));
        REQUIRE(gross + c.view.gross_worst.to_double() <= 2.0 * equity * (1 + 1e-12));
        REQUIRE(c.view.open_pairs < 10);
        REQUIRE(c.view.drawdown <= 0.25);
    }
    CHECK(passed > 1000);
}
