#include "venues/paper/paper_venue.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "risk/risk_gate.hpp"

using namespace plumb;
using namespace std::chrono_literals;
using venues::paper::PaperVenue;

namespace {

constexpr Timestamp kStart = Timestamp{} + std::chrono::hours{24 * 20'000};

InstrumentTable market(const char* lot = "0.1", const char* smallest = "10", bool can_short = true) {
    InstrumentTable table;
    Instrument instrument;
    instrument.base = "A";
    instrument.quote = "USD";
    instrument.tick = *Price::parse("0.01");
    instrument.lot = *Quantity::parse(lot);
    instrument.quantity_min = instrument.lot;
    instrument.notional_min = *Money::parse(smallest);
    instrument.can_short = can_short;
    REQUIRE(table.add(instrument).has_value());
    return table;
}

OrderRequest request(std::uint64_t number, const char* quantity = "10", Side side = Side::buy) {
    OrderRequest order;
    order.id = {0xABC, 3, number};
    order.pair = PairId{0};
    order.side = side;
    order.purpose = OrderPurpose::complete_leg;
    order.quantity = *Quantity::parse(quantity);
    order.reference = *Price::parse("100");
    order.decided_at = kStart;
    return order;
}

/// Only the gate makes approved orders; this one stands at a market with finer lots than the venue's, so that
/// the venue can be shown what it must refuse.
ApprovedOrder approved(const OrderRequest& order) {
    static const InstrumentTable loose = market("0.000000000000000001", "0");
    static risk::RiskGate gate{{}, loose};
    risk::GateView view;
    view.held[0] = order.side == Side::sell ? order.quantity : -order.quantity;
    auto answer = gate.approve_reducing(order, view);
    REQUIRE(answer.has_value());
    return *answer;
}

ClosedBar bar(int hour, const char* price, const char* volume = "0", BarOrigin origin = BarOrigin::traded) {
    ClosedBar b;
    b.origin = origin;
    b.open_time = kStart + std::chrono::hours{hour};
    b.length = 1h;
    const Price at = *Price::parse(price);
    b.values = {at, at, at, at, *Quantity::parse(volume)};
    return b;
}

std::vector<Event> answers(PaperVenue& venue) {
    std::vector<Event> all;
    Event answer;
    while (venue.take_answer(answer)) all.push_back(answer);
    return all;
}

std::string reason_of(const InstrumentTable& table, const OrderRequest& order) {
    PaperVenue venue{{}, table};
    REQUIRE(venue.submit(approved(order), kStart).has_value());
    const auto all = answers(venue);
    REQUIRE(all.size() == 1);
    const auto& report = std::get<OrderReport>(all[0]);
    REQUIRE(report.order == order.id);
    return report.state == OrderState::rejected ? std::string{report.reason.view()} : "";
}

}  // namespace

TEST_CASE("paper venue: takes an order, fills it with its fee, and answers in order") {
    const InstrumentTable table = market();
    PaperVenue venue{{}, table};
    REQUIRE(venue.submit(approved(request(1)), kStart).has_value());
    venue.on_market(bar(0, "100"));
    const auto all = answers(venue);
    REQUIRE(all.size() == 2);
    CHECK(std::get<OrderReport>(all[0]).state == OrderState::working);
    const Fill& fill = std::get<Fill>(all[1]);
    CHECK(fill.order == request(1).id);
    CHECK(fill.pair == PairId{0});
    CHECK(fill.price.to_string() == "100.03");
    CHECK(fill.fee.to_string() == "1.0003");  // 10 bps of 1000.30
    CHECK(fill.received_at == kStart + 1h);
    venue.on_market(bar(1, "100"));
    CHECK(answers(venue).empty());
}

TEST_CASE("fault_E15_refused_by_the_venue: the reasons, one by one") {
    const InstrumentTable table = market();
    CHECK(reason_of(table, request(1)) == "");
    CHECK(reason_of(table, request(1, "0.15")) == "quantity is not a multiple of the lot");
    CHECK(reason_of(market("0.1", "1001"), request(1)) == "value below the smallest order");
    OrderRequest unknown = request(1);
    unknown.purpose = OrderPurpose::exit;
    CHECK(reason_of(market("0.1", "1001"), unknown) == "");  // what reduces is dust, and may go
    unknown = request(1);
    unknown.type = OrderType::limit;
    unknown.limit = *Price::parse("100.001");
    unknown.purpose = OrderPurpose::exit;
    CHECK(reason_of(table, unknown) == "limit price is not a multiple of the tick");
    unknown.type = OrderType::stop;
    CHECK(reason_of(table, unknown) == "stop price is not a multiple of the tick");
    unknown.type = OrderType::trailing_stop;
    CHECK(reason_of(table, unknown) == "trailing stops are not offered");
    unknown = request(1);
    unknown.time_in_force = TimeInForce::fill_or_kill;
    CHECK(reason_of(table, unknown) == "only good-till-canceled orders are offered");
    const InstrumentTable long_only = market("0.1", "10", false);
    CHECK(reason_of(long_only, request(1, "10", Side::sell)).starts_with("insufficient balance"));
    CHECK(reason_of(long_only, request(1)) == "");
    const InstrumentTable none;
    CHECK(reason_of(none, request(1)) == "unknown instrument");
}

TEST_CASE("paper venue: what was bought may be sold where short selling is not allowed") {
    const InstrumentTable table = market("0.1", "10", false);
    PaperVenue venue{{}, table};
    REQUIRE(venue.submit(approved(request(1)), kStart).has_value());
    venue.on_market(bar(0, "100"));
    answers(venue);
    REQUIRE(venue.submit(approved(request(2, "10", Side::sell)), kStart + 1h).has_value());
    CHECK(std::get<OrderReport>(answers(venue)[0]).state == OrderState::working);
}

TEST_CASE("fault_E32_same_id_again: an order sent twice is one order") {
    const InstrumentTable table = market();
    PaperVenue venue{{}, table};
    REQUIRE(venue.submit(approved(request(1)), kStart).has_value());
    REQUIRE(venue.submit(approved(request(1)), kStart).has_value());
    venue.on_market(bar(0, "100"));
    CHECK(answers(venue).size() == 2);
}

TEST_CASE("paper venue: a cancel ends an order with what it had, and says nothing of one it does not know") {
    const InstrumentTable table = market();
    PaperVenue venue{{}, table};
    REQUIRE(venue.submit(approved(request(1)), kStart).has_value());
    venue.on_market(bar(0, "100", "50"));  // half of it
    REQUIRE(venue.cancel(request(1).id, {}, kStart + 1h).has_value());
    auto all = answers(venue);
    REQUIRE(all.size() == 3);
    CHECK(std::get<Fill>(all[1]).quantity.to_string() == "5");
    CHECK(std::get<OrderReport>(all[2]).state == OrderState::canceled);
    venue.on_market(bar(1, "100", "50"));
    REQUIRE(venue.cancel(request(1).id, {}, kStart + 1h).has_value());
    REQUIRE(venue.cancel(request(9).id, {}, kStart + 1h).has_value());
    CHECK(answers(venue).empty());
}

TEST_CASE("paper venue: a filled bar fills nothing") {
    const InstrumentTable table = market();
    PaperVenue venue{{}, table};
    REQUIRE(venue.submit(approved(request(1)), kStart).has_value());
    venue.on_market(bar(0, "100", "0", BarOrigin::filled));
    CHECK(answers(venue).size() == 1);
}

TEST_CASE("paper venue: hundreds of answers nobody took yet keep their order") {
    const InstrumentTable table = market();
    PaperVenue venue{{}, table};
    std::uint64_t sent = 0, taken = 0;
    Event answer;
    for (int round = 0; round < 40; ++round) {
        for (int i = 0; i < 50; ++i) REQUIRE(venue.submit(approved(request(++sent)), kStart).has_value());
        for (int i = 0; i < 20; ++i) {
            REQUIRE(venue.take_answer(answer));
            CHECK(std::get<OrderReport>(answer).order.counter == ++taken);
        }
    }
    while (venue.take_answer(answer)) CHECK(std::get<OrderReport>(answer).order.counter == ++taken);
    CHECK(taken == sent);
}

TEST_CASE("fault_S01_venue_restored: a partly filled order goes on with the same fills under the same ids") {
    const InstrumentTable table = market();
    PaperVenue whole{{}, table};
    REQUIRE(whole.submit(approved(request(1)), kStart).has_value());
    std::vector<Fill> fills;
    for (int hour = 0; hour < 5; ++hour) {
        whole.on_market(bar(hour, "100", "30"));
        for (const Event& each : answers(whole)) {
            if (const auto* fill = std::get_if<Fill>(&each)) fills.push_back(*fill);
        }
    }
    REQUIRE(fills.size() == 4);  // 3 + 3 + 3 + 1
    std::set<std::string> ids;
    for (const Fill& fill : fills) CHECK(ids.insert(std::string{fill.execution.view()}).second);
    for (std::size_t done = 1; done < 4; ++done) {
        RecordedState state;
        RecordedOrder order;
        order.request = request(1);
        order.state = OrderState::working;
        state.orders.push_back(order);
        for (std::size_t i = 0; i < done; ++i) state.fills.push_back({fills[i], "A/USD", ""});
        PaperVenue again{{}, table};
        again.restore(state);
        std::size_t next = done;
        for (int hour = static_cast<int>(done); hour < 5; ++hour) {
            again.on_market(bar(hour, "100", "30"));
            for (const Event& each : answers(again)) {
                REQUIRE(next < fills.size());
                const Fill& fill = std::get<Fill>(each);
                CHECK(fill.execution == fills[next].execution);
                CHECK(fill.price == fills[next].price);
                CHECK(fill.quantity == fills[next].quantity);
                ++next;
            }
        }
        CHECK(next == fills.size());
    }
}

TEST_CASE("fault_S01_died_before_sending: an order without an answer is judged as if it came now") {
    const InstrumentTable table = market();
    for (const char* quantity : {"10", "0.15"}) {
        RecordedState state;
        RecordedOrder order;
        order.request = request(1, quantity);
        order.state = OrderState::intended;
        state.orders.push_back(order);
        PaperVenue venue{{}, table};
        venue.restore(state);
        const auto all = answers(venue);
        REQUIRE(all.size() == 1);
        const bool good = std::string{quantity} == "10";
        CHECK(std::get<OrderReport>(all[0]).state == (good ? OrderState::working : OrderState::rejected));
        venue.on_market(bar(0, "100"));
        CHECK(answers(venue).size() == (good ? 1 : 0));
    }
}
