#include "app/commands.hpp"

#include <array>

namespace plumb::app {

// Each is in commands/<name>.cpp; trade and trade-indefinite together, import and export together.
Result<ExitStatus> run_account(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_backtest(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_bench(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_compute_benchmarks(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_check_truth(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_config(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_decode(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_demo(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_doctor(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_exchange(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_export(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_generate_pairs(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_import(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_monitor(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_replay(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_scan(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_sql(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_stats(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_status(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_trade(const Settings& settings, const Streams& streams);
Result<ExitStatus> run_trade_indefinite(const Settings& settings, const Streams& streams);

namespace {

// clang-format off
constexpr auto kCommands = std::to_array<Command>({
    {"demo", "", 0, "the whole story on bundled data in under a minute, ends with a report", "plumb demo", &run_demo},
    {"account", "", 0, "account, balances, positions and open orders at a venue", "plumb account --venue alpaca", &run_account},
    {"backtest", "[STRATEGY]", 1, "a strategy over history, with pairs chosen on what came before",
     "plumb backtest --data-source csv --data-dir prices --report report.html", &run_backtest},
    {"compute-benchmarks", "", 0, "find cointegrated pairs, test them on a part held back, write benchmarks files",
     "plumb compute-benchmarks --data-source csv --data-dir prices --days 90 --time-scale hour", &run_compute_benchmarks},
    {"generate-pairs", "", 0, "the monthly 4-hour scan, into state/cointegrated_pairs.json",
     "plumb generate-pairs --data-source csv --data-dir prices --granularity 4h", &run_generate_pairs},
    {"config", "", 0, "print every effective value and where it came from", "plumb config --entry-zscore 2.2 --json", &run_config},
    {"status", "", 0, "what runs now, its positions, profit and loss", "plumb status --watch", &run_status},
    {"import", "", 0, "take a state file of an earlier program into the workspace, checked",
     "plumb import --in positions.json", &run_import},
    {"export", "", 0, "give back what the workspace holds, as the earlier program reads it",
     "plumb export --kind trades-history --out trades_history.json", &run_export},
    {"stats", "[FILE.csv]", 1, "test two columns of a file for cointegration, or run a file of cases",
     "plumb stats prices.csv --y KO --x PEP", &run_stats},
    {"decode", "FILE", 1, "a venue's recorded bytes in, our events out, one JSON object per line",
     "plumb decode --venue binance --kind ws capture.jsonl", &run_decode},
    {"sql", "QUERY", 1, "one SQL query over the archive and the trading record",
     "plumb sql \"select 1 as one\"", &run_sql},
    {"doctor", "", 0, "check configuration, keys, disk, clock and workspace; trades nothing", "plumb doctor", &run_doctor},
    {"monitor", "", 0, "stream prices, no trading",
     "plumb monitor --data-source demo --symbols BTC/USD,ETH/USD --duration 5", &run_monitor},
    {"check-truth", "TRUTH WORKSPACE", 2, "judge a workspace's trading record against an exchange's truth log",
     "plumb check-truth truth.jsonl .", &run_check_truth},
    {"replay", "", 0, "run a session's tape again and compare its decisions",
     "plumb replay --tape data/tapes/2025-01-15T103000-1.tape", &run_replay},
    {"scan", "", 0, "every ordered pair of a panel, ranked, with false-discovery rates",
     "plumb scan --data-source csv --data-dir prices --json", &run_scan},
    {"bench", "[NAME...]", 8, "measure speed and memory beside a peer or the machine's limit", "plumb bench engine --json", &run_bench},
    {"exchange", "", 0, "a local exchange that speaks a venue's own protocol, and misbehaves when told to",
     "plumb exchange --venue alpaca,binance --port 8080 --truth-log truth.jsonl", &run_exchange},
    {"trade", "", 0, "trade the benchmarks' pairs on paper for a while", "plumb trade --data-source demo --duration 10", &run_trade},
    {"trade-indefinite", "", 0, "the same until Ctrl+C", "plumb trade-indefinite --data-source demo", &run_trade_indefinite},
});

constexpr auto kLaterCommands = std::to_array<std::string_view>({
    "signals", "collect", "data-only", "data-collection", "live-trading", "why", "halt", "reduce",
    "flatten", "resume", "dashboard",
});
// clang-format on

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
