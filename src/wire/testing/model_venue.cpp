#include "wire/testing/model_venue.hpp"

namespace plumb::wire::testing {

ModelVenue::ModelVenue(IdClass id_class, unsigned char endpoints, Faults faults, std::uint64_t seed)
    : id_class_{id_class}, endpoints_{endpoints}, faults_{faults}, rng_{seed} {}

Duration ModelVenue::up_to(Duration most) {
    return Duration{static_cast<Duration::rep>(rng_.uniform() * static_cast<double>(most.count()))};
}

std::vector<const ModelVenue::Order*> ModelVenue::orders_of(const ClientOrderId& id) const {
    std::vector<const Order*> found;
    const auto at = by_client_.find(id.to_string());
    if (at != by_client_.end())
        for (const std::size_t index : at->second) found.push_back(&orders_[index]);
    return found;
}

ModelVenue::Answer ModelVenue::execute(const Question& question, Timestamp now) {
    if (const auto* place_it = std::get_if<AskPlace>(&question)) return place(place_it->order, now);
    if (const auto* cancel_it = std::get_if<AskCancel>(&question)) return cancel(cancel_it->order, now);
    if (const auto* replace_it = std::get_if<AskReplace>(&question)) return replace(*replace_it, now);
    if (const auto* order = std::get_if<AskOrder>(&question)) return find_order(*order, now);
    if (std::holds_alternative<AskOpenOrders>(question)) return open_orders(now);
    if (const auto* fills_since = std::get_if<AskFills>(&question)) return fills(*fills_since, now);
    if (std::holds_alternative<AskPositions>(question)) return positions(now);
    return {{.verdict = Verdict::refused,
             .code = 0,
             .words = "no such question",
             .retry_at = {},
             .next_page = {}},
            {}};
}

ModelVenue::Answer ModelVenue::place(const OrderRequest& request, Timestamp now) {
    Answer answer;
    const std::string client = request.id.to_string();
    if (rng_.uniform() < faults_.busy) {
        answer.reply.verdict = Verdict::rate_limited;
        answer.reply.retry_at = now + std::chrono::seconds{1};
        return answer;
    }
    for (const Order* order : orders_of(request.id)) {
        if (id_class_ == IdClass::for_ever || (id_class_ == IdClass::while_open && !is_final(order->state))) {
            answer.reply.verdict = Verdict::duplicate;
            return answer;
        }
    }
    if (rng_.uniform() < faults_.refused) {
        answer.reply.verdict = Verdict::refused;
        answer.reply.words = "insufficient funds";
        return answer;
    }
    const std::size_t index = accept(request, client, now);
    answer.reply.verdict = Verdict::ok;
    answer.events.emplace_back(update_of(orders_[index], now));
    return answer;
}

std::size_t ModelVenue::accept(const OrderRequest& request, std::string client, Timestamp now) {
    Order order;
    order.request = request;
    order.client = std::move(client);
    order.venue = VenueOrderId{"V" + std::to_string(orders_.size() + 1)};
    order.accepted_at = now;
    for (unsigned char i = 0; i < endpoints_; ++i) order.visible_at.push_back(now + up_to(faults_.order_lag));
    const std::size_t index = orders_.size();
    by_client_[order.client].push_back(index);
    orders_.push_back(std::move(order));
    tell(orders_.back(), nullptr, now);
    accepted.push_back(index);
    return index;
}

std::size_t ModelVenue::place_by_hand(const OrderRequest& request, Timestamp now) {
    return accept(request, "by-hand", now);
}

ModelVenue::Order* ModelVenue::find(const OrderKey& key) {
    for (Order& order : orders_) {
        if (!key.venue.empty() ? order.venue == key.venue : order.client == key.client.to_string())
            return &order;
    }
    return nullptr;
}

ModelVenue::Answer ModelVenue::cancel(const OrderKey& key, Timestamp now) {
    Answer answer;
    Order* order = find(key);
    if (order == nullptr || is_final(order->state)) {
        answer.reply.verdict = Verdict::refused;
        answer.reply.words = "unknown order";
        return answer;
    }
    order->state = OrderState::canceled;
    tell(*order, nullptr, now);
    answer.reply.verdict = Verdict::ok;
    return answer;
}

ModelVenue::Answer ModelVenue::replace(const AskReplace& question, Timestamp now) {
    Answer answer;
    Order* order = find(question.replaced);
    if (order == nullptr || is_final(order->state)) {
        answer.reply.verdict = Verdict::refused;
        answer.reply.words = "order is not open";
        return answer;
    }
    order->state = OrderState::canceled;
    tell(*order, nullptr, now);
    const std::size_t index = accept(question.order, question.order.id.to_string(), now);
    answer.reply.verdict = Verdict::ok;
    answer.events.emplace_back(update_of(orders_[index], now));
    return answer;
}

void ModelVenue::fill(std::size_t index, Quantity quantity, Timestamp now) {
    Order& order = orders_[index];
    if (is_final(order.state)) return;
    const Quantity leaves = order.request.quantity - order.filled;
    Execution execution;
    execution.id = ExecutionId{"E" + std::to_string(++last_execution_)};
    execution.price = order.request.limit;
    execution.quantity = std::min(quantity, leaves);
    execution.at = now;
    execution.visible_at = now + up_to(faults_.fills_lag);
    order.filled += execution.quantity;
    order.state = order.filled == order.request.quantity ? OrderState::filled : OrderState::partially_filled;
    order.executions.push_back(execution);
    tell(order, &execution, now);
}

VenueFill ModelVenue::fill_of(const Execution& execution) {
    VenueFill fill;
    fill.execution = execution.id;
    fill.price = execution.price;
    fill.quantity = execution.quantity;
    fill.fee_asset = AssetText{"USD"};
    fill.fee_known = true;
    return fill;
}

OrderUpdate ModelVenue::update_of(const Order& order, Timestamp now) {
    OrderUpdate update;
    update.instrument = order.request.instrument;
    update.client_order = FixedText<64>{order.client};
    update.venue_order = order.venue;
    update.side = order.request.side;
    update.state = order.state;
    update.quantity = order.request.quantity;
    update.filled = order.filled;
    update.venue_time = now;
    update.received_at = now;
    return update;
}

void ModelVenue::tell(const Order& order, const Execution* execution, Timestamp now) {
    OrderUpdate update = update_of(order, now);
    if (execution != nullptr && faults_.stream_tells_fills) update.fill = fill_of(*execution);
    if (!faults_.cumulative) update.filled.reset();
    told.push_back(update);
}

ModelVenue::Answer ModelVenue::find_order(const AskOrder& question, Timestamp now) const {
    Answer answer;
    answer.reply.verdict = Verdict::not_found;
    for (const Order& order : orders_) {
        const bool same = question.order.venue.empty() ? order.client == question.order.client.to_string()
                                                       : order.venue == question.order.venue;
        if (!same || now < order.visible_at[question.endpoint]) continue;
        answer.reply.verdict = Verdict::ok;
        answer.events.emplace_back(update_of(order, now));
    }
    return answer;
}

ModelVenue::Answer ModelVenue::open_orders(Timestamp now) const {
    Answer answer;
    answer.reply.verdict = Verdict::ok;
    for (const Order& order : orders_) {
        if (!is_final(order.state) && order.visible_at[0] <= now)
            answer.events.emplace_back(update_of(order, now));
    }
    return answer;
}

ModelVenue::Answer ModelVenue::fills(const AskFills& question, Timestamp now) const {
    Answer answer;
    answer.reply.verdict = Verdict::ok;
    for (const Order& order : orders_) {
        if (question.instrument && order.request.instrument != *question.instrument) continue;
        for (const Execution& execution : order.executions) {
            if (now < execution.visible_at || execution.at < question.since) continue;
            OrderUpdate update;
            update.instrument = order.request.instrument;
            update.client_order = FixedText<64>{order.client};
            update.venue_order = order.venue;
            update.side = order.request.side;
            update.fill = fill_of(execution);
            update.venue_time = execution.at;
            update.received_at = now;
            answer.events.emplace_back(update);
        }
    }
    return answer;
}

ModelVenue::Answer ModelVenue::positions(Timestamp now) const {
    Answer answer;
    answer.reply.verdict = Verdict::ok;
    std::map<InstrumentId, Quantity> held;
    for (const Order& order : orders_) {
        for (const Execution& execution : order.executions) {
            if (now < execution.visible_at) continue;
            held[order.request.instrument] +=
                order.request.side == Side::buy ? execution.quantity : -execution.quantity;
        }
    }
    for (const auto& [instrument, quantity] : held) {
        VenuePosition position;
        position.instrument = instrument;
        position.quantity = quantity;
        position.received_at = now;
        answer.events.emplace_back(position);
    }
    return answer;
}

}  // namespace plumb::wire::testing
