#pragma once

#include "exchange/coinbase/desk.hpp"
#include "exchange/coinbase/replies.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::coinbase {

/// Market data of Advanced Trade: the same with a key and without, apart from the address.
class MarketData {
 public:
    explicit MarketData(Desk& desk) : desk_{desk} {}

    Response time(Timestamp now) const;
    Response products(const Form& form, Timestamp now) const;
    Response product(std::string_view name, Timestamp now) const;
    Response candles(std::string_view name, const Form& form, Timestamp now) const;
    Response trades(std::string_view name, const Form& form, Timestamp now) const;
    Response product_book(const Form& form, Timestamp now) const;
    Response best_bid_ask(const Form& form, Timestamp now) const;

    static constexpr std::size_t kCandlesMax = 350;
    static constexpr std::size_t kTradesMax = 1'000;

 private:
    void write_product(JsonOut& json, const Product& product, Timestamp now) const;
    void write_book(JsonOut& json, const Product& product, std::size_t depth, Timestamp now) const;

    Desk& desk_;
};

/// (to - from) / from in percent.
Decimal percent_change(Price from, Price to);
/// What was traded last here, else in the past; zero when nothing was.
Price last_price(const Desk& desk, InstrumentId instrument, Timestamp now);

}  // namespace plumb::exchange::coinbase
