#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/arguments.hpp"
#include "app/history.hpp"
#include "app/test_support.hpp"
#include "app/testing/binance_peer.hpp"
#include "store/bar_archive.hpp"
#include "store/bar_coverage.hpp"

using namespace plumb;
using namespace plumb::app;
using plumb::app::testing::BinancePeer;

namespace {

// Made up; a canary too: it must show nowhere.
const Environment kKey{{"ZZT_BINANCE_KEY", "CANARYid0123456789CANARYid0123456789"},
                       {"ZZT_BINANCE_SECRET", "CANARYsecret0123456789CANARYsecret"}};

bool silent(const Ran& ran) { return !ran.says("CANARY") && !ran.prints("CANARY"); }

Result<Settings> loaded(const TestWorkspace& workspace, std::vector<std::string> words) {
    words.insert(words.end(), {"--workspace", workspace.root().string()});
    const Result<CommandLine> line = parse_command_line(words);
    REQUIRE(line);
    return load_settings(*line, {});
}

std::vector<std::string> history_of(std::string_view symbols) {
    return {"compute-benchmarks", "--data-source", "binance", "--symbols",
            std::string{symbols}, "--days",        "20"};
}

}  // namespace

TEST_CASE("history comes page by page into the archive, is read back, and is asked for once") {
    const TestWorkspace workspace;
    BinancePeer peer;
    const std::int64_t hour_now = BinancePeer::now_ms() / 3'600'000;
    peer.missing = {hour_now - 100, hour_now - 99, hour_now - 50};
    std::size_t first_requests = 0;
    for (int round = 0; round < 2; ++round) {
        std::ostringstream out, err;
        const Streams streams{out, err};
        const auto settings = loaded(workspace, peer.with(history_of("BTC,ETH")));
        REQUIRE_MESSAGE(settings, settings.error().message());
        const auto source = open_history(*settings, &streams);
        REQUIRE_MESSAGE(source, source.error().message());
        const auto window = history_window(*settings, std::chrono::hours{1});
        const auto histories = load_histories(**source, *settings, window);
        REQUIRE_MESSAGE(histories, histories.error().message());
        REQUIRE(histories->size() == 2);
        for (const BarHistory& each : *histories) {
            CHECK(each.size() >= 476);
            CHECK(each.size() <= 478);
            CHECK(each.close_time(each.size() - 1) <= timestamp_from_ms(BinancePeer::now_ms()));  // F13
        }
        CHECK((*histories)[0].name() == "BTC/USDT");
        if (round == 0)
            CHECK_MESSAGE(err.str().find("3 missing at the venue") != std::string::npos, err.str());
        if (round == 0) first_requests = peer.requests_of("/api/v3/klines");
    }
    CHECK(first_requests >= 2);
    CHECK(peer.requests_of("/api/v3/klines") <= first_requests + 2);  // an hour may have ended meanwhile
    const store::BarArchive archive{workspace.root()};
    const auto file = archive.file_of("binance", std::chrono::hours{1}, "BTC/USDT");
    const auto coverage = store::load_coverage(store::coverage_file(file));
    REQUIRE(coverage);
    CHECK(coverage->gaps_of_source.size() == 2);
    CHECK(coverage->gaps_of_ours.empty());
}

TEST_CASE("what a venue failed to answer is a gap of ours, and is asked for again") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.say("/api/v3/klines", {503, "<html>maintenance</html>", ""});
    const Ran ran = run_in(workspace, peer.with(history_of("BTC,ETH")));
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("run it again to go on"), ran.err);
    CHECK(peer.requests_of("/api/v3/klines") <= 8);  // two instruments, back-off within the patience
    const store::BarArchive archive{workspace.root()};
    const auto coverage = store::load_coverage(
        store::coverage_file(archive.file_of("binance", std::chrono::hours{1}, "BTC/USDT")));
    REQUIRE(coverage);
    CHECK(coverage->answered.empty());
    CHECK(coverage->gaps_of_ours.size() == 1);
    CHECK(!coverage->trouble.empty());
}

