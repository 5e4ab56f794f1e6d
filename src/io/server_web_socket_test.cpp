#include "io/server_web_socket.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "io/http_server.hpp"
#include "io/inflate.hpp"
#include "io/testing/http_asker.hpp"
#include "io/testing/raw_client.hpp"
#include "io/testing/script.hpp"
#include "io/websocket_client.hpp"
#include "io/websocket_handshake.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using namespace std::chrono_literals;

namespace {

/// A server that opens every WebSocket and writes down what happens to the last one.
struct Served {
    explicit Served(HttpServerOptions options = {}, UpgradeTerms terms = {.may_deflate = true}) {
        HttpHandlers handlers{
            .on_request = [this, terms](ConnectionNumber, ReceivedRequest request, HttpResponder responder) {
                const bool greets = request.target == "/greets";
                socket = responder.accept(
                    terms,
                    {.on_message = [this](std::string_view bytes, bool,
                                          Timestamp) { messages.emplace_back(bytes); },
                     .on_pong = [this](std::string_view payload, Timestamp) { pongs.emplace_back(payload); },
                     .on_slow = [this] { ++slow; },
                     .on_closed = [this](const ServerSocketEnd& how) { ends.push_back(how); }},
                    delivery);
                if (greets && socket) socket->send("welcome");
            }};
        auto made = HttpServer::listen(reactor, {}, nullptr, std::move(handlers), options);
        REQUIRE(made.has_value());
        server = std::move(*made);
    }

    bool run_until(const std::function<bool()>& done) { return reactor.run_until(done, 5s); }
    Endpoint endpoint() const { return {.host = "127.0.0.1", .port = server->port(), .tls = false}; }

    Reactor reactor;
    Delivery delivery;
    std::vector<std::string> messages, pongs;
    std::vector<ServerSocketEnd> ends;
    int slow = 0;
    std::unique_ptr<ServerWebSocket> socket;
    std::unique_ptr<HttpServer> server;
};

struct Client {
    explicit Client(Served& served, WebSocketRequest request = {}) : socket{served.reactor, test_tls()} {
        socket.connect(
            served.endpoint(), std::move(request),
            {.on_open = [this](const WebSocketAgreement& agreed) { agreement = agreed; },
             .on_message = [this](std::string_view bytes, bool, Timestamp) { messages.emplace_back(bytes); },
             .on_pong = [this](std::string_view payload, Timestamp) { pongs.emplace_back(payload); },
             .on_closed = [this](const WebSocketEnd& how) { end = how; }});
        REQUIRE(served.run_until([&] { return agreement || end; }));
    }

    std::optional<WebSocketAgreement> agreement;
    std::optional<WebSocketEnd> end;
    std::vector<std::string> messages, pongs;
    WebSocketClient socket;
};

const std::string kUpgrade =
    "GET /s HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

std::string client_frame(Opcode opcode, std::string_view payload) {
    std::string frame;
    append_client_frame(frame, opcode, payload, {1, 2, 3, 4});
    return frame;
}

}  // namespace

