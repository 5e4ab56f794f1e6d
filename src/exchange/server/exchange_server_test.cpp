#include "exchange/server/exchange_server.hpp"

#include <doctest/doctest.h>

#include <map>

#include "exchange/registry/registry.hpp"
#include "io/http_client.hpp"
#include "io/testing/http_asker.hpp"
#include "io/websocket_client.hpp"

using namespace plumb;
using namespace plumb::exchange;
using namespace std::chrono_literals;

namespace {

struct Lines : TruthSink {
    std::string text;
    void write(std::string_view line) override { text.append(line).append("\n"); }
};

const Timestamp kStart = timestamp_from_ms(1'736'951'400'000);  // Wednesday 2025-01-15 14:30 UTC

/// Every venue there is, in one process.
struct Served {
    explicit Served(ClockOptions clock = {.start = kStart, .speed = 0}, const std::string& script = {}) {
        WorldOptions world_options;
        world_options.seed = 7;
        world_options.start = clock.start.value_or(reactor.now());
        world_options.past = std::chrono::days{2};
        auto made = World::make(std::move(world_options));
        REQUIRE(made.has_value());
        world = std::move(*made);
        std::vector<const VenueEntry*> rows;
        for (const VenueEntry& entry : venues()) rows.push_back(&entry);
        ExchangeServerOptions options;
        options.clock = clock;
        options.host.control_token = "word";
        if (!script.empty()) {
            auto faults = parse_fault_script(script, "test");
            REQUIRE_MESSAGE(faults.has_value(), faults.error().message());
            options.host.faults = std::move(*faults);
        }
        auto opened = ExchangeServer::open(reactor, *world, truth, rows, std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
        server = std::move(*opened);
    }

    io::Endpoint endpoint(std::size_t venue = 0) const {
        const std::string& address = server->venues()[venue].address;
        const auto port = std::stoi(address.substr(address.rfind(':') + 1));
        return {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(port), .tls = false};
    }

    io::HttpOutcome ask(std::size_t venue, io::HttpRequest request) {
        std::optional<io::HttpOutcome> outcome;
        client.send(endpoint(venue), std::move(request), {},
                    [&](io::HttpOutcome came) { outcome = std::move(came); });
        REQUIRE(reactor.run_until([&] { return outcome.has_value(); }, 10s));
        return std::move(*outcome);
    }

    Result<io::HttpResponse> control(const std::string& what, std::string body) {
        return ask(0, {.method = io::Method::post,
                       .target = "/plumb-control/" + what,
                       .headers = {{"Authorization", "Bearer word"}},
                       .body = std::move(body)})
            .response;
    }

    io::Reactor reactor;
    Lines lines;
    TruthLog truth{lines};
    std::unique_ptr<World> world;
    std::unique_ptr<ExchangeServer> server;
    io::HttpClient client{reactor, io::testing::test_tls(), {}};
};

/// A Polygon stream with what came over it.
struct Stream {
    explicit Stream(Served& served, std::size_t venue) : socket{served.reactor, io::testing::test_tls()} {
        socket.connect(served.endpoint(venue), {.target = "/crypto"},
                       {.on_open = [](const io::WebSocketAgreement&) {},
                        .on_message = [this](std::string_view bytes, bool, Timestamp) { text += bytes; },
                        .on_pong = {},
                        .on_closed = [this](const io::WebSocketEnd& how) { end = how; }});
    }
    std::string text;
    std::optional<io::WebSocketEnd> end;
    io::WebSocketClient socket;
};

std::size_t polygon(const Served& served) {
    for (std::size_t i = 0; i < served.server->venues().size(); ++i)
        if (served.server->venues()[i].name == "polygon") return i;
    FAIL("polygon is not in the registry");
    return 0;
}

}  // namespace

TEST_CASE("every venue answers what nobody asks it, and refuses a stream that it does not have") {
    Served served;
    for (std::size_t i = 0; i < served.server->venues().size(); ++i) {
        INFO(served.server->venues()[i].name);
        for (const char* target : {"/", "/no/such/thing?x=%zz", "//", "/plumb-control/state"}) {
            const io::HttpOutcome outcome = served.ask(i, io::testing::get(target));
            REQUIRE(outcome.response.has_value());
            CHECK(400 <= outcome.response->status);
            CHECK(outcome.response->status < 500);
        }
        io::WebSocketClient socket{served.reactor, io::testing::test_tls()};
        std::optional<io::WebSocketEnd> end;
        bool is_open = false;
        socket.connect(served.endpoint(i), {.target = "/no/such/stream"},
                       {.on_open = [&](const io::WebSocketAgreement&) { is_open = true; },
                        .on_message = [](std::string_view, bool, Timestamp) {},
                        .on_pong = {},
                        .on_closed = [&](const io::WebSocketEnd& how) { end = how; }});
        REQUIRE(served.reactor.run_until([&] { return end || is_open; }, 5s));
    }
}

TEST_CASE("a stream is greeted, takes a key, and streams as the clock is put forward") {
    Served served;
    const std::size_t venue = polygon(served);
    Stream stream{served, venue};
    REQUIRE(served.reactor.run_until([&] { return stream.text.contains("connected"); }, 5s));
    const std::string key = served.server->venues()[venue].host->access().front().key;
    REQUIRE(stream.socket.send(R"({"action":"auth","params":")" + key + "\"}").has_value());
    REQUIRE(served.reactor.run_until([&] { return stream.text.contains("auth_success"); }, 5s));
    REQUIRE(stream.socket.send(R"({"action":"subscribe","params":"XQ.BTC-USD,XT.BTC-USD"})").has_value());
    REQUIRE(served.reactor.run_until([&] { return stream.text.contains("subscribed to"); }, 5s));
    CHECK_FALSE(stream.text.contains("\"XQ\""));
    const Timestamp before = served.server->now();
    const auto moved = served.control("clock", R"({"advance": "60s"})");
    REQUIRE(moved.has_value());
    CHECK(moved->status == 200);
    CHECK(served.server->now() == before + 60s);
    CHECK(served.reactor.run_until([&] { return stream.text.contains("\"XQ\""); }, 5s));
    stream.socket.close();
    REQUIRE(served.reactor.run_until([&] { return stream.end.has_value(); }, 5s));
    CHECK(stream.end->code == 1000);
}

