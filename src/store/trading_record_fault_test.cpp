#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "base/rng.hpp"
#include "store/record_test_support.hpp"
#include "store/trading_record.hpp"

using namespace plumb;
using namespace plumb::store;
using namespace plumb::store::testing;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& path) {
    const Result<std::string> bytes = io::read_file(path);
    return bytes ? *bytes : std::string{};
}

void write_bytes(const fs::path& path, std::string_view bytes) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(file.good());
}

fs::path log_of(const Folder& folder) {
    fs::path path = folder.record();
    path += "-wal";
    return path;
}

/// A record's file and log as bytes, to be put back again and again.
struct Snapshot {
    std::string file;
    std::string log;

    static Snapshot take(const Folder& folder) {
        return {bytes_of(folder.record()), bytes_of(log_of(folder))};
    }
    void put(const Folder& folder) const {
        for (const fs::directory_entry& each : fs::directory_iterator{folder.record().parent_path()})
            fs::remove(each);
        write_bytes(folder.record(), file);
        if (!log.empty()) write_bytes(log_of(folder), log);
    }
};

/// Runs `work` in a child process that cannot clean up behind itself, and gives its exit status.
template <class Work>
int in_child(Work work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(work());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// What the child has seen committed, in memory that outlives it.
struct Acknowledged {
    volatile std::int64_t steps = 0;
    volatile std::uint32_t epoch = 0;
};

/// A folder whose record was left by a process that died after `steps` commits, with the log still there.
void leave_record(const Folder& folder, int steps, std::uint64_t seed) {
    const int status = in_child([&] {
        auto opened = open_record(folder);
        if (!opened) return 1;
        Trader trader{*opened->record, opened->state, seed};
        for (int i = 0; i < steps; ++i) {
            if (!trader.step()) return 2;
        }
        ::kill(::getpid(), SIGKILL);
        return 3;
    });
    REQUIRE(status == 128 + SIGKILL);
}

}  // namespace

