#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::store {

/// The header of data/live_trades.csv: the earlier program moves a file with any other header out of its way.
inline constexpr std::string_view kLiveTradesHeader =
    "timestamp,symbol,signal_type,price,confidence,reason,strategy,simulated_pnl,cumulative_pnl,position_"
    "size,trade_id,"
    "action";

/// One row of data/live_trades.csv, as the earlier ensemble program wrote it.
struct LiveTrade {
    std::string timestamp;    // naive local ISO
    std::string symbol;       // "BTC"
    std::string signal_type;  // "BUY" or "SELL"; `action` is the same
    double price = 0;         // USD
    double confidence = 0;
    std::string reason, strategy;
    double simulated_pnl = 0;   // USD, of this trade
    double cumulative_pnl = 0;  // USD
    double position_size = 0;   // units of base
    std::string trade_id;       // "20251008_143000_btc_ny_session"
    std::string action;
    friend bool operator==(const LiveTrade&, const LiveTrade&) = default;
};

/// Columns in any order; Errc::missing_column names one that is not there (older logs have fewer),
/// Errc::parse and Errc::not_finite the row and column.
Result<std::vector<LiveTrade>> read_live_trades(std::string_view csv);
/// Exactly the header and the layout pandas writes.
std::string write_live_trades(const std::vector<LiveTrade>& trades);

}  // namespace plumb::store
