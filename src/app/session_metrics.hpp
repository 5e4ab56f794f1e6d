#pragma once

#include <optional>
#include <string>

#include "app/report_collector.hpp"
#include "app/trading_session.hpp"

namespace plumb::app {

/// How a session did. Ratios over a year are of daily equity (the last of each UTC day) and absent below
/// kDaysMin days, where they would be noise times a large number.
struct SessionMetrics {
    static constexpr std::size_t kDaysMin = 20;

    double capital = 0;
    double equity = 0;        // at the end, open positions at their last price
    double total_return = 0;  // fraction
    double fees = 0;
    double drawdown_max = 0;  // fraction, <= 0, of all cycles
    std::optional<double> sharpe, sortino, volatility_annual;
    std::size_t round_trips = 0;
    std::size_t winners = 0;
    std::optional<double> profit_factor;  // gains over losses; absent without a loss
    double exposure = 0;                  // fraction of cycles with a position
    std::size_t open_pairs = 0;
    double unrealized = 0;
    std::uint64_t fills = 0;

    double profit() const { return equity - capital; }
    std::optional<double> win_rate() const;
};

SessionMetrics session_metrics(const ReportCollector& collector, const SessionOutcome& outcome,
                               Money capital);

/// A table for people.
std::string metrics_text(const SessionMetrics& metrics);
/// One JSON object, keys as the fields, absent figures null.
std::string metrics_json(const SessionMetrics& metrics);

}  // namespace plumb::app