TEST_CASE("fault_S01_kill_anywhere_record: 200 kills lose nothing acknowledged and double nothing") {
    constexpr int kKills = 200;
    void* shared =
        ::mmap(nullptr, sizeof(Acknowledged), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    auto* acknowledged = new (shared) Acknowledged;
    Rng rng{20260701};
    std::uint32_t epochs_seen = 0;
    for (int round = 0; round < kKills / 20; ++round) {
        const Folder folder{fmt::format("kill{}", round)};
        acknowledged->steps = 0;
        acknowledged->epoch = 0;
        for (int kill = 0; kill < 20; ++kill) {
            const std::uint64_t seed = rng.next();
            const pid_t child = ::fork();
            REQUIRE(child >= 0);
            if (child == 0) {
                auto opened = open_record(folder, Durability::process_death);
                if (!opened) ::_exit(1);
                acknowledged->epoch = opened->state.epoch;
                Trader trader{*opened->record, opened->state, seed};
                while (trader.step()) acknowledged->steps = trader.steps();
                ::_exit(2);
            }
            const timespec pause{.tv_sec = 0, .tv_nsec = static_cast<long>(rng.below(25'000'000))};
            ::nanosleep(&pause, nullptr);
            REQUIRE(::kill(child, SIGKILL) == 0);
            int status = 0;
            REQUIRE(::waitpid(child, &status, 0) == child);
            REQUIRE_MESSAGE(WIFSIGNALED(status), "the child ended by itself, kill " << kill);

            const auto opened = open_record(folder, Durability::process_death);
            REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
            const std::int64_t steps = steps_of(opened->state);
            CHECK(steps >= acknowledged->steps);
            CHECK(steps <= acknowledged->steps + 1);
            CHECK(holdings_are_sums(opened->state));
            CHECK(opened->state.epoch > acknowledged->epoch);
            CHECK(opened->state.epoch > (kill == 0 ? 0 : epochs_seen));
            epochs_seen = opened->state.epoch;
            acknowledged->steps = steps;
        }
    }
    ::munmap(shared, sizeof(Acknowledged));
}

TEST_CASE(
    "fault_S02_torn_log_record: a log cut at any byte leads to a committed state, and the epoch still "
    "grows") {
    // Every byte near the start and around each frame's edges, samples between; all of them where slow tests
    // are wanted.
    constexpr int kSteps = 4;
    constexpr std::size_t kFrame = 24 + 4096;
    const std::size_t stride = std::getenv("PLUMB_SLOW_TESTS") != nullptr ? 1 : 97;
    const Folder folder{"torn"};
    leave_record(folder, kSteps, 7);
    const Snapshot left = Snapshot::take(folder);
    REQUIRE(left.log.size() > 4096);
    std::set<std::string> seen;
    std::int64_t last = -1;
    for (std::size_t size = 0; size <= left.log.size(); size += 1) {
        const std::size_t into_frame = size < 32 ? 0 : (size - 32) % kFrame;
        if (size > 100 && into_frame > 2 && into_frame + 2 < kFrame && size % stride != 0) continue;
        Snapshot cut = left;
        cut.log.resize(size);
        cut.put(folder);
        const auto opened = open_record(folder);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
        CHECK(opened->state.epoch == 2);
        CHECK(holdings_are_sums(opened->state));
        const std::int64_t steps = steps_of(opened->state);
        CHECK(steps >= last);  // a longer log never knows less
        last = steps;
        seen.insert(print(opened->state));
    }
    left.put(folder);
    const auto whole = open_record(folder);
    REQUIRE(whole.has_value());
    CHECK(steps_of(whole->state) == kSteps);
    seen.insert(print(whole->state));
    CHECK(seen.size() == kSteps + 1);  // the state at opening and after each commit, and no other
}

TEST_CASE(
    "fault_S03_flipped_bits_record: a flipped byte of the file is refused, or changes nothing that is used") {
    const Folder folder{"flip"};
    std::string whole;
    {
        auto opened = open_record(folder);
        REQUIRE(opened.has_value());
        Trader trader{*opened->record, opened->state, 11};
        for (int i = 0; i < 30; ++i) REQUIRE(trader.step().has_value());
    }
    {
        const auto opened = open_record(folder);
        REQUIRE(opened.has_value());
        whole = print(opened->state);
    }
    const Snapshot sound = Snapshot::take(folder);
    REQUIRE(sound.log.empty());
    Rng rng{5};
    int refused = 0, used = 0;
    const std::size_t stride = std::getenv("PLUMB_SLOW_TESTS") != nullptr ? 1 : 67;
    for (std::size_t at = 0; at < sound.file.size(); at += at < 100 ? 1 : 1 + rng.below(2 * stride - 1)) {
        Snapshot flipped = sound;
        flipped.file[at] = static_cast<char>(flipped.file[at] ^ (1 << rng.below(8)));
        flipped.put(folder);
        const auto opened = open_record(folder);
        if (opened) {
            ++used;
            CHECK_MESSAGE(print(opened->state) == whole, "byte " << at << " changed the state unseen");
            CHECK(opened->state.epoch >= 3);
        } else {
            ++refused;
            CHECK_MESSAGE(bytes_of(folder.record()) == flipped.file,
                          "byte " << at << ": the damaged file was changed");
        }
    }
    MESSAGE("refused " << refused << ", harmless " << used << " of bytes tried");
    CHECK(refused > used / 4);
}

TEST_CASE("fault_S03_flipped_bits_log: a flipped bit in an acknowledged transaction of the log is refused") {
    const Folder folder{"fliplog"};
    leave_record(folder, 4, 3);
    const Snapshot left = Snapshot::take(folder);
    std::string whole, before_last;
    std::set<std::string> allowed;
    {
        const auto opened = open_record(folder);
        REQUIRE(opened.has_value());
        whole = print(opened->state);
        CHECK(steps_of(opened->state) == 4);
    }
    // The last transaction cannot be told from one that a crash left half written: it is cut off, as S02
    // wants it.
    Rng rng{9};
    int refused = 0, cut = 0, unseen = 0;
    for (std::size_t at = 0; at < left.log.size(); at += 1 + rng.below(200)) {
        Snapshot flipped = left;
        flipped.log[at] = static_cast<char>(flipped.log[at] ^ (1 << rng.below(8)));
        flipped.put(folder);
        const auto opened = open_record(folder);
        if (!opened) {
            ++refused;
            CHECK(opened.error().code() == Errc::corrupt);
            CHECK(bytes_of(log_of(folder)) == flipped.log);
            continue;
        }
        const std::int64_t steps = steps_of(opened->state);
        CHECK(steps >= 3);
        if (steps == 3) ++cut;
        if (steps == 4) {
            ++unseen;
            CHECK(print(opened->state) == whole);
        }
        CHECK(opened->state.epoch == 2);
    }
    MESSAGE("refused " << refused << ", last transaction cut " << cut << ", harmless " << unseen);
    CHECK(refused > cut);
}

TEST_CASE("fault_S04_unreadable_record: damaged files stay as they are and nothing is traded") {
    const Folder folder{"unreadable"};
    {
        auto opened = open_record(folder);
        REQUIRE(opened.has_value());
        Trader trader{*opened->record, opened->state, 1};
        for (int i = 0; i < 20; ++i) REQUIRE(trader.step().has_value());
    }
    const Snapshot sound = Snapshot::take(folder);
    const auto refused = [&](const Snapshot& damaged) {
        damaged.put(folder);
        const auto opened = open_record(folder);
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code() == Errc::corrupt);
        CHECK(opened.error().message().find("nothing was changed") != std::string::npos);
        CHECK(opened.error().message().find(folder.record().string()) != std::string::npos);
        CHECK(bytes_of(folder.record()) == damaged.file);
        CHECK(bytes_of(log_of(folder)) == damaged.log);
    };
    refused({.file = "", .log = ""});
    refused(
        {.file = "this is not a database, and it is longer than the header of one would have to be, by far",
         .log = ""});
    refused({.file = std::string(8192, '\0'), .log = ""});
    refused({.file = sound.file.substr(0, sound.file.size() / 2), .log = ""});
    refused({.file = sound.file.substr(0, sound.file.size() - 4096), .log = ""});
    refused({.file = sound.file.substr(0, 100), .log = ""});
    Snapshot other_program = sound;
    other_program.file[68] = 'X';  // application id
    refused(other_program);
    Snapshot damaged_log = sound;
    damaged_log.log = std::string(5000, 'x');
    refused(damaged_log);

    sound.put(folder);
    fs::remove(folder.record());
    write_bytes(log_of(folder), "a log without its file");
    const auto opened = open_record(folder);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code() == Errc::corrupt);
    CHECK_FALSE(fs::exists(folder.record()));
}

