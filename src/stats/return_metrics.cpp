#include "stats/return_metrics.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

double mean_of(std::span<const double> r) {
    double sum = 0;
    for (const double v : r) sum += v;
    return sum / static_cast<double>(r.size());
}

double deviation_of(std::span<const double> r, double mean) {
    double sum = 0;
    for (const double v : r) sum += (v - mean) * (v - mean);
    return std::sqrt(sum / static_cast<double>(r.size() - 1));
}

void add_ratios(ReturnMetrics& out, std::span<const double> r, const ReturnOptions& options) {
    const double n = static_cast<double>(r.size());
    const double year = std::sqrt(options.periods_per_year);
    out.mean = mean_of(r);
    out.deviation_sample = deviation_of(r, out.mean);
    out.volatility_annual = out.deviation_sample * year;
    const bool moves = std::ranges::any_of(r, [&](double v) { return v != r[0]; });
    if (moves) out.sharpe = (out.mean - options.risk_free_per_period) / out.deviation_sample * year;

    double below = 0;
    double losses = 0;
    double sum = 0;
    double wins = 0;
    for (const double v : r) {
        const double shortfall = std::min(v - options.minimum_acceptable_per_period, 0.0);
        below += shortfall * shortfall;
        losses += v < 0 ? -v : 0.0;
        wins += v > 0 ? 1 : 0;
        sum += v;
    }
    out.downside_deviation = std::sqrt(below / n);
    if (out.downside_deviation > 0) {
        out.sortino = (out.mean - options.minimum_acceptable_per_period) / out.downside_deviation * year;
    }
    out.hit_rate = wins / n;
    if (losses > 0) out.gain_to_pain = sum / losses;
}

void add_drawdown(ReturnMetrics& out, std::span<const double> equity) {
    double peak = equity[0];
    std::size_t peak_index = 0;
    std::size_t underwater = 0;
    double squares = 0;
    for (std::size_t t = 0; t < equity.size(); ++t) {
        if (equity[t] > peak) {
            peak = equity[t];
            peak_index = t;
        }
        const double drawdown = equity[t] / peak - 1;
        squares += drawdown * drawdown;
        underwater = drawdown < 0 ? underwater + 1 : 0;
        out.underwater_bars_max = std::max(out.underwater_bars_max, underwater);
        if (drawdown < out.drawdown_max) {
            out.drawdown_max = drawdown;
            out.drawdown_trough_index = t;
            out.drawdown_peak_index = peak_index;
        }
    }
    out.ulcer_index = std::sqrt(squares / static_cast<double>(equity.size()));
    if (out.drawdown_max < 0) out.calmar = out.cagr / std::fabs(out.drawdown_max);
}

void add_tail(ReturnMetrics& out, std::vector<double> r) {
    std::ranges::sort(r);
    const double position = static_cast<double>(r.size() - 1) * 0.05;
    const std::size_t low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, r.size() - 1);
    out.value_at_risk_95 = -(r[low] + (position - static_cast<double>(low)) * (r[high] - r[low]));
    const double worst = std::ceil(0.05 * static_cast<double>(r.size()));
    const std::size_t count = std::max<std::size_t>(1, static_cast<std::size_t>(worst));
    out.expected_shortfall_95 = -mean_of(std::span<const double>{r}.first(count));
}

}  // namespace

Result<ReturnMetrics> return_metrics(std::span<const double> equity, const ReturnOptions& options) {
    if (Status ok = check_finite(equity, 3); !ok) return fail(std::move(ok.error()).at("equity"));
    if (!(options.periods_per_year > 0)) {
        return fail(Errc::invalid_argument,
                    fmt::format("periods_per_year must be positive, found {}", options.periods_per_year));
    }
    for (std::size_t i = 0; i < equity.size(); ++i) {
        if (equity[i] <= 0) return fail(Errc::non_positive, fmt::format("equity[{}] is {}", i, equity[i]));
    }
    std::vector<double> returns(equity.size() - 1);
    for (std::size_t t = 0; t < returns.size(); ++t) returns[t] = equity[t + 1] / equity[t] - 1;

    ReturnMetrics out;
    const double growth = equity.back() / equity.front();
    out.total_return = growth - 1;
    out.cagr = std::pow(growth, options.periods_per_year / static_cast<double>(returns.size())) - 1;
    if (!std::isfinite(out.cagr)) return fail(Errc::out_of_range, "the annual growth is not a double");
    add_ratios(out, returns, options);
    add_drawdown(out, equity);
    add_tail(out, std::move(returns));
    return out;
}

}  // namespace plumb::stats
