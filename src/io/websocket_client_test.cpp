#include "io/websocket_client.hpp"

#include <doctest/doctest.h>

#include "io/testing/scripted_peer.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("what is sent over WebSocket and TLS comes back") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.accept_websocket().echo());
    Reactor reactor;
    const TlsContext tls = *TlsContext::make({test_ca_file()});
    WebSocketClient client{reactor, tls};
    std::vector<std::string> messages;
    std::optional<WebSocketEnd> end;
    client.connect(peer.endpoint(), {.target = "/stream"},
                   {.on_open = [&](const WebSocketAgreement&) { CHECK(client.send("hello")); },
                    .on_message =
                        [&](std::string_view bytes, bool, Timestamp) {
                            messages.emplace_back(bytes);
                            client.close();
                        },
                    .on_pong = {},
                    .on_closed = [&](const WebSocketEnd& given) { end = given; }});
    REQUIRE(reactor.run_until([&] { return end.has_value(); }, seconds{5}));
    INFO(end->why.message());
    CHECK(messages == std::vector<std::string>{"hello"});
    CHECK(end->code == 1000);
    CHECK_FALSE(end->by_peer);
}
