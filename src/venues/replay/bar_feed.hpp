#pragma once

#include <vector>

#include "core/bar_history.hpp"
#include "ports/market_data_feed.hpp"

namespace plumb::replay {

/// Plays bar histories as one stream, ordered by close time, then by instrument id: what a live feed would
/// have brought. Holds the compact columns only; each bar is made as it is asked for, without allocation.
/// O(histories) a close time.
class BarFeed : public MarketDataFeed {
 public:
    struct Input {
        InstrumentId instrument;
        BarHistory history;
    };
    explicit BarFeed(std::vector<Input> inputs);

    Result<std::optional<MarketEvent>> next() override;
    /// Bars yet to come.
    std::size_t remaining() const { return remaining_; }

 private:
    struct Cursor {
        InstrumentId instrument;
        BarHistory history;
        std::size_t at = 0;
        Timestamp due;  // close time of the bar at `at`, or kNever
    };
    static constexpr Timestamp kNever = Timestamp::max();

    void gather();

    std::vector<Cursor> cursors_;     // by instrument id
    std::vector<std::size_t> group_;  // cursors whose next bars close together, in reverse
    std::size_t remaining_ = 0;
};

}  // namespace plumb::replay
