#include "io/http_server.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "io/testing/http_asker.hpp"
#include "io/testing/raw_client.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using namespace std::chrono_literals;

namespace {

HttpResponse ok(std::string body) { return {.status = 200, .headers = {}, .body = std::move(body)}; }

/// A server that answers by the target: what a test asks for.
struct Served {
    explicit Served(HttpServerOptions options = {}, HttpHandlers more = {}) {
        more.on_request = [this](ConnectionNumber connection, ReceivedRequest request,
                                 HttpResponder responder) {
            connections.push_back(connection);
            if (request.target == "/later") {
                waiting.push_back(std::move(responder));
            } else if (request.target == "/forgotten") {
                (void)responder;
            } else if (request.target == "/big") {
                responder.answer(ok(std::string(std::size_t{3} << 20, 'b')), delivery);
            } else {
                responder.answer(ok(request.method + " " + request.target + " " + request.body), delivery);
            }
            requests.push_back(std::move(request));
        };
        more.on_disconnected = [this](ConnectionNumber connection) { gone.push_back(connection); };
        auto made = HttpServer::listen(reactor, {}, nullptr, std::move(more), options);
        REQUIRE(made.has_value());
        server = std::move(*made);
    }

    Endpoint endpoint() const { return {.host = "127.0.0.1", .port = server->port(), .tls = false}; }

    HttpOutcome ask(HttpRequest request) {
        std::optional<HttpOutcome> outcome;
        client.send(endpoint(), std::move(request), {}, [&](HttpOutcome came) { outcome = std::move(came); });
        REQUIRE(reactor.run_until([&] { return outcome.has_value(); }, 10s));
        return std::move(*outcome);
    }

