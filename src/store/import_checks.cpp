#include "store/import_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/instrument.hpp"
#include "store/python_time.hpp"

namespace plumb::store {
namespace {

// The earlier program's own bounds for a hedge ratio it calls extreme (its last version).
constexpr double kHedgeRatioMin = 0.05;
constexpr double kHedgeRatioMax = 20.0;
constexpr double kPriceTolerance = 0.02;  // between the bar a spread was computed from and the price paid
constexpr std::size_t kLinesMax = 5;      // of one kind of warning; the rest is counted

/// Coins held near one US dollar or another asset, as of 2026.
constexpr std::array<std::string_view, 22> kPegged{
    "USDT", "USDC", "DAI",  "BUSD", "TUSD",  "FDUSD", "USDP", "PYUSD", "GUSD",  "USDD",  "UST",
    "USTC", "LUSD", "FRAX", "USDE", "RLUSD", "EURT",  "EURC", "WBTC",  "CBBTC", "STETH", "WSTETH"};

std::string base_of(std::string_view symbol) {
    const auto name = parse_symbol(symbol);
    return name ? name->base : std::string{symbol};
}

void warn_naive(std::vector<std::string>& out, std::size_t naive, std::size_t times) {
    if (naive > 0) {
        out.push_back(fmt::format(
            "{} of {} times have no zone: the earlier program wrote local time, here they are read "
            "as UTC",
            naive, times));
    }
}

/// Appends at most kLinesMax of `lines`, then how many more there are.
void append_some(std::vector<std::string>& out, const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < std::min(lines.size(), kLinesMax); ++i) out.push_back(lines[i]);
    if (lines.size() > kLinesMax)
        out.push_back(fmt::format("... and {} more like the last", lines.size() - kLinesMax));
}

/// That program's spread against the one that was tested, from the prices it paid.
void check_entry_spread(const PairPosition& position, std::vector<std::string>& lines) {
    if (!position.executed) return;
    const double price1 = position.executed->leg1.price.value_or(0);
    const double price2 = position.executed->leg2.price.value_or(0);
    if (!(price1 > 0 && price2 > 0)) return;
    const double plus = price1 + position.hedge_ratio * price2;
    const double minus = price1 - position.hedge_ratio * price2;
    const double to_plus = std::abs(position.entry_spread - plus);
    const double to_minus = std::abs(position.entry_spread - minus);
    const bool fits =
        std::min(to_plus, to_minus) <= kPriceTolerance * (price1 + std::abs(position.hedge_ratio) * price2);
    lines.push_back(fmt::format(
        "{}: the entry spread {:.6g} {}; at the prices paid price1 + ratio * price2 is {:.6g}, price1 - "
        "ratio * price2 is {:.6g}",
        position.key(), position.entry_spread,
        !fits                ? "fits neither sign"
        : to_minus < to_plus ? "is the tested one (minus)"
                             : "is not the tested one (plus)",
        plus, minus));
}

/// The quantity that program falls back to when its own sizing fails.
bool is_fallback_size(const PairPosition& position) {
    constexpr double kFallback = 0.001;
    return std::abs(position.symbol1_qty) == kFallback && std::abs(position.symbol2_qty) == kFallback;
}

void check_position(const PairPosition& position, std::vector<std::string>& lines) {
    const double sign = position.side == "long" ? 1 : -1;
    const bool legs_agree =
        position.symbol1_qty * sign > 0 && position.symbol2_qty * sign * position.hedge_ratio < 0;
    if (!legs_agree) {
        lines.push_back(fmt::format(
            "{}: side {} with hedge ratio {} does not fit the signs of the legs ({}, {})", position.key(),
            position.side, position.hedge_ratio, position.symbol1_qty, position.symbol2_qty));
    }
    if (is_fallback_size(position)) {
        lines.push_back(
            fmt::format("{}: both legs have 0.001 units, the size that program takes when sizing failed: the "
                        "legs do not hedge each other",
                        position.key()));
    }
    check_entry_spread(position, lines);
}

std::string name_of(const TestedPair& pair) { return pair.symbol1 + '-' + pair.symbol2; }

void check_signs(const PairsFile& file, const ClosesOf& closes, std::vector<std::string>& out) {
    const auto positive = std::count_if(file.pairs.begin(), file.pairs.end(), [](const TestedPair& pair) {
        return pair.hedge_ratio.value_or(0) > 0;
    });
    if (positive > 0) {
        out.push_back(fmt::format(
            "{} of {} hedge ratios are above zero: the earlier program traded price1 + ratio * price2, "
            "but tested price1 - ratio * price2, which is what is traded here",
            positive, file.pairs.size()));
    }
    if (!closes) return;
    std::vector<std::string> lines;
    for (const TestedPair& pair : file.pairs) {
        if (!pair.hedge_ratio) continue;
        const auto series = closes(pair.symbol1, pair.symbol2);
        if (!series) continue;
        const auto signs = spread_with_both_signs(series->first, series->second, *pair.hedge_ratio);
        if (!signs) continue;
        const std::string recorded =
            pair.spread && pair.spread->std ? fmt::format("{:.6g}", *pair.spread->std) : "none";
        lines.push_back(fmt::format(
            "{}: deviation of price1 - ratio * price2 is {:.6g}, of price1 + ratio * price2 {:.6g}; "
            "the file says {}",
            name_of(pair), signs->std_minus, signs->std_plus, recorded));
    }
    append_some(out, lines);
}

}  // namespace

