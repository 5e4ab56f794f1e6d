#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "exchange/model_event.hpp"
#include "exchange/protocol/past_market.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::alpaca {

struct TimedQuote {
    Timestamp at;
    QuoteChanged quote;
};

inline constexpr std::size_t kQuotesMax = 256;  // of one market

/// What the market data interface needs beside the market's past: the newest trade and the newest quotes. It
/// begins when the exchange does.
class Tape {
 public:
    explicit Tape(const VenueModel& model) : model_{model}, markets_(model.market_count()) {}

    void on_events(std::span<const ModelEvent> events);

    const std::optional<PastTrade>& last_trade(InstrumentId instrument) const {
        return markets_[instrument.value].last_trade;
    }
    /// The present quote, with the time it became so; `now` for one that was there from the beginning.
    TimedQuote quote(InstrumentId instrument, Timestamp now) const;
    /// Oldest first.
    const std::deque<TimedQuote>& quotes(InstrumentId instrument) const {
        return markets_[instrument.value].quotes;
    }

 private:
    struct Market {
        std::optional<PastTrade> last_trade;
        std::deque<TimedQuote> quotes;
    };

    const VenueModel& model_;
    std::vector<Market> markets_;
};

}  // namespace plumb::exchange::alpaca
