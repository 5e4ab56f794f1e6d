#include "execution/spread_executor.hpp"

#include "base/check.hpp"
#include "risk/sizing.hpp"

namespace plumb::execution {
namespace {

bool flat(const PairStatus& status) { return status.held[0].is_zero() && status.held[1].is_zero(); }
bool complete(const PairStatus& status) { return status.held == status.target; }

}  // namespace

SpreadExecutor::SpreadExecutor(ExecutionPolicy policy, const InstrumentTable& instruments,
                               std::span<const PairModel> models, risk::RiskGate& gate,
                               portfolio::Portfolio& portfolio, ClientOrderId first_id)
    : policy_{policy},
      instruments_{instruments},
      gate_{gate},
      portfolio_{portfolio},
      closing_signals_(models.size()),
      next_id_{first_id} {
    for (const PairModel& model : models) {
        PLUMB_CHECK(model.id.value == statuses_.size());
        legs_.push_back(model.legs);
        directions_.push_back({model.weights[0] > 0 ? 1 : -1, model.weights[1] > 0 ? 1 : -1});
        PairStatus status;
        status.pair = model.id;
        statuses_.push_back(status);
        closing_signals_[model.id.value].pair = model.id;
    }
}

OrderRequest SpreadExecutor::make_order(const PairStatus& status, std::size_t leg, Quantity signed_quantity,
                                        OrderPurpose purpose, const Moment& moment) {
    OrderRequest order;
    order.id = next_id_;
    ++next_id_.counter;
    order.instrument = legs_[status.pair.value][leg];
    order.pair = status.pair;
    order.leg = static_cast<unsigned char>(leg);
    order.side = signed_quantity.sign() > 0 ? Side::buy : Side::sell;
    order.type = OrderType::market;
    order.purpose = purpose;
    order.quantity = signed_quantity.abs();
    order.reference = moment.prices[leg];
    order.decided_at = moment.now;
    return order;
}

risk::GateView SpreadExecutor::gate_view(const PairStatus& status, const Moment& moment) const {
    const EquityPoint book = portfolio_.snapshot(moment.now);
    risk::GateView view;
    view.now = moment.now;
    view.state = moment.state;
    view.equity = book.equity;
    view.gross_worst = book.gross;
    view.drawdown = moment.drawdown;
    view.price_age = moment.price_age;
    view.tradable = moment.tradable;
    for (std::size_t leg = 0; leg < 2; ++leg) {
        const InstrumentId instrument = legs_[status.pair.value][leg];
        view.held[leg] = portfolio_.net(instrument).quantity();
        view.pair_gross_worst += (portfolio_.mark_of(instrument) * status.held[leg]).abs();
    }
    for (const OpenOrder& open : orders_.all()) {
        const Money value = open.request.reference * open.leaves();
        if (!reduces_risk(open.request.purpose)) view.gross_worst += value;
        if (open.request.pair == status.pair) view.pair_gross_worst += value;
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const bool same = open.request.instrument == legs_[status.pair.value][leg];
            if (same && open.request.side == Side::sell) view.held[leg] -= open.leaves();
        }
    }
    for (const PairStatus& each : statuses_) {
        if (each.phase != PairPhase::flat && each.pair != status.pair) ++view.open_pairs;
    }
    return view;
}

void SpreadExecutor::send(const ApprovedOrder& order, std::vector<Effect>& effects) {
    orders_.add({order.request(), OrderState::unknown, {}, false});
    effects.push_back(RecordIntent{order.request()});
    effects.push_back(Submit{order});
}

