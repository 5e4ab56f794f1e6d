#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "app/setting_row.hpp"
#include "app/settings_exchange.hpp"
#include "app/settings_venues.hpp"

namespace plumb::app {

// clang-format off
inline constexpr std::string_view kGranularities = "1s 5s 10s 15s 30s 1m 2m 3m 5m 10m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w";
inline constexpr std::string_view kTraders = "trade trade-indefinite";
inline constexpr std::string_view kPairUsers = "trade trade-indefinite backtest replay demo";

inline constexpr auto kSessionSettings = std::to_array<Setting>({
    // every command
    {.key = "workspace", .type = Type::path, .scope = Scope::shell, .fallback = ".",
     .help = "folder that holds data/ state/ logs/ config/"},
    {.key = "config", .type = Type::path, .scope = Scope::shell,
     .help = "configuration file; without it plumb.yaml, else config.json, of the workspace"},
    {.key = "data-source", .type = Type::choice, .fallback = "demo",
     .choices = "demo csv archive replay alpaca binance binance-futures coinbase kraken-futures polygon coinmarketcap",
     .help = "where market data comes from"},
    {.key = "data-dir", .type = Type::path, .help = "folder of the files that the source reads"},
    {.key = "symbols", .type = Type::symbols, .earlier_variable = "TRADING_SYMBOLS",
     .help = "instruments, separated by blanks or commas; none: all that the source has"},
    {.key = "exclude-symbols", .type = Type::symbols, .help = "instruments to leave out"},
    {.key = "json", .type = Type::flag, .scope = Scope::flag_only, .fallback = "false",
     .help = "one JSON object per line on standard output; logs go to standard error"},
    {.key = "verbose", .type = Type::flag, .fallback = "false", .help = "log details too", .letter = 'v'},
    {.key = "quiet", .type = Type::flag, .fallback = "false", .help = "log only warnings and errors", .letter = 'q'},
    {.key = "log-megabytes-max", .type = Type::integer, .range = {1, 10'000}, .unit = "MB", .fallback = "50",
     .help = "size of logs/trading.log with its older parts; the oldest part goes first"},

    // finding pairs
    {.key = "days", .type = Type::number, .range = {0.01, 20'000}, .unit = "days", .fallback = "30",
     .earlier_variable = "HISTORICAL_DAYS", .commands = "compute-benchmarks generate-pairs trade trade-indefinite demo",
     .help = "history to look back on"},
    {.key = "time-scale", .type = Type::granularity, .fallback = "hour", .commands = "compute-benchmarks trade trade-indefinite scan",
     .help = "bar length of the history"},
    {.key = "max-groups", .type = Type::integer, .range = {1, 100'000}, .unit = "pairs", .fallback = "10",
     .commands = "compute-benchmarks trade trade-indefinite", .help = "pairs to keep"},
    {.key = "p-threshold", .type = Type::number, .range = {1e-12, 1}, .fallback = "0.10",
     .commands = "compute-benchmarks generate-pairs trade trade-indefinite scan", .help = "largest p-value of a pair that is kept"},
    {.key = "method", .type = Type::choice, .fallback = "engle-granger", .choices = "engle-granger johansen",
     .commands = "compute-benchmarks generate-pairs", .help = "test for cointegration"},
    {.key = "fdr", .type = Type::number, .range = {1e-6, 1}, .commands = "compute-benchmarks generate-pairs scan demo",
     .help = "keep pairs only up to this expected share of false discoveries (Benjamini-Hochberg)"},
    {.key = "holdout-fraction", .type = Type::number, .range = {0, 0.9},
     .commands = "compute-benchmarks generate-pairs demo",
     .help = "last share of the history that is held back and used to test each pair again"},
    {.key = "benchmark-refresh-days", .type = Type::number, .range = {0.01, 3650}, .unit = "days", .fallback = "7",
     .commands = kTraders, .help = "benchmarks older than this are computed again before trading"},
    {.key = "max-pairs", .type = Type::integer, .range = {1, 100'000}, .unit = "pairs", .fallback = "10",
     .commands = "generate-pairs trade trade-indefinite", .help = "pairs to keep from the monthly scan"},
    {.key = "pairs-file", .type = Type::path, .fallback = "state/cointegrated_pairs.json",
     .commands = "generate-pairs trade trade-indefinite backtest", .help = "the monthly scan's result"},
    {.key = "granularity", .type = Type::granularity,
     .commands = "generate-pairs monitor trade trade-indefinite backtest demo import", .help = "bar length"},
    {.key = "window", .type = Type::integer, .range = {20, 10'000'000}, .unit = "bars", .commands = "scan",
     .help = "bars of each walk-forward window"},
    {.key = "step", .type = Type::integer, .range = {1, 10'000'000}, .unit = "bars", .commands = "scan",
     .help = "bars between two walk-forward windows"},
    {.key = "all", .type = Type::flag, .scope = Scope::flag_only, .fallback = "false", .commands = "scan",
     .help = "print every pair, not only those that pass"},

    // trading
    {.key = "strategy", .type = Type::text, .fallback = "pairs", .commands = "trade trade-indefinite backtest replay demo",
     .help = "pairs, mean-reversion or momentum"},
    {.key = "duration", .type = Type::number, .range = {0.001, 5'256'000}, .unit = "minutes", .fallback = "10",
     .commands = "monitor trade exchange", .help = "how long to run; an exchange without it until Ctrl+C"},
    {.key = "lookback-bars", .type = Type::integer, .range = {10, 10'000'000}, .unit = "bars", .fallback = "500",
     .commands = kPairUsers, .help = "bars kept while prices stream"},
    {.key = "zscore-window", .type = Type::integer, .range = {2, 10'000'000}, .unit = "bars", .fallback = "60",
     .commands = kPairUsers, .help = "bars of the z-score of the mean-reversion strategy; not used by the pairs strategy"},
    {.key = "cycle-interval", .type = Type::number, .range = {0.001, 86'400}, .unit = "seconds", .fallback = "30",
     .commands = kPairUsers, .help = "time between two looks at the spreads"},
    {.key = "entry-zscore", .type = Type::number, .range = {0.01, 100}, .fallback = "2.0", .commands = kPairUsers,
     .help = "|z| at which a spread is entered"},
    {.key = "exit-zscore", .type = Type::number, .range = {0, 100}, .fallback = "0.5", .commands = kPairUsers,
     .help = "|z| at which a spread is left with its profit"},
    {.key = "stop-zscore", .type = Type::number, .range = {0.01, 1000}, .commands = kPairUsers,
     .help = "|z| at which a spread is left with its loss; none: no stop"},
    {.key = "health-interval", .type = Type::number, .range = {0.001, 10'080}, .unit = "minutes", .fallback = "15",
     .commands = kTraders, .help = "time between two health blocks in the log"},
    {.key = "max-stream-symbols", .type = Type::integer, .range = {1, 10'000}, .unit = "instruments", .fallback = "10",
     .commands = "monitor trade trade-indefinite", .help = "instruments subscribed at once"},
    {.key = "entry-staleness", .type = Type::number, .range = {0.001, 604'800}, .unit = "seconds", .fallback = "30",
     .commands = kPairUsers, .help = "oldest data that may open a position"},
    {.key = "exit-staleness", .type = Type::number, .range = {0.001, 604'800}, .unit = "seconds", .fallback = "300",
     .commands = kPairUsers, .help = "oldest data that may close a position"},
    {.key = "emergency-staleness", .type = Type::number, .range = {0.001, 604'800}, .unit = "seconds", .fallback = "900",
     .commands = kPairUsers, .help = "data older than this forces the exit"},
    {.key = "recalibrate-interval", .type = Type::number, .range = {0, 10'080}, .unit = "minutes", .fallback = "10",
     .commands = kPairUsers, .help = "time between two recalibrations of spread mean and std; 0: never"},
    {.key = "recalibrate-min-obs", .type = Type::integer, .range = {2, 1'000'000}, .unit = "prices", .fallback = "50",
     .commands = kPairUsers, .help = "prices needed before a recalibration"},
    {.key = "capital", .type = Type::money, .range = {0.01, 1e15}, .unit = "quote currency", .fallback = "10000",
     .commands = "trade trade-indefinite demo", .help = "money the session starts with on paper"},
    {.key = "risk-per-trade", .type = Type::number, .range = {1e-6, 1}, .unit = "of capital", .fallback = "0.02",
     .commands = kPairUsers, .help = "share of the capital put at risk by one trade; not used by the pairs strategy"},
    {.key = "max-positions", .type = Type::integer, .range = {1, 10'000}, .unit = "pairs", .fallback = "10",
     .commands = kPairUsers, .help = "pairs held at once"},
    {.key = "pair-gross", .type = Type::number, .range = {1e-6, 1}, .unit = "of equity", .fallback = "0.2",
     .commands = kPairUsers, .help = "value of both legs of one pair together"},
    {.key = "gross-exposure-max", .type = Type::number, .range = {0.01, 20}, .unit = "of equity", .fallback = "2",
     .commands = kPairUsers, .help = "value of all positions and open orders together"},
    {.key = "drawdown-max", .type = Type::number, .range = {0.001, 1}, .unit = "of equity", .fallback = "0.25",
     .commands = kPairUsers, .help = "loss from the highest equity beyond which nothing is entered any more"},
    {.key = "completion-deadline", .type = Type::number, .range = {0.1, 604'800}, .unit = "seconds", .fallback = "60",
     .commands = kPairUsers, .help = "both legs are filled within this, or the pair is unwound; on bars at least two bars"},

    // what paper costs
    {.key = "taker-fee-bps", .type = Type::number, .range = {0, 1000}, .unit = "bps", .fallback = "10",
     .commands = kPairUsers, .help = "paper venue's fee for taking"},
    {.key = "maker-fee-bps", .type = Type::number, .range = {0, 1000}, .unit = "bps", .fallback = "5",
     .commands = kPairUsers, .help = "paper venue's fee for making"},
    {.key = "half-spread-bps", .type = Type::number, .range = {0, 1000}, .unit = "bps", .fallback = "2",
     .commands = kPairUsers, .help = "half the bid-ask spread where the data has no quotes"},
    {.key = "slippage-bps", .type = Type::number, .range = {0, 1000}, .unit = "bps", .fallback = "1",
     .commands = kPairUsers, .help = "what a market order pays beyond the quote"},
    {.key = "impact-bps", .type = Type::number, .range = {0, 10'000}, .unit = "bps", .fallback = "10",
     .commands = kPairUsers, .help = "the same for taking all of a bar's volume, in proportion"},
    {.key = "participation-max", .type = Type::number, .range = {1e-9, 1}, .unit = "of volume", .fallback = "0.1",
     .commands = kPairUsers, .help = "share of a bar's or quote's volume that one event may fill"},
    {.key = "latency-ms", .type = Type::number, .range = {0, 60'000}, .unit = "ms", .fallback = "50",
     .commands = kPairUsers, .help = "from decision to the paper venue"},
    {.key = "live", .type = Type::flag, .scope = Scope::flag_only, .fallback = "false", .commands = kTraders,
     .help = "real money; needs allow-live in plumb.yaml too"},
    {.key = "allow-live", .type = Type::flag, .scope = Scope::file_only, .fallback = "false",
     .help = "written consent to --live"},

    // history and research
    {.key = "cash", .type = Type::money, .range = {0.01, 1e15}, .unit = "quote currency", .fallback = "10000",
     .commands = "backtest exchange", .help = "money at the start"},
    {.key = "commission", .type = Type::money, .range = {0, 0.5}, .unit = "of notional", .fallback = "0",
     .commands = "backtest", .help = "fee of each fill"},
    {.key = "margin", .type = Type::money, .range = {0.001, 1}, .unit = "of notional", .fallback = "1",
     .commands = "backtest", .help = "money needed to hold one unit of notional; 1: no leverage"},
    {.key = "param", .type = Type::parameters, .scope = Scope::flag_only, .commands = "backtest",
     .help = "name=value for the strategy; may be repeated"},
    {.key = "from", .type = Type::date, .scope = Scope::flag_only, .unit = "UTC",
     .commands = "backtest scan compute-benchmarks generate-pairs trade trade-indefinite",
     .help = "first moment of the history; trading: where it starts"},
    {.key = "to", .type = Type::date, .scope = Scope::flag_only, .unit = "UTC",
     .commands = "backtest scan compute-benchmarks generate-pairs trade trade-indefinite", .help = "first moment after the history"},
    {.key = "report", .type = Type::path, .scope = Scope::flag_only, .commands = "backtest demo trade trade-indefinite",
     .help = "HTML file to write"},
    {.key = "serve", .type = Type::flag, .scope = Scope::flag_only, .fallback = "false", .commands = "demo",
     .help = "keep the dashboard up; not in this version"},
    {.key = "share", .type = Type::path, .scope = Scope::shell, .commands = "demo",
     .help = "folder of what comes with the program; without it found beside the program"},
    {.key = "tape", .type = Type::path, .commands = "replay trade trade-indefinite monitor compute-benchmarks scan",
     .help = "recorded session, from data/tapes"},
    {.key = "speed", .type = Type::number, .range = {0, 1e6}, .unit = "times real time",
     .commands = "replay trade trade-indefinite monitor demo exchange",
     .help = "0: as fast as it goes, as files are played; the demo market runs in real time (1); "
             "a simulated clock with --duration is 0, else 1"},
    {.key = "seed", .type = Type::integer, .range = {0, 9e15}, .fallback = "1",
     .commands = "demo compute-benchmarks generate-pairs scan trade trade-indefinite monitor backtest exchange",
     .help = "seed of the demo market"},

    // files and tools
    {.key = "kind", .type = Type::text, .scope = Scope::flag_only, .commands = "decode import export",
     .help = "what the file holds; an unknown kind lists the known ones"},
    {.key = "in", .type = Type::path, .scope = Scope::flag_only, .commands = "import export", .help = "file to read"},
    {.key = "out", .type = Type::path, .scope = Scope::flag_only, .commands = "import export scan",
     .help = "file or folder to write"},
    {.key = "cases", .type = Type::path, .scope = Scope::flag_only, .commands = "stats", .help = "JSON file of cases"},
    {.key = "data-root", .type = Type::path, .scope = Scope::flag_only, .commands = "stats",
     .help = "folder that the cases' file names start from; without it the folder of the cases"},
    {.key = "y", .type = Type::text, .scope = Scope::flag_only, .commands = "stats", .help = "column of the dependent leg"},
    {.key = "x", .type = Type::text, .scope = Scope::flag_only, .commands = "stats", .help = "column of the other leg"},
    {.key = "watch", .type = Type::flag, .scope = Scope::flag_only, .fallback = "false", .commands = "status",
     .help = "draw again every second until Ctrl+C"},
});

// clang-format on

/// All that can be set: sessions first, then venues, then the local exchange.
inline constexpr auto kSettings = [] {
    std::array<Setting, kSessionSettings.size() + kVenueSettings.size() + kExchangeSettings.size()> all{};
    auto end = std::ranges::copy(kSessionSettings, all.begin()).out;
    end = std::ranges::copy(kVenueSettings, end).out;
    std::ranges::copy(kExchangeSettings, end);
    return all;
}();

/// A default that one command has for itself.
struct CommandDefault {
    std::string_view command;
    std::string_view key;
    std::string_view fallback;
};

inline constexpr auto kCommandDefaults = std::to_array<CommandDefault>({
    {"decode", "venue", "binance"},
    {"exchange", "cash", "100000"},
    {"generate-pairs", "granularity", "4h"},
    {"generate-pairs", "days", "730"},          // two years, as the earlier program took
    {"generate-pairs", "p-threshold", "0.05"},  // its significance level
    {"scan", "fdr", "0.10"},
});

/// Two settings that contradict each other when they stand the wrong way round (C02).
struct Ordering {
    std::string_view lower;
    std::string_view upper;
    bool may_be_equal;
    std::string_view why;
};

inline constexpr auto kOrderings = std::to_array<Ordering>({
    {"exit-zscore", "entry-zscore", false, "a spread would be left where it is entered"},
    {"entry-zscore", "stop-zscore", false, "a spread would be stopped where it is entered"},
    {"entry-staleness", "exit-staleness", true, "data too old to leave on would do to enter on"},
    {"exit-staleness", "emergency-staleness", true, "the emergency exit would come before the exit"},
    {"recalibrate-min-obs", "lookback-bars", true, "recalibration would never have enough prices"},
    {"zscore-window", "lookback-bars", true, "the z-score would never have enough bars"},
    {"from", "to", false, "the history would be empty"},
});

}  // namespace plumb::app
