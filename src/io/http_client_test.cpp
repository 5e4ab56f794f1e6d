#include "io/http_client.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "io/testing/http_asker.hpp"
#include "io/testing/scripted_peer.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::string echo_target(const PeerRequest& request) {
    return http_answer(200, "you asked " + request.target);
}

}  // namespace

TEST_CASE("a GET over TLS is answered, and the connection serves the next") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.serve(echo_target));
    HttpAsker asker;
    for (const char* target : {"/a?b=c", "/second"}) {
        const HttpOutcome outcome = asker.ask(peer.endpoint(), get(target));
        if (!outcome.response) FAIL(outcome.response.error().message());
        CHECK(outcome.response->status == 200);
        CHECK(outcome.response->body == std::string{"you asked "} + target);
        CHECK(outcome.may_have_arrived);
        CHECK(outcome.sent_at <= outcome.received_at);
    }
    CHECK(peer.connections() == 1);
    REQUIRE(peer.requests().size() == 2);
    const PeerRequest request = peer.requests()[0];
    CHECK(request.method == "GET");
    CHECK(*request.find("Host") == "127.0.0.1:" + std::to_string(peer.endpoint().port));
    CHECK(*request.find("Accept-Encoding") == "gzip");
    CHECK_FALSE(request.find("Content-Length"));
}

TEST_CASE("every method arrives with its headers and body; plain text works on this machine") {
    for (const bool tls : {true, false}) {
        ScriptedPeer peer{{.tls = tls}};
        peer.on_every_connect(Script{}.serve(
            [](const PeerRequest& request) { return http_answer(201, request.method + request.body); }));
        HttpAsker asker;
        for (const auto& [method, name] :
             {std::pair{Method::post, "POST"}, std::pair{Method::put, "PUT"},
              std::pair{Method::patch, "PATCH"}, std::pair{Method::del, "DELETE"}}) {
            HttpRequest request = post("{\"qty\":\"1\"}", method);
            request.headers.push_back({"X-Key", "k1"});
            const HttpOutcome outcome = asker.ask(peer.endpoint("localhost"), request);
            REQUIRE(outcome.response);
            CHECK(outcome.response->status == 201);
            CHECK(outcome.response->body == std::string{name} + "{\"qty\":\"1\"}");
            CHECK(*peer.requests().back().find("X-Key") == "k1");
        }
        CHECK(peer.connections() == 1);
    }
}

TEST_CASE("fault_E20 429, 418, 5xx and a redirect are answers; nothing is asked twice") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.serve([](const PeerRequest& request) {
        return http_answer(std::stoi(request.target.substr(1)), "why",
                           "Retry-After: 17\r\nLocation: https://elsewhere.test/\r\n");
    }));
    HttpAsker asker;
    int asked = 0;
    for (const int status : {429, 418, 500, 502, 503, 504, 301, 307, 401, 404}) {
        const HttpOutcome outcome = asker.ask(peer.endpoint(), get("/" + std::to_string(status)));
        REQUIRE(outcome.response);
        CHECK(outcome.response->status == status);
        CHECK(*outcome.response->find("retry-after") == "17");
        CHECK(static_cast<int>(peer.requests().size()) == ++asked);
    }
    CHECK(peer.connections() == 1);
}

TEST_CASE("interim answers are passed over") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.expect_request().send(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
        http_answer(200, "at last")));
    HttpAsker asker;
    const HttpOutcome outcome = asker.ask(peer.endpoint(), get());
    REQUIRE(outcome.response);
    CHECK(outcome.response->status == 200);
    CHECK(outcome.response->body == "at last");
}

TEST_CASE("a server that announces its end ends an answer without length; one that does not has cut it") {
    ScriptedPeer peer;
    const std::string answer = "HTTP/1.1 200 OK\r\n\r\n{\"whole\":true}";
    peer.on_connect(Script{}.expect_request().send(answer).close());
    peer.on_connect(Script{}.expect_request().send(answer).cut());
    HttpAsker asker;
    const HttpOutcome whole = asker.ask(peer.endpoint(), get());
    REQUIRE(whole.response);
    CHECK(whole.response->body == "{\"whole\":true}");
    const HttpOutcome cut = asker.ask(peer.endpoint(), get());
    REQUIRE_FALSE(cut.response);
    CHECK(cut.response.error().code() == Errc::network);
}

TEST_CASE("connections per endpoint are bounded, and all requests get their own answer") {
    ScriptedPeer peer;
    peer.on_every_connect(Script{}.serve(echo_target));
    HttpAsker asker{{.connections_per_endpoint_max = 2}};
    int answered = 0;
    for (int i = 0; i < 40; ++i) {
        asker.client.send(peer.endpoint(), get("/" + std::to_string(i)), {},
                          [&answered, i](HttpOutcome outcome) {
                              REQUIRE(outcome.response);
                              CHECK(outcome.response->body == "you asked /" + std::to_string(i));
                              ++answered;
                          });
    }
    CHECK(asker.reactor.run_until([&] { return answered == 40; }, seconds{10}));
    CHECK(peer.connections() == 2);
}

