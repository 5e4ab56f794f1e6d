#pragma once

#include <span>
#include <vector>

#include "core/effect.hpp"
#include "execution/open_orders.hpp"
#include "portfolio/portfolio.hpp"
#include "risk/risk_gate.hpp"

namespace plumb::execution {

struct ExecutionPolicy {
    Duration completion_deadline =
        std::chrono::seconds{60};               // both legs filled within this, or the pair is unwound
    unsigned char completion_attempts_max = 2;  // orders sent to complete a leg before unwinding
    unsigned char closing_attempts_max = 8;     // orders sent to get out before the pair halts
};

/// The moment a decision is made in.
struct Moment {
    Timestamp now;
    TradingState state = TradingState::active;
    double drawdown = 0;
    std::array<Price, 2> prices{};
    std::array<Duration, 2> price_age{};
    std::array<bool, 2> tradable{true, true};
};

/// Trades pairs as units: both legs or none. Owns what each pair is doing and every order that may still
/// fill; returns effects, performs none. A pair ends hedged (open), flat, or halted with an alarm (E12);
/// while an order's fate is unknown it waits for evidence and the order's full size counts against the limits
/// (FAULTS rules 1 and 11).
class SpreadExecutor {
 public:
    SpreadExecutor(ExecutionPolicy policy, const InstrumentTable& instruments,
                   std::span<const PairModel> models, risk::RiskGate& gate, portfolio::Portfolio& portfolio,
                   ClientOrderId first_id);

    /// Sends both legs of an entry, or says why not.
    void enter(const Signal& signal, const PairModel& model, Money gross, const Moment& moment,
               std::vector<Effect>& effects);
    /// Closes what the pair holds, whatever it was doing. Sized from the holding, never from the plan (E10).
    void leave(const Signal& signal, const Moment& moment, std::vector<Effect>& effects);
    /// A stopped-out pair may enter again.
    void end_cooling_down(PairId pair, std::vector<Effect>& effects);

    void on_fill(const Fill& fill, const Moment& moment, std::vector<Effect>& effects);
    void on_report(const OrderReport& report, const Moment& moment, std::vector<Effect>& effects);
    /// True when the pair should have finished opening or closing by now.
    bool overdue(PairId pair, Timestamp now) const;
    /// Cancels what is overdue; the answers then decide between completing and unwinding. With nothing left
    /// to cancel the pair is moved on at once, and halts after its attempts are used up.
    void on_deadline(PairId pair, const Moment& moment, std::vector<Effect>& effects);

    /// After restore() and warm-up: says again what a process that died may have failed to say. Entries of a
    /// pair that was given up are canceled, and so is all that is overdue when the last event known to the
    /// record was a tick.
    void take_up(Timestamp now, bool after_tick, std::vector<Effect>& effects);

    /// Takes up where a record left off: pair standings and orders that may still fill.
    void restore(const PairStatus& status) { statuses_[status.pair.value] = status; }
    void restore(const OpenOrder& order) { orders_.add(order); }

    std::span<const PairStatus> statuses() const { return statuses_; }
    std::span<const OpenOrder> open_orders() const { return orders_.all(); }
    const OpenOrder* find_order(const ClientOrderId& id) { return orders_.find(id); }
    bool busy() const { return !orders_.all().empty(); }

 private:
    OrderRequest make_order(const PairStatus& status, std::size_t leg, Quantity signed_quantity,
                            OrderPurpose purpose, const Moment& moment);
    void send(const ApprovedOrder& order, std::vector<Effect>& effects);
    void cancel_all_of(PairId pair, std::vector<Effect>& effects);
    void settle(PairId pair, const Moment& moment, std::vector<Effect>& effects);
    void complete_or_unwind(PairStatus& status, const Moment& moment, std::vector<Effect>& effects);
    void send_closing_orders(PairStatus& status, OrderPurpose purpose, const Moment& moment,
                             std::vector<Effect>& effects);
    void abandon(PairStatus& status, Timestamp now, std::vector<Effect>& effects);
    void take_stray(PairStatus& status, const Fill& fill, Timestamp now);
    void finish_round_trip(PairStatus& status, std::vector<Effect>& effects);
    void halt_pair(PairStatus& status, const char* why, Timestamp now, std::vector<Effect>& effects);
    risk::GateView gate_view(const PairStatus& status, const Moment& moment) const;

    ExecutionPolicy policy_;
    const InstrumentTable& instruments_;
    risk::RiskGate& gate_;
    portfolio::Portfolio& portfolio_;
    std::vector<std::array<InstrumentId, 2>> legs_;
    std::vector<std::array<int, 2>> directions_;  // of each leg when long the spread: the weights' signs
    std::vector<PairStatus> statuses_;
    std::vector<Signal> closing_signals_;  // what asked each pair to leave
    OpenOrders orders_;
    ClientOrderId next_id_;
};

}  // namespace plumb::execution
