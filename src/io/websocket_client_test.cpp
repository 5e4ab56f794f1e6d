#include "io/websocket_client.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "io/testing/http_asker.hpp"
#include "io/testing/scripted_peer.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration kShort = milliseconds{60};

/// One WebSocket whose handlers write down what they are told.
struct Listener {
    explicit Listener(WebSocketOptions options = {}, Lookup lookup = everything_is_here)
        : reactor{{.lookup = std::move(lookup)}},
          client{std::make_unique<WebSocketClient>(reactor, test_tls(), options)} {}

    void connect(const Endpoint& endpoint, WebSocketRequest request = {.target = "/stream"}) {
        client->connect(
            endpoint, std::move(request),
            {.on_open =
                 [this](const WebSocketAgreement& given) {
                     agreement = given;
                     if (then) then();
                 },
             .on_message =
                 [this](std::string_view bytes, bool is_binary, Timestamp received_at) {
                     messages.emplace_back(bytes);
                     binaries += is_binary;
                     CHECK(received_at <= reactor.now());
                     if (then) then();
                 },
             .on_pong = [this](std::string_view payload, Timestamp) { pongs.emplace_back(payload); },
             .on_closed =
                 [this](const WebSocketEnd& given) {
                     CHECK_FALSE(end);
                     end = given;
                     if (then) then();
                 }});
    }

    const WebSocketEnd& wait_for_end() {
        REQUIRE(reactor.run_until([this] { return end.has_value(); }, seconds{10}));
        return *end;
    }

    void wait_for_open() {
        REQUIRE(reactor.run_until([this] { return agreement || end; }, seconds{10}));
    }

    Reactor reactor;
    std::unique_ptr<WebSocketClient> client;
    std::optional<WebSocketAgreement> agreement;
    std::vector<std::string> messages, pongs;
    int binaries = 0;
    std::optional<WebSocketEnd> end;
    std::function<void()> then;  // after each handler
};

}  // namespace