void SpreadExecutor::enter(const Signal& signal, const PairModel& model, Money gross, const Moment& moment,
                           std::vector<Effect>& effects) {
    PairStatus& status = statuses_[signal.pair.value];
    if (status.phase != PairPhase::flat) return;  // never a second entry
    const SpreadSide side =
        signal.type == SignalType::buy_spread ? SpreadSide::long_spread : SpreadSide::short_spread;
    const auto size = risk::size_pair(model, side, gross, moment.prices, instruments_);
    if (!size) {
        effects.push_back(
            Denied{signal.pair, "smallest order of both legs", gross.to_double(), 0, moment.now});
        return;
    }
    PairStatus wanted;
    wanted.pair = signal.pair;
    wanted.phase = PairPhase::opening;
    wanted.side = side;
    wanted.target = size->target;
    wanted.residual = size->residual;
    wanted.entry_z = signal.z;
    wanted.entry_spread = signal.spread;
    wanted.entered_at = moment.now;
    wanted.deadline = moment.now + policy_.completion_deadline;
    const ClientOrderId id_before = next_id_;
    const std::array<OrderRequest, 2> orders = {
        make_order(wanted, 0, wanted.target[0], OrderPurpose::entry, moment),
        make_order(wanted, 1, wanted.target[1], OrderPurpose::entry, moment)};
    const auto approved = gate_.approve_pair(orders, gate_view(status, moment));
    if (!approved) {
        next_id_ = id_before;  // nothing left, so the ids are still free
        effects.push_back(approved.error());
        return;
    }
    status = wanted;
    closing_signals_[signal.pair.value] = {};
    closing_signals_[signal.pair.value].pair = signal.pair;
    effects.push_back(RecordPair{status});
    for (const ApprovedOrder& order : *approved) send(order, effects);
}

void SpreadExecutor::leave(const Signal& signal, const Moment& moment, std::vector<Effect>& effects) {
    PairStatus& status = statuses_[signal.pair.value];
    switch (status.phase) {
        case PairPhase::open:
            closing_signals_[signal.pair.value] = signal;
            status.phase = PairPhase::closing;
            status.attempts = 0;
            status.cooling_down = signal.reason == Reason::stop;
            send_closing_orders(
                status,
                signal.type == SignalType::emergency_exit ? OrderPurpose::emergency : OrderPurpose::exit,
                moment, effects);
            return;
        case PairPhase::opening:
            closing_signals_[signal.pair.value] = signal;
            status.cooling_down = signal.reason == Reason::stop;
            abandon(status, moment.now, effects);
            settle(status.pair, moment, effects);
            effects.push_back(RecordPair{status});
            return;
        case PairPhase::flat:
        case PairPhase::closing:
        case PairPhase::unwinding:
        case PairPhase::halted: return;
    }
}

void SpreadExecutor::end_cooling_down(PairId pair, std::vector<Effect>& effects) {
    PairStatus& status = statuses_[pair.value];
    if (!status.cooling_down || status.phase != PairPhase::flat) return;
    status.cooling_down = false;
    effects.push_back(RecordPair{status});
}

void SpreadExecutor::cancel_all_of(PairId pair, std::vector<Effect>& effects) {
    for (OpenOrder& order : orders_.all()) {
        if (order.request.pair != pair || order.cancel_sent) continue;
        order.cancel_sent = true;
        effects.push_back(Cancel{order.request.id, order.request.instrument});
    }
}

void SpreadExecutor::on_fill(const Fill& fill, const Moment& moment, std::vector<Effect>& effects) {
    effects.push_back(RecordFill{fill});
    std::optional<OrderPurpose> purpose;
    if (OpenOrder* order = orders_.find(fill.order)) {
        purpose = order->request.purpose;
        order->filled += fill.quantity;
        order->state = OrderState::partially_filled;
        if (order->request.quantity <= order->filled) {
            // Its fills end it, whether or not the venue says so; the record must not think it open.
            effects.push_back(RecordOrder{{.order = fill.order,
                                           .venue_order = {},
                                           .state = OrderState::filled,
                                           .reason = {},
                                           .venue_time = fill.venue_time,
                                           .received_at = fill.received_at}});
            orders_.remove(fill.order);
        }
    }
    if (!fill.pair) return;
    PairStatus& status = statuses_[fill.pair->value];
    if (status.phase == PairPhase::flat) take_stray(status, fill, moment.now);
    const bool opens = purpose ? !reduces_risk(*purpose) : status.phase == PairPhase::opening;
    const Quantity quantity = fill.signed_quantity();
    const Money value = fill.price * quantity;
    status.held[fill.leg] += quantity;
    status.realized -= value + fill.fee;
    status.fees += fill.fee;
    if (opens) status.entry_value[fill.leg] += value;
    // More or less than the pair asked for: the news came after an order was believed dead. Hedged no more,
    // so get out.
    if (status.phase == PairPhase::open && !complete(status)) abandon(status, moment.now, effects);
    settle(*fill.pair, moment, effects);
    effects.push_back(RecordPair{status});
}

