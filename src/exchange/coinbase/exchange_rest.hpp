#pragma once

#include "exchange/coinbase/desk.hpp"
#include "exchange/coinbase/replies.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::coinbase {

/// The public side of the Exchange (formerly Pro): flat arrays and objects, numbers as texts.
class ExchangeRest {
 public:
    explicit ExchangeRest(Desk& desk) : desk_{desk} {}

    /// Any path outside /api and /v2.
    Response answer(std::string_view path, const Form& form, Timestamp now) const;

    static constexpr std::size_t kCandlesMax = 300;

 private:
    Response products() const;
    Response currencies() const;
    Response currency(std::string_view code) const;
    Response book(const Product& product, const Form& form, Timestamp now) const;
    Response trades(const Product& product, const Form& form, Timestamp now) const;
    Response candles(const Product& product, const Form& form, Timestamp now) const;
    Response ticker(const Product& product, Timestamp now) const;
    Response stats(const Product& product, Timestamp now) const;

    Desk& desk_;
};

/// The members of one product as /products and the status channel have them.
void write_exchange_product(JsonOut& json, const Desk& desk, const Product& product);
void write_exchange_currency(JsonOut& json, std::string_view code);

}  // namespace plumb::exchange::coinbase
