#include "app/session_metrics.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "stats/return_metrics.hpp"

namespace plumb::app {
namespace {

using Json = nlohmann::ordered_json;

/// The capital, then the last equity of each UTC day.
std::vector<double> daily_equity(const std::vector<report::EquitySample>& samples, double capital,
                                 double& days_per_year) {
    std::vector<double> daily{capital};
    std::optional<std::chrono::sys_days> day;
    Timestamp first, last;
    for (const report::EquitySample& sample : samples) {
        const auto today = std::chrono::floor<std::chrono::days>(sample.at);
        if (!day) first = sample.at;
        if (day && *day == today)
            daily.back() = sample.equity;
        else
            daily.push_back(sample.equity);
        day = today;
        last = sample.at;
    }
    const double years = to_seconds(last - first) / (365.25 * 86400);
    // 252 where the market sleeps on weekends, 365 where it does not.
    days_per_year = years > 0 ? static_cast<double>(daily.size() - 2) / years : 365.25;
    return daily;
}

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::string percent(double fraction) { return fmt::format("{:+.3f} %", 100 * fraction); }

std::string or_dash(const std::optional<double>& value, const char* form) {
    return value ? fmt::format(fmt::runtime(form), *value) : "-";
}

}  // namespace

std::optional<double> SessionMetrics::win_rate() const {
    if (round_trips == 0) return std::nullopt;
    return static_cast<double>(winners) / static_cast<double>(round_trips);
}

SessionMetrics session_metrics(const ReportCollector& collector, const SessionOutcome& outcome,
                               Money capital) {
    SessionMetrics metrics;
    metrics.capital = capital.to_double();
    metrics.equity = outcome.last.equity.to_double();
    metrics.total_return = metrics.equity / metrics.capital - 1;
    metrics.fees = outcome.last.fees.to_double();
    metrics.unrealized = outcome.last.unrealized.to_double();
    metrics.open_pairs = outcome.open_pairs;
    metrics.fills = collector.fills();
    double high = metrics.capital;
    for (const report::EquitySample& sample : collector.equity()) {
        high = std::max(high, sample.equity);
        metrics.drawdown_max = std::min(metrics.drawdown_max, sample.equity / high - 1);
    }
    double gains = 0, losses = 0;
    for (const report::RoundTrip& trip : collector.round_trips()) {
        ++metrics.round_trips;
        if (trip.profit > 0) ++metrics.winners;
        (trip.profit > 0 ? gains : losses) += std::abs(trip.profit);
    }
    if (losses > 0) metrics.profit_factor = gains / losses;
    if (collector.cycles() > 0) {
        metrics.exposure =
            static_cast<double>(collector.cycles_exposed()) / static_cast<double>(collector.cycles());
    }
    double days_per_year = 0;
    const std::vector<double> daily = daily_equity(collector.equity(), metrics.capital, days_per_year);
    if (daily.size() <= SessionMetrics::kDaysMin) return metrics;
    const auto figures = stats::return_metrics(daily, {.periods_per_year = days_per_year});
    if (!figures) return metrics;  // an equity at or below zero has no ratios
    metrics.sharpe = figures->sharpe;
    metrics.sortino = figures->sortino;
    metrics.volatility_annual = figures->volatility_annual;
    return metrics;
}

std::string metrics_text(const SessionMetrics& metrics) {
    std::string text;
    const auto row = [&](const char* name, const std::string& value) {
        text += fmt::format("  {:<26}{:>14}\n", name, value);
    };
    row("Capital", fmt::format("{:.2f}", metrics.capital));
    row("Equity at the end", fmt::format("{:.2f}", metrics.equity));
    row("Return", percent(metrics.total_return));
    row("Max drawdown", percent(metrics.drawdown_max));
    row("Sharpe, annual", or_dash(metrics.sharpe, "{:.2f}"));
    row("Sortino, annual", or_dash(metrics.sortino, "{:.2f}"));
    row("Round trips", std::to_string(metrics.round_trips));
    const auto rate = metrics.win_rate();
    row("Win rate", rate ? fmt::format("{:.1f} %", 100 * *rate) : "-");
    row("Profit factor", or_dash(metrics.profit_factor, "{:.2f}"));
    row("Exposure", fmt::format("{:.1f} %", 100 * metrics.exposure));
    row("Fees", fmt::format("{:.2f}", metrics.fees));
    row("Open at the end", fmt::format("{} pairs", metrics.open_pairs));
    if (metrics.open_pairs > 0) row("  unrealized", fmt::format("{:+.2f}", metrics.unrealized));
    return text;
}

std::string metrics_json(const SessionMetrics& metrics) {
    return Json{{"capital", metrics.capital},
                {"equity", metrics.equity},
                {"profit", metrics.profit()},
                {"return", metrics.total_return},
                {"drawdown_max", metrics.drawdown_max},
                {"sharpe", json_of(metrics.sharpe)},
                {"sortino", json_of(metrics.sortino)},
                {"round_trips", metrics.round_trips},
                {"win_rate", json_of(metrics.win_rate())},
                {"profit_factor", json_of(metrics.profit_factor)},
                {"exposure", metrics.exposure},
                {"fees", metrics.fees},
                {"fills", metrics.fills},
                {"open_pairs", metrics.open_pairs},
                {"unrealized", metrics.unrealized}}
        .dump();
}

}  // namespace plumb::app
