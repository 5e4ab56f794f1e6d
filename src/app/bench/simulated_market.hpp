#pragma once

#include <memory>
#include <vector>

#include "core/bar_history.hpp"
#include "core/event.hpp"
#include "core/instrument.hpp"
#include "engine/engine.hpp"
#include "venues/replay/bar_feed.hpp"

namespace plumb::app::bench {

constexpr std::size_t kPairs = 10;
constexpr std::size_t kInstruments = 2 * kPairs;  // pair i: leader 2i, follower 2i + 1
constexpr std::size_t kMinutesOfDay = 24 * 60;

/// Twenty instruments of one-minute bars in ten cointegrated pairs: each leader a walk of 60 % volatility a
/// year, scaled by the root of time; each follower = intercept + hedge ratio * leader + an Ornstein-Uhlenbeck
/// residual with a half-life of two to nine hours. Prices from 0.05 to 60 000, on each instrument's own tick.
/// Seeded.
struct SimulatedMarket {
    InstrumentTable instruments;
    std::vector<PairModel> models;
    std::vector<BarHistory> histories;  // by instrument id
};
SimulatedMarket simulate_market(std::size_t minutes);

/// The engine of a session as `plumb trade` makes it: pairs strategy with its defaults, cycles each minute.
std::unique_ptr<engine::Engine> make_engine(const SimulatedMarket& market);
/// The market's bars as a feed; the histories are copied.
replay::BarFeed make_feed(const SimulatedMarket& market);
/// The same bars as events, a tick after each minute: what the driver hands to the engine where nothing
/// fills.
std::vector<Event> events_of(const SimulatedMarket& market);

}  // namespace plumb::app::bench
