#include "base/rng.hpp"
#include "exchange/host/test_host.hpp"
#include "exchange/registry/registry.hpp"

namespace plumb::exchange {
namespace {

using namespace std::chrono_literals;

/// Half a minute of one venue under a swarm, with requests that mean nothing to it and some that do.
std::string half_minute(const VenueEntry& entry, std::uint64_t seed) {
    const Timestamp start = timestamp_from_ms(1'704'207'600'000);
    WorldOptions world_options;
    world_options.seed = seed;
    world_options.start = start;
    world_options.past = std::chrono::hours{2};
    Result<std::unique_ptr<World>> world = World::make(world_options);
    REQUIRE(world.has_value());
    Lines lines;
    TruthLog truth{lines};
    Sent sent;
    HostOptions options;
    options.seed = seed;
    options.start = start;
    options.control_token = "token";
    options.faults.swarm = Swarm{.seed = seed, .intensity = 0.5};
    Result<std::unique_ptr<Host>> host =
        Host::make(entry, **world, std::move(options), {.streams = sent, .truth = truth, .clock = nullptr});
    REQUIRE_MESSAGE(host.has_value(), host.error().message());
    Rng rng{seed};
    const std::vector<std::string> targets{"/v2/orders",
                                           "/api/v3/order?symbol=BTCUSDT&side=BUY",
                                           "/fapi/v1/depth",
                                           "/derivatives/api/v3/orderbook?symbol=PF_XBTUSD",
                                           "/v2/account",
                                           "/api/v3/brokerage/products",
                                           "/v1/cryptocurrency/listings/latest",
                                           "/%00\xff?&=&&",
                                           "/",
                                           "*"};
    const std::vector<std::string> streams{"/ws", "/stream", "/v2/iex", "/ws/v1", "/ws/btcusdt@bookTicker",
                                           "/"};
    std::string all;
    Timestamp now = start;
    for (int i = 0; i < 600; ++i) {
        now += 50ms;
        (*host)->advance(now);
        Request request{rng.below(2) == 0 ? "GET" : "POST",
                        targets[rng.below(targets.size())],
                        {{"X-MBX-APIKEY", (*host)->access().front().key}},
                        rng.below(3) == 0 ? "{\"a\":" : ""};
        const HostAnswer answer = (*host)->answer(1, request, now);
        all += fmt::format("{} {}\n", answer.response.status, answer.response.body);
        if (i % 40 == 0) {
            const auto stream = static_cast<StreamId>(i + 1);
            const std::string target = streams[rng.below(streams.size())];
            if ((*host)->open(stream, stream, {"GET", target, {}, {}}, now).has_value()) {
                (*host)->on_message(stream, R"({"action":"subscribe","quotes":["BTC/USD"]})", false, now);
                (*host)->on_message(stream, R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1})",
                                    false, now);
                (*host)->on_message(stream, "\xff\x00{[", true, now);
                if (rng.below(2) == 0) (*host)->on_closed(stream, now);
            }
        }
    }
    for (const std::string& each : sent.frames) all += each + "\n";
    return all + lines.text;
}

TEST_CASE("every venue runs under a swarm, the same each time") {
    REQUIRE_FALSE(venues().empty());
    for (const VenueEntry& entry : venues()) {
        CAPTURE(entry.name);
        const std::string first = half_minute(entry, 5);
        CHECK(first == half_minute(entry, 5));
        CHECK(first != half_minute(entry, 6));
        CHECK(first.find(R"("record":"fault")") != std::string::npos);
    }
}

}  // namespace
}  // namespace plumb::exchange
