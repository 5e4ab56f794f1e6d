#include "app/bench/simulated_market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/rng.hpp"
#include "strategies/pairs/pairs_zscore.hpp"

namespace plumb::app::bench {
namespace {

constexpr Timestamp kStart = timestamp_from_ms(1'704'067'200'000);  // 2024-01-01 00:00 UTC
constexpr Duration kMinute = std::chrono::minutes{1};
constexpr double kYearVolatility = 0.6;
constexpr double kMinutesOfYear = 365.0 * 24 * 60;
constexpr std::array<double, kPairs> kPrices = {60'000, 3'000, 600, 150, 90, 35, 12, 4, 0.6, 0.05};

/// Five significant digits of the first price: as venues choose their ticks.
int decimals_of(double price) {
    return std::clamp(4 - static_cast<int>(std::floor(std::log10(price))), 0, 8);
}

Instrument instrument_at(std::size_t index, double price) {
    Instrument instrument;
    instrument.base = fmt::format("T{:02}", index);
    instrument.quote = "USDT";
    instrument.tick = Price{Decimal::power_of_ten(-decimals_of(price))};
    instrument.lot =
        Quantity{Decimal::power_of_ten(std::clamp(-2 - static_cast<int>(std::log10(price)), -6, 0))};
    instrument.quantity_min = instrument.lot;
    instrument.notional_min = Money{Decimal{5}};
    return instrument;
}

/// A bar from the price before to the price now, with a little beyond both.
Ohlcv bar_between(double before, double now, double wick, double volume, int decimals) {
    const auto price = [decimals](double value) {
        const auto rounded = Price::from_double(value, decimals);
        PLUMB_CHECK(rounded.has_value() && rounded->sign() > 0);
        return *rounded;
    };
    const auto traded = Quantity::from_double(volume, 4);
    PLUMB_CHECK(traded.has_value());
    Ohlcv bar{price(before), price(std::max(before, now) * (1 + wick)),
              price(std::min(before, now) * (1 - wick)), price(now), *traded};
    bar.high = std::max({bar.high, bar.open, bar.close});
    bar.low = std::min({bar.low, bar.open, bar.close});
    return bar;
}

void add_pair(SimulatedMarket& market, std::size_t pair, std::size_t minutes) {
    Rng rng{1000 + pair};
    const double step = kYearVolatility / std::sqrt(kMinutesOfYear);
    const double start = kPrices[pair];
    const double hedge_ratio = 0.4 + 0.15 * static_cast<double>(pair);
    const double intercept = 0.2 * start;
    const double half_life = 120 + 48 * static_cast<double>(pair);  // minutes
    const double persistence = std::exp2(-1 / half_life);
    const double deviation = 0.006 * start;
    const double innovation = deviation * std::sqrt(1 - persistence * persistence);
    std::array<double, 2> prices = {start, intercept + hedge_ratio * start};
    const std::array<int, 2> decimals = {decimals_of(prices[0]), decimals_of(prices[1])};
    for (std::size_t leg = 0; leg < 2; ++leg) {
        Instrument instrument = instrument_at(2 * pair + leg, prices[leg]);
        market.histories.emplace_back(instrument.name(), kMinute).reserve(minutes);
        PLUMB_CHECK(market.instruments.add(std::move(instrument)).has_value());
    }
    double residual = 0;
    for (std::size_t minute = 0; minute < minutes; ++minute) {
        // Pulled gently to the start, so that no run of any length leaves the grid of its tick.
        const double leader = start * std::exp(std::log(prices[0] / start) * 0.99999 + step * rng.normal());
        residual = persistence * residual + innovation * rng.normal();
        const std::array<double, 2> now = {leader, intercept + hedge_ratio * leader + residual};
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const double volume = 2e6 / now[leg] * (0.5 + rng.uniform());
            const Ohlcv bar = bar_between(prices[leg], now[leg], 2e-4 * rng.uniform(), volume, decimals[leg]);
            const auto at = kStart + kMinute * static_cast<std::int64_t>(minute);
            PLUMB_CHECK(market.histories[2 * pair + leg].append(at, bar, BarOrigin::simulated).has_value());
        }
        prices = now;
    }
    PairModel model;
    model.id = PairId{static_cast<std::uint32_t>(pair)};
    model.name = fmt::format("T{:02}-T{:02}", 2 * pair, 2 * pair + 1);
    model.legs = {InstrumentId{static_cast<std::uint32_t>(2 * pair)},
                  InstrumentId{static_cast<std::uint32_t>(2 * pair + 1)}};
    model.weights = {-hedge_ratio, 1};
    model.spread_mean = intercept;
    model.spread_std = deviation;
    model.half_life = half_life;
    model.fitted_until = kStart;
    market.models.push_back(std::move(model));
}

}  // namespace

SimulatedMarket simulate_market(std::size_t minutes) {
    SimulatedMarket market;
    for (std::size_t pair = 0; pair < kPairs; ++pair) add_pair(market, pair, minutes);
    for (BarHistory& history : market.histories) history.shrink_to_fit();
    return market;
}

std::unique_ptr<engine::Engine> make_engine(const SimulatedMarket& market) {
    const strategies::PairStaleness staleness{std::chrono::seconds{60}, std::chrono::minutes{5},
                                              std::chrono::minutes{15}};
    auto strategy = std::make_unique<strategies::PairsZscore>(
        strategies::PairsParams{}, market.models,
        std::vector<strategies::PairStaleness>(market.models.size(), staleness));
    engine::EngineConfig config;
    config.capital = Money{Decimal{10'000'000}};
    config.pair_gross = 0.1;
    config.bar_length = kMinute;
    config.first_id = {1, 1, 1};
    config.limits.drawdown_max =
        0.95;  // the simulation may lose its money to fees, but must trade to its end
    return std::make_unique<engine::Engine>(config, market.instruments, std::move(strategy));
}

replay::BarFeed make_feed(const SimulatedMarket& market) {
    std::vector<replay::BarFeed::Input> inputs;
    for (std::uint32_t i = 0; i < market.histories.size(); ++i)
        inputs.push_back({InstrumentId{i}, market.histories[i]});
    return replay::BarFeed{std::move(inputs)};
}

std::vector<Event> events_of(const SimulatedMarket& market) {
    std::vector<Event> events;
    const std::size_t minutes = market.histories.front().size();
    events.reserve(minutes * (kInstruments + 1));
    for (std::size_t minute = 0; minute < minutes; ++minute) {
        for (std::uint32_t i = 0; i < market.histories.size(); ++i) {
            events.emplace_back(market.histories[i].bar(minute, InstrumentId{i}));
        }
        events.emplace_back(Tick{market.histories.front().close_time(minute)});
    }
    return events;
}

}  // namespace plumb::app::bench
