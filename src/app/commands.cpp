#include "app/commands.hpp"

#include <array>

namespace plumb::app {

// Each is in commands/<name>.cpp.
Result<ExitStatus> run_compute_benchmarks(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_config(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_generate_pairs(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_scan(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_stats(const Settings& settings, const Streams& streams);

namespace {

constexpr auto kCommands = std::to_array<Command>({
    {"compute-benchmarks", "", 0, "find cointegrated pairs, test them on a part held back, write benchmarks files",
     "plumb compute-benchmarks --data-source csv --data-dir prices --days 90 --time-scale hour", &run_compute_benchmarks},
    {"generate-pairs", "", 0, "the monthly 4-hour scan, into state/cointegrated_pairs.json",
     "plumb generate-pairs --data-source csv --data-dir prices --granularity 4h", &run_generate_pairs},
    {"scan", "", 0, "every ordered pair of a panel, ranked, with false-discovery rates",
     "plumb scan --data-source csv --data-dir prices --json", &run_scan},
    {"config", "", 0, "print every effective value and where it came from", "plumb config --entry-zscore 2.2 --json", &run_config},
    {"stats", "[FILE.csv]", 1, "test two columns of a file for cointegration, or run a file of cases",
     "plumb stats --cases cases.json", &run_stats},
});

constexpr auto kLaterCommands = std::to_array<std::string_view>({
    "account", "signals", "collect", "data-only", "data-collection", "live-trading", "why", "halt", "reduce", "flatten",
    "resume", "dashboard", "exchange", "check-truth",
});

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
    for (const Command& command : kCommands) {
        if (command.name == name) return &command;
    }
    return nullptr;
}

std::span<const std::string_view> later_commands() { return kLaterCommands; }

}  // namespace plumb::app