TEST_CASE("bad input: a wrong or expired key ends with one line and status 2 after one question") {
    for (const char* const body :
         {R"({"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."})",
          R"({"code":-2014,"msg":"API-key format invalid."})",
          R"({"code":-1022,"msg":"Signature for this request is not valid."})"}) {
        const TestWorkspace workspace;
        BinancePeer peer;
        peer.say_all({401, body, ""});
        const Ran ran = run_in(workspace, peer.with({"account", "--venue", "binance"}), kKey);
        CHECK(ran.status == 2);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says("key was refused"), ran.err);
        CHECK_MESSAGE(ran.says("ZZT_BINANCE_KEY"), ran.err);
        CHECK(peer.requests() == 1);
        CHECK(silent(ran));
    }
}

TEST_CASE("fault_X06: a key that may withdraw is refused, by account and by doctor") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.may_withdraw = true;
    const Ran ran = run_in(workspace, peer.with({"account", "--venue", "binance"}), kKey);
    CHECK(ran.status == 2);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("may withdraw money and is refused"), ran.err);
    CHECK(peer.requests() == 1);
    CHECK(silent(ran));
    const Ran doctor = run_in(workspace, peer.with({"doctor", "--venue", "binance"}), kKey);
    CHECK(doctor.status == 1);
    CHECK_MESSAGE(doctor.prints("may withdraw money and is refused"), doctor.out);
    CHECK(silent(doctor));
}

TEST_CASE("an account is shown to people and to machines") {
    const TestWorkspace workspace;
    BinancePeer peer;
    const Ran ran = run_in(workspace, peer.with({"account", "--venue", "binance"}), kKey);
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.prints("Binance spot account"));
    CHECK_MESSAGE(ran.prints("4723846.89208129"), ran.out);
    CHECK(ran.prints("withdraw no"));
    CHECK(silent(ran));
    const Ran json = run_in(workspace, peer.with({"account", "--venue", "binance", "--json"}), kKey);
    REQUIRE(json.status == 0);
    std::istringstream lines{json.out};
    bool found = false;
    for (std::string line; std::getline(lines, line);) {
        const auto row = nlohmann::json::parse(line);
        if (row["type"] == "balance" && row["asset"] == "USDT") {
            found = true;
            CHECK(row["total"] == "120.5");
            CHECK(row["available"] == "100.5");
        }
    }
    CHECK(found);
}

TEST_CASE("bad input: an unknown symbol is named with its nearest, once") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.say("/api/v3/klines", {400, R"({"code":-1121,"msg":"Invalid symbol."})", ""});
    const Ran ran = run_in(workspace, peer.with(history_of("BTX")));
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("BTX/USDT is not on offer at Binance spot: nearest is BTC/USDT"), ran.err);
    CHECK(peer.requests_of("/api/v3/klines") == 1);
    const Ran watch =
        run_in(workspace, peer.with({"monitor", "--data-source", "binance", "--symbols", "BTX"}));
    CHECK(watch.status == 3);
    CHECK_MESSAGE(watch.err_is_one_line(), watch.err);
    CHECK_MESSAGE(watch.says("nearest is BTC/USDT"), watch.err);
}

TEST_CASE("bad input: a bar length that the venue has not names what it has, and asks nothing") {
    const TestWorkspace workspace;
    BinancePeer peer;
    const Ran ran = run_in(workspace, peer.with({"compute-benchmarks", "--data-source", "binance-futures",
                                                 "--symbols", "BTC,ETH", "--time-scale", "1s"}));
    CHECK(ran.status == 2);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("has no bars of 1s and none to make them of: expected 1m"), ran.err);
    CHECK(peer.requests() == 0);
}

TEST_CASE("bad input: a closed market is told instead of watched") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.symbol_status = "BREAK";
    const Ran ran =
        run_in(workspace, peer.with({"monitor", "--data-source", "binance", "--symbols", "BTC,ETH"}));
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("the market is closed"), ran.err);
    CHECK(peer.requests() == 1);
}

