#include "selection/leg_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "stats/adf.hpp"

namespace plumb::selection {

namespace {

constexpr double kSecondsPerYear = 365.25 * 86400;

// Codes of coins that promise one unit of a currency. A failed promise (UST) is no reason to trade it as a
// pair either.
constexpr std::string_view kStableCodes[] = {
    "USDT", "USDC",  "DAI",  "BUSD",  "TUSD", "USDP", "PAX",  "FDUSD", "GUSD", "UST",
    "USTC", "FRAX",  "LUSD", "PYUSD", "USDD", "SUSD", "HUSD", "CUSD",  "USDS", "USDE",
    "USD1", "RLUSD", "EURS", "EURT",  "EURC", "AEUR", "EURI", "XSGD",
};

std::optional<double> volatility_year(std::span<const double> closes, double bar_seconds) {
    if (closes.size() < 3) return std::nullopt;
    const auto changes = static_cast<double>(closes.size() - 1);
    const double mean = std::log(closes.back() / closes.front()) / changes;
    double squares = 0;
    for (std::size_t i = 1; i < closes.size(); ++i) {
        const double deviation = std::log(closes[i] / closes[i - 1]) - mean;
        squares += deviation * deviation;
    }
    return std::sqrt(squares / (changes - 1) * kSecondsPerYear / bar_seconds);
}

double share_within_band(std::span<const double> closes, double band) {
    if (closes.empty()) return 0;
    const auto inside =
        std::ranges::count_if(closes, [&](double close) { return std::abs(close - 1) <= band; });
    return static_cast<double>(inside) / static_cast<double>(closes.size());
}

std::optional<Refused> refusal_of(std::string_view name, const LegReport& leg, const FindOptions& options) {
    if (known_stable(name)) {
        return Refused{Refusal::pegged, leg.volatility_year.value_or(0), options.peg.volatility_year,
                       fmt::format("{} is a stable coin by name; yearly volatility", name)};
    }
    if (leg.volatility_year && *leg.volatility_year < options.peg.volatility_year) {
        return Refused{Refusal::pegged, *leg.volatility_year, options.peg.volatility_year,
                       fmt::format("{} does not move; yearly volatility", name)};
    }
    if (leg.band_share >= options.peg.band_share) {
        return Refused{Refusal::pegged, leg.band_share, options.peg.band_share,
                       fmt::format("{} stands within {:g} of 1; share of rows", name, options.peg.band)};
    }
    if (leg.adf_p && *leg.adf_p < options.leg_stationary_p) {
        return Refused{Refusal::leg_stationary, *leg.adf_p, options.leg_stationary_p, std::string{name}};
    }
    return std::nullopt;
}

}  // namespace

bool known_stable(std::string_view name) {
    const std::string_view base = name.substr(0, name.find_first_of("/-"));
    return std::ranges::find(kStableCodes, base) != std::end(kStableCodes);
}

LegReport screen_leg(const Panel& panel, std::size_t series, Rows fitting, const FindOptions& options) {
    std::vector<double> closes;
    for (const double close : panel.series(series, fitting)) {
        if (!std::isnan(close)) closes.push_back(close);
    }
    LegReport leg;
    leg.rows = closes.size();
    leg.volatility_year = volatility_year(closes, panel.bar_seconds);
    leg.band_share = share_within_band(closes, options.peg.band);
    if (const auto unit_root = stats::adf_test(closes)) leg.adf_p = unit_root->p_value;
    leg.refused = refusal_of(panel.names[series], leg, options);
    return leg;
}

}  // namespace plumb::selection
