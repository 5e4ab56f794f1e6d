#pragma once

#include <array>
#include <span>

#include "core/approved_order.hpp"
#include "core/effect.hpp"
#include "core/instrument.hpp"
#include "portfolio/portfolio.hpp"
#include "risk/limits.hpp"

namespace plumb::risk {

/// All the gate looks at besides the order: a view of the moment, nothing of it kept.
struct GateView {
    Timestamp now;
    TradingState state = TradingState::active;
    Money equity;
    Money gross_worst;       // positions plus all that open orders could still add (FAULTS rule 11)
    Money pair_gross_worst;  // the same of this pair
    int open_pairs = 0;      // not flat, this one excluded
    double drawdown = 0;     // from the highest equity, 0 .. 1
    std::array<Duration, 2> price_age{};  // per leg of the request
    std::array<bool, 2> tradable{true, true};
    std::array<Quantity, 2> held{};  // account net per leg's instrument, open sells of it subtracted
};

/// The only maker of approved orders. Checks run in the order FAULTS.md gives; the first that fails is the
/// answer.
class RiskGate {
 public:
    RiskGate(const Limits& limits, const InstrumentTable& instruments);

    /// Both legs or none (E12): the second is checked with the first counted as if it could fill.
    std::expected<std::array<ApprovedOrder, 2>, Denied> approve_pair(
        const std::array<OrderRequest, 2>& orders, const GateView& view);
    /// An order proven to reduce risk takes the short gate: grid, sane fields (E33). It passes in REDUCING
    /// and in HALTED, since a halt must leave the way out open. `view.held[0]` is what the pair holds of its
    /// leg. One that completes a leg already begun passes in ACTIVE only and must be what the venue takes. An
    /// entry never passes here.
    std::expected<ApprovedOrder, Denied> approve_reducing(const OrderRequest& order, const GateView& view);

    const Limits& limits() const { return limits_; }

 private:
    std::expected<void, Denied> check_form(const OrderRequest& order, const GateView& view) const;
    std::expected<void, Denied> check_entry(const std::array<OrderRequest, 2>& orders,
                                            const GateView& view) const;
    bool throttled(Timestamp now);

    Limits limits_;
    const InstrumentTable& instruments_;
    std::array<Timestamp, 256> recent_{};  // a ring of the last entries' times
    std::size_t recent_next_ = 0;
};

}  // namespace plumb::risk
