#include "io/tls.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <optional>

#include "io/testing/http_asker.hpp"
#include "io/testing/scripted_peer.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;

namespace {

using Issuer = CertificateOptions::Issuer;

struct Case {
    const char* name;
    PeerOptions options;
    std::string host = "localhost";
    Script script = Script{}.expect_request().send(http_answer(200, "never to be seen"));
};

Case with(const char* name, CertificateOptions certificate, std::string host = "localhost") {
    return {.name = name, .options = {.certificate = std::move(certificate)}, .host = std::move(host)};
}

std::vector<Case> bad_servers() {
    std::vector<Case> cases;
    cases.push_back(with("another host's certificate", {.dns_names = {"venue.test"}}));
    cases.push_back(with("another address's certificate", {.addresses = {"127.0.0.2"}}, "127.0.0.1"));
    cases.push_back(with("a name where an address is asked for",
                         {.dns_names = {"127.0.0.1"}, .addresses = {}}, "127.0.0.1"));
    cases.push_back(with("a wildcard across a dot", {.dns_names = {"*.test"}}, "a.venue.test"));
    cases.push_back(
        with("part of a label as wildcard", {.dns_names = {"loc*.venue.test"}}, "local.venue.test"));
    cases.push_back(with("expired", {.valid_from_days = -20, .valid_to_days = -1}));
    cases.push_back(with("not valid yet", {.valid_from_days = 1, .valid_to_days = 30}));
    cases.push_back(with("signed by itself", {.issuer = Issuer::itself}));
    cases.push_back(with("signed by an unknown CA", {.issuer = Issuer::unknown_ca}));
    cases.push_back(with("signed by another server's certificate", {.issuer = Issuer::a_server}));
    cases.push_back(with("a certificate for clients", {.is_for_servers = false}));
    cases.push_back(with("a key too short", {.has_weak_key = true}));
    cases.push_back({.name = "TLS 1.0 at most", .options = {.tls_version_max = 10}});
    cases.push_back({.name = "TLS 1.1 at most", .options = {.tls_version_max = 11}});
    cases.push_back({.name = "TLS stripped: plain HTTP",
                     .options = {.tls = false},
                     .script = Script{}.send(http_answer(200, "never to be seen")).stall()});
    cases.push_back({.name = "garbage",
                     .options = {},
                     .script = Script{}.send(std::string(300, '\x15')).stall().then_tls()});
    cases.push_back({.name = "cut in the handshake", .options = {}, .script = Script{}.cut().then_tls()});
    return cases;
}

}  // namespace

TEST_CASE("fault_X05 every bad server is refused before a byte of the request leaves") {
    for (Case& each : bad_servers()) {
        INFO(each.name);
        ScriptedPeer peer{each.options};
        peer.on_every_connect(each.script);
        HttpAsker asker;
        Endpoint endpoint = peer.endpoint(each.host);
        endpoint.tls = true;
        const HttpOutcome outcome = asker.ask(endpoint, post("{\"secret\":1}"));
        REQUIRE_FALSE(outcome.response);
        INFO(outcome.response.error().message());
        CHECK(outcome.response.error().code() == Errc::network);
        CHECK(outcome.response.error().message().contains("TLS handshake with " + each.host));
        CHECK_FALSE(outcome.may_have_arrived);
        CHECK(peer.requests().empty());
    }
}

TEST_CASE("fault_X05 good servers are accepted: by name, by wildcard, by address, with TLS 1.2") {
    struct Good {
        PeerOptions options;
        std::string host;
    };
    for (const Good& each :
         {Good{{}, "localhost"}, Good{{}, "127.0.0.1"}, Good{{.tls_version_max = 12}, "localhost"},
          Good{{.certificate = {.dns_names = {"*.venue.test"}}}, "api.venue.test"}}) {
        ScriptedPeer peer{each.options};
        peer.on_connect(Script{}.expect_request().send(http_answer(200, "well")));
        HttpAsker asker;
        const HttpOutcome outcome = asker.ask(peer.endpoint(each.host), get());
        if (!outcome.response) FAIL(outcome.response.error().message());
        CHECK(outcome.response->body == "well");
    }
}

TEST_CASE("fault_X05 without the extra CA file the test's own server is a stranger") {
    ScriptedPeer peer;
    Reactor reactor;
    const TlsContext tls = *TlsContext::make();
    HttpClient client{reactor, tls};
    std::optional<HttpOutcome> outcome;
    client.send(peer.endpoint(), get(), {}, [&](HttpOutcome given) { outcome = std::move(given); });
    REQUIRE(reactor.run_until([&] { return outcome.has_value(); }, std::chrono::seconds{5}));
    CHECK_FALSE(outcome->response);
    CHECK_FALSE(outcome->may_have_arrived);
}

TEST_CASE("an extra CA file that is none is refused by name") {
    const Result<TlsContext> missing = TlsContext::make({"/nowhere/ca.pem"});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code() == Errc::not_found);
    CHECK(missing.error().message().contains("/nowhere/ca.pem"));
    const auto path = test_ca_file().string() + ".broken";
    std::ofstream{path} << "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n";
    const Result<TlsContext> broken = TlsContext::make({path});
    std::filesystem::remove(path);
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code() == Errc::parse);
}
