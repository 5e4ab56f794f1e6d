#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/polygon/calendar.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::polygon {

/// One market under the venue's names.
struct Ticker {
    InstrumentId id;
    bool is_stock = false;
    std::string base, quote;
    std::string rest;    // "AAPL", "X:BTCUSD"
    std::string stream;  // "AAPL", "BTC-USD"
    Price tick;

    Zone zone() const { return is_stock ? Zone::new_york : Zone::utc; }
};

/// The venue's names of the model's markets.
class Tickers {
 public:
    explicit Tickers(const VenueModel& model);

    /// By instrument id.
    const std::vector<Ticker>& all() const { return tickers_; }
    const Ticker& of(InstrumentId id) const { return tickers_[id.value]; }
    /// "AAPL", "X:BTCUSD", "X:BTC-USD".
    const Ticker* find(std::string_view rest_name) const;
    /// "AAPL" of stocks, "BTC-USD" of crypto.
    const Ticker* find_stream(bool is_stock, std::string_view stream_name) const;
    /// Of reference data: by REST name, in order.
    const std::map<std::string, std::size_t, std::less<>>& by_name() const { return by_name_; }

 private:
    std::vector<Ticker> tickers_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
    std::map<std::string, std::size_t, std::less<>> by_stream_;  // "BTC-USD", "AAPL"
};

/// What reference data calls it: "Apple Inc.", "Bitcoin - United States dollar".
std::string long_name(const Ticker& ticker);
/// "XNAS" or "XNYS".
std::string_view primary_exchange(const Ticker& ticker);

}  // namespace plumb::exchange::polygon
