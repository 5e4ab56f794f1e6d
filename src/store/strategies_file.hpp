#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"

namespace plumb::store {

/// One line of strategies.txt: filename,strategy_id,allocation[,symbol].
struct StrategyLine {
    std::string filename;     // "examples/strategies/sma.py"
    std::string strategy_id;  // unique in the file
    Decimal allocation;       // fraction of the account, above 0, at most 1
    std::string symbol;       // empty: all symbols of the session
    friend bool operator==(const StrategyLine&, const StrategyLine&) = default;
};

/// Blank lines and lines that start with # are passed over. Errc::parse and Errc::out_of_range name the line,
/// Errc::duplicate a doubled id, Errc::empty a file without strategies.
Result<std::vector<StrategyLine>> read_strategies(std::string_view text);
std::string write_strategies(const std::vector<StrategyLine>& lines);

/// Whether the allocations add up to one within 0.01, the earlier program's tolerance.
bool allocations_are_whole(const std::vector<StrategyLine>& lines);

}  // namespace plumb::store
