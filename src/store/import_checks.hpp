#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "store/benchmarks_file.hpp"
#include "store/live_trades_file.hpp"
#include "store/pairs_file.hpp"
#include "store/portfolio_state_file.hpp"
#include "store/positions_file.hpp"
#include "store/strategies_file.hpp"

namespace plumb::store {

/// Closes of two symbols at their common times, oldest first.
struct AlignedCloses {
    std::vector<double> first, second;
};
/// Where prices for a check come from: our archive, or nothing. Any error means "no prices".
using ClosesOf = std::function<Result<AlignedCloses>(std::string_view symbol1, std::string_view symbol2)>;

/// Mean and standard deviation (n - 1) of first - ratio * second and of first + ratio * second.
struct SpreadSigns {
    double mean_minus = 0, std_minus = 0;
    double mean_plus = 0, std_plus = 0;
};
/// Errc::length_mismatch, Errc::too_short below two values, Errc::not_finite.
Result<SpreadSigns> spread_with_both_signs(std::span<const double> first, std::span<const double> second,
                                           double ratio);

/// Whether an asset's price is held near another's (stablecoins and wrapped coins): no partner for a pair,
/// since a near-constant series passes any cointegration test.
bool is_pegged_asset(std::string_view base);

/// Why a stored group should not be traded, or be traded with care; empty when nothing speaks against it.
std::vector<std::string> group_cautions(const BenchmarkGroup& group);

/// What a person should know about a file before trusting it, one line each, most important first.
std::vector<std::string> check_benchmarks(const Benchmarks& benchmarks, Timestamp now);
std::vector<std::string> check_positions(const PositionsFile& file);
std::vector<std::string> check_trades_history(const TradesHistory& history);
std::vector<std::string> check_pairs(const PairsFile& file, const ClosesOf& closes);
std::vector<std::string> check_live_trades(const std::vector<LiveTrade>& trades);
std::vector<std::string> check_portfolio_state(const PortfolioState& state);
std::vector<std::string> check_strategies(const std::vector<StrategyLine>& lines);

}  // namespace plumb::store