TEST_CASE("bad input: no network ends within the patience, in one line") {
    const TestWorkspace workspace;
    std::vector<std::string> nowhere{"--venue-address", "https://127.0.0.1:1", "--network-patience", "1.5"};
    for (std::vector<std::string> words : {history_of("BTC,ETH"),
                                           {"account", "--venue", "binance"},
                                           {"monitor", "--data-source", "binance"}}) {
        words.insert(words.end(), nowhere.begin(), nowhere.end());
        const auto start = std::chrono::steady_clock::now();
        const Ran ran = run_in(workspace, words, kKey);
        CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
        CHECK(ran.status == 3);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says("127.0.0.1"), ran.err);
        CHECK(silent(ran));
    }
}

TEST_CASE("bad input: a clock that is refused is measured once, then told") {
    const TestWorkspace workspace;
    BinancePeer peer;
    const BinancePeer::Said refused{
        400, R"({"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."})", ""};
    peer.say("/sapi/v1/account/apiRestrictions", refused);
    peer.say("/api/v3/account", refused);
    const Ran ran = run_in(workspace, peer.with({"account", "--venue", "binance"}), kKey);
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK_MESSAGE(ran.says("set the clock"), ran.err);
    CHECK(peer.requests_of("/api/v3/time") == 1);
    CHECK(peer.requests() == 3);
}

TEST_CASE("bad input: a rate limit and a ban are obeyed, not hammered") {
    for (const int status : {429, 418}) {
        const TestWorkspace workspace;
        BinancePeer peer;
        peer.say_all({status, R"({"code":-1003,"msg":"Too many requests."})", "Retry-After: 3600\r\n"});
        const Ran ran = run_in(workspace, peer.with({"account", "--venue", "binance"}), kKey);
        CHECK(ran.status == 3);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says("too many requests"), ran.err);
        CHECK(peer.requests() == 1);
    }
}

TEST_CASE("fault_X05: a certificate that nobody vouches for ends it, and no key leaves") {
    const TestWorkspace workspace;
    BinancePeer peer;
    const Ran ran = run_in(
        workspace,
        {"account", "--venue", "binance", "--venue-address", peer.address(), "--network-patience", "1"},
        kKey);
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    CHECK(peer.requests() == 0);
    const Ran missing =
        run_in(workspace, {"account", "--venue", "binance", "--ca-file", "/nowhere.pem"}, kKey);
    CHECK(missing.status == 3);
    CHECK_MESSAGE(missing.err_is_one_line(), missing.err);
}

TEST_CASE("bad input: what a venue is not for, and keys that are missing, are told before anything is sent") {
    const TestWorkspace workspace;
    BinancePeer peer;
    struct Row {
        std::vector<std::string> words;
        std::string_view says;
    };
    const Row rows[] = {
        {{"account"}, "expected --venue"},
        {{"account", "--venue", "binance"}, "set ZZT_BINANCE_KEY and ZZT_BINANCE_SECRET"},
        {{"account", "--venue", "alpaca"},
         "needs a key, found none: set ALPACA_API_KEY and ALPACA_SECRET_KEY"},
        {{"monitor", "--data-source", "alpaca"}, "needs a key"},
        {{"account", "--venue", "kraken"}, "one of alpaca"},
        {{"compute-benchmarks", "--data-source", "binance", "--venue-address", "http://venue.example"},
         "loopback only"},
    };
    for (const Row& row : rows) {
        std::vector<std::string> words = row.words;
        if (std::ranges::find(words, "--venue-address") == words.end()) words = peer.with(words);
        const Ran ran = run_in(workspace, words);
        CHECK(ran.status == 2);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says(row.says), ran.err);
    }
    CHECK(peer.requests() == 0);
}

TEST_CASE("doctor compares clocks, names rights and capabilities") {
    const TestWorkspace workspace;
    BinancePeer peer;
    peer.clock_ahead_ms = 90'000;
    const Ran ran = run_in(workspace, peer.with({"doctor", "--venue", "binance"}), kKey);
    CHECK_MESSAGE(ran.prints("s ahead of ours"), ran.out);
    CHECK_MESSAGE(ran.prints("key accepted (ZZT_BINANCE_KEY and ZZT_BINANCE_SECRET): trade yes, withdraw no"),
                  ran.out);
    CHECK(ran.prints("never sells short"));
    CHECK(silent(ran));
    const Ran none = run_in(workspace, {"doctor"});
    CHECK(none.prints("none asked"));
}
