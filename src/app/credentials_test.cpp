#include "app/credentials.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/key_files.hpp"
#include "app/redaction.hpp"
#include "app/test_support.hpp"
#include "app/venue_address.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

Result<Settings> loaded(const TestWorkspace& workspace, std::vector<std::string> words,
                        const Environment& environment = {}) {
    words.insert(words.end(), {"--workspace", workspace.root().string()});
    const Result<CommandLine> line = parse_command_line(words);
    REQUIRE(line);
    return load_settings(*line, environment);
}

// Made up for these tests; not a key of anything.
constexpr std::string_view kPem =
    "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIExampleExampleExample0123456789abcdefABCDEF\n"
    "oAoGCCqGSM49AwEHoUQDQgAEExampleExampleExample0123456789==\n-----END EC PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("keys come from the environment, .env, config/api_keys.yaml or a key file; the stronger wins") {
    const TestWorkspace workspace;
    workspace.write("config/api_keys.yaml",
                    "Kraken_Futures:\n  apiKey: yaml-id\n  api_secret: yaml-secret\n"
                    "cmc: {api_key: yaml-cmc}\nunrelated:\n  api_key: nobody's\n");
    const auto id_of = [](const Settings& settings, std::string_view venue) {
        return key_of(settings, venue).credentials.key_id;
    };
    const auto first = loaded(workspace, {"config"});
    REQUIRE_MESSAGE(first, first.error().message());
    CHECK(id_of(*first, "kraken-futures") == "yaml-id");
    CHECK(key_of(*first, "kraken-futures").credentials.secret.reveal() == "yaml-secret");
    CHECK(key_of(*first, "coinmarketcap").credentials.secret.reveal() == "yaml-cmc");
    CHECK(key_of(*first, "polygon").credentials.empty());
    CHECK(key_of(*first, "kraken-futures").from.find("api_keys.yaml:2") != std::string::npos);

    workspace.write(".env", "KRAKEN_FUTURES_API_KEY=dotenv-id\n");
    CHECK(id_of(*loaded(workspace, {"config"}), "kraken-futures") == "dotenv-id");
    const Environment environment{{"KRAKEN_FUTURES_API_KEY", "environment-id"}};
    CHECK(id_of(*loaded(workspace, {"config"}, environment), "kraken-futures") == "environment-id");

    workspace.write("key.json", R"({"apiKey": "file-id", "privateKey": "file-secret"})");
    const std::string file = (workspace.root() / "key.json").string();
    const auto named = loaded(workspace, {"config", "--kraken-futures-key-file", file}, environment);
    REQUIRE_MESSAGE(named, named.error().message());
    CHECK(id_of(*named, "kraken-futures") == "file-id");  // a flag beats the environment
    workspace.write("plumb.yaml", "kraken-futures-key-file: key.json\n");
    CHECK(id_of(*loaded(workspace, {"config"}, environment), "kraken-futures") == "environment-id");
    workspace.write(".env", "");
    CHECK(id_of(*loaded(workspace, {"config"}), "kraken-futures") == "file-id");  // named beats api_keys.yaml
}

TEST_CASE("several earlier names of one variable: ours first, then the table's order") {
    const TestWorkspace workspace;
    const auto id = [&](const Environment& environment) {
        return key_of(*loaded(workspace, {"config"}, environment), "alpaca").credentials.key_id;
    };
    CHECK(id({{"APCA_API_KEY_ID", "c"}}) == "c");
    CHECK(id({{"APCA_API_KEY_ID", "c"}, {"ALPACA_API_KEY", "b"}}) == "b");
    CHECK(id({{"APCA_API_KEY_ID", "c"}, {"ALPACA_API_KEY", "b"}, {"PLUMB_ALPACA_API_KEY", "a"}}) == "a");
    CHECK(id({{"APCA_API_KEY_ID", "c"}, {"ALPACA_API_KEY", ""}}) == "c");
}

TEST_CASE("Binance's futures use Binance's key unless they have their own") {
    const TestWorkspace workspace;
    const Environment spot{{"ZZT_BINANCE_KEY", "spot"}, {"ZZT_BINANCE_SECRET", "s"}};
    CHECK(key_of(*loaded(workspace, {"config"}, spot), "binance-futures").credentials.key_id == "spot");
    Environment both = spot;
    both.insert({{"BINANCE_FUTURES_API_KEY", "own"}, {"BINANCE_FUTURES_API_SECRET", "t"}});
    const auto settings = loaded(workspace, {"config"}, both);
    CHECK(key_of(*settings, "binance-futures").credentials.key_id == "own");
    CHECK(key_of(*settings, "binance").credentials.key_id == "spot");
}

