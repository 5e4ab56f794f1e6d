#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/rng.hpp"
#include "store/record_reader.hpp"
#include "store/trading_record.hpp"

// The program itself, killed at random moments. PLUMB_PROGRAM is its path.

using namespace plumb;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path;
    Folder() {
        const bool fast = ::access("/dev/shm", W_OK) == 0;
        path = (fast ? fs::path{"/dev/shm"} : fs::temp_directory_path()) /
               fmt::format("plumb_kill_{}", ::getpid());
        fs::remove_all(path);
        fs::create_directories(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
};

pid_t start(const fs::path& workspace, std::vector<std::string> words) {
    words.insert(words.begin(), PLUMB_PROGRAM);
    for (const char* word : {"--data-source", "demo", "--workspace"}) words.emplace_back(word);
    words.push_back(workspace.string());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) ::dup2(nothing, stream);
    ::execv(PLUMB_PROGRAM, arguments.data());
    ::_exit(127);
}

int finish(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Timestamp cursor_of(const fs::path& workspace) {
    auto reader = store::RecordReader::open(store::trading_record_path(workspace));
    if (!reader) return {};
    const auto progress = reader->progress();
    return progress ? progress->cursor.at : Timestamp{};
}

std::vector<RecordedFill> fills_of(const fs::path& workspace) {
    auto reader = store::RecordReader::open(store::trading_record_path(workspace));
    REQUIRE(reader.has_value());
    auto fills = reader->fills();
    REQUIRE(fills.has_value());
    return *fills;
}

/// What was traded, up to a moment. Order ids count starts, so they differ; nothing else may.
std::vector<std::string> traded_until(const std::vector<RecordedFill>& fills, Timestamp until) {
    std::vector<std::string> all;
    for (const RecordedFill& each : fills) {
        if (until < each.fill.received_at) continue;
        all.push_back(fmt::format("{} {} {} {} {} {} {}", to_iso(each.fill.received_at), each.instrument,
                                  each.pair, to_string(each.fill.side), each.fill.quantity.to_string(),
                                  each.fill.price.to_string(), each.fill.fee.to_string()));
    }
    return all;
}

}  // namespace

TEST_CASE(
    "fault_S01_kill_9: twenty times killed and resumed, the program trades what it trades undisturbed") {
    const Folder folder;
    const fs::path calm = folder.path / "calm", killed = folder.path / "killed";
    fs::create_directories(calm);
    REQUIRE(finish(start(calm, {"compute-benchmarks", "--time-scale", "15min", "--symbols", "SOL/USD",
                                "UNI/USD", "FIL/USD", "XRP/USD", "ADA/USD", "AVAX/USD"})) == 0);
    fs::copy(calm, killed, fs::copy_options::recursive);
    REQUIRE(finish(start(calm, {"trade", "--speed", "0", "--duration", "1500", "--json"})) == 0);

    Rng rng{20};
    int kills = 0;
    for (; kills < 20; ++kills) {
        const Timestamp before = cursor_of(killed);
        const pid_t child = start(killed, {"trade", "--speed", "0", "--duration", "5000000", "--json"});
        // Some die while they still recover, the others once they have gone on.
        const bool early = kills % 5 == 4;
        for (int i = 0; !early && i < 1000 && cursor_of(killed) <= before; ++i)
            std::this_thread::sleep_for(2ms);
        std::this_thread::sleep_for(std::chrono::microseconds{rng.below(20'000)});
        REQUIRE(::kill(child, SIGKILL) == 0);
        REQUIRE(finish(child) == -SIGKILL);
    }
    const std::vector<RecordedFill> undisturbed = fills_of(calm), disturbed = fills_of(killed);
    // The calm session began to close its positions when its 1500 minutes were over; up to there both must
    // agree.
    auto reader = store::RecordReader::open(store::trading_record_path(calm));
    REQUIRE(reader.has_value());
    const auto points = reader->equity();
    REQUIRE(points.has_value());
    const Timestamp ends = points->front().at + 1499min;
    const Timestamp until = std::min(ends, cursor_of(killed));
    const auto expected = traded_until(undisturbed, until), found = traded_until(disturbed, until);
    INFO("common time until " << to_text(until) << ", fills " << found.size());
    REQUIRE(expected.size() > 10);
    CHECK(found == expected);

    std::set<std::string> executions;
    std::map<std::string, std::array<Quantity, 2>> sums;
    for (const RecordedFill& each : disturbed) {
        CHECK(executions.insert(std::string{each.fill.execution.view()}).second);
        sums[each.pair][each.fill.leg] += each.fill.signed_quantity();
    }
    auto after = store::RecordReader::open(store::trading_record_path(killed));
    REQUIRE(after.has_value());
    const auto pairs = after->pairs();
    REQUIRE(pairs.has_value());
    for (const RecordedPair& pair : *pairs) CHECK(pair.status.held == sums[pair.pair]);
}
