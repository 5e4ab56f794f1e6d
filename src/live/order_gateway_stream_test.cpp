// A gateway with the account's stream, over TLS on loopback: what the stream tells, what its loss closes, and
// orders from a thread that is not the reactor's.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "live/order_gateway_test_support.hpp"
#include "live/testing/plain_server.hpp"
#include "live/testing/plain_stream.hpp"
#include "live/testing/plain_venue.hpp"
#include "risk/risk_gate.hpp"

namespace plumb::live {
namespace {

using namespace std::chrono_literals;

struct StreamBench {
    testing::PlainServer server;
    testing::PlainStream stream;
    InstrumentTable instruments;
    io::Reactor reactor;
    io::TlsContext tls = *io::TlsContext::make({io::testing::test_ca_file()});
    io::HttpClient http{reactor, tls};
    std::optional<testing::PlainVenue> venue;
    std::optional<RestClient> client;
    std::vector<Fill> fills;  // as the engine's queue gets them
    std::vector<wire::OrderAlarm> alarms;
    std::optional<OrderGateway> gateway;

    StreamBench() {
        Instrument instrument;
        instrument.base = "BTC";
        instrument.quote = "USD";
        instrument.tick = Price{Decimal{1}};
        instrument.lot = Quantity{Decimal{1}};
        REQUIRE(instruments.add(instrument).has_value());
        server.keep_orders_working();
        venue.emplace(instruments, server.endpoint());
        venue->stream_endpoint = stream.endpoint();
        client.emplace(reactor, http, *venue);
        GatewayOptions options;
        options.agreement = TradingAgreement{TradingMode::paper, server.endpoint()};
        options.on_event = [this](const Event& event) {
            if (const auto* fill = std::get_if<Fill>(&event)) fills.push_back(*fill);
        };
        options.on_alarm = [this](const wire::OrderAlarm& alarm) { alarms.push_back(alarm); };
        gateway.emplace(reactor, tls, *client, instruments, std::move(options));
        REQUIRE(gateway->start(reactor.now()).has_value());
        REQUIRE(reactor.run_until([&] { return gateway->live(); }, 20s));
    }

