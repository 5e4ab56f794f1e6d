// What goes wrong between a request and its answer, stage by stage.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "io/testing/http_asker.hpp"
#include "io/testing/scripted_peer.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration kShort = milliseconds{60};

std::string echo_target(const PeerRequest& request) {
    return http_answer(200, "you asked " + request.target);
}

void check_failed(const HttpOutcome& outcome, Errc code, std::string_view words, bool may_have_arrived) {
    REQUIRE_FALSE(outcome.response);
    const std::string message = outcome.response.error().message();
    INFO(message);
    CHECK(outcome.response.error().code() == code);
    CHECK(message.contains(words));
    CHECK(message.contains("127.0.0.1"));
    CHECK(outcome.may_have_arrived == may_have_arrived);
}

/// A port where connecting is never answered: the queue of the listener is full, so Linux drops what knocks.
class FullPort {
 public:
    FullPort() {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        for (int& each : guests_) {
            each = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            ::connect(each, reinterpret_cast<sockaddr*>(&address), size);
        }
    }
    ~FullPort() {
        for (const int each : guests_) ::close(each);
        ::close(listener_);
    }
    std::uint16_t port = 0;

 private:
    int listener_ = -1;
    int guests_[4] = {};
};

}  // namespace

TEST_CASE("fault_H02 a name server that hangs: late, and certainly not sent") {
    std::atomic<bool> released = false;
    HttpAsker asker{{}, {.lookup = [&released](const std::string&) -> Result<std::vector<std::string>> {
                        while (!released) std::this_thread::sleep_for(milliseconds{1});
                        return std::vector<std::string>{"127.0.0.1"};
                    }}};
    HttpOutcome outcome = asker.ask({.host = "venue.test"}, post("1"), {.resolve = kShort});
    REQUIRE_FALSE(outcome.response);
    CHECK(outcome.response.error().code() == Errc::network);
    CHECK(outcome.response.error().message().contains("looking up venue.test"));
    CHECK_FALSE(outcome.may_have_arrived);
    // Hanging lookups are bounded too.
    for (int i = 1; i < Reactor::kLookupsMax; ++i)
        asker.ask({.host = "venue.test"}, get(), {.resolve = milliseconds{1}});
    outcome = asker.ask({.host = "venue.test"}, get(), {.resolve = kShort});
    CHECK(outcome.response.error().message().contains("too many earlier lookups"));
    released = true;
    std::this_thread::sleep_for(milliseconds{20});  // the lookups end while what they were for still lives
}

TEST_CASE("fault_H02 a name that does not exist") {
    HttpAsker asker{{}, {}};
    const HttpOutcome outcome = asker.ask({.host = "no-such-host.invalid"}, get());
    REQUIRE_FALSE(outcome.response);
    CHECK(outcome.response.error().code() == Errc::network);
    CHECK(outcome.response.error().message().contains("looking up no-such-host.invalid"));
    CHECK_FALSE(outcome.may_have_arrived);
}

TEST_CASE("fault_H02 a host that does not answer the knock, and one that refuses it") {
    HttpAsker asker;
    const FullPort full;
    check_failed(asker.ask({.host = "127.0.0.1", .port = full.port}, post("1"), {.connect = kShort}),
                 Errc::network, "connecting to", false);
    std::uint16_t closed = 0;
    {
        const ScriptedPeer gone;
        closed = gone.endpoint().port;
    }
    check_failed(asker.ask({.host = "127.0.0.1", .port = closed}, post("1")), Errc::network, "refused",
                 false);
}

TEST_CASE("fault_H02 the first address is dead, the second answers") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.serve(echo_target));
    HttpAsker asker{{}, {.lookup = [](const std::string&) -> Result<std::vector<std::string>> {
                        return std::vector<std::string>{"::1", "127.0.0.1"};
                    }}};
    CHECK(asker.ask(peer.endpoint("localhost"), get()).response);
}

