#include "io/http_client.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "io/testing/scripted_peer.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

HttpRequest get(std::string target) {
    return {.method = Method::get, .target = std::move(target), .headers = {}, .body = {}};
}

struct Bench {
    Reactor reactor;
    TlsContext tls = *TlsContext::make({test_ca_file()});
    HttpClient client{reactor, tls};

    HttpOutcome ask(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines = {}) {
        std::optional<HttpOutcome> outcome;
        client.send(endpoint, std::move(request), deadlines,
                    [&](HttpOutcome given) { outcome = std::move(given); });
        REQUIRE(reactor.run_until([&] { return outcome.has_value(); }, seconds{5}));
        return std::move(*outcome);
    }
};

}  // namespace

TEST_CASE("a GET over TLS is answered, and the connection serves the next") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.serve(
        [](const PeerRequest& request) { return http_answer(200, "you asked " + request.target); }));
    Bench bench;
    for (const char* target : {"/a?b=c", "/second"}) {
        const HttpOutcome outcome = bench.ask(peer.endpoint(), get(target));
        if (!outcome.response) FAIL(outcome.response.error().message());
        CHECK(outcome.response->status == 200);
        CHECK(outcome.response->body == std::string{"you asked "} + target);
        CHECK(outcome.sent_at <= outcome.received_at);
    }
    CHECK(peer.connections() == 1);
    CHECK(peer.requests().size() == 2);
}
