#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bar_history.hpp"
#include "core/market_event.hpp"

namespace plumb::bars {

/// How trades become bars.
struct BarBuildRule {
    Duration length{};
    bool fill_quiet = false;  // intervals without trades become filled bars at the last close
};

/// Builds bars of one instrument from its trades. A bar is a function of the set of trades in its interval:
/// order of arrival and repetition change nothing (F11). Open and close are the prices of the first and last
/// trade by venue time, then trade id; trades with an id count once, trades without (id 0) are all counted.
///
/// The caller decides when an interval is over, by close_until; a trade that comes later is late, is dropped
/// and counted. No allocation once warm, except to hold more trades an interval than ever before.
class BarBuilder {
 public:
    /// Ids kept an interval, to know repetitions; beyond that add refuses (bars that large are resampled from
    /// small ones).
    static constexpr std::size_t kTradesPerBarMax = 4'000'000;
    /// Filled bars made at one call; a longer silence is an outage and stays a gap.
    static constexpr std::size_t kFilledMax = 1'000'000;

    BarBuilder(InstrumentId instrument, BarBuildRule rule);

    /// Errc::out_of_range for a price or quantity that is not above zero (counted as refused, F12) or above
    /// kTradesPerBarMax; Errc::stale for a late trade. Repetitions are counted and are no error.
    Status add(const Trade& trade);
    /// Hands over all bars whose interval is over at `now`, oldest first. `now` never goes back.
    void close_until(Timestamp now, std::vector<ClosedBar>& out);

    struct Counts {
        std::uint64_t trades = 0;  // in bars
        std::uint64_t repeated = 0;
        std::uint64_t late = 0;
        std::uint64_t refused = 0;
    };
    const Counts& counts() const { return counts_; }

 private:
    /// Where a trade stands among those of its interval. Price and quantity make the order total without ids.
    struct Rank {
        Timestamp at;
        std::uint64_t id = 0;
        Price price;
        Quantity quantity;
        friend auto operator<=>(const Rank&, const Rank&) = default;
    };
    struct Slot {
        Timestamp open_time;
        Rank first, last;
        Price high, low;
        Quantity volume;
        std::vector<std::uint64_t> ids;  // sorted
    };

    Slot& slot_at(Timestamp open_time);
    void fill_quiet_until(Timestamp open_time, std::vector<ClosedBar>& out);

    InstrumentId instrument_;
    BarBuildRule rule_;
    std::vector<Slot> slots_;                         // open intervals with trades, oldest first
    std::vector<std::vector<std::uint64_t>> spares_;  // emptied id lists, to be used again
    Timestamp closed_until_ = Timestamp::min();
    Timestamp filled_until_ = Timestamp::min();  // open time of the next bar to hand over, once there was one
    Price last_close_;
    bool any_ = false;
    Counts counts_;
};

/// All bars of a set of trades in any order, until the last trade's interval, which is taken as over. Errors
/// as add, with the trade's time. The history has the name given.
Result<BarHistory> build_bars(std::span<const Trade> trades, BarBuildRule rule, std::string name);

}  // namespace plumb::bars