TEST_CASE("fault_H02 a stall in each later stage ends at its deadline, and says whether bytes left") {
    ScriptedPeer peer;
    HttpAsker asker;
    SUBCASE("TLS handshake") {
        peer.on_connect(Script{}.stall().then_tls());
        check_failed(asker.ask(peer.endpoint(), post("1"), {.handshake = kShort}), Errc::network,
                     "TLS handshake", false);
    }
    SUBCASE("writing") {
        peer.on_connect(Script{}.stall());
        check_failed(asker.ask(peer.endpoint(), post(std::string(64 << 20, 'x')), {.write = kShort}),
                     Errc::network, "sending to", true);
    }
    SUBCASE("first byte") {
        peer.on_connect(Script{}.expect_request().stall());
        check_failed(asker.ask(peer.endpoint(), post("1"), {.first_byte = kShort}), Errc::network,
                     "waiting for", true);
    }
    SUBCASE("body") {
        peer.on_connect(
            Script{}.expect_request().send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").stall());
        check_failed(asker.ask(peer.endpoint(), post("1"), {.body = kShort}), Errc::network, "reading from",
                     true);
    }
    SUBCASE("a byte now and then") {
        peer.on_connect(Script{}.expect_request().send_slowly(http_answer(200, std::string(2000, 'x')),
                                                              milliseconds{10}));
        check_failed(asker.ask(peer.endpoint(), post("1"), {.body = kShort}), Errc::network, "reading from",
                     true);
    }
    SUBCASE("a free connection") {
        HttpAsker narrow{{.connections_per_endpoint_max = 1}};
        peer.on_connect(Script{}.expect_request().stall());
        narrow.client.send(peer.endpoint(), get(), {}, [](const HttpOutcome&) { FAIL("nobody answers"); });
        check_failed(narrow.ask(peer.endpoint(), post("1"), {.queue = kShort}), Errc::network,
                     "waiting for a connection", false);
    }
    CHECK(peer.connections() == 1);
}

TEST_CASE("fault_H02 a slow answer within its time is an answer") {
    ScriptedPeer peer;
    peer.on_connect(Script{}.expect_request().send_slowly(http_answer(200, "slow", "X-Long: header\r\n"),
                                                          milliseconds{1}));
    HttpAsker asker;
    const HttpOutcome outcome = asker.ask(peer.endpoint(), get());
    REQUIRE(outcome.response);
    CHECK(outcome.response->body == "slow");
}

TEST_CASE("fault_E31 a kept-alive socket dies under a POST, PUT, PATCH, DELETE: exactly one was sent") {
    for (const Method method : {Method::post, Method::put, Method::patch, Method::del}) {
        for (const bool with_reset : {false, true}) {
            ScriptedPeer peer;
            Script script = Script{}.expect_request().send(http_answer(200, "first")).expect_request();
            peer.on_connect(with_reset ? script.reset() : script.cut());
            peer.on_every_connect(Script{}.serve(echo_target));
            HttpAsker asker;
            REQUIRE(asker.ask(peer.endpoint(), get()).response);
            check_failed(asker.ask(peer.endpoint(), post("{\"buy\":1}", method)), Errc::network,
                         "reading from", true);
            asker.reactor.run_for(milliseconds{20});
            CHECK(peer.connections() == 1);
            CHECK(peer.requests().size() == 2);
        }
    }
}

TEST_CASE("fault_E31 a GET on a kept-alive socket that dies is repeated once, on a fresh one") {
    ScriptedPeer peer;
    const Script dies = Script{}.expect_request().send(http_answer(200, "first")).expect_request().cut();
    HttpAsker asker;
    SUBCASE("and then answered") {
        peer.on_connect(dies);
        peer.on_connect(Script{}.serve(echo_target));
        REQUIRE(asker.ask(peer.endpoint(), get()).response);
        const HttpOutcome outcome = asker.ask(peer.endpoint(), get("/again"));
        REQUIRE(outcome.response);
        CHECK(outcome.response->body == "you asked /again");
        CHECK(peer.requests().size() == 3);
    }
    SUBCASE("and then no more") {
        peer.on_connect(dies);
        peer.on_every_connect(Script{}.expect_request().cut());
        REQUIRE(asker.ask(peer.endpoint(), get()).response);
        check_failed(asker.ask(peer.endpoint(), get("/again")), Errc::network, "none came", true);
        CHECK(peer.requests().size() == 3);
    }
    SUBCASE("not when a byte of the answer came") {
        peer.on_connect(
            Script{}.expect_request().send(http_answer(200, "first")).expect_request().send("H").cut());
        peer.on_every_connect(Script{}.serve(echo_target));
        REQUIRE(asker.ask(peer.endpoint(), get()).response);
        check_failed(asker.ask(peer.endpoint(), get("/again")), Errc::network, "ended within its header",
                     true);
        CHECK(peer.requests().size() == 2);
    }
    SUBCASE("not on a fresh connection") {
        peer.on_every_connect(Script{}.expect_request().cut());
        check_failed(asker.ask(peer.endpoint(), get()), Errc::network, "none came", true);
        CHECK(peer.requests().size() == 1);
    }
    SUBCASE("not after a deadline") {
        peer.on_every_connect(
            Script{}.expect_request().send(http_answer(200, "first")).expect_request().stall());
        REQUIRE(asker.ask(peer.endpoint(), get()).response);
        check_failed(asker.ask(peer.endpoint(), get(), {.first_byte = kShort}), Errc::network, "waiting for",
                     true);
        CHECK(peer.requests().size() == 2);
    }
}

TEST_CASE("fault_E01 the answer to an order cut after every byte: no answer, and it may have arrived") {
    const std::string answers[] = {
        http_answer(200, "{\"id\":\"7\"}", "Content-Type: application/json\r\n"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n5;x=y\r\n:\"7\"}\r\n0\r\n\r\n",
        http_answer(200, gzipped("{\"id\":\"7\"}"), "Content-Encoding: gzip\r\n"),
    };
    enum class How { cut, close, reset };
    HttpAsker asker;
    for (const std::string& answer : answers) {
        ScriptedPeer peer;
        for (std::size_t bytes = 0; bytes <= answer.size(); ++bytes) {
            // In turn, so that each byte of one of the answers meets each way of ending.
            const How how = static_cast<How>(bytes % 3);
            Script script = Script{}.expect_request().send(answer.substr(0, bytes));
            // A reset destroys what is under way; the client is given time to read it first.
            peer.on_connect(how == How::cut     ? script.cut()
                            : how == How::close ? script.close()
                                                : script.wait(milliseconds{2}).reset());
            const HttpOutcome outcome = asker.ask(peer.endpoint(), post("{\"buy\":1}"));
            INFO(answer, " cut after ", bytes);
            CHECK(outcome.may_have_arrived);
            if (bytes == answer.size()) {
                REQUIRE(outcome.response);
                CHECK(outcome.response->body == "{\"id\":\"7\"}");
            } else {
                REQUIRE_FALSE(outcome.response);
                CHECK(outcome.response.error().code() == Errc::network);
            }
        }
        CHECK(peer.requests().size() == answer.size() + 1);
    }
}

TEST_CASE("fault_F20 what is no HTTP, or too much of it, is refused within the limits") {
    const HttpOptions options{.limits = {.header_bytes_max = 4096,
                                         .body_bytes_max = 10'000,
                                         .inflated_bytes_max = 100'000,
                                         .inflate_ratio_max = 50}};
    struct Case {
        std::string bytes;
        Errc code;
    };
    const std::string bomb = gzipped(std::string(5'000'000, '0'));
    const std::string good = gzipped("hello hello hello");
    std::string damaged = good;
    damaged[12] = static_cast<char>(damaged[12] ^ 0x55);
    const std::string gzip_header = "Content-Encoding: gzip\r\n";
    const Case cases[] = {
        {"\x16\x03\x01 what is this\r\n\r\n", Errc::corrupt},
        {"HTTP/1.1 abc Nonsense\r\n\r\n", Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", Errc::corrupt},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", Errc::out_of_range},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(1'000'000, 'x'), Errc::out_of_range},
        {http_answer(200, std::string(10'001, 'x')), Errc::out_of_range},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nx", Errc::out_of_range},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n", Errc::out_of_range},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", Errc::out_of_range},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(1'000'000, 'x'),
         Errc::out_of_range},
        {"HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000'000, 'x'), Errc::out_of_range},
        {http_answer(200, bomb, gzip_header), Errc::out_of_range},
        {http_answer(200, damaged, gzip_header), Errc::corrupt},
        {http_answer(200, good + "more", gzip_header), Errc::corrupt},
        {http_answer(200, good.substr(0, good.size() - 3), gzip_header), Errc::truncated},
        {http_answer(200, "x", "Content-Encoding: br\r\n"), Errc::unsupported},
    };
    REQUIRE(bomb.size() < 10'000);
    HttpAsker asker{options};
    ScriptedPeer peer;
    for (const Case& each : cases) {
        INFO(each.bytes.substr(0, 80));
        peer.on_connect(Script{}.expect_request().send(each.bytes).stall());
        check_failed(asker.ask(peer.endpoint(), post("1")), each.code, "", true);
    }
    peer.on_connect(Script{}
                        .expect_request()
                        .send(http_answer(200, gzipped(std::string(90'000, '0')), gzip_header))
                        .stall());
    const HttpOutcome allowed = asker.ask(peer.endpoint(), get());
    REQUIRE(allowed.response);
    CHECK(allowed.response->body == std::string(90'000, '0'));
}

TEST_CASE("fault_X05 plain text beyond this machine is refused before a byte is sent") {
    HttpAsker asker{{}, {.lookup = [](const std::string&) -> Result<std::vector<std::string>> {
                        return std::vector<std::string>{"192.0.2.1"};
                    }}};
    const HttpOutcome outcome = asker.ask({.host = "venue.test", .port = 80, .tls = false}, get());
    REQUIRE_FALSE(outcome.response);
    CHECK(outcome.response.error().code() == Errc::denied);
    CHECK_FALSE(outcome.may_have_arrived);
}
