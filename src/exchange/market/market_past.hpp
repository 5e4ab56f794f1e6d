#pragma once

#include <optional>
#include <vector>

#include "exchange/market/bar_assembler.hpp"
#include "exchange/market/trade_ring.hpp"
#include "exchange/model_event.hpp"

namespace plumb::exchange::market {

/// The minutes of one path, wherever they come from: a walk of the simulated price, a recording.
class MinuteSource {
 public:
    virtual ~MinuteSource() = default;
    /// Minutes in [from, to), oldest first. False when the visitor wanted no more.
    virtual bool visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const = 0;
};

/// The past of one market at one venue: before `live_from` the path's minutes, afterwards what was traded
/// here, and the path's again for minutes that were jumped over (`skip`).
class MarketPast {
 public:
    struct Options {
        InstrumentId instrument;
        Price tick;
        Quantity lot;
        Timestamp begins_at;
        MinuteNumber live_from = 0;
        std::size_t minutes_max = 0;  // traded ones kept; older ones are the path's again
    };
    /// `path` may be null: there is nothing but what was traded here.
    MarketPast(const Options& options, const MinuteSource* path);

    void on_trade(const TradeHappened& trade, Timestamp at);
    /// Nothing is simulated here in [from, to).
    void skip(MinuteNumber from, MinuteNumber to);

    std::vector<DetailedBar> bars(Duration length, Timestamp from, Timestamp to, std::size_t count,
                                  Timestamp now) const;
    std::optional<DetailedOpenBar> open_bar(Duration length, Timestamp now) const;
    DaySummary day(Timestamp now) const;
    const TradeRing& trades() const { return trades_; }

 private:
    struct Gap {
        MinuteNumber from = 0, to = 0;
    };
    bool visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const;
    bool visit_live(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const;

    Options options_;
    const MinuteSource* path_;
    MinuteRows rows_;
    std::optional<MinuteBar> current_;  // the newest minute traded in
    std::vector<Gap> gaps_;
    TradeRing trades_;
    mutable BarTotal day_;  // the closed minutes of the day that ended at day_minute_
    mutable MinuteNumber day_minute_ = -1;
};

}  // namespace plumb::exchange::market
