#pragma once

#include <string>
#include <vector>

#include "app/feed_diary.hpp"
#include "app/live_market.hpp"
#include "app/short_legs.hpp"
#include "ports/history_source.hpp"

namespace plumb::app {

/// What a session over a venue's live prices needs besides its pairs.
struct LivePlan {
    std::vector<LiveInstrument> instruments;  // of all legs, with the venue's grids
    std::vector<std::string> notes;
};

/// Looks at the legs of the pairs before anything is sent: that the venue lists them and trades them now,
/// that a key at hand may not withdraw (Errc::invalid_argument), and what of it cannot be sold short. That is
/// a note on paper, where the short leg is simulated, and Errc::unsupported with --live.
Result<LivePlan> plan_live(const Settings& settings, std::span<const PairLegs> pairs);

/// The venue's past as minute bars, then its live prices: the minutes warm up what the cycles of a session
/// remember. Ids count from zero in the order of `instruments`. `warm_up_until` is where the past ends.
Result<std::unique_ptr<MarketDataFeed>> open_live_feed(const Settings& settings, HistorySource& source,
                                                       std::span<const LiveInstrument> instruments,
                                                       Timestamp& warm_up_until,
                                                       std::vector<std::string>& notes,
                                                       std::shared_ptr<LateFeedDiary> diary);

}  // namespace plumb::app
