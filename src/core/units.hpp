#pragma once

#include "base/decimal.hpp"

namespace plumb {

/// A Decimal that knows what it counts, so that a price cannot be added to a quantity.
template <class Unit>
struct Amount {
    Decimal value;

    constexpr Amount() = default;
    constexpr explicit Amount(Decimal decimal) : value{decimal} {}

    static Result<Amount> parse(std::string_view text) {
        return map(Decimal::parse(text), [](Decimal decimal) { return Amount{decimal}; });
    }
    static Result<Amount> from_double(double number, int decimals = Decimal::kDecimals) {
        return map(Decimal::from_double(number, decimals), [](Decimal decimal) { return Amount{decimal}; });
    }

    double to_double() const { return value.to_double(); }
    std::string to_string() const { return value.to_string(); }
    constexpr bool is_zero() const { return value.is_zero(); }
    constexpr int sign() const { return value.sign(); }
    constexpr Amount abs() const { return Amount{value.abs()}; }
    Amount quantized(Amount step, Rounding rounding) const {
        return Amount{value.quantized(step.value, rounding)};
    }

    friend constexpr auto operator<=>(Amount, Amount) = default;
    friend constexpr bool operator==(Amount, Amount) = default;
    friend Amount operator+(Amount a, Amount b) { return Amount{a.value + b.value}; }
    friend Amount operator-(Amount a, Amount b) { return Amount{a.value - b.value}; }
    friend constexpr Amount operator-(Amount a) { return Amount{-a.value}; }
    Amount& operator+=(Amount b) { return *this = *this + b; }
    Amount& operator-=(Amount b) { return *this = *this - b; }
};

using Price = Amount<struct PriceUnit>;  // quote currency for one unit of base
using Quantity =
    Amount<struct QuantityUnit>;         // units of base; signed where a position or a trade has a direction
using Money = Amount<struct MoneyUnit>;  // quote currency

inline Money operator*(Price price, Quantity quantity) { return Money{price.value * quantity.value}; }
inline Money operator*(Quantity quantity, Price price) { return price * quantity; }
inline Money operator*(Money money, Decimal ratio) { return Money{money.value * ratio}; }
inline Quantity operator*(Quantity quantity, Decimal ratio) { return Quantity{quantity.value * ratio}; }
inline Quantity operator/(Money money, Price price) { return Quantity{money.value / price.value}; }
inline Price operator/(Money money, Quantity quantity) { return Price{money.value / quantity.value}; }

/// As price * quantity, for values a stranger chose: Errc::overflow instead of stopping.
inline Result<Money> notional(Price price, Quantity quantity) {
    return map(Decimal::multiply(price.value, quantity.value),
               [](Decimal product) { return Money{product}; });
}

}  // namespace plumb