    Reactor reactor;
    Delivery delivery;  // of the next answers
    std::vector<ReceivedRequest> requests;
    std::vector<ConnectionNumber> connections, gone;
    std::vector<HttpResponder> waiting;
    std::unique_ptr<HttpServer> server;
    HttpClient client{reactor, test_tls(), {}};
};

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

TEST_CASE("our client is answered, over one connection") {
    Served served;
    CHECK(served.ask(get("/a?b=c")).response->body == "GET /a?b=c ");
    CHECK(served.ask(post("{}")).response->body == "POST /orders {}");
    CHECK(served.ask(get("/big")).response->body.size() == std::size_t{3} << 20);
    CHECK(served.connections == std::vector<ConnectionNumber>{1, 1, 1});
    CHECK(served.server->connection_count() == 1);
}

TEST_CASE("requests sent without waiting are answered in order, also when the first is answered later") {
    Served served;
    RawClient client{served.reactor, served.server->port()};
    client.send(
        "GET /later HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxyGET "
        "/c "
        "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    REQUIRE(served.reactor.run_until([&] { return served.waiting.size() == 1; }, 5s));
    CHECK(served.requests.size() == 1);
    served.waiting.front().answer(ok("first."));
    REQUIRE(client.read_to_end());
    CHECK_FALSE(client.was_reset());
    const std::string expected =
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfirst.HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nPOST "
        "/b xyHTTP/1.1 "
        "200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nGET /c ";
    CHECK(client.received() == expected);
    CHECK(served.gone == std::vector<ConnectionNumber>{1});
}

TEST_CASE("a body in chunks, and one that waits to be asked for") {
    Served served;
    RawClient client{served.reactor, served.server->port()};
    client.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
    REQUIRE(client.read_until("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("3\r\nabc\r\n0\r\n\r\n");
    REQUIRE(client.read_until("POST /x abc"));
    CHECK(client.received().starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    CHECK(client.received().find("100 Continue") == client.received().rfind("100 Continue"));
}

TEST_CASE("HEAD has the header only; HTTP/1.0 is closed unless it asks otherwise") {
    Served served;
    RawClient client{served.reactor, served.server->port()};
    client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
    REQUIRE(client.read_to_end());
    CHECK(client.received() ==
          "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: "
          "close\r\n\r\n"
          "GET /b ");
}

TEST_CASE("what is malformed or too big is told so and closed") {
    Served served{{.limits = {.header_bytes_max = 200, .body_bytes_max = 10}}};
    const auto answer_to = [&](const std::string& bytes) {
        RawClient client{served.reactor, served.server->port()};
        client.send(bytes);
        REQUIRE(client.read_to_end());
        CHECK_FALSE(client.was_reset());
        CHECK(client.received().contains("Connection: close\r\n"));
        return client.received().substr(0, 12);
    };
    CHECK(answer_to("\x16\x03\x01\x02") == "HTTP/1.1 400");
    CHECK(answer_to("GET / HTTP/1.1\r\n\r\n") == "HTTP/1.1 400");
    CHECK(answer_to("GET /" + std::string(300, 'a')) == "HTTP/1.1 431");
    CHECK(answer_to("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n12345678901") == "HTTP/1.1 413");
    CHECK(served.requests.empty());
}

TEST_CASE("an answer that was forgotten, or cannot be written, is a 500") {
    Served served;
    CHECK(served.ask(get("/forgotten")).response->status == 500);
    std::optional<HttpOutcome> outcome;
    served.client.send(served.endpoint(), get("/later"), {},
                       [&](HttpOutcome came) { outcome = std::move(came); });
    REQUIRE(served.reactor.run_until([&] { return !served.waiting.empty(); }, 5s));
    served.waiting.front().answer({.status = 200, .headers = {{"X", "a\r\nSet-Cookie: b"}}, .body = {}});
    REQUIRE(served.reactor.run_until([&] { return outcome.has_value(); }, 5s));
    CHECK(outcome->response->status == 500);
}

TEST_CASE("who is idle, slow to ask, or one too many is closed") {
    Served served{{.connections_max = 2, .request_deadline = 300ms, .idle_max = 300ms}};
    RawClient idle{served.reactor, served.server->port()};
    RawClient slow{served.reactor, served.server->port()};
    slow.send("GET / HT");
    REQUIRE(served.reactor.run_until([&] { return served.server->connection_count() == 2; }, 5s));
    RawClient third{served.reactor, served.server->port()};
    CHECK(third.read_to_end(2s));
    CHECK(idle.read_to_end(3s));
    CHECK(idle.received().empty());
    CHECK(slow.read_to_end(3s));
    CHECK(slow.received().starts_with("HTTP/1.1 408 "));
    CHECK(served.server->connection_count() == 0);
}

TEST_CASE("an answer is cut after any byte") {
    Served served;
    RawClient whole{served.reactor, served.server->port()};
    whole.send(kGet);
    REQUIRE(whole.read_until("GET /a "));
    const std::string all = whole.received();
    for (std::size_t bytes = 0; bytes <= all.size(); ++bytes) {
        served.delivery = {.cut_at = bytes};
        RawClient client{served.reactor, served.server->port()};
        client.send(kGet);
        REQUIRE(client.read_to_end());
        CHECK_FALSE(client.was_reset());
        CHECK(client.received() == all.substr(0, bytes));
    }
    served.delivery = {.cut_at = 3, .cut_counts_body = true, .ending = Ending::reset};
    RawClient client{served.reactor, served.server->port()};
    client.send(kGet);
    REQUIRE(client.read_to_end());
    CHECK(client.was_reset());
}

TEST_CASE("slow heads and bodies come byte by byte, and whole in the end") {
    Served served;
    served.delivery = {
        .before_head = 30ms, .between_head_bytes = 1ms, .before_body = 30ms, .between_body_bytes = 5ms};
    const auto begin = served.reactor.steady_now();
    RawClient client{served.reactor, served.server->port()};
    client.send(kGet);
    REQUIRE(client.read_until("H"));
    CHECK(30ms <= served.reactor.steady_now() - begin);
    CHECK(client.received().size() < 20);
    REQUIRE(client.read_until("\r\n\r\n"));
    CHECK(client.received().ends_with("\r\n\r\n"));
    REQUIRE(client.read_until("GET /a "));
    CHECK(30ms + 38ms + 30ms + 30ms <= served.reactor.steady_now() - begin);
    served.delivery = {};
    client.forget();
    client.send(kGet);
    CHECK(client.read_until("GET /a "));  // the connection is as good as before
}

TEST_CASE("a keep-alive connection dies when it is used again, and our client repeats a GET only") {
    Served served;
    served.delivery = {.ending = Ending::close_at_next_request};
    CHECK(served.ask(get("/a")).response->status == 200);
    CHECK(served.server->connection_count() == 1);
    CHECK(served.ask(get("/b")).response->status == 200);
    CHECK(served.connections == std::vector<ConnectionNumber>{1, 2});
    const HttpOutcome posted = served.ask(post("{}"));
    CHECK_FALSE(posted.response.has_value());
    CHECK(posted.may_have_arrived);
    CHECK(served.requests.size() == 2);
}

TEST_CASE("other ends: before, after, by reset, a wrong length, and silence") {
    Served served;
    const auto ask = [&](Delivery delivery) {
        served.delivery = delivery;
        auto client = std::make_unique<RawClient>(served.reactor, served.server->port());
        client->send(kGet);
        return client;
    };
    auto client = ask({.cut_at = 0, .ending = Ending::reset});
    REQUIRE(client->read_to_end());
    CHECK(client->was_reset());
    CHECK(client->received().empty());
    client = ask({.ending = Ending::close, .before_ending = 50ms});
    REQUIRE(client->read_to_end());
    CHECK(client->received() == "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nGET /a ");
    client = ask({.content_length = 9, .ending = Ending::close});
    REQUIRE(client->read_to_end());
    CHECK(client->received() == "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nGET /a ");
    client = ask({.cut_at = 20, .ending = Ending::hang});
    CHECK_FALSE(client->read_to_end(200ms));
    CHECK(client->received().size() == 20);
    client->send(kGet);
    CHECK_FALSE(client->read_to_end(100ms));
    const std::size_t count = served.server->connection_count();
    client.reset();
    CHECK(served.reactor.run_until([&] { return served.server->connection_count() < count; }, 5s));
}

TEST_CASE("a request may be ended at its head, before it was read") {
    Served served{{}, {.on_request = {}, .on_head = [](ConnectionNumber, const ReceivedRequest& head) {
                           return head.target == "/refused" ? std::optional{Delivery{.ending = Ending::close}}
                                                            : std::nullopt;
                       }}};
    RawClient client{served.reactor, served.server->port()};
    client.send("POST /taken HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(client.read_until("POST /taken {}"));
    client.forget();
    client.send("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{");
    CHECK(client.read_to_end());
    CHECK(client.received().empty());
    CHECK(served.requests.size() == 1);
}

TEST_CASE("a server ends while answers are due and drip") {
    Served served;
    RawClient later{served.reactor, served.server->port()};
    later.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    served.delivery = {.between_head_bytes = 50ms};
    RawClient drips{served.reactor, served.server->port()};
    drips.send(kGet);
    REQUIRE(drips.read_until("HT"));
    served.server.reset();
    CHECK_FALSE(served.waiting.front().is_waited_for());
    served.waiting.front().answer(ok("too late"));
    CHECK(later.read_to_end());
    CHECK(drips.read_to_end());
    served.reactor.run_for(100ms);
}

TEST_CASE("plain text is for this machine only, and a port in use is said") {
    Reactor reactor;
    const HttpHandlers handlers{.on_request = [](ConnectionNumber, ReceivedRequest, HttpResponder) {}};
    const auto beyond = HttpServer::listen(reactor, {.host = "0.0.0.0"}, nullptr, handlers);
    REQUIRE_FALSE(beyond.has_value());
    CHECK(beyond.error().code() == Errc::denied);
    const auto first = HttpServer::listen(reactor, {.host = "127.0.0.1"}, nullptr, handlers);
    REQUIRE(first.has_value());
    const auto second =
        HttpServer::listen(reactor, {.host = "127.0.0.1", .port = (*first)->port()}, nullptr, handlers);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code() == Errc::network);
    CHECK(second.error().message().contains("in use"));
    const auto name = HttpServer::listen(reactor, {.host = "localhost"}, nullptr, handlers);
    REQUIRE_FALSE(name.has_value());
    CHECK(name.error().code() == Errc::invalid_argument);
}