TEST_CASE("what is sent comes back, of any size, text and binary, over TLS and plain; we close politely") {
    for (const bool tls : {true, false}) {
        ScriptedPeer peer{{.tls = tls}};
        peer.on_connect(Script{}.accept_websocket().echo());
        Listener listener;
        listener.connect(peer.endpoint("localhost"));
        listener.wait_for_open();
        std::vector<std::string> sent;
        for (const std::size_t size : {0, 1, 125, 126, 65535, 65536, 300'000}) sent.emplace_back(size, 's');
        for (std::size_t i = 0; i < sent.size(); ++i) CHECK(listener.client->send(sent[i], i % 2 == 1));
        CHECK(listener.client->ping("are you there"));
        REQUIRE(listener.reactor.run_until(
            [&] { return listener.messages.size() == sent.size() && !listener.pongs.empty(); }, seconds{10}));
        CHECK(listener.messages == sent);
        CHECK(listener.binaries == 3);
        CHECK(listener.pongs == std::vector<std::string>{"are you there"});
        listener.client->close(1000, "done");
        CHECK(listener.wait_for_end().code == 1000);
        CHECK(listener.end->reason == "done");
        CHECK_FALSE(listener.end->by_peer);
        CHECK(listener.end->was_open);
        for (const PeerFrame& frame : peer.frames()) CHECK(frame.was_masked);
    }
}

TEST_CASE("the upgrade carries path, headers and subprotocols; frames that came with its answer are read") {
    ScriptedPeer peer;
    peer.on_connect(Script{}
                        .accept_websocket("Sec-WebSocket-Protocol: v2\r\n",
                                          frame_bytes(1, "early") + frame_bytes(1, "bird").substr(0, 3))
                        .wait(milliseconds{10})
                        .send(frame_bytes(1, "bird").substr(3))
                        .stall());
    Listener listener;
    listener.connect(peer.endpoint(),
                     {.target = "/ws?x=1", .headers = {{"X-Key", "k"}}, .subprotocols = {"v2"}});
    REQUIRE(listener.reactor.run_until([&] { return listener.messages.size() == 2; }, seconds{5}));
    CHECK(listener.messages == std::vector<std::string>{"early", "bird"});
    CHECK(listener.agreement->subprotocol == "v2");
    CHECK(peer.requests()[0].target == "/ws?x=1");
    CHECK(*peer.requests()[0].find("X-Key") == "k");
}

TEST_CASE("pings are answered, fragments put together, compressed messages inflated") {
    ScriptedPeer peer;
    peer.on_connect(
        Script{}
            .accept_websocket("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n")
            .send(frame_bytes(1, "Hel", 0))
            .send(frame_bytes(9, "alive?"))
            .send(frame_bytes(0, "lo"))
            .send(frame_bytes(1, deflated("squeezed"), 0xc0))
            .expect_frame()
            .stall());
    Listener listener;
    listener.connect(peer.endpoint());
    REQUIRE(listener.reactor.run_until(
        [&] { return listener.messages.size() == 2 && !peer.frames().empty(); }, seconds{5}));
    CHECK(listener.messages == std::vector<std::string>{"Hello", "squeezed"});
    CHECK(peer.frames()[0].opcode == 10);
    CHECK(peer.frames()[0].payload == "alive?");
}

TEST_CASE("the peer closes with a code: we answer it and say so") {
    ScriptedPeer peer;
    peer.on_connect(Script{}
                        .accept_websocket()
                        .send_text("last")
                        .send_close(1013, "come back later")
                        .expect_frame()
                        .stall());
    Listener listener;
    listener.connect(peer.endpoint());
    const WebSocketEnd& end = listener.wait_for_end();
    CHECK(listener.messages == std::vector<std::string>{"last"});
    CHECK(end.by_peer);
    CHECK(end.code == 1013);
    CHECK(end.reason == "come back later");
    CHECK(end.why.message().contains("come back later"));
    REQUIRE(peer.wait_until([&] { return !peer.frames().empty(); }, seconds{5}));
    CHECK(peer.frames()[0].opcode == 8);
    CHECK(peer.frames()[0].payload == std::string{"\x03\xf5"});
}

TEST_CASE("fault_F05 a refused upgrade tells its status and when to come back") {
    struct Refusal {
        int status;
        std::string headers;
        std::optional<Duration> wait;
    };
    const Refusal refusals[] = {
        {429, "Retry-After: 17\r\n", seconds{17}},
        {418, "Date: Thu, 05 Mar 2026 12:00:00 GMT\r\nRetry-After: Thu, 05 Mar 2026 12:02:00 GMT\r\n",
         seconds{120}},
        {503, "", {}},
        {401, "", {}},
        {200, "", {}},
        {301, "Location: wss://elsewhere.test/\r\n", {}}};
    for (const Refusal& refusal : refusals) {
        ScriptedPeer peer;
        peer.on_connect(Script{}
                            .expect_request()
                            .send(http_answer(refusal.status, "{\"why\":1}", refusal.headers))
                            .stall());
        Listener listener;
        listener.connect(peer.endpoint());
        const Timestamp before = listener.reactor.now();
        const WebSocketEnd& end = listener.wait_for_end();
        CHECK(end.why.code() == Errc::rejected);
        CHECK(end.why.message().contains(std::to_string(refusal.status)));
        CHECK(end.refusal.status == refusal.status);
        CHECK(end.refusal.body == "{\"why\":1}");
        CHECK_FALSE(end.was_open);
        REQUIRE(end.retry_at.has_value() == refusal.wait.has_value());
        if (refusal.wait) CHECK(before + *refusal.wait <= *end.retry_at);
        if (refusal.wait) CHECK(*end.retry_at <= listener.reactor.now() + *refusal.wait);
        CHECK(peer.connections() == 1);
    }
}

TEST_CASE("fault_H02 a stall in each stage of connecting ends at its deadline") {
    ScriptedPeer peer;
    WebSocketOptions options{
        .deadlines = {.resolve = seconds{5}, .connect = seconds{5}, .handshake = seconds{5}}};
    SUBCASE("handshake") {
        options.deadlines.handshake = kShort;
        peer.on_connect(Script{}.stall().then_tls());
        Listener listener{options};
        listener.connect(peer.endpoint());
        CHECK(listener.wait_for_end().why.message().contains("TLS handshake"));
    }
    SUBCASE("upgrade") {
        options.upgrade_deadline = kShort;
        peer.on_connect(Script{}.expect_request().send("HTTP/1.1 101 Switch").stall());
        Listener listener{options};
        listener.connect(peer.endpoint());
        CHECK(listener.wait_for_end().why.message().contains("answer to the upgrade"));
    }
    SUBCASE("refused") {
        std::uint16_t port = 0;
        {
            const ScriptedPeer gone;
            port = gone.endpoint().port;
        }
        Listener listener;
        listener.connect({.host = "127.0.0.1", .port = port});
        CHECK(listener.wait_for_end().why.message().contains("refused"));
        CHECK_FALSE(listener.end->was_open);
    }
    SUBCASE("plain text beyond this machine") {
        Listener listener{options, [](const std::string&) -> Result<std::vector<std::string>> {
                              return std::vector<std::string>{"192.0.2.1"};
                          }};
        listener.connect({.host = "venue.test", .port = 80, .tls = false});
        CHECK(listener.wait_for_end().why.code() == Errc::denied);
    }
}

TEST_CASE("fault_F06 a peer dead while closing is left after one second") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.accept_websocket().stall());
    Listener listener;
    listener.connect(peer.endpoint());
    listener.wait_for_open();
    const auto began = listener.reactor.steady_now();
    listener.client->close();
    // What a second is on this machine just now: a timer of the same reactor, set at the same moment.
    auto second_over = began;
    listener.reactor.after(milliseconds{1000}, [&] { second_over = listener.reactor.steady_now(); });
    const WebSocketEnd& end = listener.wait_for_end();
    const auto ended = listener.reactor.steady_now();
    CHECK(milliseconds{1000} <= ended - began);
    CHECK((second_over == began || ended - second_over <= milliseconds{100}));
    CHECK(end.code == close_code::kAbnormal);
    CHECK_FALSE(end.by_peer);
}

