#include "live/order_gateway.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "live/order_gateway_test_support.hpp"
#include "live/testing/plain_server.hpp"
#include "live/testing/plain_venue.hpp"

namespace plumb::live {
namespace {

using namespace std::chrono_literals;

struct Bench {
    testing::PlainServer server;
    InstrumentTable instruments;
    io::Reactor reactor;
    io::TlsContext tls = *io::TlsContext::make({io::testing::test_ca_file()});
    io::HttpClient http{reactor, tls};
    std::optional<testing::PlainVenue> venue;
    std::optional<RestClient> client;
    std::vector<Event> events;
    std::vector<wire::OrderAlarm> alarms;
    std::optional<OrderGateway> gateway;

    explicit Bench(bool agreed = true) {
        Instrument instrument;
        instrument.base = "BTC";
        instrument.quote = "USD";
        instrument.tick = Price{Decimal{1}};
        instrument.lot = Quantity{Decimal{1}};
        REQUIRE(instruments.add(instrument).has_value());
        venue.emplace(instruments, server.endpoint());
        client.emplace(reactor, http, *venue);
        GatewayOptions options;
        if (agreed) options.agreement = TradingAgreement{TradingMode::paper, server.endpoint()};
        options.on_event = [this](const Event& event) { events.push_back(event); };
        options.on_alarm = [this](const wire::OrderAlarm& alarm) { alarms.push_back(alarm); };
        gateway.emplace(reactor, tls, *client, instruments, std::move(options));
    }
    OrderRequest exit(std::uint64_t n) const {
        OrderRequest order;
        order.id = {1, 1, n};
        order.side = Side::sell;
        order.type = OrderType::limit;
        order.purpose = OrderPurpose::exit;
        order.quantity = Quantity{Decimal{2}};
        order.limit = Price{Decimal{100}};
        order.decided_at = reactor.now();
        return order;
    }
};

}  // namespace

TEST_CASE(
    "fault_E30_no_agreement: without one, or with one for another host, not a byte of an order leaves") {
    Bench bench{false};
    REQUIRE(bench.gateway->start(bench.reactor.now()).has_value());
    const Status refused = OrderGatewayProbe::place(*bench.gateway, bench.exit(1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::denied);
    bench.reactor.run_for(300ms);
    CHECK(bench.server.posts_of(bench.exit(1).id.to_string()) == 0);

    GatewayOptions other;
    other.agreement =
        TradingAgreement{TradingMode::paper, {.host = "paper.example", .port = 443, .tls = true}};
    OrderGateway elsewhere{bench.reactor, bench.tls, *bench.client, bench.instruments, std::move(other)};
    REQUIRE(elsewhere.start(bench.reactor.now()).has_value());
    CHECK_FALSE(OrderGatewayProbe::place(elsewhere, bench.exit(2)).has_value());
    bench.reactor.run_for(300ms);
    CHECK(bench.server.posts_of(bench.exit(2).id.to_string()) == 0);
}

TEST_CASE("what the venue would refuse is refused here, with the reason") {
    Bench bench;
    REQUIRE(bench.gateway->start(bench.reactor.now()).has_value());
    OrderRequest order = bench.exit(1);
    order.type = OrderType::trailing_stop;
    const Status refused = OrderGatewayProbe::place(*bench.gateway, order);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message().find("no trailing stops here") != std::string::npos);
}

TEST_CASE("fault_E01_answer_cut_after_every_byte: each order is there once, and known, over real sockets") {
    Bench bench;
    REQUIRE(bench.gateway->start(bench.reactor.now()).has_value());
    bench.reactor.run_for(50ms);
    std::size_t cuts = 0, bytes = 1;
    // The length of the answer is known after the first; ids stay of one length.
    for (std::size_t cut = 0; cut < bytes; ++cut) {
        const OrderRequest order = bench.exit(1000 + cut);
        const std::string id = order.id.to_string();
        bench.server.cut_next_post_after(cut);
        bench.events.clear();
        REQUIRE(OrderGatewayProbe::place(*bench.gateway, order).has_value());
        REQUIRE(bench.reactor.run_until(
            [&] { return bench.gateway->state_of(order.id) == OrderState::filled; }, 10s));
        bytes = bench.server.last_answer_bytes();
        ++cuts;
        CAPTURE(cut);
        REQUIRE(bench.server.posts_of(id) == 1);
        REQUIRE(bench.server.orders_of(id) == 1);
        Quantity filled;
        for (const Event& event : bench.events)
            if (const auto* fill = std::get_if<Fill>(&event); fill != nullptr && fill->order == order.id)
                filled += fill->quantity;
        REQUIRE(filled == order.quantity);
    }
    CHECK(80 < cuts);
    CHECK(bench.gateway->unknown_orders() == 0);
    fmt::print("E01: an order's answer cut after each of {} bytes: 0 lost, 0 doubled\n", cuts);
}

TEST_CASE("entries wait for the account's stream: this venue has none") {
    Bench bench;
    REQUIRE(bench.gateway->start(bench.reactor.now()).has_value());
    OrderRequest entry = bench.exit(1);
    entry.purpose = OrderPurpose::entry;
    const Status refused = OrderGatewayProbe::place(*bench.gateway, entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::halted);
    CHECK_FALSE(bench.gateway->stream_trouble().empty());
}

}  // namespace plumb::live
