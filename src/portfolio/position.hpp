#pragma once

#include "core/order.hpp"

namespace plumb::portfolio {

/// What is held of one thing, at average cost. Every amount is exact: cost = sum of price * signed quantity +
/// realized at all times, so realized + unrealized equals the cash that went in and out plus the value of
/// what is left.
class Position {
 public:
    /// Adds a fill: signed quantity (negative sold), price, fee. Crossing zero closes the old side first.
    void apply(Quantity signed_quantity, Price price, Money fee);

    Quantity quantity() const { return quantity_; }
    Money cost() const { return cost_; }          // signed: what the open quantity cost
    Money realized() const { return realized_; }  // before fees
    Money fees() const { return fees_; }
    bool is_flat() const { return quantity_.is_zero(); }
    /// Average entry price, zero when flat.
    Price average_price() const;
    Money value(Price mark) const { return mark * quantity_; }
    Money unrealized(Price mark) const { return value(mark) - cost_; }

 private:
    void reduce(Quantity closed, Price price);

    Quantity quantity_;
    Money cost_;
    Money realized_;
    Money fees_;
};

}  // namespace plumb::portfolio
