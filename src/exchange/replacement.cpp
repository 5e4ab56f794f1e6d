#include "exchange/admission.hpp"
#include "exchange/funds.hpp"
#include "exchange/margin.hpp"
#include "exchange/matching.hpp"
#include "exchange/order_life.hpp"

namespace plumb::exchange {
namespace {

/// The order's reserve is out of the way while this lives, and nobody is told.
class ReserveAside {
 public:
    ReserveAside(ModelState& state, const StoredOrder& order) : state_{state}, order_{order} { move(-1); }
    ~ReserveAside() { move(1); }
    ReserveAside(const ReserveAside&) = delete;
    ReserveAside& operator=(const ReserveAside&) = delete;

 private:
    void move(int sign) {
        const OrderSpec& spec = order_.record.spec;
        const MarketState& market = state_.market(spec.instrument);
        const Decimal amount = sign < 0 ? -order_.reserve : order_.reserve;
        const Quantity quantity = sign < 0 ? -order_.reserved : order_.reserved;
        if (on_margin(state_.account(spec.account), market)) {
            Exposure& exposure = state_.exposure(spec.account, spec.instrument);
            (spec.side == Side::buy ? exposure.open_buys : exposure.open_sells) += Money{amount};
            if (spec.side == Side::sell) exposure.open_sell_quantity += quantity;
        } else {
            state_.holding(spec.account, spec.side == Side::buy ? market.quote : market.base).held += amount;
        }
    }

    ModelState& state_;
    const StoredOrder& order_;
};

template <class T>
bool changes(const std::optional<T>& wanted, const T& present) {
    return wanted && *wanted != present;
}

bool changes_something(const OrderSpec& spec, const Replacement& change) {
    const bool trail = change.trail && (change.trail->distance != spec.trail.distance ||
                                        change.trail->fraction != spec.trail.fraction);
    return trail || changes(change.client_id, spec.client_id) || changes(change.quantity, spec.quantity) ||
           changes(change.limit, spec.limit) || changes(change.stop, spec.stop) ||
           changes(change.time_in_force, spec.time_in_force);
}

bool fits_type(const OrderRecord& record, const Replacement& change) {
    const OrderSpec& spec = record.spec;
    const bool has_limit = spec.type == OrderType::limit || spec.type == OrderType::stop_limit;
    const bool has_stop = spec.type == OrderType::stop || spec.type == OrderType::stop_limit;
    if (changes(change.limit, spec.limit) && !has_limit) return false;
    if (changes(change.stop, spec.stop) && (!has_stop || record.triggered)) return false;
    if (change.trail && (spec.type != OrderType::trailing_stop || !change.trail->is_set())) return false;
    // What rests cannot become something that never does.
    return !change.time_in_force || *change.time_in_force == TimeInForce::good_till_canceled ||
           *change.time_in_force == TimeInForce::day || *change.time_in_force == spec.time_in_force;
}

OrderSpec changed_spec(const OrderSpec& spec, const Replacement& change) {
    OrderSpec changed = spec;
    if (change.client_id) changed.client_id = *change.client_id;
    if (change.quantity) changed.quantity = *change.quantity;
    if (change.limit) changed.limit = *change.limit;
    if (change.stop) changed.stop = *change.stop;
    if (change.trail) changed.trail = *change.trail;
    if (change.time_in_force) changed.time_in_force = *change.time_in_force;
    if (change.expires_at) changed.expires_at = *change.expires_at;
    if (change.note) changed.note = *change.note;
    return changed;
}

std::optional<Refusal> refusal_of(ModelState& state, const StoredOrder& order, const Replacement& change,
                                  const OrderSpec& spec) {
    const OrderRecord& record = order.record;
    const MarketState& market = state.market(spec.instrument);
    if (market.status != TradingStatus::open) return Refusal::not_trading;
    if (!changes_something(record.spec, change)) return Refusal::nothing_to_change;
    if (!fits_type(record, change)) return Refusal::not_replaceable;
    if (spec.quantity <= record.filled) return Refusal::quantity_below_min;
    if (changes(change.client_id, record.spec.client_id) && id_is_taken(state, spec)) {
        return Refusal::duplicate_client_id;
    }
    if (const auto refusal = terms_refusal(state, spec, record.triggered)) return refusal;
    OrderRecord probe;
    probe.spec = spec;
    probe.status = record.status;
    probe.triggered = record.triggered;
    probe.trail_stop = record.trail_stop;
    const ReserveAside aside{state, order};
    return funds_refusal(state, probe, spec.quantity - record.filled);
}

void replace_in_place(ModelState& state, StoredOrder& order, const OrderSpec& spec) {
    OrderRecord& record = order.record;
    MarketState& market = state.market(spec.instrument);
    Ladder& ladder = market.side(spec.side);
    state.remember(record);
    record.updated_at = state.now;
    const bool keeps_place =
        order.in_book && spec.limit == record.spec.limit && spec.quantity <= record.spec.quantity;
    const bool loses_place = order.in_book && !keeps_place;
    const bool trail_differs = spec.trail.distance != record.spec.trail.distance ||
                               spec.trail.fraction != record.spec.trail.fraction;
    if (keeps_place) {
        const Quantity level = ladder.shrink(spec.limit, record.spec.quantity - spec.quantity);
        state.level_is(spec.instrument, spec.side, spec.limit, level);
    } else if (loses_place) {
        const Quantity level = ladder.remove(state.orders, order);
        state.level_is(spec.instrument, spec.side, record.spec.limit, level);
    } else {
        market.shelf.remove(order);
    }
    rewrite_order(state, order, spec);
    if (trail_differs) record.trail_stop = first_trail(market, spec);
    set_reserve(state, order);
    state.tell_order(OrderStep::changed, record);
    if (loses_place) work(state, order);
    if (!keeps_place && !loses_place) start(state, order);
}

}  // namespace

std::expected<OrderNumber, Refusal> replace_order(ModelState& state, StoredOrder& order,
                                                  const Replacement& change) {
    OrderSpec spec = changed_spec(order.record.spec, change);
    if (const auto refusal = refusal_of(state, order, change, spec)) return std::unexpected{*refusal};
    const OrderNumber number = order.record.number;
    if (state.options.replace_rule == ReplaceRule::in_place) {
        replace_in_place(state, order, spec);
        return number;
    }
    spec.quantity -= order.record.filled;
    Opening opening;
    opening.replaces = number;
    opening.triggered = order.record.triggered;
    if (!change.trail) opening.trail_stop = order.record.trail_stop;
    end_order(state, order,
              {OrderStep::replaced, OrderStatus::replaced, EndReason::replaced, {}, state.last_order + 1});
    StoredOrder& taken_over = open_order(state, spec, opening);
    const OrderNumber replacement = taken_over.record.number;
    start(state, taken_over);
    return replacement;
}

}  // namespace plumb::exchange
