#include "app/run.hpp"

#include <doctest/doctest.h>

#include "app/commands.hpp"
#include "app/exit_status.hpp"
#include "app/test_support.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

struct Row {
    std::vector<std::string> words;
    int status;
    std::string_view says;
};

}  // namespace

TEST_CASE("wrong use: one line, status 2, and what to do") {
    const Row rows[] = {
        {{}, 2, "expected a command, found none"},
        {{"confg"}, 2, "unknown command confg: nearest known is config"},
        {{"--mode", "confg"}, 2, "unknown command confg: nearest known is config"},
        {{"account"}, 2, "expected --venue"},
        {{"--strategy", "sma.py", "--symbols", "AAPL,MSFT", "--data-source", "demo"},
         2,
         "signals is not in this version"},
        {{"live-trading"}, 2, "live-trading is not in this version"},
        {{"config", "stray"}, 2, "config expected no argument, found \"stray\""},
        {{"--mode", "config", "stray"}, 2, "config expected no argument, found \"stray\""},
        {{"config", "--entry-zscor", "3"}, 2, "unknown flag --entry-zscor: nearest known is --entry-zscore"},
        {{"config", "-x"}, 2, "unknown flag -x"},
        {{"config", "--days"}, 2, ""},
        {{"config", "--days", "--json"}, 2, "--days: expected a value, found the flag --json"},
        {{"config", "--days", "1", "--days", "2"}, 2, "--days is given 2 times"},
        {{"config", "--cases", "f"}, 2, "--cases is not a flag of config: it belongs to stats"},
        {{"config", "--days", "abc"}, 2, "--days: expected number from 0.01 to 20000 (days), found \"abc\""},
        {{"config", "--days", "-3"}, 2, "found \"-3\""},
        {{"config", "--strategy", "a\nb\x1b[31m"}, 2, "found \"a\\x0ab\\x1b[31m\""},
        {{"config", "--config", "nowhere.yaml"}, 3, "nowhere.yaml"},
    };
    const TestWorkspace workspace;
    for (const Row& row : rows) {
        const Ran ran = run_in(workspace, row.words);
        CHECK_MESSAGE(ran.status == row.status, ran.err);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says(row.says), ran.err);
        CHECK(ran.out.empty());
    }
}

TEST_CASE("old spellings: --mode is the command, --list-granularities works alone") {
    const TestWorkspace workspace;
    CHECK(run_in(workspace, {"--mode", "config"}).prints("entry-zscore"));
    CHECK(run_in(workspace, {"--mode=config", "--days", "3"}).prints("--days"));
    CHECK(run_in(workspace, {"--list-granularities"}).prints("1s 5s 10s"));
    const Ran symbols = run_in(workspace, {"--mode", "config", "--symbols", "BTC/USD", "ETH/USD,LTC/USD"});
    CHECK(symbols.prints("BTC/USD ETH/USD LTC/USD"));
}

TEST_CASE("help: every command shows defaults, units and an example that parses") {
    const TestWorkspace workspace;
    CHECK(run_in(workspace, {"--version"}).out.starts_with("plumb "));
    const Ran overview = run_in(workspace, {"--help"});
    CHECK(overview.status == 0);
    for (const Command& command : commands()) {
        CHECK(overview.prints(command.name));
        const Ran ran = run_in(workspace, {std::string{command.name}, "--help"});
        CHECK(ran.status == 0);
        CHECK(ran.err.empty());
        CHECK(ran.prints("Example: "));
        CHECK(command.example.starts_with("plumb " + std::string{command.name}));
    }
    CHECK(run_in(workspace, {"config", "--help"}).prints("[0.001 to 604800; seconds; default: 30]"));
    CHECK(run_in(workspace, {"config", "-h"}).status == 0);
}

TEST_CASE("what ends the program with which status") {
    CHECK(exit_status(Errc::parse) == ExitStatus::wrong_use);
    CHECK(exit_status(Errc::missing_column) == ExitStatus::wrong_use);
    CHECK(exit_status(Errc::truncated) == ExitStatus::wrong_use);
    CHECK(exit_status(Errc::not_found) == ExitStatus::outside_failed);
    CHECK(exit_status(Errc::disk_full) == ExitStatus::outside_failed);
    CHECK(exit_status(Errc::newer_format) == ExitStatus::outside_failed);
    CHECK(exit_status(Errc::denied) == ExitStatus::answer_is_no);
    CHECK(exit_status(Errc::halted) == ExitStatus::halted);
}

TEST_CASE("fault_X07: control characters, line breaks and C1 controls leave as text; letters stay") {
    CHECK(one_line("a\nb\r\t\x1b]0;x\x07") == "a\\x0ab\\x0d\\x09\\x1b]0;x\\x07");
    CHECK(one_line("\xc2\x9b"
                   "31m") ==
          "\\xc2\\x9b"
          "31m");
    CHECK(one_line("Zürich €") == "Zürich €");
}
