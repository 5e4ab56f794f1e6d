// The server's thread alone: requests over loopback from our own kind of client on another thread, and one
// stream to many. The time is that of the serving thread.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <atomic>
#include <thread>

#include "base/check.hpp"
#include "io/http_server.hpp"
#include "io/testing/http_asker.hpp"
#include "io/websocket_client.hpp"

using namespace plumb;
using namespace plumb::io;
using namespace plumb::io::testing;

namespace {

double thread_seconds() {
    rusage usage{};
    PLUMB_CHECK(getrusage(RUSAGE_THREAD, &usage) == 0);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Requests one after the other on each of so many connections, from a thread of their own.
class Askers {
 public:
    Askers(std::uint16_t port, int connections)
        : thread_{[this, port, connections] { run(port, connections); }} {}
    ~Askers() {
        is_over_ = true;
        thread_.join();
    }

 private:
    void run(std::uint16_t port, int connections) {
        Reactor reactor;
        HttpClient client{
            reactor, test_tls(), {.connections_per_endpoint_max = static_cast<std::size_t>(connections)}};
        const Endpoint endpoint{.host = "127.0.0.1", .port = port, .tls = false};
        std::function<void()> ask = [&] {
            client.send(endpoint, get("/api/v3/ticker/bookTicker?symbol=BTCUSDT", {{"X-MBX-APIKEY", "key"}}),
                        {}, [&](HttpOutcome outcome) {
                            if (is_over_) return;
                            PLUMB_CHECK(outcome.response && outcome.response->status == 200);
                            ask();
                        });
        };
        for (int i = 0; i < connections; ++i) ask();
        reactor.run_until([this] { return is_over_.load(); }, std::chrono::hours{1});
    }

    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

void answer_requests(benchmark::State& state) {
    Reactor reactor;
    std::uint64_t answered = 0;
    const std::string body =
        R"({"symbol":"BTCUSDT","bidPrice":"64000.10","bidQty":"1.5","askPrice":"64000.20","askQty":"0.7"})";
    auto server = HttpServer::listen(
        reactor, {}, nullptr, {.on_request = [&](ConnectionNumber, ReceivedRequest, HttpResponder responder) {
            ++answered;
            responder.answer(
                {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body});
        }});
    PLUMB_CHECK(server.has_value());
    const Askers askers{(*server)->port(), static_cast<int>(state.range(0))};
    constexpr std::uint64_t kRound = 20'000;
    std::uint64_t wanted = kRound;
    PLUMB_CHECK(reactor.run_until([&] { return wanted <= answered; }, std::chrono::seconds{60}));
    for (auto _ : state) {
        const double begin = thread_seconds();
        wanted = answered + kRound;
        PLUMB_CHECK(reactor.run_until([&] { return wanted <= answered; }, std::chrono::seconds{60}));
        state.SetIterationTime(thread_seconds() - begin);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRound));
}

/// Reads from so many WebSockets on a thread of its own.
class Readers {
 public:
    Readers(std::uint16_t port, int count) : thread_{[this, port, count] { run(port, count); }} {}
    ~Readers() {
        is_over_ = true;
        thread_.join();
    }
    std::uint64_t messages() const { return messages_; }

 private:
    void run(std::uint16_t port, int count) {
        Reactor reactor;
        std::vector<std::unique_ptr<WebSocketClient>> clients;
        for (int i = 0; i < count; ++i) {
            clients.push_back(std::make_unique<WebSocketClient>(reactor, test_tls()));
            clients.back()->connect({.host = "127.0.0.1", .port = port, .tls = false},
                                    {.offer_deflate = false},
                                    {.on_open = [](const WebSocketAgreement&) {},
                                     .on_message =
                                         [this](std::string_view, bool, Timestamp) {
                                             messages_.store(messages_.load(std::memory_order_relaxed) + 1,
                                                             std::memory_order_relaxed);
                                         },
                                     .on_pong = {},
                                     .on_closed = [](const WebSocketEnd&) {}});
        }
        reactor.run_until([this] { return is_over_.load(); }, std::chrono::hours{1});
    }

    std::atomic<bool> is_over_ = false;
    std::atomic<std::uint64_t> messages_ = 0;
    std::thread thread_;
};

/// Bursts of messages, each framed once, to every stream.
void fan_out(benchmark::State& state) {
    Reactor reactor;
    std::vector<std::unique_ptr<ServerWebSocket>> sockets;
    auto server = HttpServer::listen(
        reactor, {}, nullptr, {.on_request = [&](ConnectionNumber, ReceivedRequest, HttpResponder responder) {
            sockets.push_back(responder.accept({}, {.on_message = [](std::string_view, bool, Timestamp) {},
                                                    .on_closed = [](const ServerSocketEnd&) {}}));
        }});
    PLUMB_CHECK(server.has_value());
    const auto streams = static_cast<std::size_t>(state.range(0));
    const auto burst = static_cast<std::size_t>(state.range(1));
    Readers readers{(*server)->port(), static_cast<int>(streams)};
    PLUMB_CHECK(reactor.run_until([&] { return sockets.size() == streams; }, std::chrono::seconds{10}));
    const std::string message(150, 'm');
    std::uint64_t sent = 0;
    for (auto _ : state) {
        double seconds = 0;
        for (std::size_t round = 0; round * burst * streams < 100'000; ++round) {
            const double begin = thread_seconds();
            for (std::size_t i = 0; i < burst; ++i) {
                EncodedMessage encoded{message};
                for (const auto& socket : sockets) socket->send(encoded);
            }
            sent += burst * streams;
            reactor.poll();
            seconds += thread_seconds() - begin;
            // The readers are the slower ones here: what is not measured is waited for.
            while (readers.messages() + 50'000 < sent) std::this_thread::yield();
        }
        state.SetIterationTime(seconds);
    }
    PLUMB_CHECK(reactor.run_until([&] { return readers.messages() == sent; }, std::chrono::seconds{60}));
    state.SetItemsProcessed(static_cast<std::int64_t>(sent));
}

}  // namespace

BENCHMARK(answer_requests)->ArgName("connections")->Arg(4)->Arg(32)->UseManualTime()->MinTime(1.0);
BENCHMARK(fan_out)
    ->ArgNames({"streams", "burst"})
    ->Args({50, 1})
    ->Args({50, 5})
    ->Args({50, 20})
    ->Args({500, 5})
    ->UseManualTime()
    ->MinTime(1.0);
