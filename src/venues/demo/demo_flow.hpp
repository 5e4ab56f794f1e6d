#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/rng.hpp"
#include "core/bar.hpp"
#include "core/market_event.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::venues::demo {

/// A simulated trade, before it has a price: it happens at the bid or at the ask of its tick.
struct Print {
    std::size_t tick = 0;  // within the minute
    Side aggressor = Side::buy;
    std::int64_t lots = 0;
};

/// The trades and quotes around a name's mid price. Random numbers are seeded per minute, as the path's
/// bridges are.
class NameFlow {
 public:
    NameFlow(const DemoSpec& spec, std::size_t index);

    /// The trades of a minute, in order, into `prints` (cleared first).
    void trades(std::int64_t minute, std::vector<Print>& prints) const;
    /// The mid price on the tick grid, in ticks, at least 2.
    std::int64_t mid_ticks(double price) const;
    /// Bid and ask around `price`, rounded outward to the grid: 0 < bid < ask. Times, id and sequence stay
    /// unset.
    Quote quote(double price, Rng& sizes) const;
    /// For quote(): one generator a minute.
    Rng sizes(std::int64_t minute) const;

    Price price_of(std::int64_t ticks) const;
    Quantity quantity_of(std::int64_t lots) const;

 private:
    Rng root_;
    std::uint64_t flow_stream_;
    std::uint64_t sizes_stream_;
    Price tick_;
    Quantity lot_;
    double tick_size_;
    double half_spread_;  // of the mid
    double lots_mean_;
    std::size_t ticks_per_minute_;
};

/// The bar of `length` that holds `time`: multiples of the length since 1970, weeks from Monday.
Timestamp bar_open(Timestamp time, Duration length);

/// Builds one name's bars from its ticks.
class BarTally {
 public:
    explicit BarTally(Duration length) : length_{length} {}

    void add(Timestamp time, std::int64_t mid_ticks);
    void add_volume(std::int64_t lots) { lots_ += lots; }
    /// The bar that is over at `now`, once.
    std::optional<ClosedBar> take(Timestamp now, const NameFlow& flow);

 private:
    Duration length_;
    Timestamp open_time_;
    bool started_ = false;
    std::int64_t open_ = 0, high_ = 0, low_ = 0, close_ = 0, lots_ = 0;
};

}  // namespace plumb::venues::demo