    OrderRequest order(std::uint64_t n, OrderPurpose purpose = OrderPurpose::exit) const {
        OrderRequest order;
        order.id = {1, 1, n};
        order.side = Side::sell;
        order.type = OrderType::limit;
        order.purpose = purpose;
        order.quantity = Quantity{Decimal{2}};
        order.limit = order.reference = Price{Decimal{100}};
        order.decided_at = reactor.now();
        return order;
    }
    /// Through the risk gate, as every order of the engine.
    ApprovedOrder approved(const OrderRequest& request) const {
        risk::RiskGate gate{{}, instruments};
        risk::GateView view;
        view.held[0] = request.quantity;
        auto answer = gate.approve_reducing(request, view);
        REQUIRE(answer.has_value());
        return *answer;
    }
    bool becomes(const OrderRequest& request, OrderState state) {
        return reactor.run_until([&] { return gateway->state_of(request.id) == state; }, 20s);
    }
    std::size_t fills_of(const OrderRequest& request) const {
        std::size_t count = 0;
        for (const Fill& fill : fills) count += fill.order == request.id ? 1 : 0;
        return count;
    }
};

}  // namespace

TEST_CASE("accepted by REST, filled by the stream: nothing is asked for, and a copy counts once") {
    StreamBench bench;
    const OrderRequest exit = bench.order(1);
    REQUIRE(bench.gateway->submit(bench.approved(exit), bench.reactor.now()).has_value());
    REQUIRE(bench.becomes(exit, OrderState::working));
    CHECK(bench.fills.empty());
    const std::size_t asked = bench.server.requests();

    const std::vector<std::string> told = bench.server.execute(exit.id.to_string());
    REQUIRE(told.size() == 2);
    bench.stream.tell(told);
    bench.stream.tell(told);
    REQUIRE(bench.becomes(exit, OrderState::filled));
    bench.reactor.run_for(100ms);
    REQUIRE(bench.fills_of(exit) == 1);
    CHECK(bench.fills[0].quantity == exit.quantity);
    CHECK(bench.server.requests() == asked);
    CHECK(bench.server.posts_of(exit.id.to_string()) == 1);
    CHECK(bench.alarms.empty());
}

TEST_CASE(
    "fault_E25_fault_E06_private_stream_down: no entry leaves, exits go by polling, what was missed is "
    "read before the first entry") {
    std::atomic<std::size_t> surveys = 0;  // begun before the stream was back
    StreamBench bench;
    const OrderRequest before = bench.order(1), during = bench.order(2), missed = bench.order(3);
    REQUIRE(bench.gateway->submit(bench.approved(before), bench.reactor.now()).has_value());
    REQUIRE(bench.gateway->submit(bench.approved(missed), bench.reactor.now()).has_value());
    REQUIRE(bench.becomes(before, OrderState::working));
    REQUIRE(bench.becomes(missed, OrderState::working));

    bench.stream.drop();
    REQUIRE(bench.reactor.run_until([&] { return !bench.gateway->live(); }, 20s));
    CHECK_FALSE(bench.gateway->stream_trouble().empty());
    const OrderRequest entry = bench.order(10, OrderPurpose::entry);
    const Status refused = OrderGatewayProbe::place(*bench.gateway, entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::halted);

    // Exits leave all the same, and what becomes of them and of those before is found by asking.
    REQUIRE(bench.gateway->submit(bench.approved(during), bench.reactor.now()).has_value());
    REQUIRE(bench.becomes(during, OrderState::working));
    bench.server.execute(before.id.to_string());
    bench.server.execute(during.id.to_string());
    REQUIRE(bench.becomes(before, OrderState::filled));
    REQUIRE(bench.becomes(during, OrderState::filled));
    CHECK_FALSE(bench.gateway->live());
    CHECK(bench.stream.accepted() == 1);
    CHECK(bench.server.posts_of(entry.id.to_string()) == 0);

    // Filled right before the stream greets, so that neither it nor a poll tells of it.
    bench.stream.let_in([&] {
        surveys = bench.server.requests_of("/fills");
        bench.server.execute(missed.id.to_string());
    });
    REQUIRE(bench.reactor.run_until([&] { return bench.gateway->live(); }, 30s));
    CHECK(bench.stream.accepted() == 2);
    CHECK(bench.gateway->state_of(missed.id) == OrderState::filled);
    CHECK(surveys.load() < bench.server.requests_of("/fills"));
    CHECK(bench.gateway->stream_trouble().empty());

    REQUIRE(OrderGatewayProbe::place(*bench.gateway, entry).has_value());
    REQUIRE(bench.becomes(entry, OrderState::working));
    for (const OrderRequest& each : {before, during, missed}) {
        CHECK(bench.fills_of(each) == 1);
        CHECK(bench.server.posts_of(each.id.to_string()) == 1);
    }
    CHECK(bench.gateway->unknown_orders() == 0);
}

TEST_CASE("submit and cancel from two engine threads while the reactor runs on its own") {
    constexpr std::uint64_t kThreads = 2, kEach = 60;
    StreamBench bench;
    std::vector<OrderRequest> orders;
    std::vector<ApprovedOrder> approved;
    for (std::uint64_t n = 0; n < kThreads * kEach; ++n) {
        orders.push_back(bench.order(100 + n));
        approved.push_back(bench.approved(orders.back()));
    }
    bench.reactor.start();
    std::atomic<int> refused = 0, strangers_canceled = 0, doubled = 0;
    std::vector<std::thread> engines;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
        engines.emplace_back([&, thread] {
            for (std::uint64_t n = thread; n < kThreads * kEach; n += kThreads) {
                const OrderRequest& order = orders[n];
                const Timestamp now = bench.reactor.now();
                if (!bench.gateway->submit(approved[n], now)) ++refused;
                if (!bench.gateway->submit(approved[n], now)) ++doubled;  // the same id: told as such
                if (n % 3 == 0 && !bench.gateway->cancel(order.id, order.instrument, now)) ++refused;
                const ClientOrderId nobodys{9, 9, n};
                if (bench.gateway->cancel(nobodys, order.instrument, now)) ++strangers_canceled;
            }
        });
    }
    for (std::thread& engine : engines) engine.join();
    const auto state_of = [&](const OrderRequest& order) {
        OrderState state{};
        bench.reactor.call([&] { state = bench.gateway->state_of(order.id); });
        return state;
    };
    int astray = 0;
    const auto until = std::chrono::steady_clock::now() + 60s;
    for (std::uint64_t n = 0; n < orders.size(); ++n) {
        const OrderState end = n % 3 == 0 ? OrderState::canceled : OrderState::filled;
        bool executed = n % 3 == 0;
        while (state_of(orders[n]) != end && std::chrono::steady_clock::now() < until) {
            if (!executed) {
                const std::vector<std::string> told = bench.server.execute(orders[n].id.to_string());
                executed = !told.empty();
                bench.stream.tell(told);
            }
            std::this_thread::sleep_for(1ms);
        }
        if (state_of(orders[n]) != end) ++astray;
    }
    bench.reactor.stop();
    CHECK(astray == 0);
    CHECK(refused == 0);
    CHECK(strangers_canceled == 0);
    CHECK(doubled == kThreads * kEach);
    CHECK(bench.fills.size() == kThreads * kEach * 2 / 3);
    for (const OrderRequest& order : orders) REQUIRE(bench.server.posts_of(order.id.to_string()) == 1);
    CHECK(bench.gateway->open_orders() == 0);
}

}  // namespace plumb::live
