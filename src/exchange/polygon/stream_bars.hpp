#pragma once

#include <optional>
#include <vector>

#include "exchange/polygon/aggregate.hpp"
#include "exchange/polygon/tickers.hpp"

namespace plumb::exchange::polygon {

/// The seconds and minutes that the sockets tell, built from trades, and the day so far of stocks.
class StreamBars {
 public:
    struct Done {
        Aggregate bar;
        Timestamp end;
    };
    struct DaySoFar {
        Price open;
        Quantity volume;
        Money value;

        /// Zero before the first trade.
        Price average() const { return volume.is_zero() ? Price{} : value / volume; }
    };

    StreamBars(const Tickers& tickers, const PastMarket& past);

    void on_trade(InstrumentId market, Price price, Quantity quantity, Timestamp at);
    /// The bar that was over at `now` minus the delay, once; bars without trades are never told.
    std::optional<Done> take_second(InstrumentId market, Timestamp now);
    std::optional<Done> take_minute(InstrumentId market, Timestamp now);
    /// Of the day that `now` lies in.
    DaySoFar day(InstrumentId market, Timestamp now);

 private:
    struct Market {
        std::optional<Aggregate> second, second_done;
        std::optional<Aggregate> minute, minute_done;
        std::optional<Day> day;  // that day_so_far is of
        DaySoFar so_far;
    };
    static void add(std::optional<Aggregate>& bar, std::optional<Aggregate>& done, const Aggregate& trade);

    const Tickers& tickers_;
    const PastMarket& past_;
    std::vector<Market> markets_;
};

}  // namespace plumb::exchange::polygon
