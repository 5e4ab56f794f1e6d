#pragma once

#include <optional>
#include <vector>

#include "exchange/coinmarketcap/coins.hpp"
#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::coinmarketcap {

/// What the venue says of a coin now, in USD; the same within a minute. Changes are in percent.
struct Ticker {
    Price price;  // zero: nothing known
    Money volume_24h;
    std::optional<Decimal> change_1h, change_24h, change_7d, change_30d;
    Timestamp updated;
};

/// Prices by coin, made anew once a minute.
class Prices {
 public:
    Prices(const PastMarket& past, std::size_t markets) : past_{past}, cached_(markets) {}
    const Ticker& ticker(InstrumentId market, Timestamp now);

 private:
    struct Cached {
        Ticker ticker;
        Timestamp hour;  // that the references are of
        Price week_ago, month_ago;
    };
    void refresh(InstrumentId market, Cached& cached, Timestamp minute);
    Price price_before(InstrumentId market, Duration length, Timestamp time) const;

    const PastMarket& past_;
    std::vector<Cached> cached_;
};

}  // namespace plumb::exchange::coinmarketcap
