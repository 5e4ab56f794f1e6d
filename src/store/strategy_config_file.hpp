#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::store {

/// config.json of the earlier mean-reversion program. That program never read it; we do. Absent keys stay
/// absent.
struct StrategyConfig {
    std::optional<bool> sandbox;
    std::optional<double> portfolio_value;  // USDT
    std::optional<double> risk_per_trade;   // fraction of the portfolio
    std::optional<double> max_positions;
    std::optional<std::string> timeframe;                                        // "4h"
    std::optional<double> lookback_period;                                       // bars
    std::optional<double> entry_threshold, exit_threshold, stop_loss_threshold;  // z-scores
    std::optional<double> lookback_periods;                                      // bars fetched
    std::optional<double> max_pairs_to_trade;
    std::optional<std::string> cointegrated_pairs, positions, trades_history;  // paths
    std::vector<std::string> unknown_keys;                                     // "trading.leverage"
    std::string extra, trading_extra, strategy_extra, data_extra, files_extra;
};

/// Errc::parse for text where a number belongs; Errc::out_of_range when entry <= exit or stop <= entry, when
/// a fraction or count is not above zero.
Result<StrategyConfig> read_strategy_config(std::string_view json);
/// The same sections and keys; counts as whole numbers.
std::string write_strategy_config(const StrategyConfig& config);

/// One of our settings that a value of theirs stands for.
struct Setting {
    std::string flag;   // "entry-zscore": the word on our command line
    std::string value;  // "1.0"
    std::string from;   // "strategy.entry_threshold"
};
/// The table of docs/reference/files.md, for what the file holds. Paths and `sandbox: false` have no flag
/// here: going live always takes our own --live.
std::vector<Setting> settings_of(const StrategyConfig& config);

}  // namespace plumb::store
