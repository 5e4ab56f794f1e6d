#include "engine/recovery.hpp"

#include <map>

namespace plumb::engine {
namespace {

bool absent(InstrumentId id) { return id.value == kAbsent; }

bool is_flat(const PairStatus& status) {
    return status.phase == PairPhase::flat && status.held[0].is_zero() && status.held[1].is_zero();
}

/// What one instrument that this session lacks has earned; it must be flat.
struct Gone {
    Quantity quantity;
    Money cash_flow;
    Money fees;
};

/// The pairs' standings are folds of the fills; a record in which they are not is damaged.
Status check_holdings(const RecordedState& state) {
    std::map<std::string, std::array<Quantity, 2>> filled;
    for (const RecordedFill& each : state.fills) {
        if (!each.pair.empty() && each.fill.leg < 2)
            filled[each.pair][each.fill.leg] += each.fill.signed_quantity();
    }
    for (const RecordedPair& pair : state.pairs) {
        const std::array<Quantity, 2> sums = filled[pair.pair];
        for (std::size_t leg = 0; leg < 2; ++leg) {
            if (pair.status.held[leg] == sums[leg]) continue;
            return fail(Errc::corrupt, "the trading record says that " + pair.pair + " holds " +
                                           pair.status.held[leg].to_string() + " of " + pair.legs[leg] +
                                           ", its fills say " + sums[leg].to_string());
        }
    }
    return {};
}

}  // namespace

Result<Recovered> recover(const RecordedState& state) {
    if (const Status sound = check_holdings(state); !sound) return fail(sound.error());
    Recovered recovered;
    recovered.equity_high = state.equity_high;
    std::map<std::string, Gone> gone;
    std::map<ClientOrderId, Quantity> filled;
    for (const RecordedFill& recorded : state.fills) {
        Fill fill = recorded.fill;
        filled[fill.order] += fill.quantity;
        if (absent(fill.instrument)) {
            Gone& each = gone[recorded.instrument];
            each.quantity += fill.signed_quantity();
            each.cash_flow -= fill.price * fill.signed_quantity();
            each.fees += fill.fee;
            continue;
        }
        // A pair of an earlier session that is flat now: its fills still count for the account.
        if (fill.pair && fill.pair->value == kAbsent) fill.pair.reset();
        recovered.fills.push_back(fill);
    }
    for (const auto& [name, each] : gone) {
        if (!each.quantity.is_zero()) {
            return fail(Errc::corrupt,
                        "the trading record holds " + each.quantity.to_string() + " of " + name +
                            ", which this session does not trade: start with a source that has it");
        }
        recovered.carried_realized += each.cash_flow;
        recovered.carried_fees += each.fees;
    }
    for (const RecordedPair& pair : state.pairs) {
        if (pair.configured()) {
            recovered.pairs.push_back(pair.status);
        } else if (!is_flat(pair.status)) {
            return fail(Errc::corrupt,
                        "the trading record holds pair " + pair.pair +
                            ", which this session does not trade: start with a source that has both legs");
        }
    }
    for (const RecordedOrder& order : state.orders) {
        if (absent(order.request.instrument) ||
            (order.request.pair && order.request.pair->value == kAbsent)) {
            return fail(Errc::corrupt,
                        "the trading record has an open order for " + order.instrument +
                            ", which this session does not trade: start with a source that has it");
        }
        const auto at = filled.find(order.request.id);
        const Quantity done = at == filled.end() ? Quantity{} : at->second;
        if (order.request.quantity <= done) continue;
        recovered.open_orders.push_back({order.request, order.state, done, false});
    }
    return recovered;
}

}  // namespace plumb::engine
