#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/feed_diary.hpp"
#include "app/history.hpp"
#include "app/settings.hpp"
#include "engine/engine.hpp"
#include "ports/market_data_feed.hpp"
#include "ports/trading_record.hpp"
#include "store/benchmarks_file.hpp"
#include "strategies/pairs/pairs_zscore.hpp"
#include "venues/paper/fill_model.hpp"

namespace plumb::app {

/// Everything a pairs session is made of, chosen and loaded, before anything runs.
struct TradingPlan {
    std::string data_source;
    std::optional<venues::demo::DemoSpec> demo;  // the demo market, where prices come from it
    InstrumentTable instruments;
    std::vector<PairModel> models;
    std::vector<strategies::PairStaleness> staleness;
    std::vector<bool> close_only;       // pairs only the record knows: looked after, not entered
    std::vector<BarHistory> histories;  // by instrument id; empty for the demo market's live feed
    bool bars = true;                   // prices come as bars
    bool live = false;                  // prices come from a venue as they are made
    Duration bar_length{};
    std::optional<Timestamp> trade_from;  // before it prices only warm up
    std::optional<Timestamp> trade_to;
    std::vector<std::string> notes;  // what the user should know of the choices made
    std::unique_ptr<MarketDataFeed>
        feed;  // a feed of its own, such as a capture; null: histories or the demo market
    /// What a live feed says of its connections; shared with the feed's thread.
    std::shared_ptr<LateFeedDiary> feed_diary;
};

/// The pairs of a trading record, and the grids they were traded on.
struct HeldPairs {
    std::vector<RecordedPair> pairs;
    std::vector<Instrument> instruments;
};

/// Chooses the pairs of a benchmarks file that the source can price, and loads their histories. Trading
/// starts where the data that chose the pairs ends, unless --from says otherwise (and then a note says so).
/// `held` are pairs the trading record still holds; they are kept, on the grid they were traded on, even when
/// the benchmarks no longer name them. Errc::not_found when no pair is left, Errc::constant_series for a
/// group without deviation. `bars_only`: the demo market gives bars of its past too, as a backtest wants,
/// instead of its live quotes.
Result<TradingPlan> plan_trading(const Settings& settings, HistorySource& source,
                                 const store::Benchmarks& benchmarks, const HeldPairs& held,
                                 bool bars_only = false);

strategies::PairsParams pairs_params(const Settings& settings);
venues::paper::PaperCosts paper_costs(const Settings& settings);
engine::EngineConfig engine_config(const Settings& settings, const TradingPlan& plan, Money capital);
/// The strategy, ready for the engine.
std::unique_ptr<strategies::PairsZscore> make_strategy(const Settings& settings, const TradingPlan& plan);
/// The prices from the plan's first bar on (its histories move into the feed, so that they are in memory
/// once), or the demo market live from its present.
std::unique_ptr<MarketDataFeed> open_feed(TradingPlan& plan);

}  // namespace plumb::app
