#include "venues/paper/paper_venue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/check.hpp"

namespace plumb::venues::paper {
namespace {

constexpr std::size_t kOrdersReserve = 256;

/// "p<install>.<epoch>.<counter>.<fill>": a function of the order and its fill count alone, so a restart
/// repeats none.
ExecutionId execution_id(const ClientOrderId& order, unsigned fill) {
    std::array<char, 64> text{};
    std::size_t size = 0;
    const auto append = [&](char separator, std::uint64_t number, int base) {
        PLUMB_CHECK(size < 40);
        text[size++] = separator;
        const auto end = std::to_chars(text.data() + size, text.data() + text.size(), number, base).ptr;
        size = static_cast<std::size_t>(end - text.data());
    };
    append('p', order.install, 16);
    append('.', order.epoch, 10);
    append('.', order.counter, 10);
    append('.', fill, 10);
    return ExecutionId{std::string_view{text.data(), size}};
}

VenueOrderId venue_order_id(const ClientOrderId& order) {
    const ExecutionId id = execution_id(order, 0);
    return VenueOrderId{id.view().substr(0, id.view().rfind('.'))};
}

}  // namespace

PaperVenue::PaperVenue(PaperCosts costs, const InstrumentTable& instruments)
    : costs_{costs}, instruments_{instruments}, positions_(instruments.size()), answers_(kAnswersReserve) {
    orders_.reserve(kOrdersReserve);
}

void PaperVenue::push(const Event& answer) {
    if (answers_count_ == answers_.size()) {
        std::rotate(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(answers_first_),
                    answers_.end());
        answers_first_ = 0;
        answers_.resize(answers_.size() * 2);
    }
    answers_[(answers_first_ + answers_count_) % answers_.size()] = answer;
    ++answers_count_;
}

bool PaperVenue::take_answer(Event& answer) {
    if (answers_count_ == 0) return false;
    answer = answers_[answers_first_];
    answers_first_ = (answers_first_ + 1) % answers_.size();
    --answers_count_;
    return true;
}

const char* PaperVenue::why_not(const OrderRequest& order) const {
    if (order.instrument.value >= instruments_.size()) return "unknown instrument";
    const Instrument& instrument = instruments_[order.instrument];
    if (order.quantity.sign() <= 0) return "quantity must be above zero";
    if (!order.quantity.value.is_multiple_of(instrument.lot.value))
        return "quantity is not a multiple of the lot";
    if (order.quantity < instrument.quantity_min) return "quantity below the smallest order";
    const auto value = notional(order.reference, order.quantity);
    if (!value) return "order value out of range";
    if (*value < instrument.notional_min && !reduces_risk(order.purpose))
        return "value below the smallest order";
    if (order.type == OrderType::trailing_stop) return "trailing stops are not offered";
    if (order.time_in_force != TimeInForce::good_till_canceled)
        return "only good-till-canceled orders are offered";
    const bool has_stop = order.type == OrderType::stop || order.type == OrderType::stop_limit;
    if (has_stop && (order.stop.sign() <= 0 || !order.stop.value.is_multiple_of(instrument.tick.value))) {
        return "stop price is not a multiple of the tick";
    }
    const bool has_limit = order.type == OrderType::limit || order.type == OrderType::stop_limit;
    if (has_limit && (order.limit.sign() <= 0 || !order.limit.value.is_multiple_of(instrument.tick.value))) {
        return "limit price is not a multiple of the tick";
    }
    const bool sells_short = order.side == Side::sell &&
                             positions_[order.instrument.value] < order.quantity && !instrument.can_short;
    if (sells_short) return "insufficient balance: this instrument cannot be sold short";
    return nullptr;
}

Status PaperVenue::submit(const ApprovedOrder& order, Timestamp now) {
    const OrderRequest& request = order.request();
    const bool known =
        std::ranges::any_of(orders_, [&](const RestingOrder& each) { return each.request.id == request.id; });
    if (!known) accept(request, now);  // the same client order id again: the venue has it already
    return {};
}

void PaperVenue::accept(const OrderRequest& order, Timestamp now) {
    if (const char* reason = why_not(order)) {
        refuse(order, reason, now);
        return;
    }
    orders_.push_back({order, {}, order.decided_at + costs_.latency, 0, false});
    push(OrderReport{order.id, venue_order_id(order.id), OrderState::working, {}, now, now});
}

Status PaperVenue::cancel(ClientOrderId order, InstrumentId, Timestamp now) {
    const auto at =
        std::ranges::find_if(orders_, [&](const RestingOrder& each) { return each.request.id == order; });
    if (at == orders_.end()) return {};  // filled or gone: its last answer is on its way or was taken
    const OrderRequest request = at->request;
    orders_.erase(at);
    end(request, OrderState::canceled, now);
    return {};
}

void PaperVenue::refuse(const OrderRequest& order, std::string_view reason, Timestamp now) {
    push(OrderReport{order.id, {}, OrderState::rejected, FixedText<96>{reason}, now, now});
}

void PaperVenue::end(const OrderRequest& order, OrderState state, Timestamp now) {
    push(OrderReport{order.id, venue_order_id(order.id), state, {}, now, now});
}

void PaperVenue::on_market(const Event& event) {
    if (orders_.empty()) return;
    const bool has_price = std::holds_alternative<Quote>(event) || std::holds_alternative<Trade>(event) ||
                           std::holds_alternative<ClosedBar>(event);
    if (!has_price) return;
    const InstrumentId instrument = std::visit(
        [](const auto& each) {
            if constexpr (requires { each.instrument; }) return each.instrument;
            return InstrumentId{};
        },
        event);
    const Timestamp now = time_of(event);
    bool any_done = false;
    for (RestingOrder& order : orders_) {
        if (order.request.instrument != instrument) continue;
        order.triggered |= reaches_stop(order, event, costs_);
        if (const auto proposed = propose_fill(order, event, instruments_[instrument], costs_))
            fill(order, *proposed, now);
        any_done |= order.filled == order.request.quantity;
    }
    if (any_done)
        std::erase_if(orders_, [](const RestingOrder& each) { return each.filled == each.request.quantity; });
}

void PaperVenue::fill(RestingOrder& order, const ProposedFill& proposed, Timestamp now) {
    const OrderRequest& request = order.request;
    Fill fill;
    fill.execution = execution_id(request.id, ++order.fills);
    fill.order = request.id;
    fill.instrument = request.instrument;
    fill.pair = request.pair;
    fill.leg = request.leg;
    fill.side = request.side;
    fill.price = proposed.price;
    fill.quantity = proposed.quantity;
    fill.maker = proposed.maker;
    const double fee_bps = proposed.maker ? costs_.maker_fee_bps : costs_.taker_fee_bps;
    const auto rate = Decimal::from_double(fee_bps * 1e-4, 12);
    PLUMB_CHECK(rate.has_value());
    fill.fee = fill.price * fill.quantity * *rate;
    fill.venue_time = proposed.venue_time;
    fill.received_at = now;
    order.filled += fill.quantity;
    positions_[request.instrument.value] += fill.signed_quantity();
    push(fill);
}

void PaperVenue::restore(const RecordedState& state) {
    std::map<ClientOrderId, std::pair<Quantity, unsigned>> done;  // filled, in how many fills
    for (const RecordedFill& recorded : state.fills) {
        auto& [filled, fills] = done[recorded.fill.order];
        filled += recorded.fill.quantity;
        ++fills;
        if (recorded.fill.instrument.value == kAbsent) continue;
        positions_[recorded.fill.instrument.value] += recorded.fill.signed_quantity();
    }
    for (const RecordedOrder& order : state.orders) {
        if (is_final(order.state) || order.request.instrument.value == kAbsent) continue;
        const auto [filled, fills] = done[order.request.id];
        if (order.request.quantity <= filled) continue;
        const bool unanswered = order.state == OrderState::intended || order.state == OrderState::unknown;
        if (unanswered && fills == 0) {
            accept(order.request, order.request.decided_at);
        } else {
            orders_.push_back(
                {order.request, filled, order.request.decided_at + costs_.latency, fills, fills > 0});
        }
    }
}

}  // namespace plumb::venues::paper