Result<SpreadSigns> spread_with_both_signs(std::span<const double> first, std::span<const double> second,
                                           double ratio) {
    if (first.size() != second.size())
        return fail(Errc::length_mismatch, "expected two series of one length");
    if (first.size() < 2) return fail(Errc::too_short, "expected at least two prices of each leg");
    const auto moments = [&](double sign) {
        double mean = 0, squares = 0;  // Welford
        for (std::size_t i = 0; i < first.size(); ++i) {
            const double spread = first[i] + sign * ratio * second[i];
            const double change = spread - mean;
            mean += change / static_cast<double>(i + 1);
            squares += change * (spread - mean);
        }
        return std::pair{mean, std::sqrt(squares / static_cast<double>(first.size() - 1))};
    };
    const auto [mean_minus, std_minus] = moments(-1);
    const auto [mean_plus, std_plus] = moments(1);
    if (!std::isfinite(std_minus) || !std::isfinite(std_plus))
        return fail(Errc::not_finite, "expected finite prices");
    return SpreadSigns{mean_minus, std_minus, mean_plus, std_plus};
}

bool is_pegged_asset(std::string_view base) {
    return std::find(kPegged.begin(), kPegged.end(), base) != kPegged.end();
}

std::vector<std::string> group_cautions(const BenchmarkGroup& group) {
    std::vector<std::string> out;
    for (const std::string& asset : group.assets) {
        if (is_pegged_asset(base_of(asset))) out.push_back(fmt::format("{} is pegged: not tradable", asset));
    }
    if (!(group.spread_std > 0)) out.emplace_back("the spread has no deviation: it never gives a signal");
    if (!group.half_life) out.emplace_back("no finite half-life: the spread did not revert");
    const double leg0 = group.weights[0], leg1 = group.weights[1];
    if (leg0 == 0 || leg1 == 0) {
        out.emplace_back("a weight is zero: this is one asset, not a pair");
    } else if (leg0 * leg1 > 0) {
        out.emplace_back("both weights have one sign: the legs do not hedge each other");
    } else if (const double ratio = std::abs(leg0 / leg1); ratio < kHedgeRatioMin || ratio > kHedgeRatioMax) {
        out.push_back(
            fmt::format("extreme hedge ratio {:.6g}: outside {} to {}, the earlier program's last bounds",
                        ratio, kHedgeRatioMin, kHedgeRatioMax));
    }
    return out;
}