TEST_CASE("what the fault script orders happens at the sockets") {
    Served served{{.start = kStart, .speed = 0}, R"(
rules:
  - {when: {request: market_data, nth: 2}, do: {close: before_answer}}
  - {when: {request: market_data, nth: 3}, do: {delay: 80ms}}
)"};
    const std::size_t venue = polygon(served);
    const std::string key = served.server->venues()[venue].host->access().front().key;
    const auto ask = [&] {
        return served.ask(venue, {.method = io::Method::post,
                                  .target = "/v2/last/trade/X:BTCUSD?apiKey=" + key,
                                  .headers = {},
                                  .body = {}});
    };
    CHECK(ask().response.has_value());
    const io::HttpOutcome cut = ask();
    CHECK_FALSE(cut.response.has_value());
    CHECK(cut.may_have_arrived);
    const auto begin = served.reactor.steady_now();
    CHECK(ask().response.has_value());
    CHECK(80ms <= served.reactor.steady_now() - begin);
}

TEST_CASE("a simulated exchange that nobody asks tells the same truth, however its time is cut") {
    std::string first;
    for (const Duration slice : {Duration{1s}, Duration{0}, Duration{1ms}}) {
        Served served;
        const Timestamp until = kStart + 30s;
        Timestamp step = kStart;
        while (served.server->now() < until) {
            if (slice == Duration{}) step += 77ms;
            served.server->run_ahead(slice == Duration{} ? std::min(step, until) : until,
                                     std::max<Duration>(slice, 1ms));
        }
        CHECK(served.server->now() == until);
        served.server.reset();
        if (first.empty()) first = served.lines.text;
        CHECK(served.lines.text == first);
    }
    CHECK_FALSE(first.empty());
}

TEST_CASE("the clock never runs backwards") {
    const ExchangeClock::Steady steady{};
    ExchangeClock wall{{}, kStart, steady};
    CHECK(wall.read(kStart + 5s, steady) == kStart + 5s);
    CHECK(wall.read(kStart + 3s, steady) == kStart + 5s);
    wall.push(1h);
    CHECK(wall.now() == kStart + 5s);
    ExchangeClock simulated{{.start = kStart, .speed = 10}, kStart + 24h, steady};
    CHECK(simulated.now() == kStart);
    CHECK(simulated.read(kStart, steady + 2s) == kStart + 20s);
    simulated.push(1h);
    CHECK(simulated.now() == kStart + 20s + 1h);
    CHECK(simulated.read(kStart, steady + 3s) == kStart + 30s + 1h);
}
