#include "io/tls_server.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "io/http_client.hpp"
#include "io/http_server.hpp"
#include "io/testing/http_asker.hpp"
#include "io/testing/raw_client.hpp"
#include "io/websocket_client.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using namespace std::chrono_literals;

namespace {

/// A file of this test, gone at its end.
struct PemFile {
    explicit PemFile(const std::string& text)
        : path{std::filesystem::temp_directory_path() /
               ("plumb-tls-" + std::to_string(::getpid()) + ".pem")} {
        std::ofstream{path} << text;
    }
    ~PemFile() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

struct Secure {
    Secure() : pem{generate_certificate(reactor.now())}, file{pem.certificate} {
        auto made = TlsServerContext::make(pem);
        REQUIRE(made.has_value());
        context.emplace(std::move(*made));
        auto client_context = TlsContext::make({.extra_ca_file = file.path});
        REQUIRE(client_context.has_value());
        trusting.emplace(std::move(*client_context));
        HttpHandlers handlers{
            .on_request = [this](ConnectionNumber, ReceivedRequest request, HttpResponder responder) {
                if (!asks_for_websocket(request))
                    return responder.answer(
                        {.status = 200, .headers = {}, .body = std::string(size, 's') + request.target},
                        delivery);
                socket = responder.accept(
                    {.may_deflate = true},
                    {.on_message = [this](std::string_view bytes, bool, Timestamp) { socket->send(bytes); },
                     .on_closed = [](const ServerSocketEnd&) {}});
            }};
        auto listening = HttpServer::listen(reactor, {}, &*context, std::move(handlers));
        REQUIRE(listening.has_value());
        server = std::move(*listening);
    }

    Result<HttpResponse> ask(const TlsContext& trust, const std::string& host) {
        HttpClient client{reactor, trust, {}};
        std::optional<HttpOutcome> outcome;
        client.send({.host = host, .port = server->port()}, get("/x"), {},
                    [&](HttpOutcome came) { outcome = std::move(came); });
        REQUIRE(reactor.run_until([&] { return outcome.has_value(); }, 10s));
        return outcome->response;
    }

    Reactor reactor{{.lookup = everything_is_here}};
    CertificateAndKey pem;
    PemFile file;
    std::optional<TlsServerContext> context;
    std::optional<TlsContext> trusting;
    Delivery delivery;
    std::size_t size = 0;
    std::unique_ptr<ServerWebSocket> socket;
    std::unique_ptr<HttpServer> server;
};

}  // namespace

TEST_CASE(
    "a generated certificate is trusted by who has its PEM, for this machine's names, and by nobody else") {
    Secure secure;
    secure.size = std::size_t{2} << 20;
    for (const char* host : {"127.0.0.1", "localhost"}) {
        const auto answer = secure.ask(*secure.trusting, host);
        const std::string trouble = answer ? "" : answer.error().message();
        INFO(trouble);
        REQUIRE(answer.has_value());
        CHECK(answer->body == std::string(secure.size, 's') + "/x");
    }
    CHECK_FALSE(secure.ask(*secure.trusting, "example.com").has_value());
    const auto stranger = secure.ask(test_tls(), "127.0.0.1");
    REQUIRE_FALSE(stranger.has_value());
    CHECK(stranger.error().message().contains("certificate"));
    CHECK(generate_certificate(secure.reactor.now()).certificate != secure.pem.certificate);
}

TEST_CASE("WebSockets over TLS") {
    Secure secure;
    WebSocketClient client{secure.reactor, *secure.trusting};
    std::string echoed;
    std::optional<WebSocketEnd> end;
    client.connect(
        {.host = "localhost", .port = secure.server->port()}, {.offer_deflate = false},
        {.on_open = [&](const WebSocketAgreement&) { (void)client.send(std::string(500'000, 'w')); },
         .on_message =
             [&](std::string_view bytes, bool, Timestamp) {
                 echoed = bytes;
                 client.close();
             },
         .on_pong = {},
         .on_closed = [&](const WebSocketEnd& how) { end = how; }});
    REQUIRE(secure.reactor.run_until([&] { return end.has_value(); }, 10s));
    INFO(end->why.message());
    CHECK(echoed.size() == 500'000);
    CHECK(end->code == 1000);
}

TEST_CASE("a cut answer in TLS is not announced, a closed one is; both are seen as what they are") {
    Secure secure;
    secure.delivery = {.cut_at = 39};  // of forty
    CHECK_FALSE(secure.ask(*secure.trusting, "localhost").has_value());
    secure.delivery = {.cut_at = 10, .ending = Ending::reset};
    CHECK_FALSE(secure.ask(*secure.trusting, "localhost").has_value());
    secure.delivery = {.ending = Ending::close};
    CHECK(secure.ask(*secure.trusting, "localhost").has_value());
}

TEST_CASE("plain text at a TLS port, and silence, are closed") {
    Secure secure;
    RawClient plain{secure.reactor, secure.server->port()};
    plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(plain.read_to_end());
    RawClient silent{secure.reactor, secure.server->port()};
    CHECK(silent.read_to_end(8s));
    CHECK(secure.reactor.run_until([&] { return secure.server->connection_count() == 0; }, 5s));
}

TEST_CASE("what is no certificate, no key, or another's key is said") {
    Reactor reactor;
    const CertificateAndKey one = generate_certificate(reactor.now()),
                            other = generate_certificate(reactor.now());
    const auto refusal = [](const CertificateAndKey& pem) {
        const auto made = TlsServerContext::make(pem);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code() == Errc::parse);
        return made.error().message();
    };
    CHECK(refusal({.certificate = "", .key = one.key}).starts_with("expected a PEM certificate"));
    CHECK(refusal({.certificate = one.certificate, .key = ""}).starts_with("expected a PEM private key"));
    CHECK(refusal({.certificate = one.key, .key = one.key}).starts_with("expected a PEM certificate"));
    CHECK(
        refusal({.certificate = one.certificate, .key = other.key}).starts_with("expected the private key"));
    CHECK(TlsServerContext::make({.certificate = one.certificate + other.certificate, .key = one.key})
              .has_value());
}
