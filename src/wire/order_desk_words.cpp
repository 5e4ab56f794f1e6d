#include <fmt/core.h>

#include <algorithm>

#include "wire/order_desk.hpp"

// What updates mean for orders, and what is told of it.

namespace plumb::wire {
namespace {

constexpr Duration kFillBehind = std::chrono::milliseconds{200};

}  // namespace

OrderDesk::Tracked* OrderDesk::find(const ClientOrderId& id) {
    const auto at = orders_.find(id);
    return at == orders_.end() ? nullptr : &at->second;
}

const OrderDesk::Tracked* OrderDesk::find(const ClientOrderId& id) const {
    const auto at = orders_.find(id);
    return at == orders_.end() ? nullptr : &at->second;
}

OrderDesk::Tracked* OrderDesk::find(const OrderUpdate& update) {
    if (!update.client_order.empty()) {
        if (const Result<ClientOrderId> id = ClientOrderId::parse(update.client_order.view())) {
            if (Tracked* order = find(*id)) return order;
        }
    }
    if (update.venue_order.empty()) return nullptr;
    const auto at = by_venue_id_.find(update.venue_order);
    return at == by_venue_id_.end() ? nullptr : find(at->second);
}

void OrderDesk::take_all(std::span<const WireEvent> events, Timestamp now, DeskOutput& out) {
    // Orders before fills, since a page of fills may name orders by the venue's id only.
    for (const bool fills : {false, true}) {
        for (const WireEvent& event : events) {
            const auto* update = std::get_if<OrderUpdate>(&event);
            if (update != nullptr && update->fill.has_value() == fills) take(*update, now, out);
        }
    }
}

bool OrderDesk::take(const OrderUpdate& update, Timestamp now, DeskOutput& out) {
    Tracked* order = find(update);
    if (order == nullptr) {
        stranger(update, now, out);
        return false;
    }
    take_update(*order, update, now, out);
    return true;
}

void OrderDesk::take_update(Tracked& order, const OrderUpdate& update, Timestamp now, DeskOutput& out) {
    const bool believed_dead = order.closed && !order.evidence.exists();
    const bool missing_before = order.evidence.fills_missing();
    OrderUpdate seen = update;
    // A fill without a name cannot be told from its copy; the venue's list of fills has names.
    if (seen.fill && seen.fill->execution.empty()) seen.fill.reset();
    const OrderEvidence::News news = order.evidence.take(seen, order.request.quantity);
    if (!update.venue_order.empty()) by_venue_id_.try_emplace(update.venue_order, order.request.id);
    // A replacement makes the order before it end; what its fills were, the look says.
    if (news.first_sight) {
        order.existed_at = now;
        order.send_again_at.reset();
        if (order.replaces)
            if (Tracked* old = find(*order.replaces)) old->must_look = !old->closed;
    }
    if (believed_dead && !is_final(update.state)) {
        alarm(OrderAlarm::Kind::contradiction, &order,
              "ended as never arrived or refused, and alive: canceling it", now, out);
        order.closed = false;
        --closed_;
        order.cancel_wanted = true;
    }
    // The fill itself may be a moment behind.
    if (order.evidence.fills_missing() && !missing_before)
        order.look.due = std::max(order.look.due, now + kFillBehind);
    if (news.fill_differs)
        alarm(OrderAlarm::Kind::conservation_violated, &order,
              "execution " + std::string{update.fill->execution.view()} + " was told in two ways", now, out);
    if (news.new_fill) {
        if (order.closed)
            alarm(OrderAlarm::Kind::late_fill, &order,
                  "a fill of " + update.fill->quantity.to_string() + " after the order had ended", now, out);
        if (news.overfilled)
            alarm(
                OrderAlarm::Kind::conservation_violated, &order,
                "filled " + order.evidence.filled().to_string() + " of " + order.request.quantity.to_string(),
                now, out);
        emit_fill(order, update, now, out);
    }
    announce(order, now, out);
}

void OrderDesk::emit_fill(const Tracked& order, const OrderUpdate& update, Timestamp now, DeskOutput& out) {
    const VenueFill& told = *update.fill;
    const OrderRequest& request = order.request;
    DeskFill made;
    made.told = told;
    Fill& fill = made.fill;
    fill.execution = told.execution;
    fill.order = request.id;
    fill.instrument = request.instrument;
    fill.pair = request.pair;
    fill.leg = request.leg;
    fill.side = request.side;
    fill.price = told.price;
    fill.quantity = told.quantity;
    fill.maker = told.maker;
    fill.venue_time = update.venue_time;
    fill.received_at = update.received_at;
    const Instrument& instrument = instruments_[request.instrument];
    if (told.fee_known && (told.fee_asset.view() == instrument.quote || told.fee.is_zero())) {
        fill.fee = Money{told.fee};
    } else if (told.fee_known && told.fee_asset.view() == instrument.base) {
        fill.fee = told.price * Quantity{told.fee};
        made.base_fee = Quantity{told.fee};
        if (!fee_in_base_told_)
            alarm(
                OrderAlarm::Kind::fee_in_base, &order,
                "fees are taken in " + instrument.base + ": the account holds less than the fills add up to",
                now, out);
        fee_in_base_told_ = true;
    } else if (!fee_unknown_told_) {
        const std::string asset{told.fee_asset.view()};
        alarm(OrderAlarm::Kind::fee_unknown, &order,
              told.fee_known ? "fees are taken in " + asset + ": results leave them out"
                             : "the venue tells no fee with its fills: results leave it out",
              now, out);
        fee_unknown_told_ = true;
    }
    positions_.filled(request.instrument, fill.signed_quantity() - made.base_fee);
    out.events.emplace_back(made);
}

void OrderDesk::announce(Tracked& order, Timestamp now, DeskOutput& out) {
    if (order.closed) return;
    const OrderState state = order.evidence.state(order.request.quantity);
    // An answer that is still out, or a sending still to come, may say otherwise.
    if (state == OrderState::rejected && (order.place_pending || order.send_again_at)) return;
    const bool changed = state != order.told;
    // UNKNOWN is told when the answer is lost, not while it is awaited.
    const bool lost = state == OrderState::unknown && order.must_look && !order.alarmed_lost;
    if (changed || lost) {
        order.alarmed_lost |= lost;
        order.told = state;
        OrderReport report;
        report.order = order.request.id;
        report.venue_order = order.evidence.venue();
        report.state = state;
        report.reason = order.evidence.reason();
        report.venue_time = order.evidence.venue_time();
        report.received_at = now;
        out.events.emplace_back(report);
    }
    if (is_final(state)) close(order);
}

void OrderDesk::close(Tracked& order) {
    order.closed = true;
    sync_looks_.erase(order.request.id);
    order.must_look = false;
    order.send_again_at.reset();
    order.closing = ++last_closing_;
    ++closed_;
    if (closed_ <= options_.ended_orders_max) return;
    // The one that ended first is forgotten; a late word of it would be a stranger's.
    auto oldest = orders_.end();
    for (auto at = orders_.begin(); at != orders_.end(); ++at) {
        if (!at->second.closed || &at->second == &order) continue;
        if (oldest == orders_.end() || at->second.closing < oldest->second.closing) oldest = at;
    }
    if (oldest == orders_.end()) return;
    by_venue_id_.erase(oldest->second.evidence.venue());
    by_venue_id_.erase(oldest->second.evidence.former_venue());
    orders_.erase(oldest);
    --closed_;
}

void OrderDesk::stranger(const OrderUpdate& update, Timestamp now, DeskOutput& out) {
    // A fill of an order that ended before the record of this session begins is known, and no stranger's.
    if (update.fill && update.instrument &&
        restored_fills_.contains({*update.instrument, update.fill->execution}))
        return;
    const bool ours = ClientOrderId::parse(update.client_order.view()).has_value();
    if (!ours && !update.fill && is_final(update.state)) return;  // history of others
    const std::string name = fmt::format("{}/{}/{}", update.venue_order.view(), update.client_order.view(),
                                         update.fill ? update.fill->execution.view() : std::string_view{});
    constexpr std::size_t kStrangersMax = 1000;
    if (std::ranges::find(strangers_, name) != strangers_.end()) return;
    if (strangers_.size() == kStrangersMax) strangers_.erase(strangers_.begin());
    strangers_.push_back(name);
    OrderAlarm told;
    told.kind = ours          ? OrderAlarm::Kind::unrecorded_order
                : update.fill ? OrderAlarm::Kind::external_fill
                              : OrderAlarm::Kind::external_order;
    told.venue_order = update.venue_order;
    const std::string what = update.fill       ? fmt::format("{} at {}", update.fill->quantity.to_string(),
                                                             update.fill->price.to_string())
                             : update.quantity ? update.quantity->to_string()
                                               : std::string{"of unknown size"};
    told.words = fmt::format("{} {} {}, client id \"{}\"", to_string(update.side), update.symbol.view(), what,
                             update.client_order.view());
    told.at = now;
    out.alarms.push_back(std::move(told));
}

void OrderDesk::alarm(OrderAlarm::Kind kind, const Tracked* order, std::string words, Timestamp now,
                      DeskOutput& out) const {
    OrderAlarm told;
    told.kind = kind;
    if (order != nullptr) {
        told.order = order->request.id;
        told.venue_order = order->evidence.venue();
    }
    told.words = std::move(words);
    told.at = now;
    out.alarms.push_back(std::move(told));
}

std::uint64_t OrderDesk::ask(Purpose purpose, const ClientOrderId& order, Question question,
                             DeskOutput& out) {
    const std::uint64_t number = ++last_number_;
    pending_.emplace(number, Pending{purpose, order});
    out.questions.push_back({number, std::move(question)});
    return number;
}

OrderKey OrderDesk::key_of(const Tracked& order) const {
    return {order.request.instrument, order.request.id, order.evidence.venue()};
}

}  // namespace plumb::wire
