#include "app/recovery.hpp"

#include <map>

namespace plumb::app {
namespace {

bool absent(InstrumentId id) { return id.value == kAbsent; }

/// What one instrument that this session lacks has earned; it must be flat.
struct Gone {
    Quantity quantity;
    Money cash_flow;
    Money fees;
};

}  // namespace

Result<engine::Recovered> recover(const RecordedState& state) {
    engine::Recovered recovered;
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
            return fail(Errc::corrupt, "the trading record holds " + each.quantity.to_string() + " of " + name +
                                           ", which this session does not trade: start with a source that has it");
        }
        recovered.carried_realized += each.cash_flow;
        recovered.carried_fees += each.fees;
    }
    for (const RecordedPair& pair : state.pairs) {
        if (pair.configured()) {
            recovered.pairs.push_back(pair.status);
        } else if (pair.status.phase != PairPhase::flat) {
            return fail(Errc::corrupt, "the trading record holds pair " + pair.pair +
                                           ", which this session does not trade: start with a source that has both legs");
        }
    }
    for (const RecordedOrder& order : state.orders) {
        if (absent(order.request.instrument) || (order.request.pair && order.request.pair->value == kAbsent)) {
            return fail(Errc::corrupt, "the trading record has an open order for " + order.instrument +
                                           ", which this session does not trade: start with a source that has it");
        }
        const auto at = filled.find(order.request.id);
        const Quantity done = at == filled.end() ? Quantity{} : at->second;
        if (order.request.quantity <= done) continue;
        recovered.open_orders.push_back({order.request, order.state, done, false});
    }
    return recovered;
}

void restore_paper(const RecordedState& state, const engine::Recovered& recovered, venues::paper::PaperVenue& venue) {
    std::map<ClientOrderId, unsigned> fills;
    std::map<std::uint32_t, Quantity> positions;
    for (const RecordedFill& recorded : state.fills) {
        ++fills[recorded.fill.order];
        if (!absent(recorded.fill.instrument)) positions[recorded.fill.instrument.value] += recorded.fill.signed_quantity();
    }
    for (const auto& [instrument, quantity] : positions) venue.restore(InstrumentId{instrument}, quantity);
    for (const execution::OpenOrder& order : recovered.open_orders) {
        const auto at = fills.find(order.request.id);
        venue.restore(order.request, order.filled, at == fills.end() ? 0 : at->second);
    }
}

}  // namespace plumb::app
