#pragma once

#include <optional>
#include <vector>

#include "core/bar.hpp"
#include "core/market_event.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange {

/// What a venue says of the last 24 hours of a market.
struct DaySummary {
    Price open, high, low, last;
    Quantity volume;
    Money value;
    std::uint64_t trades = 0;
};

/// What venues say of a bar beside its prices and volume.
struct BarDetail {
    Money value;      // sum of price times quantity
    Quantity bought;  // volume of the trades whose aggressor bought
    std::uint64_t trades = 0;
};

struct DetailedBar {
    ClosedBar bar;
    BarDetail detail;
};

struct DetailedOpenBar {
    OpenBar bar;
    BarDetail detail;
};

/// One trade of the past.
struct PastTrade {
    TradeNumber number = 0;
    Side aggressor = Side::buy;
    Price price;
    Quantity quantity;
    Timestamp at;
};

/// The market's past, as any client may ask for it. Before the exchange was started it is the simulated or
/// the recorded past, afterwards what was traded here. No call looks beyond `now`.
class PastMarket {
 public:
    virtual ~PastMarket() = default;

    /// Bars that opened in [from, to) and closed at or before `now`, oldest first, at most `count`, the first
    /// ones if there are more. `length`: any multiple of a minute, at multiples of itself since 1970 (weeks
    /// from Monday).
    virtual std::vector<ClosedBar> bars(InstrumentId instrument, Duration length, Timestamp from,
                                        Timestamp to, std::size_t count, Timestamp now) const = 0;
    /// The bar that `now` lies in; nothing when nothing was traded in it.
    virtual std::optional<OpenBar> open_bar(InstrumentId instrument, Duration length,
                                            Timestamp now) const = 0;
    /// As bars() and open_bar(), with what else is known. Where nothing is, the value is the volume at the
    /// mean of the four prices, half of it bought, in one trade.
    virtual std::vector<DetailedBar> detailed_bars(InstrumentId instrument, Duration length, Timestamp from,
                                                   Timestamp to, std::size_t count, Timestamp now) const;
    virtual std::optional<DetailedOpenBar> detailed_open_bar(InstrumentId instrument, Duration length,
                                                             Timestamp now) const;
    /// Trades in [from, to) that are still kept (the newest ten thousand of a market), oldest first, at most
    /// `count`, the first ones if there are more.
    virtual std::vector<PastTrade> trades(InstrumentId instrument, Timestamp from, Timestamp to,
                                          std::size_t count) const = 0;
    virtual DaySummary day(InstrumentId instrument, Timestamp now) const = 0;
    virtual Timestamp begins_at() const = 0;
};

}  // namespace plumb::exchange
