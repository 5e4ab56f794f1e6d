#pragma once

#include <array>
#include <vector>

#include "core/effect.hpp"
#include "portfolio/fill_set.hpp"
#include "portfolio/position.hpp"

namespace plumb::portfolio {

/// Positions and cash of one account in one currency, by instrument and by the leg of the pair that owns
/// them. Several pairs may hold the same instrument; what each owns is booked apart, and the account holds
/// the net.
class Portfolio {
 public:
    Portfolio(Money capital, std::size_t instruments, std::size_t pairs);

    /// False, and nothing changes, when this execution was applied before. Cost: O(1).
    bool apply(const Fill& fill);
    /// Books what was earned and paid before, in instruments this session does not have and that are flat.
    void carry(Money realized, Money fees);
    /// The price that values the instrument from now on, > 0.
    void mark(InstrumentId instrument, Price price) { marks_[instrument.value] = price; }

    Money capital() const { return capital_; }
    Money cash() const { return cash_; }
    const Position& net(InstrumentId instrument) const { return net_[instrument.value]; }
    const Position& leg(PairId pair, std::size_t leg) const { return legs_[pair.value][leg]; }
    Price mark_of(InstrumentId instrument) const { return marks_[instrument.value]; }
    std::size_t fill_count() const { return fills_.size(); }

    /// Cash, equity, realized and unrealized profit (before fees), fees and gross exposure. O(instruments
    /// held).
    EquityPoint snapshot(Timestamp at) const;
    /// Profit of a pair since the start: realized and unrealized less fees.
    Money profit(PairId pair, const std::array<InstrumentId, 2>& legs) const;

 private:
    void note_held(InstrumentId instrument);

    Money capital_;
    Money cash_;
    Money realized_;
    Money fees_;
    std::vector<Position> net_;
    std::vector<std::array<Position, 2>> legs_;
    std::vector<Price> marks_;
    std::vector<InstrumentId> held_;  // instruments with a position, in id order
    FillSet fills_;
};

}  // namespace plumb::portfolio