TEST_CASE(
    "fault_S05_disk_full_record: a commit that finds no room says so, keeps the rest, and works again "
    "later") {
    const Folder folder{"full"};
    auto opened = open_record(folder);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
    Trader trader{*opened->record, opened->state, 21};
    for (int i = 0; i < 10; ++i) REQUIRE(trader.step().has_value());
    // The operating system itself refuses to let files grow beyond a size: write() fails with EFBIG.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    int failed = 0;
    for (rlim_t room = 0; room <= 40'000; room += 1000) {  // fails at another write each time
        const rlimit limit{.rlim_cur = fs::file_size(log_of(folder)) + room, .rlim_max = before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        Status done;
        for (int i = 0; i < 30 && done; ++i) done = trader.step();
        ::setrlimit(RLIMIT_FSIZE, &before);
        REQUIRE_FALSE(done.has_value());
        CHECK_MESSAGE(done.error().code() == Errc::disk_full, done.error().message());
        ++failed;
        REQUIRE(trader.step().has_value());  // room again: the same object goes on
    }
    CHECK(failed == 41);
    const std::int64_t steps = trader.steps();
    opened->record.reset();
    const auto again = open_record(folder);
    REQUIRE_MESSAGE(again.has_value(), again.error().message());
    CHECK(steps_of(again->state) == steps);
    CHECK(holdings_are_sums(again->state));
}

TEST_CASE("fault_S05_disk_full_record: SQLite's own FULL, and a kill right after it") {
    const Folder folder{"pages"};
    const InstrumentTable table = market();
    const std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5),
                                       model(table, 1, "ETH", "SOL", 20.0)};
    const int status = in_child([&] {
        auto opened =
            SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs, {.pages_max = 40});
        if (!opened) return 1;
        Trader trader{*opened->record, opened->state, 4};
        Status done;
        while (done) done = trader.step();
        if (done.error().code() != Errc::disk_full) return 2;
        if (trader.step()) return 4;  // still no room, still an answer
        std::ofstream{folder.path / "steps"} << trader.steps() << std::flush;
        ::kill(::getpid(), SIGKILL);
        return 3;
    });
    REQUIRE(status == 128 + SIGKILL);
    std::int64_t steps = 0;
    std::ifstream{folder.path / "steps"} >> steps;
    CHECK(steps > 10);
    auto opened = open_record(folder);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
    CHECK(steps_of(opened->state) == steps);
    CHECK(holdings_are_sums(opened->state));
    Trader trader{*opened->record, opened->state, 5};
    CHECK(trader.step().has_value());
}

