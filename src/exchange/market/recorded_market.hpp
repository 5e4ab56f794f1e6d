#pragma once

#include <vector>

#include "exchange/market/markets_past.hpp"
#include "exchange/market/queue_tracker.hpp"
#include "exchange/market/recording.hpp"

namespace plumb::exchange::market {

/// One venue over recorded trades and quotes: the house displays the recorded touch, prints are the recorded
/// ones, clients' resting orders are filled by them as their place in the queue allows. A market order takes
/// the recorded touch, no more than was displayed.
///
/// Without recorded quotes the touch is the last print, a tick wide and as large as the print.
class RecordedMarket : public MarketsPast {
 public:
    /// `names[i]` is the name of market i within the recording, or below zero for none. All outlives this.
    /// What happened before `start` is past.
    RecordedMarket(VenueModel& model, const Recording& recording, std::vector<std::int64_t> names,
                   std::vector<const RecordedMinutes*> minutes, Timestamp start, Timestamp begins_at);

    void advance(Timestamp now) override;
    void on_events(std::span<const ModelEvent> events) override;

 private:
    struct Shown {
        OrderNumber order = 0;  // the house's
        Price price;
        Quantity quantity;
    };
    struct Market {
        InstrumentId id;
        Price tick;
        Quantity lot;
        bool has_quotes = false;
        QueueTracker queue;
        QueueTracker::Touch touch;  // as recorded; nothing without quotes
        Shown bid, ask;
        Timestamp marked_at{};
    };

    void on_quote(Market& market, const Quote& quote, Timestamp now);
    void on_trade(Market& market, const Trade& trade, Timestamp now);
    void display(Market& market, const QueueTracker::Touch& touch, Timestamp now);
    void settle(Market& market, Shown& shown, Side side, Price price, Quantity quantity, Timestamp now);
    OrderNumber show(const Market& market, Side side, Price price, Quantity quantity, Timestamp now);
    void mark(Market& market, Timestamp now);

    VenueModel& model_;
    const Recording& recording_;
    std::vector<Market> markets_;                      // by id
    std::vector<std::vector<std::uint32_t>> of_name_;  // markets that follow a name
    std::size_t next_ = 0;                             // moment
};

}  // namespace plumb::exchange::market
