#include "live/rest_client.hpp"

#include <doctest/doctest.h>

#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "live/testing/plain_server.hpp"
#include "live/testing/plain_venue.hpp"

using namespace plumb;
using namespace plumb::live;
using namespace std::chrono_literals;
using io::testing::http_answer;
using io::testing::PeerRequest;
using live::testing::PlainServer;
using live::testing::PlainVenue;
using wire::Verdict;

namespace {

InstrumentTable one_instrument() {
    InstrumentTable table;
    Instrument instrument;
    instrument.base = "BTC";
    instrument.quote = "USD";
    instrument.tick = Price{Decimal{1}};
    instrument.lot = Quantity{Decimal{1}};
    REQUIRE(table.add(instrument).has_value());
    return table;
}

struct Bench {
    PlainServer server;
    InstrumentTable instruments = one_instrument();
    io::Reactor reactor;
    io::TlsContext tls = *io::TlsContext::make({io::testing::test_ca_file()});
    io::HttpClient http{reactor, tls};
    PlainVenue venue{instruments, server.endpoint()};
    wire::RepeatOptions repeat{
        .deadline = 3s, .backoff = {.floor = 10ms, .first = 50ms, .cap = 200ms}, .change_waits_max = 1s};
    std::optional<RestClient> client;

    Bench() { client.emplace(reactor, http, venue, repeat); }
    RestAnswer ask(wire::Question question) { return client->ask_and_wait(std::move(question), 10s); }
};

wire::AskPlace place(std::uint64_t n) {
    OrderRequest order;
    order.id = {1, 1, n};
    order.quantity = Quantity{Decimal{1}};
    order.limit = Price{Decimal{100}};
    return {order};
}

}  // namespace

TEST_CASE("a question that changes nothing is repeated until the venue is well again") {
    Bench bench;
    int bad = 3;
    bench.server.answer_by([&](const PeerRequest&) {
        return 0 < bad-- ? http_answer(503, "<html>busy</html>") : std::string{};
    });
    const RestAnswer answer = bench.ask(wire::AskOpenOrders{});
    CHECK(answer.reply.verdict == Verdict::ok);
    CHECK(bench.server.requests() == 4);
}

TEST_CASE("fault_E31_no_repeat: an order that gets no answer is sent once, by us and by the transport") {
    Bench bench;
    bench.server.answer_by([](const PeerRequest& request) {
        return request.method == "POST" ? http_answer(502, "bad gateway") : std::string{};
    });
    const RestAnswer answer = bench.ask(place(1));
    CHECK(answer.reply.verdict == Verdict::unknown);
    CHECK(answer.may_have_arrived);
    CHECK(bench.server.requests() == 1);
    CHECK(trouble_of(bench.venue.capabilities(), answer).find("must be looked up") != std::string::npos);
}

TEST_CASE("fault_E20_penalty: not one request inside Retry-After, over real sockets") {
    Bench bench;
    std::vector<std::chrono::steady_clock::time_point> asked;
    bench.server.answer_by([&](const PeerRequest&) {
        asked.push_back(std::chrono::steady_clock::now());
        return asked.size() == 1 ? http_answer(429, "slow down", "Retry-After: 1\r\n") : std::string{};
    });
    std::vector<RestAnswer> answers;
    bench.client->ask(wire::AskOpenOrders{},
                      [&](RestAnswer answer) { answers.push_back(std::move(answer)); });
    bench.reactor.run_for(200ms);
    // Three more questions and an order meet the penalty.
    for (int i = 0; i < 3; ++i)
        bench.client->ask(wire::AskFills{}, [&](RestAnswer answer) { answers.push_back(std::move(answer)); });
    bench.client->ask(place(1), [&](RestAnswer answer) { answers.push_back(std::move(answer)); });
    REQUIRE(bench.reactor.run_until([&] { return answers.size() == 5; }, 10s));
    REQUIRE(2 <= asked.size());
    for (std::size_t i = 1; i < asked.size(); ++i) CHECK(990ms <= asked[i] - asked[0]);
    for (const RestAnswer& answer : answers) CHECK(answer.reply.verdict == Verdict::ok);
}

