#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "exchange/model_event.hpp"
#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::polygon {

/// One best bid and ask as it was told.
struct QuoteAt {
    QuoteChanged quote;
    Timestamp at;
};

/// The last trade of each market, and the newest quotes of stocks: what the model does not keep.
class Tape {
 public:
    static constexpr std::size_t kQuotesMax = 500;  // of one market

    /// Markets by id; `keeps_quotes` says which keep more than their last.
    explicit Tape(std::vector<bool> keeps_quotes);

    void on_events(std::span<const ModelEvent> events);
    const std::optional<PastTrade>& last_trade(InstrumentId id) const { return markets_[id.value].trade; }
    /// Oldest first.
    const std::deque<QuoteAt>& quotes(InstrumentId id) const { return markets_[id.value].quotes; }

 private:
    struct Market {
        bool keeps_quotes = false;
        std::optional<PastTrade> trade;
        std::deque<QuoteAt> quotes;
    };
    std::vector<Market> markets_;
};

}  // namespace plumb::exchange::polygon
