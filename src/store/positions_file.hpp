#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::store {

/// What the earlier mean-reversion program noted of one leg's order. Size and price may be null in its files.
struct LegExecution {
    std::optional<double> size;   // units of base
    std::string side;             // "buy", "sell" or ""
    std::optional<double> price;  // quote currency; 0 where the program did not know it
    friend bool operator==(const LegExecution&, const LegExecution&) = default;
};

struct PairExecution {
    LegExecution leg1, leg2;
    friend bool operator==(const PairExecution&, const PairExecution&) = default;
};

/// One entry of state/positions.json, as that program wrote it: binary floating-point numbers, times as local
/// text. It is a file's content, not a position we hold; the trading record is the truth about those.
struct PairPosition {
    std::string symbol1, symbol2;  // "MAVIAUSDT"
    std::string side;              // "long" or "short"
    double symbol1_qty = 0;        // signed units
    double symbol2_qty = 0;
    double hedge_ratio = 0;
    std::string entry_time;  // kept as text: it has no zone
    double entry_spread =
        0;  // that program's spread: price1 + hedge_ratio * price2 (see docs/compatibility.md)
    double entry_z_score = 0;
    std::string status = "open";            // "open" or "closed"
    std::optional<PairExecution> executed;  // files before 2025-08-28 have none of these six keys

    std::string key() const { return symbol1 + '-' + symbol2; }
    friend bool operator==(const PairPosition&, const PairPosition&) = default;
};

/// One entry of state/trades_history.json: the position and how it ended.
struct PairTrade {
    PairPosition position;
    std::string exit_time;
    double exit_spread = 0;
    double exit_z_score = 0;
    std::string exit_reason;
    std::optional<PairExecution> exit;
    friend bool operator==(const PairTrade&, const PairTrade&) = default;
};

struct PositionsFile {
    std::vector<PairPosition> positions;
    std::vector<std::string>
        notes;  // what was read and will not be written: unknown keys, keys that do not match
};

struct TradesHistory {
    std::vector<PairTrade> trades;
    std::vector<std::string> notes;
};

/// Reads state/positions.json, the format with and without execution details. Errc::missing_column,
/// Errc::parse, Errc::not_finite name the position and the key; Errc::duplicate when two entries name one
/// pair.
Result<PositionsFile> read_positions(std::string_view json);

/// Writes exactly the keys that program knows: one key more and its loader drops every position it holds.
std::string write_positions(const std::vector<PairPosition>& positions);

Result<TradesHistory> read_trades_history(std::string_view json);
std::string write_trades_history(const std::vector<PairTrade>& trades);

}  // namespace plumb::store