TEST_CASE("a wrong key is asked once, and told in one line") {
    Bench bench;
    bench.server.answer_by([](const PeerRequest&) { return http_answer(401, "key expired"); });
    const RestAnswer answer = bench.ask(wire::AskOpenOrders{});
    CHECK(answer.reply.verdict == Verdict::unauthorized);
    CHECK(bench.server.requests() == 1);
    CHECK(trouble_of(bench.venue.capabilities(), answer) ==
          "Plain venue: open orders: the key was refused (key expired): check that key and secret are whole, "
          "not expired, and made for this host (paper or live)");
    const RestAnswer keyless = bench.ask(wire::AskAccount{});
    CHECK(keyless.reply.verdict == Verdict::unauthorized);
    CHECK(keyless.not_asked == Errc::denied);
    const RestAnswer never = bench.ask(wire::AskPermissions{});
    CHECK(never.reply.verdict == Verdict::refused);
    CHECK(never.not_asked == Errc::unsupported);
    CHECK(bench.server.requests() == 1);
}

TEST_CASE("fault_E23_clock: a refused stamp measures the clock, and the next stamp is right") {
    Bench bench;
    const Duration ahead = 90s;
    int refused = 0;
    bench.server.answer_by([&](const PeerRequest& request) -> std::string {
        if (request.target == "/clock")
            return http_answer(200,
                               "clock " + std::to_string(to_ms(bench.reactor.now() + ahead)) + "\nend\n");
        return refused++ == 0 ? http_answer(408, "timestamp outside the window") : std::string{};
    });
    const RestAnswer answer = bench.ask(wire::AskOpenOrders{});
    CHECK(answer.reply.verdict == Verdict::ok);
    const Duration off = bench.venue.asked_at.back() - (bench.reactor.now() + ahead);
    CHECK(off < 2s);
    CHECK(-2s < off);
}

TEST_CASE("no network: one line, bounded time") {
    Bench bench;
    bench.venue.limits.clear();
    PlainVenue nowhere{bench.instruments, {.host = "127.0.0.1", .port = 1, .tls = true}};
    RestClient client{bench.reactor, bench.http, nowhere, bench.repeat};
    const RestAnswer answer = client.ask_and_wait(wire::AskOpenOrders{}, 10s);
    CHECK(answer.reply.verdict == Verdict::unavailable);
    CHECK_FALSE(answer.may_have_arrived);
    const std::string line = trouble_of(nowhere.capabilities(), answer);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.find("not available now") != std::string::npos);
    const RestAnswer order = client.ask_and_wait(place(1), 10s);
    CHECK(order.reply.verdict == Verdict::unavailable);
}

TEST_CASE("pages are asked one after another and come as one answer") {
    Bench bench;
    bench.server.answer_by([](const PeerRequest& request) -> std::string {
        if (request.target == "/fills?page=") return http_answer(200, "fill c V1 E1 100 1\nnext 2\nend\n");
        if (request.target == "/fills?page=2") return http_answer(200, "fill c V1 E2 100 1\nend\n");
        return {};
    });
    const RestAnswer answer = bench.client->ask_all_pages(wire::AskFills{}, 10s);
    CHECK(answer.reply.verdict == Verdict::ok);
    CHECK(answer.events.size() == 2);
}

TEST_CASE("fault_E04: what is no longer wanted does not leave") {
    Bench bench;
    std::optional<RestAnswer> answer;
    bench.client->ask(place(1), [&](RestAnswer given) { answer = std::move(given); }, [] { return false; });
    REQUIRE(bench.reactor.run_until([&] { return answer.has_value(); }, 5s));
    CHECK(answer->reply.verdict == Verdict::unavailable);
    CHECK_FALSE(answer->may_have_arrived);
    CHECK(bench.server.requests() == 0);
}
