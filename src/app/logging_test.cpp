#include "app/logging.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <sstream>

#include "app/arguments.hpp"
#include "app/test_support.hpp"
#include "io/file.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

Settings settings_in(const TestWorkspace& workspace, std::vector<std::string> words,
                     const Environment& environment = {}) {
    words.insert(words.end(), {"--workspace", workspace.root().string()});
    const Result<CommandLine> line = parse_command_line(words);
    REQUIRE(line);
    Result<Settings> settings = load_settings(*line, environment);
    REQUIRE(settings);
    return std::move(*settings);
}

struct Said {
    std::ostringstream out;
    std::ostringstream err;
};

}  // namespace

TEST_CASE("log lines are those of the earlier programs, in UTC, one line each") {
    const TestWorkspace workspace;
    const Settings settings = settings_in(workspace, {"trade"});
    Said said;
    {
        Result<Log> log = Log::open(settings, Workspace{settings}, {said.out, said.err});
        REQUIRE(log);
        log->info("🚀 STARTING");
        log->warning("two\nlines");
        log->debug("not shown");
    }
    const std::regex line{R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - INFO - 🚀 STARTING\n)"
                          R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - WARNING - two\\x0alines\n)"};
    CHECK_MESSAGE(std::regex_match(said.out.str(), line), said.out.str());
    CHECK(said.err.str().empty());
    CHECK(io::read_file(workspace.root() / "logs/trading.log").value() == said.out.str());
}

TEST_CASE("with --json people read standard error; --verbose and --quiet choose the lines") {
    const TestWorkspace workspace;
    for (const std::string flag : {"--json", "--verbose", "--quiet"}) {
        const Settings settings = settings_in(workspace, {"trade", flag});
        Said said;
        Result<Log> log = Log::open(settings, Workspace{settings}, {said.out, said.err});
        REQUIRE(log);
        log->debug("detail");
        log->info("news");
        log->error("trouble");
        const std::string text = flag == "--json" ? said.err.str() : said.out.str();
        CHECK((text.find("detail") != std::string::npos) == (flag == "--verbose"));
        CHECK((text.find("news") != std::string::npos) == (flag != "--quiet"));
        CHECK(text.find("trouble") != std::string::npos);
        CHECK((flag == "--json" ? said.out.str() : said.err.str()).empty());
    }
}

TEST_CASE("fault_X01: no secret reaches the log, alone, twice or inside a word") {
    const TestWorkspace workspace;
    const Settings settings =
        settings_in(workspace, {"trade"}, {{"CMC_API_KEY", "canary-1"}, {"POLYGON_API_KEY", "canary-12"}});
    Said said;
    {
        Result<Log> log = Log::open(settings, Workspace{settings}, {said.out, said.err});
        REQUIRE(log);
        log->info("canary-1 https://host/x?apikey=canary-12&y=canary-1 canary-1canary-1");
    }
    const std::string text = said.out.str() + io::read_file(workspace.root() / "logs/trading.log").value();
    CHECK(text.find("canary") == std::string::npos);
    CHECK(text.find("https://host/x?apikey=****") != std::string::npos);
}

TEST_CASE("fault_H03: a log storm stays within the configured bytes") {
    const TestWorkspace workspace;
    const Settings settings =
        settings_in(workspace, {"trade", "--quiet"}, {{"PLUMB_LOG_MEGABYTES_MAX", "1"}});
    Said said;
    Result<Log> log = Log::open(settings, Workspace{settings}, {said.out, said.err});
    REQUIRE(log);
    const std::string text(500, 'x');
    for (int i = 0; i < 6000; ++i) log->info(text);  // 3 MB
    log->flush();
    std::uintmax_t bytes = 0;
    std::size_t parts = 0;
    for (const auto& file : std::filesystem::directory_iterator{workspace.root() / "logs"}) {
        bytes += file.file_size();
        ++parts;
    }
    CHECK(parts == 5);
    CHECK(bytes <= 1'000'000);
    CHECK(bytes > 700'000);
    CHECK(log->lost() == 0);
}

TEST_CASE("a log that cannot be opened is one clear error") {
    const TestWorkspace workspace;
    workspace.write("logs", "a file where a folder belongs");
    const Settings settings = settings_in(workspace, {"trade"});
    Said said;
    const Result<Log> log = Log::open(settings, Workspace{settings}, {said.out, said.err});
    REQUIRE_FALSE(log.has_value());
    CHECK(log.error().message().find("logs") != std::string::npos);
}

TEST_CASE("a workspace is one session's: its lock names the process, and looking takes nothing") {
    const TestWorkspace folder;
    const Workspace workspace{folder.root()};
    CHECK(!workspace.running());
    {
        const Result<io::FileLock> lock = workspace.open();
        REQUIRE(lock);
        CHECK(workspace.running() == ::getpid());
        CHECK(workspace.open().error().code() == Errc::locked);
        for (const char* const name : {"data", "state", "logs", "config"}) {
            CHECK(std::filesystem::is_directory(folder.root() / name));
        }
    }
    CHECK(!workspace.running());
    CHECK(workspace.open());
}