TEST_CASE("key files as venues hand them out") {
    const TestWorkspace workspace;
    struct Row {
        std::string text;
        std::string_view id;
        std::string_view secret;
    };
    std::string escaped{kPem};
    for (std::size_t at = 0; (at = escaped.find('\n', at)) != std::string::npos; at += 2)
        escaped.replace(at, 1, "\\n");
    const Row rows[] = {
        {fmt::format(R"({{"name": "organizations/a/apiKeys/b", "privateKey": "{}"}})", escaped),
         "organizations/a/apiKeys/b", kPem},
        {R"({"id": "1d5f", "name": "organizations/a", "privateKey": "c2VjcmV0"})", "organizations/a",
         "c2VjcmV0"},
        {R"({"id": "1d5f", "privateKey": "c2VjcmV0"})", "1d5f", "c2VjcmV0"},
        {"api_key: abc\napi_secret: def\n", "abc", "def"},
        {std::string{kPem}, "", kPem},
        {"abc\r\n  def  \n", "abc", "def"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        workspace.write("key", row.text);
        const auto settings =
            loaded(workspace, {"config", "--coinbase-key-file", (workspace.root() / "key").string()});
        REQUIRE_MESSAGE(settings, settings.error().message());
        const VenueKey key = key_of(*settings, "coinbase");
        CHECK(key.credentials.key_id == row.id);
        CHECK(key.credentials.secret.reveal() == row.secret);
    }
    const auto by_venue = loaded(
        workspace, {"account", "--venue", "coinbase", "--key-file", (workspace.root() / "key").string()});
    REQUIRE_MESSAGE(by_venue, by_venue.error().message());
    CHECK(key_of(*by_venue, "coinbase").credentials.key_id == "abc");
}

TEST_CASE("fault_X06: a key file that is open to others, missing, or no key is refused with what to type") {
    const TestWorkspace workspace;
    const std::string path = (workspace.root() / "key").string();
    const std::string canary = "CANARY0123456789";
    for (const unsigned mode : {0644u, 0640u, 0604u, 0660u, 0622u, 0610u, 0601u, 0777u}) {
        workspace.write("key", "api_key: " + canary + "\napi_secret: " + canary + "\n", mode);
        const Ran ran = run_in(workspace, {"config", "--alpaca-key-file", path});
        CHECK(ran.status == 2);
        CHECK(ran.err_is_one_line());
        CHECK_MESSAGE(ran.says("chmod 600 " + path), ran.err);
    }
    CHECK(run_in(workspace, {"config", "--alpaca-key-file", "/nowhere/key"}).status == 3);
    CHECK(run_in(workspace, {"config", "--alpaca-key-file", workspace.root().string()}).status == 2);
    for (const char* const text :
         {"", "{{}}", "colour: {0}\n", "{{\"api_key\": \"{0}", "- {0}\n", "a: [\n{0}"}) {
        CAPTURE(text);
        workspace.write("key", fmt::format(fmt::runtime(text), canary));
        const Ran ran = run_in(workspace, {"config", "--alpaca-key-file", path});
        CHECK(ran.status == (std::string_view{text} == "- {0}\n" ? 0 : 2));  // a line is taken for the key
        CHECK_FALSE(ran.says(canary));
        CHECK_FALSE(ran.prints(canary));
    }
    workspace.write("key", "abc\n");
    const Ran nobody = run_in(workspace, {"config", "--key-file", path});
    CHECK(nobody.status == 2);
    CHECK_MESSAGE(nobody.says("expected --venue or --data-source"), nobody.err);
    const Ran header = run_in(workspace, {"config"}, {{"ALPACA_API_KEY", "abc\r\nX-Evil: 1"}});
    CHECK(header.status == 2);
    CHECK_FALSE(header.says("Evil"));
}

TEST_CASE("half a key is named") {
    const TestWorkspace workspace;
    const auto settings = loaded(workspace, {"config"}, {{"ALPACA_API_KEY", "abc"}});
    const Status whole = check_key_whole(*settings, "alpaca");
    REQUIRE_FALSE(whole.has_value());
    CHECK_MESSAGE(whole.error().message().find("set ALPACA_SECRET_KEY too") != std::string::npos,
                  whole.error().message());
    CHECK(check_key_whole(*settings, "polygon").has_value());
    CHECK(check_key_whole(*settings, "coinbase").has_value());
    CHECK(how_to_set_key("coinmarketcap").starts_with("set CMC_API_KEY in"));
}

TEST_CASE("fault_X01: every spelling of a secret is masked") {
    std::vector<Secret> secrets;
    secrets.emplace_back(kPem);
    secrets.emplace_back("a+b/c==d");
    secrets.emplace_back("abc");  // too short to be a key
    const std::string line{kPem.substr(kPem.find("MHc"), 40)};
    const std::string whole_line{kPem.substr(kPem.find('\n') + 1, kPem.find("\noAo") - kPem.find('\n') - 1)};
    CHECK(redacted("key " + std::string{kPem} + " end", secrets) == "key ******** end");
    CHECK(redacted("line " + whole_line, secrets) == "line ********");
    CHECK(redacted("/x?k=a%2Bb%2Fc%3D%3Dd&z", secrets) == "/x?k=********&z");
    CHECK(redacted("abc a+b/c==d", secrets) == "abc ********");
    CHECK(!line.empty());
}

TEST_CASE("fault_X05: plain text is for loopback hosts only, and an address is checked whole") {
    struct Row {
        std::string_view text;
        std::string_view host;  // empty: refused
        std::uint16_t port;
        bool tls;
    };
    const Row rows[] = {
        {"https://127.0.0.1:8443", "127.0.0.1", 8443, true},
        {"https://exchange.example/", "exchange.example", 443, true},
        {"http://127.0.0.1:8080", "127.0.0.1", 8080, false},
        {"http://localhost", "localhost", 80, false},
        {"ws://[::1]:9000", "::1", 9000, false},
        {"wss://a.b", "a.b", 443, true},
        {"http://exchange.example", "", 0, false},
        {"http://127.0.0.1.evil.example", "", 0, false},
        {"http://127.evil", "", 0, false},
        {"ws://10.0.0.1:80", "", 0, false},
        {"https://", "", 0, false},
        {"ftp://a", "", 0, false},
        {"exchange.example:443", "", 0, false},
        {"https://a:0", "", 0, false},
        {"https://a:65536", "", 0, false},
        {"https://a:44x", "", 0, false},
        {"https://user@a", "", 0, false},
        {"https://a/path", "", 0, false},
        {"https://a b", "", 0, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto endpoint = parse_address(row.text);
        REQUIRE(endpoint.has_value() == !row.host.empty());
        if (!endpoint) continue;
        CHECK(endpoint->host == row.host);
        CHECK(endpoint->port == row.port);
        CHECK(endpoint->tls == row.tls);
    }
}

TEST_CASE("where a venue is: its own address, the general one, Alpaca's trading host") {
    const TestWorkspace workspace;
    CHECK(!addresses_of(*loaded(workspace, {"config"}), "alpaca")->trading);
    const auto moved = loaded(workspace, {"config", "--venue-address", "https://127.0.0.1:1",
                                          "--binance-address", "https://127.0.0.1:2"});
    CHECK(addresses_of(*moved, "alpaca")->stream->port == 1);
    CHECK(addresses_of(*moved, "binance")->trading->port == 2);
    const auto paper = [&](std::string_view url) {
        return on_paper_endpoint(*loaded(workspace, {"config"}, {{"ALPACA_BASE_URL", std::string{url}}}),
                                 "alpaca");
    };
    CHECK(*paper("https://paper-api.alpaca.markets"));
    CHECK(*paper("https://paper-api.alpaca.markets/v2"));
    CHECK_FALSE(*paper("https://api.alpaca.markets"));
    CHECK_FALSE(paper("http://api.alpaca.markets").has_value());
    const auto wrong = loaded(workspace, {"config", "--venue-address", "http://venue.example"});
    CHECK(addresses_of(*wrong, "alpaca")
              .error()
              .message()
              .starts_with("--venue-address: expected https://venue.example"));
}

TEST_CASE("trade --venue without a source takes the venue's own prices") {
    const TestWorkspace workspace;
    CHECK(loaded(workspace, {"trade", "--venue", "kraken-futures"})->text("data-source") == "kraken-futures");
    CHECK(loaded(workspace, {"trade", "--venue", "alpaca", "--data-source", "csv"})->text("data-source") ==
          "csv");
    CHECK(loaded(workspace, {"trade"})->text("data-source") == "demo");
}