TEST_CASE("one request more than may wait is refused at once") {
    ScriptedPeer peer;
    peer.on_every_connect(Script{}.stall());
    HttpAsker asker{{.connections_per_endpoint_max = 1, .waiting_per_endpoint_max = 3}};
    for (int i = 0; i < 4; ++i)
        asker.client.send(peer.endpoint(), get(), {}, [](const HttpOutcome&) { FAIL("nobody answers"); });
    const HttpOutcome refused = asker.ask(peer.endpoint(), get());
    REQUIRE_FALSE(refused.response);
    CHECK(refused.response.error().message().contains("3 requests wait already"));
    CHECK_FALSE(refused.may_have_arrived);
}

TEST_CASE("an idle connection is closed after its time, and one the server closed is not used again") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.expect_request().send(http_answer(200, "1")).close());
    peer.on_connect(Script{}.serve(echo_target));
    peer.on_connect(Script{}.serve(echo_target));
    HttpAsker asker{{.idle_max = milliseconds{60}}};
    REQUIRE(asker.ask(peer.endpoint(), post("1")).response);
    asker.reactor.run_for(milliseconds{30});
    REQUIRE(asker.ask(peer.endpoint(), post("2"))
                .response);  // the close was seen while idle: no failure, no repeat
    CHECK(peer.connections() == 2);
    asker.reactor.run_for(milliseconds{100});
    REQUIRE(asker.ask(peer.endpoint(), post("3")).response);
    CHECK(peer.connections() == 3);
    CHECK(peer.requests().size() == 3);
}

TEST_CASE("what a server says unasked is not taken for the next answer") {
    ScriptedPeer peer;
    peer.on_connect(Script{}
                        .expect_request()
                        .send(http_answer(200, "1"))
                        .wait(milliseconds{20})
                        .send(http_answer(408, "late"))
                        .stall());
    peer.on_connect(
        Script{}.expect_request().send(http_answer(200, "2") + http_answer(200, "smuggled")).stall());
    peer.on_connect(Script{}.serve(echo_target));
    HttpAsker asker;
    CHECK(asker.ask(peer.endpoint(), get()).response->body == "1");
    asker.reactor.run_for(milliseconds{60});
    CHECK(asker.ask(peer.endpoint(), get()).response->body == "2");
    CHECK(asker.ask(peer.endpoint(), get("/3")).response->body == "you asked /3");
    CHECK(peer.connections() == 3);
}

TEST_CASE("an answer before the whole request is sent is taken, and that connection not used again") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.send(http_answer(413, "too much")).stall());
    peer.on_connect(Script{}.serve(echo_target));
    HttpAsker asker;
    const HttpOutcome outcome = asker.ask(peer.endpoint(), post(std::string(32 << 20, 'x')));
    REQUIRE(outcome.response);
    CHECK(outcome.response->status == 413);
    REQUIRE(asker.ask(peer.endpoint(), get()).response);
    CHECK(peer.connections() == 2);
}

TEST_CASE("done may send again or destroy the client, and nothing is called after that") {
    ScriptedPeer peer;
    peer.on_every_connect(Script{}.serve(echo_target));
    Reactor reactor;
    const TlsContext tls = *TlsContext::make({test_ca_file()});
    auto client = std::make_unique<HttpClient>(reactor, tls);
    int calls = 0;
    for (int i = 0; i < 3; ++i) {
        client->send(peer.endpoint(), get(), {}, [&](const HttpOutcome&) {
            ++calls;
            client.reset();
        });
    }
    CHECK(reactor.run_until([&] { return calls > 0; }, seconds{10}));
    reactor.run_for(milliseconds{60});
    CHECK(calls == 1);
}

TEST_CASE("a request that could be read as two is refused before anything is sent") {
    ScriptedPeer peer;
    HttpAsker asker;
    std::vector<HttpRequest> requests(7, get());
    requests[0].target = "/a b";
    requests[1].target = "http://elsewhere/";
    requests[2].target = "/a\r\nX: y";
    requests[3].headers = {{"X-Note", "a\r\nX-Evil: 1"}};
    requests[4].headers = {{"X Note", "a"}};
    requests[5].headers = {{"content-length", "5"}};
    requests[6].headers = {{"", "a"}};
    for (const HttpRequest& request : requests) {
        const HttpOutcome outcome = asker.ask(peer.endpoint(), request);
        REQUIRE_FALSE(outcome.response);
        CHECK(outcome.response.error().code() == Errc::invalid_argument);
        CHECK_FALSE(outcome.may_have_arrived);
    }
    CHECK(peer.connections() == 0);
}