void SpreadExecutor::on_report(const OrderReport& report, const Moment& moment,
                               std::vector<Effect>& effects) {
    OpenOrder* order = orders_.find(report.order);
    if (order == nullptr) return;  // closed already: late news of an order whose fate is known
    effects.push_back(RecordOrder{report});
    if (!is_final(report.state)) {
        if (order->filled.is_zero()) order->state = report.state;
        return;
    }
    if (report.state == OrderState::filled) return;  // the fills themselves close it
    const std::optional<PairId> pair = order->request.pair;
    const bool refused = report.state == OrderState::rejected;
    orders_.remove(report.order);
    if (!pair) return;
    PairStatus& status = statuses_[pair->value];
    // A refused leg is not tried again.
    if (refused && status.phase == PairPhase::opening) abandon(status, moment.now, effects);
    settle(*pair, moment, effects);
    effects.push_back(RecordPair{status});
}

bool SpreadExecutor::overdue(PairId pair, Timestamp now) const {
    const PairStatus& status = statuses_[pair.value];
    const bool waiting = status.phase == PairPhase::opening || status.phase == PairPhase::closing ||
                         status.phase == PairPhase::unwinding;
    return waiting && status.deadline <= now;
}

void SpreadExecutor::on_deadline(PairId pair, const Moment& moment, std::vector<Effect>& effects) {
    if (orders_.any_of(pair)) {
        cancel_all_of(pair, effects);
        return;
    }
    settle(pair, moment, effects);
    effects.push_back(RecordPair{statuses_[pair.value]});
}

/// Called after each fill and each end of an order: moves the pair on once nothing of it can fill any more.
void SpreadExecutor::settle(PairId pair, const Moment& moment, std::vector<Effect>& effects) {
    PairStatus& status = statuses_[pair.value];
    if (orders_.any_of(pair)) return;
    switch (status.phase) {
        case PairPhase::opening: complete_or_unwind(status, moment, effects); return;
        case PairPhase::closing:
        case PairPhase::unwinding:
            if (flat(status)) {
                finish_round_trip(status, effects);
            } else {
                send_closing_orders(
                    status,
                    status.phase == PairPhase::closing ? OrderPurpose::exit : OrderPurpose::unwind_leg,
                    moment, effects);
            }
            return;
        case PairPhase::flat:
        case PairPhase::open:
        case PairPhase::halted: return;
    }
}

void SpreadExecutor::complete_or_unwind(PairStatus& status, const Moment& moment,
                                        std::vector<Effect>& effects) {
    if (complete(status)) {
        status.phase = PairPhase::open;
        status.attempts = 0;
        return;
    }
    const bool may_complete = status.attempts < policy_.completion_attempts_max && !flat(status) &&
                              moment.state == TradingState::active;
    if (may_complete) {
        ++status.attempts;
        status.deadline = moment.now + policy_.completion_deadline;
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const Quantity missing = status.target[leg] - status.held[leg];
            if (missing.is_zero()) continue;
            const OrderRequest order = make_order(status, leg, missing, OrderPurpose::complete_leg, moment);
            const auto approved = gate_.approve_reducing(order, gate_view(status, moment));
            if (!approved) {
                effects.push_back(approved.error());
                status.attempts = policy_.completion_attempts_max;
                continue;
            }
            send(*approved, effects);
        }
        if (orders_.any_of(status.pair)) return;
    }
    abandon(status, moment.now, effects);
    settle(status.pair, moment, effects);
}

