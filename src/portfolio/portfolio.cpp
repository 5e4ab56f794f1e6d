#include "portfolio/portfolio.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::portfolio {

Portfolio::Portfolio(Money capital, std::size_t instruments, std::size_t pairs)
    : capital_{capital}, cash_{capital}, net_(instruments), legs_(pairs), marks_(instruments) {
    held_.reserve(instruments);
}

bool Portfolio::apply(const Fill& fill) {
    PLUMB_CHECK(fill.instrument.value < net_.size() && fill.quantity.sign() > 0 && fill.price.sign() > 0);
    if (!fills_.insert(fill.execution)) return false;
    const Quantity quantity = fill.signed_quantity();
    Position& net = net_[fill.instrument.value];
    const Money realized_before = net.realized();
    net.apply(quantity, fill.price, fill.fee);
    realized_ += net.realized() - realized_before;
    fees_ += fill.fee;
    cash_ -= fill.price * quantity + fill.fee;
    if (fill.pair) {
        PLUMB_CHECK(fill.pair->value < legs_.size() && fill.leg < 2);
        legs_[fill.pair->value][fill.leg].apply(quantity, fill.price, fill.fee);
    }
    if (marks_[fill.instrument.value].is_zero()) marks_[fill.instrument.value] = fill.price;
    note_held(fill.instrument);
    return true;
}

void Portfolio::carry(Money realized, Money fees) {
    realized_ += realized;
    fees_ += fees;
    cash_ += realized - fees;
}

void Portfolio::note_held(InstrumentId instrument) {
    const auto at = std::ranges::lower_bound(held_, instrument);
    const bool listed = at != held_.end() && *at == instrument;
    const bool flat = net_[instrument.value].is_flat();
    if (listed && flat) held_.erase(at);
    if (!listed && !flat) held_.insert(at, instrument);
}

EquityPoint Portfolio::snapshot(Timestamp at) const {
    EquityPoint point{.at = at,
                      .cash = cash_,
                      .equity = cash_,
                      .realized = realized_,
                      .unrealized = {},
                      .fees = fees_,
                      .gross = {}};
    for (const InstrumentId instrument : held_) {
        const Position& position = net_[instrument.value];
        const Money value = position.value(marks_[instrument.value]);
        point.equity += value;
        point.unrealized += value - position.cost();
        point.gross += value.abs();
    }
    return point;
}

Money Portfolio::profit(PairId pair, const std::array<InstrumentId, 2>& legs) const {
    Money profit;
    for (std::size_t leg = 0; leg < 2; ++leg) {
        const Position& position = legs_[pair.value][leg];
        profit += position.realized() + position.unrealized(marks_[legs[leg].value]) - position.fees();
    }
    return profit;
}

}  // namespace plumb::portfolio