TEST_CASE("fault_S07_wrong_record: mode, venue, account and format must agree, and the message names both") {
    const Folder folder{"wrong"};
    const InstrumentTable table = market();
    const std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5)};
    REQUIRE(SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs).has_value());
    const auto refused = [&](const SessionHeader& header, std::string_view recorded, std::string_view asked) {
        const auto opened = SqliteTradingRecord::open(folder.record(), header, table, pairs);
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code() == Errc::invalid_argument);
        CHECK(opened.error().message().find(fmt::format("\"{}\"", recorded)) != std::string::npos);
        CHECK(opened.error().message().find(fmt::format("\"{}\"", asked)) != std::string::npos);
    };
    SessionHeader header = paper_header();
    header.mode = "live";
    refused(header, "paper", "live");
    header = paper_header();
    header.venue = "alpaca";
    refused(header, "paper", "alpaca");
    header = paper_header();
    header.account = "4f9a";
    refused(header, "paper", "4f9a");
    header = paper_header();
    header.data_source = "demo";
    refused(header, "csv", "demo");
    {
        auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs);
        REQUIRE(opened.has_value());
        CHECK(opened->state.epoch == 2);  // refusals count nothing
    }
    Snapshot newer = Snapshot::take(folder);
    newer.file[63] = 9;  // the last byte of user_version
    newer.put(folder);
    const auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code() == Errc::newer_format);
    CHECK(opened.error().message().find("format 9") != std::string::npos);
    CHECK(opened.error().message().find("up to 1") != std::string::npos);
    CHECK(bytes_of(folder.record()) == newer.file);
}

TEST_CASE("fault_E21_two_processes_record: the second is refused at once") {
    const Folder folder{"two"};
    const auto first = open_record(folder);
    REQUIRE(first.has_value());
    const auto second = open_record(folder);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code() == Errc::locked);
}

TEST_CASE("fault_E22_ids_never_reused: the epoch is in the file before the first id can be used") {
    const Folder folder{"epoch"};
    std::set<std::pair<std::uint32_t, std::uint32_t>> used;
    for (int i = 0; i < 20; ++i) {
        const std::string before = bytes_of(folder.record());
        const int status = in_child([&] {
            auto opened = open_record(folder);
            if (!opened) return 1;
            // The log is not needed to know the epoch: it may even be lost.
            ::kill(::getpid(), SIGKILL);
            return 2;
        });
        REQUIRE(status == 128 + SIGKILL);
        fs::remove(log_of(folder));
        auto opened = open_record(folder);
        REQUIRE(opened.has_value());
        CHECK(opened->state.epoch == static_cast<std::uint32_t>(2 * i + 2));
        CHECK(used.emplace(opened->state.install, opened->state.epoch).second);
    }
    CHECK(used.begin()->first == used.rbegin()->first);  // one install all its life
}
