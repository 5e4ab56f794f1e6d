#pragma once

#include "exchange/kraken/desk.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::kraken {

/// What the venue says of the last 24 hours, its mark and its funding, for tickers in REST and feeds.
struct TickerView {
    DaySummary day;
    QuoteChanged quote;
    MarkChanged mark;
    Price last;
    Decimal change;        // percent, two decimals
    Decimal funding_rate;  // quote for one unit of base and hour
    Quantity open_interest;
    bool suspended = false;
};
TickerView view_ticker(const Desk& desk, InstrumentId instrument, Timestamp now);

/// The endpoints that need no key.
class MarketData {
 public:
    explicit MarketData(Desk& desk) : desk_{desk} {}

    Response instruments(Timestamp now) const;
    Response instrument_status(std::string_view symbol, Timestamp now) const;  // empty: of all
    Response tickers(Timestamp now) const;
    Response ticker(std::string_view symbol, Timestamp now) const;
    Response order_book(const Form& form, Timestamp now) const;
    Response trades(const Form& form, Timestamp now) const;
    Response funding_rates(const Form& form, Timestamp now) const;
    Response fee_schedules(Timestamp now) const;
    /// /api/charts/v1/... without the prefix: "", "trade", "trade/PF_XBTUSD", "trade/PF_XBTUSD/1m".
    Response charts(std::string_view rest, const Form& form, Timestamp now) const;
    /// A funding rate came into force.
    void on_mark(const MarkChanged& mark, Timestamp at);

    static constexpr std::size_t kTradesMax = 100;
    static constexpr std::size_t kCandlesMax = 2'000;
    static constexpr std::size_t kRatesMax = 2'000;

 private:
    struct Rate {
        Timestamp at;
        Decimal absolute, relative;
    };

    Response candles(std::string_view series, const Contract& contract, Duration length, const Form& form,
                     Timestamp now) const;

    Desk& desk_;
    std::map<InstrumentId, std::deque<Rate>> rates_;
};

constexpr std::string_view kFeeSchedule = "723888f7-0a8e-4183-8648-f920a22339e3";

}  // namespace plumb::exchange::kraken