TEST_CASE("fault_F01 silence is no end: it is for those above to judge") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.accept_websocket().stall());
    Listener listener;
    listener.connect(peer.endpoint());
    listener.wait_for_open();
    listener.reactor.run_for(milliseconds{100});
    CHECK_FALSE(listener.end);
    CHECK(listener.client->is_open());
}

TEST_CASE(
    "fault_E01 cut after every byte of the upgrade's answer and the first message: one end, no half "
    "message") {
    const std::string frame = frame_bytes(1, "a whole message");
    Listener probe;
    std::size_t upgrade_bytes = 0;
    ScriptedPeer peer;
    {
        // 101, Upgrade, Connection, Accept: the length does not depend on the key.
        peer.on_connect(Script{}.accept_websocket().stall());
        probe.connect(peer.endpoint());
        probe.wait_for_open();
        upgrade_bytes =
            std::string{
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                "Upgrade\r\nSec-WebSocket-Accept: "}
                .size() +
            28 + 4;
    }
    for (std::size_t cut = 0; cut <= upgrade_bytes + frame.size(); ++cut) {
        INFO("cut after ", cut);
        const bool with_reset = cut % 2 == 1;
        const auto answer = [cut, &frame](const PeerRequest& request) {
            const std::string whole =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                "Upgrade\r\nSec-WebSocket-Accept: " +
                websocket_accept(*request.find("Sec-WebSocket-Key")) + "\r\n\r\n" + frame;
            return whole.substr(0, cut);
        };
        Script script = Script{}.expect_request().answer(answer);
        peer.on_connect(with_reset ? script.wait(milliseconds{2}).reset() : script.cut());
        Listener listener;
        listener.connect(peer.endpoint());
        const WebSocketEnd& end = listener.wait_for_end();
        CHECK(end.was_open == (upgrade_bytes <= cut));
        CHECK(listener.messages.size() == (cut == upgrade_bytes + frame.size() ? 1 : 0));
        CHECK(end.by_peer);
        CHECK(end.code == close_code::kAbnormal);
        CHECK(end.why.code() == Errc::network);
    }
}

