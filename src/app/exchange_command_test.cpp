#include <doctest/doctest.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>

#include "app/test_support.hpp"
#include "io/file.hpp"
#include "io/listener.hpp"
#include "io/tls_server.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

/// A minute's tenth of a simulated exchange, as fast as it goes.
std::vector<std::string> short_run(std::string_view venues, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"exchange",   "--venue", std::string{venues}, "--clock", "simulated",
                                   "--duration", "0.1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::string file(const TestWorkspace& workspace, std::string_view name) {
    return io::read_file(workspace.root() / name).value_or("");
}

std::string path(const TestWorkspace& workspace, std::string_view name) {
    return (workspace.root() / name).string();
}

}  // namespace

TEST_CASE("exchange says where each venue is and with which key, and ends by itself") {
    const TestWorkspace workspace;
    const Ran people = run_in(workspace, short_run("polygon"));
    REQUIRE_MESSAGE(people.status == 0, people.err);
    CHECK(people.prints("polygon\n  REST    http://127.0.0.1:"));
    CHECK(people.prints("  stream  ws://127.0.0.1:"));
    CHECK(people.prints("  key     "));
    const Ran machine = run_in(workspace, short_run("polygon", {"--json", "--control-token", "word"}));
    REQUIRE_MESSAGE(machine.status == 0, machine.err);
    const auto line = nlohmann::json::parse(machine.out);
    CHECK(line["venue"] == "polygon");
    CHECK(line["rest"].get<std::string>().starts_with("http://127.0.0.1:"));
    CHECK(line["stream"].get<std::string>().starts_with("ws://127.0.0.1:"));
    CHECK_FALSE(line["key"].get<std::string>().empty());
    CHECK(line["control_token"] == "word");
    CHECK(line["now"] == "2025-01-15T14:30:00.000000000Z");
}

TEST_CASE("the same seed tells the same truth byte for byte, another seed another") {
    const TestWorkspace workspace;
    const auto truth = [&](const std::string& seed, const std::string& name) {
        const Ran ran =
            run_in(workspace, short_run("polygon", {"--seed", seed, "--truth-log", path(workspace, name)}));
        REQUIRE_MESSAGE(ran.status == 0, ran.err);
        return file(workspace, name);
    };
    const std::string first = truth("7", "a.jsonl");
    CHECK_FALSE(first.empty());
    CHECK(truth("7", "b.jsonl") == first);
    CHECK(truth("8", "c.jsonl") != first);
}

TEST_CASE("exchange over TLS names the certificate to trust, generated or given") {
    const TestWorkspace workspace;
    const Ran generated = run_in(workspace, short_run("polygon", {"--tls", "--json"}));
    REQUIRE_MESSAGE(generated.status == 0, generated.err);
    const auto line = nlohmann::json::parse(generated.out);
    CHECK(line["rest"].get<std::string>().starts_with("https://127.0.0.1:"));
    CHECK(line["stream"].get<std::string>().starts_with("wss://127.0.0.1:"));
    CHECK(io::read_file(line["certificate"].get<std::string>())->starts_with("-----BEGIN CERTIFICATE-----"));
    const io::CertificateAndKey pem = io::generate_certificate(timestamp_from_ms(1'736'951'400'000));
    workspace.write("cert.pem", pem.certificate);
    workspace.write("key.pem", pem.key);
    const Ran given = run_in(workspace, short_run("polygon", {"--tls-cert", path(workspace, "cert.pem"),
                                                              "--tls-key", path(workspace, "key.pem")}));
    CHECK_MESSAGE(given.status == 0, given.err);
    CHECK(given.prints("certificate to trust: " + path(workspace, "cert.pem")));
}

TEST_CASE("what is asked wrongly, and what the outside refuses, is one line with its status") {
    const TestWorkspace workspace;
    const auto refused = [&](int status, std::vector<std::string> words, std::string_view says) {
        const Ran ran = run_in(workspace, std::move(words));
        CHECK(ran.status == status);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says(says), ran.err);
        CHECK(ran.out.empty());
    };
    refused(2, {"exchange"}, "--venue");
    refused(2, {"exchange", "--venue", "polygom"}, "nearest known is polygon");
    refused(2, {"exchange", "--venue", "polygon,polygon"}, "polygon,polygon");
    refused(2, {"trade", "--venue", "polygon,alpaca"}, "expected one of");
    refused(2, short_run("polygon", {"--market", "random"}), "demo or replay:FILE");
    refused(2, short_run("polygon", {"--listen", "0.0.0.0"}), "TLS");
    refused(2, short_run("polygon", {"--listen", "here"}), "expected an address");
    refused(2, short_run("polygon", {"--tls-cert", "a.pem"}), "together");
    refused(2, {"exchange", "--venue", "polygon", "--speed", "3"}, "--clock simulated");
    refused(2, {"exchange", "--venue", "polygon", "--clock", "simulated", "--speed", "0"}, "--duration");
    refused(3, short_run("polygon", {"--market", "replay:" + path(workspace, "nowhere")}), "nowhere");
    refused(3, short_run("polygon", {"--faults", path(workspace, "nowhere.yaml")}), "nowhere.yaml");
    refused(3, short_run("polygon", {"--truth-log", path(workspace, "no/folder/truth")}), "truth");
    refused(3,
            short_run("polygon",
                      {"--tls-cert", path(workspace, "no.pem"), "--tls-key", path(workspace, "no.pem")}),
            "no.pem");
    workspace.write("bad.yaml", "rules:\n  - {when: {request: plase_order}, do: {close: before_answer}}\n");
    refused(2, short_run("polygon", {"--faults", path(workspace, "bad.yaml")}), "place_order");
    workspace.write("bad.pem", "no certificate\n");
    refused(2,
            short_run("polygon",
                      {"--tls-cert", path(workspace, "bad.pem"), "--tls-key", path(workspace, "bad.pem")}),
            "expected a PEM certificate");
    io::Reactor reactor;
    const auto taken = io::Listener::open(
        reactor, {}, [](int socket, const std::string&) { ::shutdown(socket, SHUT_RDWR); });
    REQUIRE(taken.has_value());
    refused(3, short_run("polygon", {"--port", std::to_string((*taken)->port())}), "in use");
}
