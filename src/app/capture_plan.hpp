#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "app/trading_plan.hpp"

namespace plumb::app {

/// A spread of two captured instruments, fitted on the first half of their recording.
struct CaptureFit {
    std::uint64_t events = 0;  // of the whole recording
    Timestamp first, half, last;
    std::size_t seconds = 0;  // mids the fit is made of
    double hedge_ratio = 0;
    double intercept = 0;             // quote currency
    double deviation = 0;             // of the residual, quote currency
    std::optional<double> half_life;  // seconds; absent where it does not revert
    double price_y = 0;               // mean mid of the dependent leg
    double r_squared = 0;
};

struct CapturePlan {
    TradingPlan plan;
    CaptureFit fit;
};

/// Plans to trade ETH against BTC over a recorded Binance stream (folder of `<symbol>_raw_ws.jsonl.gz`):
/// least squares of BTC's on ETH's 1-second mids over the first half of the recording; the second half is to
/// be traded, from quotes. Errors of the files; too_short, collinear and their kin of the fit. Cost: reads
/// the recording once.
Result<CapturePlan> plan_capture(const std::filesystem::path& folder);

}  // namespace plumb::app
