// Messages through a loopback socket, TLS and our framing, to the handler; the time is that of the reading
// thread. Arguments: TLS or not, bytes of a message, messages in one write (with TLS: in one record).
#include <benchmark/benchmark.h>

#include <string>

#include "base/check.hpp"
#include "io/testing/http_asker.hpp"
#include "io/testing/peer_connection.hpp"
#include "io/testing/scripted_peer.hpp"
#include "io/websocket_client.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;

namespace {

void read_messages(benchmark::State& state) {
    constexpr std::int64_t kMessagesPerRound = 100'000;
    std::string burst;
    for (std::int64_t i = 0; i < state.range(2); ++i)
        burst += frame_bytes(1, std::string(static_cast<std::size_t>(state.range(1)), 'm'));
    ScriptedPeer peer{{.tls = state.range(0) != 0}};
    peer.on_connect(Script{}.accept_websocket().step([&burst](PeerConnection& connection) {
        while (connection.write(burst)) {
        }
        return false;
    }));
    Reactor reactor;
    WebSocketClient client{reactor, test_tls()};
    std::int64_t messages = 0;
    bool is_open = false;
    client.connect(peer.endpoint(), {.target = "/"},
                   {.on_open = [&](const WebSocketAgreement&) { is_open = true; },
                    .on_message = [&](std::string_view, bool, Timestamp) { ++messages; },
                    .on_pong = {},
                    .on_closed = [](const WebSocketEnd&) { PLUMB_CHECK(false); }});
    PLUMB_CHECK(reactor.run_until([&] { return is_open; }, std::chrono::seconds{5}));
    std::int64_t wanted = messages;
    for (auto _ : state) {
        wanted = messages + kMessagesPerRound;
        PLUMB_CHECK(reactor.run_until([&] { return wanted <= messages; }, std::chrono::seconds{60}));
    }
    state.SetItemsProcessed(state.iterations() * kMessagesPerRound);
}

}  // namespace

BENCHMARK(read_messages)
    ->ArgNames({"tls", "bytes", "in_one_write"})
    ->Args({0, 150, 5})
    ->Args({0, 150, 50})
    ->Args({1, 100, 5})
    ->Args({1, 150, 5})
    ->Args({1, 200, 5})
    ->Args({1, 150, 20})
    ->MinTime(1.0);
