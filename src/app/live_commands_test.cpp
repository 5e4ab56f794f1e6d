#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "app/test_support.hpp"
#include "app/testing/binance_peer.hpp"
#include "store/benchmarks_file.hpp"

using namespace plumb;
using namespace plumb::app;
using plumb::app::testing::BinancePeer;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> watch(std::string_view minutes, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"monitor", "--data-source", "binance",           "--symbols",
                                   "BTC,ETH", "--duration",    std::string{minutes}};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

/// The words of a session on paper of so many minutes, with a look at the spread every second.
std::vector<std::string> session(std::string_view minutes, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"trade",
                                   "--data-source",
                                   "binance",
                                   "--duration",
                                   std::string{minutes},
                                   "--cycle-interval",
                                   "1",
                                   "--lookback-bars",
                                   "60",
                                   "--recalibrate-min-obs",
                                   "10",
                                   "--latency-ms",
                                   "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

/// One pair whose spread is the difference of the two coins.
void write_pair(const TestWorkspace& workspace) {
    store::Benchmarks benchmarks;
    benchmarks.computed_at = timestamp_from_ms(BinancePeer::now_ms()) - 1h;
    benchmarks.computed_on_exchange = "binance";
    benchmarks.universe = {"BTC/USDT", "ETH/USDT"};
    benchmarks.lookback_days = 20;
    store::BenchmarkGroup group = store::benchmark_group("BTC/USDT", "ETH/USDT", 1.0);
    group.spread_std = 1;
    group.half_life = 20;
    group.p_value = 0.01;
    benchmarks.groups.push_back(group);
    const auto saved = store::save_benchmarks(workspace.root(), benchmarks);
    REQUIRE_MESSAGE(saved, saved.error().message());
}

}  // namespace

TEST_CASE("monitor shows live prices, their ages, and a connection lost and found again") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.stream.drop_first_after = 40;
    peer.stream.set_price("BTCUSDT", 61234.5);
    const Ran ran = run_in(workspace, peer.with(watch("0.035")));
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK_MESSAGE(ran.err.empty(), ran.err);
    CHECK(ran.prints("✅ Started real-time streaming for ['BTC/USDT', 'ETH/USDT']"));
    CHECK_MESSAGE(ran.prints("✅ BTC/USDT"), ran.out);
    CHECK_MESSAGE((ran.prints("61234.49 / 61234.51") || ran.prints("61234.5 ")), ran.out);
    CHECK_MESSAGE(ran.prints("age=0."), ran.out);
    CHECK_MESSAGE(ran.prints("s LIVE"), ran.out);
    CHECK_MESSAGE(ran.prints("⚠️ connection lost: "), ran.out);
    CHECK_MESSAGE(ran.prints("Reconnected"), ran.out);
    CHECK_MESSAGE(ran.prints(" 1 reconnects, "), ran.out);
    CHECK(peer.stream.connections() == 2);
}

TEST_CASE("monitor gives machines one event a line") {
    const TestWorkspace workspace;
    BinancePeer peer;
    const Ran ran = run_in(workspace, peer.with(watch("0.015", {"--json"})));
    CHECK_MESSAGE(ran.status == 0, ran.err);
    std::map<std::string, std::size_t> kinds;
    std::istringstream lines{ran.out};
    std::string last;
    for (std::string line; std::getline(lines, line);) {
        const auto row = nlohmann::json::parse(line);
        ++kinds[row["type"]];
        if (row["type"] == "quote") {
            CHECK(row["venue"] == "binance");
            CHECK((row["instrument"] == "BTC/USDT" || row["instrument"] == "ETH/USDT"));
            CHECK(row["bid"] == "99.99");
        }
        if (row["type"] == "health") CHECK(row["state"] == "LIVE");
        last = row["type"];
    }
    CHECK(kinds["quote"] >= 20);
    CHECK(kinds["trade"] >= 20);
    CHECK(kinds["health"] >= 1);
    CHECK(last == "summary");
}

TEST_CASE("monitor ends at once at Ctrl+C") {
    const TestWorkspace workspace;
    BinancePeer peer;
    std::atomic<std::chrono::steady_clock::time_point> pressed{};
    std::thread person{[&] {
        peer.peer().wait_until([&] { return peer.stream.messages() > 20; }, 10s);
        pressed = std::chrono::steady_clock::now();
        ::kill(::getpid(), SIGINT);
    }};
    const Ran ran = run_in(workspace, peer.with(watch("1")));
    const auto took = std::chrono::steady_clock::now() - pressed.load();
    person.join();
    CHECK(ran.status == 0);
    CHECK(took < 1500ms);
    CHECK_MESSAGE(ran.prints("🛑 Monitor stopped"), ran.out);
}

TEST_CASE("bad input: monitor of a venue that refuses the streams, or whose certificate nobody vouches for") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.stream.refusal = R"({"code":2,"msg":"Invalid request: invalid stream"})";
    const Ran refused = run_in(workspace, peer.with(watch("0.2")));
    CHECK_MESSAGE(refused.status == 3, refused.out);
    CHECK_MESSAGE(refused.err_is_one_line(), refused.err);
    CHECK_MESSAGE(refused.says("invalid stream"), refused.err);
    std::vector<std::string> words = watch("0.2");
    words.insert(words.end(), {"--venue-address", peer.address(), "--network-patience", "0.5"});
    const Ran unknown = run_in(workspace, words);
    CHECK(unknown.status == 3);
    CHECK_MESSAGE(unknown.err_is_one_line(), unknown.err);
    CHECK_MESSAGE(unknown.says("certificate"), unknown.err);
}

TEST_CASE("trade on paper over live prices: warmed up by minutes, the short leg told, summed up in the end") {
    const TestWorkspace workspace;
    write_pair(workspace);
    BinancePeer peer;
    peer.stream.set_price("BTCUSDT", 100);
    peer.stream.set_price("ETHUSDT", 103);  // three deviations
    const Ran ran = run_in(workspace, peer.with(session("0.035")));
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK_MESSAGE(!ran.says("plumb: "), ran.err);
    CHECK_MESSAGE(ran.prints("Mode: PAPER TRADING"), ran.out);
    CHECK_MESSAGE(ran.prints("cannot be sold short at Binance spot"), ran.out);
    CHECK_MESSAGE(ran.prints("--short-venue"), ran.out);
    CHECK_MESSAGE(ran.prints("on paper, as here, the short leg is simulated"), ran.out);
    CHECK_MESSAGE(ran.prints("Ended: the time is over"), ran.out);
    CHECK_MESSAGE(ran.prints("Shutdown complete"), ran.out);
    CHECK_MESSAGE(ran.prints("Opened SHORT spread position: BTCUSDT-ETHUSDT"), ran.out);
    CHECK_MESSAGE(ran.prints("Closed spread BTCUSDT-ETHUSDT"), ran.out);
    CHECK(peer.requests_of("/api/v3/klines") >= 2);
}

TEST_CASE("bad input: --live at a venue where the pair cannot be traded is refused with the reason") {
    const TestWorkspace workspace;
    write_pair(workspace);
    workspace.write("plumb.yaml", "allow-live: true\n");
    BinancePeer peer;
    const Ran ran = run_in(workspace, peer.with(session("0.05", {"--live", "--venue", "binance"})));
    CHECK(ran.status == 2);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("cannot be sold short at Binance spot"), ran.err);
    CHECK(peer.stream.connections() == 0);
}