/// Gives an opening up: what may still fill is canceled, and once that has answered settle() closes what did
/// fill.
void SpreadExecutor::abandon(PairStatus& status, Timestamp now, std::vector<Effect>& effects) {
    status.phase = PairPhase::unwinding;
    status.attempts = 0;
    status.deadline = now + policy_.completion_deadline;
    cancel_all_of(status.pair, effects);
}

/// A fill of a pair that held nothing and waited for nothing: an order believed dead had lived (E10). It gets
/// a round trip of its own, which ends as soon as the holding can be closed.
void SpreadExecutor::take_stray(PairStatus& status, const Fill& fill, Timestamp now) {
    const bool cooling_down = status.cooling_down;
    status = {};
    status.pair = *fill.pair;
    status.phase = PairPhase::unwinding;
    const int direction = directions_[fill.pair->value][fill.leg] * sign_of(fill.side);
    status.side = direction > 0 ? SpreadSide::long_spread : SpreadSide::short_spread;
    status.entered_at = now;
    status.deadline = now + policy_.completion_deadline;
    status.cooling_down = cooling_down;
    closing_signals_[fill.pair->value] = {};
    closing_signals_[fill.pair->value].pair = *fill.pair;
}

void SpreadExecutor::take_up(Timestamp now, bool after_tick, std::vector<Effect>& effects) {
    for (const PairStatus& status : statuses_) {
        bool given_up = false;
        for (const OpenOrder& order : orders_.all()) {
            const bool opens = order.request.pair == status.pair && !reduces_risk(order.request.purpose);
            given_up |= opens && status.phase == PairPhase::unwinding;
        }
        if (given_up || (after_tick && overdue(status.pair, now))) cancel_all_of(status.pair, effects);
    }
}

void SpreadExecutor::send_closing_orders(PairStatus& status, OrderPurpose purpose, const Moment& moment,
                                         std::vector<Effect>& effects) {
    if (status.attempts >= policy_.closing_attempts_max) {
        halt_pair(status, "a pair could not be closed: look at its orders, then close it by hand", moment.now,
                  effects);
        return;
    }
    ++status.attempts;
    status.deadline = moment.now + policy_.completion_deadline;
    effects.push_back(RecordPair{status});
    for (std::size_t leg = 0; leg < 2; ++leg) {
        if (status.held[leg].is_zero()) continue;
        const OrderRequest order = make_order(status, leg, -status.held[leg], purpose, moment);
        risk::GateView view = gate_view(status, moment);
        view.held[0] = status.held[leg];
        const auto approved = gate_.approve_reducing(order, view);
        if (approved) {
            send(*approved, effects);
        } else {
            effects.push_back(approved.error());
        }
    }
}

void SpreadExecutor::finish_round_trip(PairStatus& status, std::vector<Effect>& effects) {
    const SpreadSide side = status.side;
    const bool opened = !status.entry_value[0].is_zero() || !status.entry_value[1].is_zero();
    const bool traded = opened || !status.fees.is_zero() || !status.realized.is_zero();
    status.phase = PairPhase::flat;
    status.side = SpreadSide::flat;
    status.attempts = 0;
    if (traded) effects.push_back(PairClosed{status, side, closing_signals_[status.pair.value]});
    status.target = {};
    status.residual = {};
}

void SpreadExecutor::halt_pair(PairStatus& status, const char* why, Timestamp now,
                               std::vector<Effect>& effects) {
    status.phase = PairPhase::halted;
    effects.push_back(RecordPair{status});
    effects.push_back(StateChanged{TradingState::reducing, why, now});
}

}  // namespace plumb::execution