std::vector<std::string> check_benchmarks(const Benchmarks& benchmarks, Timestamp now) {
    std::vector<std::string> out;
    if (older_than(benchmarks, now)) {
        const auto days = std::chrono::floor<std::chrono::days>(now - benchmarks.computed_at).count();
        out.push_back(
            fmt::format("computed {} days ago: stale above 7 days, compute new ones before trading", days));
    }
    if (now < benchmarks.computed_at) out.emplace_back("computed in the future: check the clocks");
    if (benchmarks.version != "1.1" && benchmarks.version != "1.2" && benchmarks.version != "1.3") {
        out.push_back(fmt::format("version {} is not one of 1.1, 1.2, 1.3; read as 1.3", benchmarks.version));
    }
    if (benchmarks.groups.empty()) out.emplace_back("no groups: nothing to trade");
    std::vector<std::string> lines;
    for (const BenchmarkGroup& group : benchmarks.groups) {
        const auto cautions = group_cautions(group);
        if (!cautions.empty()) lines.push_back(fmt::format("{}: {}", group.id, fmt::join(cautions, "; ")));
    }
    out.insert(out.end(), lines.begin(), lines.end());  // every one: each is about money
    if (benchmarks.p_threshold && !benchmarks.selection && benchmarks.universe.size() > 1) {
        const auto symbols = static_cast<double>(benchmarks.universe.size());
        const double pairs = symbols * (symbols - 1) / 2;
        out.push_back(fmt::format(
            "{:.0f} pairs of this universe at p < {} would pass {:.1f} by chance; the file holds {} and "
            "no held-out check",
            pairs, *benchmarks.p_threshold, pairs * *benchmarks.p_threshold, benchmarks.groups.size()));
    }
    return out;
}

std::vector<std::string> check_positions(const PositionsFile& file) {
    std::vector<std::string> out = file.notes;
    std::vector<std::string> lines;
    std::size_t naive = 0;
    for (const PairPosition& position : file.positions) {
        naive += has_utc_offset(position.entry_time) ? 0 : 1;
        if (position.status == "closed")
            lines.push_back(position.key() + ": closed, yet among the open positions");
        check_position(position, lines);
        if (position.hedge_ratio > 0) {
            lines.push_back(fmt::format(
                "{}: its z-score {:.3f} is of price1 + ratio * price2, not of the tested spread; judge "
                "its exit anew",
                position.key(), position.entry_z_score));
        }
    }
    out.insert(out.end(), lines.begin(), lines.end());
    warn_naive(out, naive, file.positions.size());
    return out;
}

std::vector<std::string> check_trades_history(const TradesHistory& history) {
    std::vector<std::string> out = history.notes;
    std::vector<std::string> lines;
    std::size_t naive = 0;
    for (const PairTrade& trade : history.trades) {
        naive += has_utc_offset(trade.position.entry_time) ? 0 : 1;
        naive += has_utc_offset(trade.exit_time) ? 0 : 1;
        check_position(trade.position, lines);
        if (trade.exit &&
            (trade.exit->leg1.price.value_or(0) <= 0 || trade.exit->leg2.price.value_or(0) <= 0)) {
            lines.push_back(trade.position.key() +
                            ": an exit price is missing: its profit cannot be known from this file");
        }
    }
    append_some(out, lines);
    warn_naive(out, naive, 2 * history.trades.size());
    return out;
}

