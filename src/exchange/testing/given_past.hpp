#pragma once

#include <map>
#include <span>
#include <vector>

#include "exchange/model_event.hpp"
#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::testing {

/// The past a test gives: one-minute bars and trades, and what is traded at the model afterwards. Longer bars
/// are made of the minutes.
class GivenPast : public PastMarket {
 public:
    explicit GivenPast(Timestamp begins_at) : begins_at_{begins_at} {}

    /// A bar of one minute; a later one of the same minute takes its place.
    void add_bar(const ClosedBar& bar);
    /// Oldest first; also makes the bar of its minute.
    void add_trade(InstrumentId instrument, const PastTrade& trade);
    /// Trades at the model, when they happen.
    void on_events(std::span<const ModelEvent> events);

    std::vector<ClosedBar> bars(InstrumentId instrument, Duration length, Timestamp from, Timestamp to,
                                std::size_t count, Timestamp now) const override;
    std::optional<OpenBar> open_bar(InstrumentId instrument, Duration length, Timestamp now) const override;
    std::vector<PastTrade> trades(InstrumentId instrument, Timestamp from, Timestamp to,
                                  std::size_t count) const override;
    DaySummary day(InstrumentId instrument, Timestamp now) const override;
    Timestamp begins_at() const override { return begins_at_; }

    /// The multiple of `length` since 1970 that `time` lies in; whole weeks begin on Monday.
    static Timestamp bar_of(Timestamp time, Duration length);

 private:
    struct Minute {
        Ohlcv values;
        Money value;  // traded, where trades are known; else volume at the close
        std::uint64_t trades = 0;
        BarOrigin origin = BarOrigin::traded;
    };
    struct Market {
        std::map<Timestamp, Minute> minutes;
        std::vector<PastTrade> trades;
    };
    const Market* find(InstrumentId instrument) const;

    Timestamp begins_at_;
    std::map<InstrumentId, Market> markets_;
};

}  // namespace plumb::exchange::testing
