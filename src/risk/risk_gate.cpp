#include "risk/risk_gate.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace plumb::risk {
namespace {

std::unexpected<Denied> deny(const OrderRequest& order, const GateView& view, const char* check, double found,
                             double limit) {
    return std::unexpected<Denied>{Denied{order.pair.value_or(PairId{}), check, found, limit, view.now}};
}

double ratio(Money part, Money whole) {
    const double total = whole.to_double();
    return total > 0 ? part.to_double() / total : INFINITY;
}

/// Closer to flat than before, and not through it.
bool reduces(Quantity held, const OrderRequest& order) {
    const Quantity after = order.side == Side::buy ? held + order.quantity : held - order.quantity;
    return after.abs() < held.abs() && after.sign() * held.sign() >= 0;
}

}  // namespace

RiskGate::RiskGate(const Limits& limits, const InstrumentTable& instruments)
    : limits_{limits}, instruments_{instruments} {
    PLUMB_CHECK(limits.orders_per_minute_max > 0 &&
                static_cast<std::size_t>(limits.orders_per_minute_max) < recent_.size());
}

std::expected<void, Denied> RiskGate::check_form(const OrderRequest& order, const GateView& view) const {
    const Instrument& instrument = instruments_[order.instrument];
    if (order.quantity.sign() <= 0)
        return deny(order, view, "quantity above zero", order.quantity.to_double(), 0);
    if (!order.quantity.value.is_multiple_of(instrument.lot.value)) {
        return deny(order, view, "quantity on the lot grid", order.quantity.to_double(),
                    instrument.lot.to_double());
    }
    if (order.quantity < instrument.quantity_min) {
        return deny(order, view, "smallest quantity", order.quantity.to_double(),
                    instrument.quantity_min.to_double());
    }
    if (order.reference.sign() <= 0)
        return deny(order, view, "reference price above zero", order.reference.to_double(), 0);
    const bool has_limit = order.type == OrderType::limit || order.type == OrderType::stop_limit;
    if (has_limit && (order.limit.sign() <= 0 || !order.limit.value.is_multiple_of(instrument.tick.value))) {
        return deny(order, view, "limit price on the tick grid", order.limit.to_double(),
                    instrument.tick.to_double());
    }
    const auto value = notional(order.reference, order.quantity);
    if (!value) return deny(order, view, "order value within range", INFINITY, 1.7e20);
    if (*value < instrument.notional_min) {
        return deny(order, view, "smallest order value", value->to_double(),
                    instrument.notional_min.to_double());
    }
    return {};
}

std::expected<void, Denied> RiskGate::check_entry(const std::array<OrderRequest, 2>& orders,
                                                  const GateView& view) const {
    Money gross;
    for (std::size_t leg = 0; leg < 2; ++leg) {
        const OrderRequest& order = orders[leg];
        const Instrument& instrument = instruments_[order.instrument];
        if (!view.tradable[leg]) return deny(order, view, "market open", 0, 1);
        if (order.side == Side::sell && !instrument.can_short && view.held[leg] < order.quantity) {
            return deny(order, view, "short selling allowed", order.quantity.to_double(),
                        view.held[leg].to_double());
        }
        if (const auto form = check_form(order, view); !form) return form;
        if (limits_.price_age_max < view.price_age[leg]) {
            return deny(order, view, "price age", to_seconds(view.price_age[leg]),
                        to_seconds(limits_.price_age_max));
        }
        if (order.type == OrderType::limit) {
            const double away = std::abs(order.limit.to_double() / order.reference.to_double() - 1);
            if (away > limits_.price_band) return deny(order, view, "price band", away, limits_.price_band);
        }
        const Money value = order.reference * order.quantity;  // check_form has seen that it fits
        if (ratio(value, view.equity) > limits_.order_notional_max) {
            return deny(order, view, "order size over equity", ratio(value, view.equity),
                        limits_.order_notional_max);
        }
        gross += value;
    }
    const OrderRequest& first = orders[0];
    const double pair = ratio(view.pair_gross_worst + gross, view.equity);
    if (pair > limits_.pair_gross_max)
        return deny(first, view, "pair exposure over equity", pair, limits_.pair_gross_max);
    if (view.open_pairs >= limits_.open_pairs_max) {
        return deny(first, view, "open pairs", view.open_pairs, limits_.open_pairs_max);
    }
    const double total = ratio(view.gross_worst + gross, view.equity);
    if (total > limits_.gross_exposure_max) {
        return deny(first, view, "gross exposure over equity", total, limits_.gross_exposure_max);
    }
    if (view.drawdown > limits_.drawdown_max)
        return deny(first, view, "drawdown", view.drawdown, limits_.drawdown_max);
    return {};
}

bool RiskGate::throttled(Timestamp now) {
    // Two orders are to be added, so of the last minute there may be all but two of the limit: the order made
    // (limit - 1) orders ago must be at least a minute back.
    if (limits_.orders_per_minute_max < 2) return true;
    const auto back = static_cast<std::size_t>(limits_.orders_per_minute_max - 1);
    const std::size_t at = (recent_next_ + recent_.size() - back) % recent_.size();
    const bool full = recent_[at] != Timestamp{};
    return full && now - recent_[at] < std::chrono::minutes{1};
}

std::expected<std::array<ApprovedOrder, 2>, Denied> RiskGate::approve_pair(
    const std::array<OrderRequest, 2>& orders, const GateView& view) {
    if (view.state != TradingState::active) {
        return deny(orders[0], view, "trading state active", static_cast<double>(view.state), 0);
    }
    if (const auto entry = check_entry(orders, view); !entry) return std::unexpected<Denied>{entry.error()};
    if (throttled(view.now))
        return deny(orders[0], view, "orders per minute", limits_.orders_per_minute_max + 1,
                    limits_.orders_per_minute_max);
    for (int order = 0; order < 2; ++order) {
        recent_[recent_next_] = view.now;
        recent_next_ = (recent_next_ + 1) % recent_.size();
    }
    return std::array<ApprovedOrder, 2>{ApprovedOrder{orders[0]}, ApprovedOrder{orders[1]}};
}

std::expected<ApprovedOrder, Denied> RiskGate::approve_reducing(const OrderRequest& order,
                                                                const GateView& view) {
    if (order.purpose == OrderPurpose::entry)
        return deny(order, view, "both legs of an entry together", 1, 2);
    if (!reduces_risk(order.purpose) && view.state != TradingState::active) {
        return deny(order, view, "trading state active", static_cast<double>(view.state), 0);
    }
    if (reduces_risk(order.purpose) && !reduces(view.held[0], order)) {
        return deny(order, view, "reduces the pair's leg", order.quantity.to_double(),
                    view.held[0].to_double());
    }
    if (!reduces_risk(order.purpose)) {
        if (const auto form = check_form(order, view); !form) return std::unexpected<Denied>{form.error()};
        return ApprovedOrder{order};
    }
    // The venue's smallest order value binds exits too, but a remainder below it is dust and booked as such,
    // so only the grid and the fields are looked at here.
    const Instrument& instrument = instruments_[order.instrument];
    if (order.quantity.sign() <= 0)
        return deny(order, view, "quantity above zero", order.quantity.to_double(), 0);
    if (!order.quantity.value.is_multiple_of(instrument.lot.value)) {
        return deny(order, view, "quantity on the lot grid", order.quantity.to_double(),
                    instrument.lot.to_double());
    }
    return ApprovedOrder{order};
}

}  // namespace plumb::risk
