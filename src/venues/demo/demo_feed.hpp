#pragma once

#include "ports/market_data_feed.hpp"
#include "venues/demo/demo_flow.hpp"
#include "venues/demo/demo_path.hpp"

namespace plumb::venues::demo {

/// The simulated market from live_start on: at each tick, first the bars that close, then for every name its
/// quote and sometimes a trade at bid or ask; until spec.end, or for ever. Events carry the market's own
/// time; who wants real time waits for known_at(). Bars are of mid prices, BarOrigin::simulated. No
/// allocation after the first minute.
class DemoFeed : public MarketDataFeed {
 public:
    /// Feeds the names of `table` that the market has, under the table's ids. `spec` has passed check().
    DemoFeed(const DemoSpec& spec, const InstrumentTable& table);

    Result<std::optional<MarketEvent>> next() override;

    /// Goes on at `time`: events before it are left out, but a bar that closes later is whole. Earlier than
    /// where the feed is: nothing happens. Also lets a feed begin before live_start, at spec.start at the
    /// earliest, but only before the first next(). Cost: as the history's.
    void fast_forward(Timestamp time);

 private:
    struct Name {
        InstrumentId id;
        NamePath path;
        NameFlow flow;
        BarTally tally;
        Rng sizes;
        std::vector<double> points;
        std::vector<Print> prints;
        std::size_t next_print = 0;
        std::uint64_t sequence = 0;
        std::uint64_t trade_id = 0;
    };

    void start_at(Timestamp time);
    void begin_minute();
    void make_tick();
    void make_tick(Name& name);

    DemoSpec spec_;
    std::vector<Name> names_;
    std::size_t ticks_per_minute_;
    Timestamp minute_;      // that the points belong to
    std::size_t tick_ = 0;  // the next one within the minute
    Timestamp now_;
    Timestamp visible_from_;
    bool begun_ = false;
    std::vector<MarketEvent> ready_;
    std::size_t taken_ = 0;
};

}  // namespace plumb::venues::demo
