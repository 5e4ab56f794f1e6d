#include "portfolio/position.hpp"

namespace plumb::portfolio {
namespace {

/// cost * part / whole; multiplied first where that fits, since 330 * (1/3) is not 110.
Money share(Money cost, Quantity part, Quantity whole) {
    const Result<Decimal> product = Decimal::multiply(cost.value, part.value.abs());
    if (product) return Money{*product / whole.value.abs()};
    return Money{cost.value * (part.value.abs() / whole.value.abs())};
}

}  // namespace

void Position::apply(Quantity signed_quantity, Price price, Money fee) {
    fees_ += fee;
    const bool reduces = quantity_.sign() * signed_quantity.sign() < 0;
    if (reduces) {
        const bool crosses = signed_quantity.abs() > quantity_.abs();
        const Quantity closed = crosses ? -quantity_ : signed_quantity;
        reduce(closed, price);
        signed_quantity -= closed;
    }
    quantity_ += signed_quantity;
    cost_ += price * signed_quantity;
}

void Position::reduce(Quantity closed, Price price) {
    const bool all = (quantity_ + closed).is_zero();
    // The share of the cost that leaves; the last part takes what is left, so nothing is lost to rounding.
    const Money cost_closed = all ? cost_ : share(cost_, closed, quantity_);
    realized_ += -(price * closed) - cost_closed;
    cost_ -= cost_closed;
    quantity_ += closed;
}

Price Position::average_price() const {
    if (is_flat()) return {};
    return cost_ / quantity_;
}

}  // namespace plumb::portfolio
