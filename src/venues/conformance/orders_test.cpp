// A venue's words of orders, through the desk: each happening an order can meet.
#include <doctest/doctest.h>

#include <algorithm>

#include "venues/conformance/suite.hpp"

namespace plumb::venues::conformance {
namespace {

using namespace std::chrono_literals;
using Fate = Trading::Fate;

/// Runs `scenario` once per venue that takes orders.
template <class Scenario>
void for_each_venue(Scenario scenario) {
    for (const FixtureRow& row : all_fixtures()) {
        if (!Bench{row}.can().orders) continue;
        CAPTURE(row.name);
        Trading trading{row};
        scenario(trading);
        for (const std::string& words : trading.unanswerable) MESSAGE(row.name, ": ", words);
        CHECK(trading.unanswerable.empty());
        for (const wire::OrderAlarm& alarm : trading.alarms)
            CHECK_MESSAGE(alarm.kind != wire::OrderAlarm::Kind::conservation_violated, alarm.words);
    }
}

}  // namespace

TEST_CASE("the desk is live once the account's stream is, and everything was read") {
    for_each_venue([](Trading& trading) {
        CHECK(trading.desk.live());
        CHECK(trading.place(trading.bench.order(1, OrderPurpose::entry)).has_value());
    });
}

TEST_CASE("new, partly filled, filled: each fill once") {
    for_each_venue([](Trading& trading) {
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        CHECK(trading.told(order.id) == OrderState::working);
        trading.fill(order.id, trading.bench.lots(1));
        trading.run_for(2s);
        CHECK(trading.told(order.id) == OrderState::partially_filled);
        CHECK(trading.told_filled(order.id) == trading.bench.lots(1));
        trading.fill(order.id, trading.bench.lots(3));
        trading.run_for(2s);
        CHECK(trading.told(order.id) == OrderState::filled);
        CHECK(trading.told_filled(order.id) == order.quantity);
        trading.run_for(3min);  // audits read the same fills by REST
        CHECK(trading.told_filled(order.id) == order.quantity);
        REQUIRE(trading.fills.size() == 2);
        for (const Fill& fill : trading.fills) {
            CHECK(fill.price == order.limit);
            CHECK(fill.side == order.side);
            CHECK(fill.instrument == order.instrument);
        }
        CHECK(trading.sends == 1);
    });
}

TEST_CASE("fault_E08_told_thrice: repeated frames change nothing") {
    for_each_venue([](Trading& trading) {
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        trading.fill(order.id, trading.bench.lots(2), 3);
        trading.run_for(3s);
        CHECK(trading.told_filled(order.id) == trading.bench.lots(2));
        trading.fill(order.id, trading.bench.lots(2), 3);
        trading.run_for(3s);
        CHECK(trading.told_filled(order.id) == order.quantity);
        CHECK(trading.told(order.id) == OrderState::filled);
    });
}

TEST_CASE("refused by the venue: the order ends, with the venue's reason") {
    for_each_venue([](Trading& trading) {
        trading.next = Fate::refused;
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        trading.run_for(2s);
        CHECK(trading.told(order.id) == OrderState::rejected);
        CHECK(trading.desk.open_orders() == 0);
    });
}

TEST_CASE("canceled, whole or after a part") {
    for_each_venue([](Trading& trading) {
        const OrderRequest whole = trading.bench.order(1), part = trading.bench.order(2);
        REQUIRE(trading.place(whole).has_value());
        REQUIRE(trading.place(part).has_value());
        trading.fill(part.id, trading.bench.lots(1));
        trading.cancel(whole.id);
        trading.cancel(part.id);
        trading.run_for(15s);
        CHECK(trading.told(whole.id) == OrderState::canceled);
        CHECK(trading.told(part.id) == OrderState::canceled);
        CHECK(trading.told_filled(part.id) == trading.bench.lots(1));
    });
}

TEST_CASE("fault_E10_cancel_too_late: an order that filled before its cancel is filled") {
    for_each_venue([](Trading& trading) {
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        trading.disconnect();  // the stream does not tell
        trading.fill(order.id, order.quantity);
        trading.cancel(order.id);
        trading.run_for(15s);
        CHECK(trading.told(order.id) == OrderState::filled);
        CHECK(trading.told_filled(order.id) == order.quantity);
    });
}

TEST_CASE("fault_E01_answer_lost: UNKNOWN, then found by our id") {
    for_each_venue([](Trading& trading) {
        trading.disconnect();
        trading.next = Fate::answer_lost;
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        trading.run_for(10s);
        CHECK(trading.told(order.id) == OrderState::working);
        CHECK(trading.sends == 1);
        trading.fill(order.id, order.quantity);
        trading.run_for(15s);
        CHECK(trading.told(order.id) == OrderState::filled);
        CHECK(trading.told_filled(order.id) == order.quantity);
        CHECK(trading.bench.truth.orders.size() == 1);
    });
}

TEST_CASE("fault_E32_filled_and_lost: an order that filled before its answer was lost is never sent again") {
    for_each_venue([](Trading& trading) {
        trading.disconnect();
        trading.next = Fate::answer_lost;
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        trading.fill(order.id, order.quantity);
        trading.run_for(5min);
        CHECK(trading.told(order.id) == OrderState::filled);
        CHECK(trading.told_filled(order.id) == order.quantity);
        CHECK(trading.sends == 1);
        CHECK(trading.bench.truth.orders.size() == 1);
    });
}

TEST_CASE("fault_E05_never_arrived: UNKNOWN until the settle time has passed, whatever is not found") {
    for_each_venue([](Trading& trading) {
        const Duration settles = wire::desk_options(trading.bench.can()).not_found_settles;
        trading.next = Fate::never_arrives;
        const OrderRequest order = trading.bench.order(1, OrderPurpose::entry);
        REQUIRE(trading.place(order).has_value());
        trading.run_for(settles - 1s);
        CHECK(trading.told(order.id) == OrderState::unknown);
        trading.run_for(settles + 2min);
        CHECK(trading.told(order.id) == OrderState::rejected);
        CHECK(trading.sends == 1);
        CHECK(trading.bench.truth.orders.empty());
    });
}

TEST_CASE("fault_E20_exit_rate_limited: it waits for the venue's time, then leaves, once") {
    for_each_venue([](Trading& trading) {
        trading.next = Fate::rate_limited;
        const OrderRequest order = trading.bench.order(1);
        REQUIRE(trading.place(order).has_value());
        trading.run_for(30s);
        CHECK(trading.told(order.id) == OrderState::working);
        CHECK(trading.sends == 2);
        CHECK(trading.bench.truth.orders.size() == 1);
    });
}

TEST_CASE("fault_E06_reconnect: what happened while the stream was away is known after it is back") {
    for_each_venue([](Trading& trading) {
        const OrderRequest first = trading.bench.order(1), second = trading.bench.order(2);
        REQUIRE(trading.place(first).has_value());
        REQUIRE(trading.place(second).has_value());
        trading.disconnect();
        CHECK_FALSE(trading.desk.live());
        CHECK_FALSE(trading.place(trading.bench.order(3, OrderPurpose::entry)).has_value());
        trading.fill(first.id, first.quantity);
        trading.fill(second.id, trading.bench.lots(1));
        trading.run_for(1s);
        trading.connect();
        trading.run_for(3s);
        CHECK(trading.desk.live());
        CHECK(trading.told(first.id) == OrderState::filled);
        CHECK(trading.told_filled(first.id) == first.quantity);
        CHECK(trading.told_filled(second.id) == trading.bench.lots(1));
    });
}

}  // namespace plumb::venues::conformance
