#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::store {

/// What that program starts with, and takes for a key that is missing.
inline constexpr double kPortfolioStateCash = 100'000;

/// data/portfolio_state.json of the earlier ensemble program.
struct PortfolioState {
    struct Holding {
        std::string symbol;  // "BTC"
        double units = 0;
        std::optional<double> avg_price;  // its key is "BTC_avg_price", beside the others
        friend bool operator==(const Holding&, const Holding&) = default;
    };
    std::vector<Holding> holdings;  // in the file's order; sold-out symbols stay with 0 units
    double cash_balance = kPortfolioStateCash;
    double total_value = kPortfolioStateCash;
    double cumulative_pnl = 0;
    std::string last_update;                   // naive local ISO
    std::optional<std::string> session_start;  // with offset
    std::vector<std::string> defaulted;        // keys that were missing
    std::string extra;
};

/// Missing keys take that program's defaults and are named in `defaulted`. Errc::parse, Errc::not_finite name
/// the key.
Result<PortfolioState> read_portfolio_state(std::string_view json);
std::string write_portfolio_state(const PortfolioState& state);

/// data/recent_signals.json: what each symbol's last cycle said. The signals themselves are kept as they are,
/// one JSON object on one line each, since every strategy of that program added its own keys.
struct RecentSignals {
    struct OfSymbol {
        std::string symbol;
        bool has_signals = false;
        std::vector<std::string> signals;
        std::optional<std::string> reason;  // when there are none
        std::string timestamp;              // naive local ISO
        std::string extra;
        friend bool operator==(const OfSymbol&, const OfSymbol&) = default;
    };
    std::vector<OfSymbol> symbols;
};
Result<RecentSignals> read_recent_signals(std::string_view json);
std::string write_recent_signals(const RecentSignals& recent);

}  // namespace plumb::store