TEST_CASE("fault_F20 garbage, a huge frame, a masked frame, a bomb: refused, and the peer is told why") {
    struct Case {
        std::string bytes;
        Errc code;
        int told;
    };
    const std::string huge =
        std::string{"\x82\x7f\x3f\xff\xff\xff\xff\xff\xff\xff", 10} + std::string(1000, 'x');
    const Case cases[] = {
        {std::string(1000, '\xff'), Errc::corrupt, 1002},
        {"HTTP/1.1 500 Oops\r\n\r\n", Errc::corrupt, 1002},
        {huge, Errc::out_of_range, 1009},
        {frame_bytes(1, std::string(100'001, 'x')), Errc::out_of_range, 1009},
        {std::string{"\x81\x81\x01\x02\x03\x04\x05"}, Errc::corrupt, 1002},
        {frame_bytes(1, deflated(std::string(5'000'000, '0')), 0xc0), Errc::out_of_range, 1009},
        {frame_bytes(1, "not deflate", 0xc0), Errc::corrupt, 1007},
        {frame_bytes(8, "x"), Errc::corrupt, 1002}};
    for (const Case& each : cases) {
        ScriptedPeer peer;
        peer.on_connect(Script{}
                            .accept_websocket("Sec-WebSocket-Extensions: permessage-deflate\r\n")
                            .send_text("fine")
                            .send(each.bytes)
                            .expect_frame()
                            .stall());
        Listener listener{{.limits = {.message_bytes_max = 100'000}}};
        listener.connect(peer.endpoint());
        const WebSocketEnd& end = listener.wait_for_end();
        INFO(end.why.message());
        CHECK(end.why.code() == each.code);
        CHECK(listener.messages == std::vector<std::string>{"fine"});
        REQUIRE(peer.wait_until([&] { return !peer.frames().empty(); }, seconds{5}));
        const PeerFrame frame = peer.frames()[0];
        REQUIRE(frame.payload.size() == 2);
        CHECK(frame.opcode == 8);
        CHECK(static_cast<unsigned char>(frame.payload[0]) * 256 +
                  static_cast<unsigned char>(frame.payload[1]) ==
              each.told);
    }
}

// A socket closed over unread bytes is reset, and the reset took the close frame with it.
TEST_CASE("fault_F20 a peer that goes on sending after its mistake still reads why it was refused") {
    for (int round = 0; round < 20; ++round) {
        ScriptedPeer peer;
        peer.on_connect(Script{}
                            .accept_websocket("")
                            .send(frame_bytes(1, std::string(100'001, 'x')) + std::string(2'000'000, 'y'))
                            .expect_frame()
                            .stall());
        Listener listener{{.limits = {.message_bytes_max = 100'000}}};
        listener.connect(peer.endpoint());
        CHECK(listener.wait_for_end().why.code() == Errc::out_of_range);
        REQUIRE(peer.wait_until([&] { return !peer.frames().empty(); }, seconds{5}));
        CHECK(peer.frames()[0].opcode == 8);
    }
}

TEST_CASE("fault_F20 a bad answer to the upgrade never opens") {
    for (const char* bytes : {"garbage\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                              "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: "
                              "Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"}) {
        ScriptedPeer peer;
        peer.on_connect(Script{}.expect_request().send(bytes).send_text("poison").stall());
        Listener listener;
        listener.connect(peer.endpoint());
        CHECK(listener.wait_for_end().why.code() == Errc::corrupt);
        CHECK_FALSE(listener.agreement);
        CHECK(listener.messages.empty());
    }
}

TEST_CASE("fault_F08 a flood is read without pause: every message, in order, also byte by byte") {
    constexpr int kMessages = 50'000;
    std::string flood;
    for (int i = 0; i < kMessages; ++i) flood += frame_bytes(1, std::to_string(i));
    ScriptedPeer peer;
    peer.on_connect(Script{}.accept_websocket().send(flood).close());
    peer.on_connect(
        Script{}
            .accept_websocket()
            .send_slowly(frame_bytes(1, "slow") + frame_bytes(2, std::string(130, 'b')), Duration{1})
            .close());
    Listener listener;
    listener.connect(peer.endpoint());
    listener.wait_for_end();
    REQUIRE(listener.messages.size() == kMessages);
    for (int i = 0; i < kMessages; ++i)
        REQUIRE(listener.messages[static_cast<std::size_t>(i)] == std::to_string(i));
    Listener second;
    second.connect(peer.endpoint());
    second.wait_for_end();
    CHECK(second.messages == std::vector<std::string>{"slow", std::string(130, 'b')});
}

TEST_CASE("what we send to a peer that does not read is bounded, and a flood of pings does not grow us") {
    ScriptedPeer peer;
    std::string pings;
    for (int i = 0; i < 20'000; ++i) pings += frame_bytes(9, std::string(125, 'p'));
    peer.on_connect(Script{}.accept_websocket().stall());
    peer.on_connect(Script{}.accept_websocket().send(pings).stall());
    Listener listener{{.send_queue_bytes_max = 100'000}};
    listener.connect(peer.endpoint());
    listener.wait_for_open();
    Status sent;
    for (int i = 0; i < 100'000 && sent; ++i) {
        sent = listener.client->send(std::string(10'000, 'x'));
        CHECK(listener.client->queued_bytes() <= 101'000);
    }
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code() == Errc::out_of_range);
    Listener pinged{{.send_queue_bytes_max = 1000}};
    pinged.connect(peer.endpoint());
    pinged.wait_for_open();
    pinged.reactor.run_for(milliseconds{200});
    CHECK(pinged.client->is_open());
    CHECK(pinged.client->queued_bytes() <= 1000 + 131);
}

TEST_CASE("a handler may destroy the client, at any point, and no other is called after that") {
    ScriptedPeer peer;
    peer.on_every_connect(
        Script{}.accept_websocket().send(frame_bytes(1, "one") + frame_bytes(1, "two")).send_close(1000));
    for (const int calls_before : {1, 2, 3, 4}) {
        Listener listener;
        int calls = 0;
        listener.then = [&] {
            if (++calls == calls_before) listener.client.reset();
        };
        listener.connect(peer.endpoint());
        CHECK(listener.reactor.run_until([&] { return calls_before <= calls; }, seconds{10}));
        listener.reactor.run_for(milliseconds{40});
        CHECK(calls == calls_before);
    }
}

TEST_CASE("closing or destroying before it is open, and sending when it is not") {
    ScriptedPeer peer;
    peer.on_every_connect(Script{}.stall());
    Listener listener;
    listener.connect(peer.endpoint());
    CHECK_FALSE(listener.client->send("x"));
    listener.client->close();
    CHECK_FALSE(listener.end);  // never inside a call
    const WebSocketEnd& end = listener.wait_for_end();
    CHECK_FALSE(end.was_open);
    CHECK_FALSE(end.by_peer);
    CHECK_FALSE(listener.client->send("x"));
    Listener destroyed;
    destroyed.connect(peer.endpoint());
    destroyed.reactor.run_for(milliseconds{5});
    destroyed.client.reset();
    destroyed.reactor.run_for(milliseconds{20});
    CHECK_FALSE(destroyed.end);
    Listener bad;
    bad.connect(peer.endpoint(), {.target = "no slash"});
    CHECK(bad.wait_for_end().why.code() == Errc::invalid_argument);
}