TEST_CASE("our client and server talk, compressed and not, both ways, and part in good order") {
    for (const bool deflates : {false, true}) {
        Served served;
        Client client{served, {.offer_deflate = deflates}};
        REQUIRE(served.socket);
        CHECK(served.socket->deflates() == deflates);
        const std::string big(100'000, 'x'), small = "{}";
        served.socket->send(small);
        served.socket->send(big);
        EncodedMessage shared{big + "!"};
        served.socket->send(shared);
        REQUIRE(client.socket.send(big).has_value());
        REQUIRE(client.socket.ping("ping").has_value());
        served.socket->ping("pong");
        REQUIRE(served.run_until([&] {
            return client.messages.size() == 3 && served.messages.size() == 1 && served.pongs.size() == 1 &&
                   client.pongs.size() == 1;
        }));
        CHECK(client.messages == std::vector<std::string>{small, big, big + "!"});
        CHECK(served.messages.front() == big);
        CHECK(client.pongs.front() == "ping");
        CHECK(served.pongs.front() == "pong");
        client.socket.close(1000, "bye");
        REQUIRE(served.run_until([&] { return client.end && !served.ends.empty(); }));
        CHECK(client.end->code == 1000);
        CHECK(served.ends.front().code == 1000);
        CHECK(served.ends.front().reason == "bye");
        CHECK(served.ends.front().by_peer);
        CHECK_FALSE(served.socket->send("late") == false);
        CHECK(served.run_until([&] { return served.server->connection_count() == 0; }));
    }
}

TEST_CASE("the server parts first") {
    Served served;
    Client client{served};
    served.socket->send("last words");
    served.socket->close(4001, "enough");
    served.socket->send("not sent");
    REQUIRE(served.run_until([&] { return client.end && !served.ends.empty(); }));
    CHECK(client.messages == std::vector<std::string>{"last words"});
    CHECK(client.end->code == 4001);
    CHECK(client.end->reason == "enough");
    CHECK_FALSE(served.ends.front().by_peer);
    CHECK(served.ends.size() == 1);
}

TEST_CASE("what is sent before the upgrade's answer has left follows it") {
    Served served;
    served.delivery = {.before_head = 50ms, .between_head_bytes = 100us};
    Client client{served, {.target = "/greets"}};
    REQUIRE(served.run_until([&] { return !client.messages.empty(); }));
    CHECK(client.messages.front() == "welcome");
}

TEST_CASE("the handshake of the RFC, frames in the same packet, and frames in pieces") {
    Served served;
    RawClient client{served.reactor, served.server->port()};
    client.send(kUpgrade + "\r\n" + client_frame(Opcode::text, "early"));
    REQUIRE(client.read_until("\r\n\r\n"));
    CHECK(client.received().starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    CHECK(client.received().contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    REQUIRE(served.run_until([&] { return served.messages.size() == 1; }));
    std::string fragments = client_frame(Opcode::text, "frag");
    fragments[0] = '\x01';
    fragments += client_frame(Opcode::ping, "between") + client_frame(Opcode::continuation, "ments");
    for (const char byte : fragments) client.send({&byte, 1});
    REQUIRE(served.run_until([&] { return served.messages.size() == 2; }));
    CHECK(served.messages == std::vector<std::string>{"early", "fragments"});
    CHECK(client.read_until(frame_bytes(10, "between")));
}

TEST_CASE("what breaks the rules is closed with its code") {
    const auto code_for = [](const std::string& bytes) {
        Served served{{.socket = {.limits = {.message_bytes_max = 1000, .inflate_ratio_max = 50}}}};
        RawClient client{served.reactor, served.server->port()};
        client.send(kUpgrade + "\r\n" + bytes);
        REQUIRE(client.read_to_end());
        REQUIRE(served.run_until([&] { return served.ends.size() == 1; }));
        CHECK(served.ends.front().code == close_code::kAbnormal);
        const std::string frame = client.received().substr(client.received().find("\r\n\r\n") + 4);
        REQUIRE(4 <= frame.size());
        CHECK(frame[0] == '\x88');
        return static_cast<unsigned char>(frame[2]) * 256 + static_cast<unsigned char>(frame[3]);
    };
    CHECK(code_for(frame_bytes(1, "not masked")) == 1002);
    CHECK(code_for(client_frame(Opcode::continuation, "of nothing")) == 1002);
    CHECK(code_for(client_frame(Opcode::text, std::string(1001, 'a'))) == 1009);
    CHECK(code_for(client_frame(static_cast<Opcode>(3), "")) == 1002);
    CHECK(code_for(client_frame(Opcode::close, "x")) == 1002);
}

TEST_CASE("what is no upgrade is refused") {
    Served served;
    const auto answer_to = [&](const std::string& bytes) {
        RawClient client{served.reactor, served.server->port()};
        client.send(bytes + "\r\n");
        client.read_until("\r\n\r\n");
        return client.received().substr(9, 3);
    };
    CHECK(answer_to("GET / HTTP/1.1\r\nHost: h\r\n") == "400");
    CHECK(answer_to("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: "
                    "websocket\r\nSec-WebSocket-Version: "
                    "8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") == "426");
    CHECK(answer_to("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: "
                    "websocket\r\nSec-WebSocket-Version: "
                    "13\r\nSec-WebSocket-Key: short\r\n") == "400");
    CHECK(answer_to(kUpgrade) == "101");
}

TEST_CASE("of the offers to compress the first that fits is taken; a smaller window of ours does not") {
    const auto agreed = [](const std::string& offers, bool may_deflate = true) {
        const ReceivedRequest request{.method = "GET",
                                      .target = "/",
                                      .headers = {{"Connection", "Upgrade"},
                                                  {"Upgrade", "websocket"},
                                                  {"Sec-WebSocket-Version", "13"},
                                                  {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                                  {"Sec-WebSocket-Protocol", "a, b"},
                                                  {"Sec-WebSocket-Extensions", offers}},
                                      .body = {}};
        const UpgradeAnswer answer =
            answer_upgrade(request, {.may_deflate = may_deflate, .subprotocols = {"b"}});
        CHECK(answer.is_open());
        CHECK(answer.subprotocol == "b");
        return answer.deflate.has_value();
    };
    CHECK(agreed("permessage-deflate"));
    CHECK(agreed("permessage-deflate; client_max_window_bits; server_no_context_takeover"));
    CHECK(agreed("x-other, permessage-deflate; server_max_window_bits=10, permessage-deflate"));
    CHECK(agreed("permessage-deflate; client_max_window_bits=\"12\""));
    CHECK_FALSE(agreed("permessage-deflate; server_max_window_bits=10"));
    CHECK_FALSE(agreed("permessage-deflate; client_max_window_bits=16"));
    CHECK_FALSE(agreed("permessage-deflate; server_no_context_takeover; server_no_context_takeover"));
    CHECK_FALSE(agreed("permessage-deflate; unknown"));
    CHECK_FALSE(agreed("permessage-deflate", false));
}

TEST_CASE("a client that does not read is closed, or misses messages; memory is bounded") {
    for (const WhenSlow when : {WhenSlow::close, WhenSlow::drop}) {
        Served served{{.socket = {.queue_bytes_max = 100'000, .when_slow = when, .close_deadline = 100ms}}};
        RawClient client{served.reactor, served.server->port()};
        client.send(kUpgrade + "\r\n");
        REQUIRE(served.run_until([&] { return served.socket != nullptr; }));
        const std::string message(1000, 'm');
        std::size_t most = 0;
        for (int i = 0; i < 20'000 && served.slow == 0; ++i) {
            served.socket->send(message);
            most = std::max(most, served.socket->queued_bytes());
            served.reactor.poll();
        }
        CHECK(served.slow == 1);
        CHECK(most <= 100'000);
        CHECK(0 < served.socket->dropped());
        if (when == WhenSlow::close) {
            CHECK_FALSE(served.socket->is_open());
            REQUIRE(served.run_until([&] { return !served.ends.empty(); }));
            continue;
        }
        for (int i = 0; i < 1000; ++i) served.socket->send(message);
        CHECK(served.socket->is_open());
        REQUIRE(served.run_until([&] {
            client.read_until("nothing", 1ms);
            client.forget();
            return served.socket->queued_bytes() == 0;
        }));
        CHECK(served.socket->send("again"));
        CHECK(client.read_until("again"));
    }
}

TEST_CASE("a frame is cut after any byte, and a stalled stream keeps what was sent") {
    std::string frame;
    append_server_frame(frame, Opcode::text, "hello");
    for (std::size_t bytes = 0; bytes < frame.size(); ++bytes) {
        for (const Ending how : {Ending::close, Ending::reset}) {
            Served served;
            RawClient client{served.reactor, served.server->port()};
            client.send(kUpgrade + "\r\n");
            REQUIRE(client.read_until("\r\n\r\n"));
            client.forget();
            served.socket->cut(std::string_view{frame}.substr(0, bytes), how);
            CHECK(served.ends.empty());
            REQUIRE(client.read_to_end());
            CHECK(client.was_reset() == (how == Ending::reset));
            CHECK(client.received() == frame.substr(0, bytes));
            REQUIRE(served.run_until([&] { return served.ends.size() == 1; }));
        }
    }
    Served served;
    Client client{served};
    served.socket->stall(true);
    served.socket->send("kept");
    REQUIRE(client.socket.ping("unheard").has_value());
    served.reactor.run_for(50ms);
    CHECK(client.messages.empty());
    CHECK(client.pongs.empty());
    served.socket->stall(false);
    REQUIRE(served.run_until([&] { return !client.messages.empty() && !client.pongs.empty(); }));
    served.socket->cut({}, Ending::hang);
    REQUIRE(served.run_until([&] { return !served.ends.empty(); }));
    served.reactor.run_for(50ms);
    CHECK_FALSE(client.end);
}

TEST_CASE("a client that vanishes is noticed; a handle may go at any time") {
    Served served;
    {
        RawClient client{served.reactor, served.server->port()};
        client.send(kUpgrade + "\r\n");
        REQUIRE(client.read_until("\r\n\r\n"));
    }
    REQUIRE(served.run_until([&] { return served.ends.size() == 1; }));
    CHECK(served.ends.front().code == close_code::kAbnormal);
    CHECK(served.ends.front().by_peer);
    Client second{served};
    served.socket.reset();
    REQUIRE(served.run_until([&] { return second.end.has_value(); }));
    CHECK(served.ends.size() == 1);
    Client third{served};
    served.server.reset();
    REQUIRE(served.run_until([&] { return third.end && served.ends.size() == 2; }));
    served.socket->send("to nobody");
}