std::vector<std::string> check_pairs(const PairsFile& file, const ClosesOf& closes) {
    std::vector<std::string> out;
    check_signs(file, closes, out);
    std::vector<std::string> pegged;
    std::size_t no_half_life = 0;
    for (const TestedPair& pair : file.pairs) {
        for (const std::string& symbol : {pair.symbol1, pair.symbol2}) {
            if (is_pegged_asset(base_of(symbol)))
                pegged.push_back(fmt::format("{}: {} is pegged: not tradable", name_of(pair), symbol));
        }
        if (!pair.spread || !pair.spread->half_life) ++no_half_life;
    }
    out.insert(out.end(), pegged.begin(), pegged.end());
    if (no_half_life > 0) out.push_back(fmt::format("{} pairs have no half-life", no_half_life));
    if (no_half_life < file.pairs.size()) {
        out.emplace_back("half-lives are approximate: that program's estimator is misaligned by one bar");
    }
    if (file.metadata) {
        const double chance =
            static_cast<double>(file.metadata->total_pairs_tested) * file.metadata->significance_level;
        out.push_back(fmt::format(
            "{} pairs tested at {} would pass {:.1f} by chance; the file holds {} and no held-out check",
            file.metadata->total_pairs_tested, file.metadata->significance_level, chance, file.pairs.size()));
        const auto found =
            static_cast<std::size_t>(std::max<std::int64_t>(file.metadata->cointegrated_pairs_found, 0));
        if (found != file.pairs.size()) {
            out.push_back(
                fmt::format("the metadata says {} pairs, the file holds {}", found, file.pairs.size()));
        }
    } else {
        out.emplace_back(
            "no metadata: how many pairs were tested is unknown, so chance findings cannot be counted");
    }
    if (file.metadata) warn_naive(out, has_utc_offset(file.metadata->analysis_date) ? 0 : 1, 1);
    return out;
}

std::vector<std::string> check_live_trades(const std::vector<LiveTrade>& trades) {
    constexpr double kCent = 0.01;
    std::vector<std::string> out, lines;
    std::size_t naive = 0;
    for (std::size_t i = 0; i < trades.size(); ++i) {
        const LiveTrade& trade = trades[i];
        naive += has_utc_offset(trade.timestamp) ? 0 : 1;
        if (!(trade.price > 0))
            lines.push_back(fmt::format("row {}: the price {} is not above zero", i + 1, trade.price));
        if (trade.signal_type != trade.action) {
            lines.push_back(fmt::format("row {}: signal_type {} and action {} differ", i + 1,
                                        trade.signal_type, trade.action));
        }
        if (i > 0 &&
            std::abs(trades[i - 1].cumulative_pnl + trade.simulated_pnl - trade.cumulative_pnl) > kCent) {
            lines.push_back(fmt::format("row {}: cumulative profit {} does not follow from the row before",
                                        i + 1, trade.cumulative_pnl));
        }
    }
    append_some(out, lines);
    if (!trades.empty()) out.emplace_back("profits are simulated, without fees");
    warn_naive(out, naive, trades.size());
    return out;
}

std::vector<std::string> check_portfolio_state(const PortfolioState& state) {
    std::vector<std::string> out;
    for (const std::string& key : state.defaulted) {
        out.push_back(fmt::format("the key \"{}\" was missing and has that program's default", key));
    }
    for (const PortfolioState::Holding& holding : state.holdings) {
        if (holding.units < 0)
            out.push_back(fmt::format("{}: {} units held short in a program that cannot sell short",
                                      holding.symbol, holding.units));
        if (holding.units != 0 && !holding.avg_price)
            out.push_back(holding.symbol + ": no average price: its cost is unknown");
    }
    if (state.cash_balance < 0) out.push_back(fmt::format("cash is below zero: {}", state.cash_balance));
    warn_naive(out, has_utc_offset(state.last_update) ? 0 : 1, 1);
    return out;
}

std::vector<std::string> check_strategies(const std::vector<StrategyLine>& lines) {
    if (allocations_are_whole(lines)) return {};
    Decimal sum;
    for (const StrategyLine& line : lines) sum += line.allocation;
    return {fmt::format("allocations add up to {}, not to 1", sum.to_string())};
}

}  // namespace plumb::store
