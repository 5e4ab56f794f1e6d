#include "wire/order_desk.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::wire {
namespace {

/// Whether an exit that certainly did not leave is tried again by the desk; entries are decided anew.
bool worth_sending_later(const OrderRequest& order) {
    return reduces_risk(order.purpose) || order.purpose == OrderPurpose::complete_leg;
}

constexpr Duration kNotSentWait = std::chrono::milliseconds{500};
constexpr Duration kCancelFirst = std::chrono::milliseconds{500};
constexpr Duration kCancelLook = std::chrono::milliseconds{250};
constexpr Duration kCancelCap = std::chrono::seconds{10};

}  // namespace

Duration OrderDesk::doubled(Duration first, int times, Duration cap) {
    Duration wait = first;
    for (int i = 0; i < times && wait < cap; ++i) wait *= 2;
    return std::min(wait, cap);
}

DeskOptions desk_options(const Capabilities& venue) {
    DeskOptions options;
    options.id_class = venue.id_class;
    options.order_endpoints = std::max<unsigned char>(venue.order_endpoints, 1);
    if (Duration::zero() < venue.not_found_settles) options.not_found_settles = venue.not_found_settles;
    return options;
}

OrderDesk::OrderDesk(DeskOptions options, const InstrumentTable& instruments)
    : options_{std::move(options)}, instruments_{instruments} {}

void OrderDesk::restore_fill(const Fill& fill) {
    PLUMB_CHECK(!started_);
    restored_fills_.try_emplace({fill.instrument, fill.execution}, fill);
}

void OrderDesk::restore_order(const OrderRequest& request, OrderState state) {
    PLUMB_CHECK(!started_ && !orders_.contains(request.id));
    Tracked& order = orders_[request.id];
    order.request = request;
    order.told = state == OrderState::intended ? OrderState::unknown : state;
    order.sends = 1;
    order.first_sent_at = request.decided_at;
    order.must_look = true;
    if (state == OrderState::working || state == OrderState::partially_filled)
        order.evidence.take_existence();
}

void OrderDesk::start(Timestamp fills_since, Timestamp now, DeskOutput& out) {
    PLUMB_CHECK(!started_);
    started_ = true;
    fills_cursor_ = fills_since;
    for (const auto& [key, fill] : restored_fills_) {
        if (Tracked* order = find(fill.order))
            order->evidence.know(fill.execution, fill.price, fill.quantity);
    }
    for (auto& [id, order] : orders_) order.lost_at = now;  // it may have left a moment before the restart
    survey_due_ = now;
    tick(now, out);
}

Status OrderDesk::place(const OrderRequest& order, Timestamp now, DeskOutput& out) {
    if (orders_.contains(order.id))
        return fail(Errc::duplicate, "the client order id " + order.id.to_string() + " was used before");
    if (!worth_sending_later(order)) {
        if (key_refused_) return fail(Errc::halted, "the venue refused the key: no entries");
        if (!live())
            return fail(Errc::halted, stream_up_ ? "orders and fills are still being read: no entries yet"
                                                 : "the private stream is down: no entries");
        if (!clock_safe_) return fail(Errc::halted, "the clock differs from the venue's: no entries");
        for (const auto& [id, other] : orders_) {
            if (!other.closed && other.told == OrderState::unknown && other.request.pair == order.pair &&
                order.pair)
                return fail(Errc::halted, "an order of this pair is UNKNOWN: no entries");
        }
    }
    Tracked& tracked = orders_[order.id];
    tracked.request = order;
    tracked.first_sent_at = now;
    send(tracked, now, out);
    return {};
}

void OrderDesk::send(Tracked& order, Timestamp now, DeskOutput& out) {
    order.place_pending = true;
    order.send_again_at.reset();
    ++order.sends;
    order.lost_at = now;
    if (!stream_up_) survey_due_ = std::min(survey_due_, now + options_.poll_every);
    ask(Purpose::place, order.request.id, AskPlace{order.request}, out);
    if (order.told == OrderState::intended) order.told = OrderState::unknown;  // as RecordIntent left it
}

Status OrderDesk::cancel(ClientOrderId id, Timestamp now, DeskOutput& out) {
    Tracked* order = find(id);
    if (order == nullptr) return fail(Errc::not_found, "no order " + id.to_string());
    if (order->closed) return {};
    order->cancel_wanted = true;
    pursue(*order, now, out);
    return {};
}

Status OrderDesk::replace(ClientOrderId id, const OrderRequest& changed, Timestamp now, DeskOutput& out) {
    Tracked* order = find(id);
    if (order == nullptr) return fail(Errc::not_found, "no order " + id.to_string());
    if (orders_.contains(changed.id))
        return fail(Errc::duplicate, "the client order id " + changed.id.to_string() + " was used before");
    if (order->closed || !order->evidence.exists() || order->cancel_wanted || order->replaced_by)
        return fail(Errc::denied, "the order " + id.to_string() + " is not working: nothing to replace");
    order->replaced_by = changed.id;
    Tracked& tracked = orders_[changed.id];
    tracked.request = changed;
    tracked.first_sent_at = tracked.lost_at = now;
    tracked.sends = 1;
    tracked.place_pending = true;
    tracked.told = OrderState::unknown;
    tracked.replaces = id;
    ask(Purpose::replace, changed.id, AskReplace{key_of(*order), changed}, out);
    return {};
}

void OrderDesk::heard(const OrderUpdate& update, Timestamp now, DeskOutput& out) {
    if (take(update, now, out)) pursue_all(now, out);
}

void OrderDesk::stream_up(Timestamp now, DeskOutput& out) {
    stream_up_ = true;
    surveyed_ = false;
    survey_again_ = survey_.running();  // what is under way began before the stream was there
    survey_due_ = now;
    tick(now, out);
}

void OrderDesk::stream_down(Timestamp now, DeskOutput& out) {
    stream_up_ = false;
    surveyed_ = false;
    survey_due_ = std::min(survey_due_, now);
    tick(now, out);
}

void OrderDesk::tick(Timestamp now, DeskOutput& out) {
    if (!started_) return;
    run_survey(now, out);
    pursue_all(now, out);
}

void OrderDesk::answered(const DeskAnswer& answer, Timestamp now, DeskOutput& out) {
    const auto found = pending_.find(answer.number);
    PLUMB_CHECK(found != pending_.end());
    const Pending pending = found->second;
    pending_.erase(found);
    // What the answer says of orders is evidence, whatever was asked.
    take_all(answer.events, now, out);
    if (answer.reply.verdict == Verdict::unauthorized) refuse_key(answer.reply, now, out);
    if (pending.purpose == Purpose::survey) {
        answered_survey(answer, now, out);
    } else if (Tracked* order = find(pending.order)) {
        switch (pending.purpose) {
            case Purpose::place: answered_place(*order, answer, now, out); break;
            case Purpose::cancel: answered_cancel(*order, answer, now); break;
            case Purpose::replace: answered_replace(*order, answer, now, out); break;
            case Purpose::look_order:
            case Purpose::look_fills: answered_look(*order, pending.purpose, answer, now, out); break;
            case Purpose::survey: break;
        }
        announce(*order, now, out);
    }
    tick(now, out);
}

void OrderDesk::answered_place(Tracked& order, const DeskAnswer& answer, Timestamp now, DeskOutput& out) {
    order.place_pending = false;
    order.lost_at = now;
    const bool first_time = order.sends == 1;
    switch (answer.reply.verdict) {
        case Verdict::ok:
            // Accepted, and perhaps not a word of what it became.
            if (order.evidence.take_existence()) order.must_look = true;
            return;
        case Verdict::duplicate:
            if (first_time && !order.evidence.exists())
                alarm(OrderAlarm::Kind::duplicate_id, &order, answer.reply.words, now, out);
            order.evidence.take_existence();
            order.must_look = true;
            return;
        case Verdict::refused:
            // After an earlier sending whose fate is open, this speaks of the copy only.
            if (order.evidence.exists()) {
                alarm(OrderAlarm::Kind::contradiction, &order, "refused, and alive: " + answer.reply.words,
                      now, out);
                order.must_look = true;
            } else if (first_time) {
                order.evidence.take_refusal(answer.reply.words);
            } else {
                order.must_look = true;
            }
            return;
        case Verdict::rate_limited:
        case Verdict::unavailable:
        case Verdict::clock:
        case Verdict::unauthorized: not_sent(order, answer.reply, now); return;
        case Verdict::not_found:
        case Verdict::unknown:
            if (!answer.may_have_arrived)
                not_sent(order, answer.reply, now);
            else
                order.must_look = true;
            return;
    }
}

/// Certainly not executed. An exit is sent again under its id, unless evidence of it comes before (E04).
void OrderDesk::not_sent(Tracked& order, const Reply& reply, Timestamp now) {
    if (order.evidence.exists() || 1 < order.sends) {
        order.must_look = true;  // an earlier copy may be alive
        return;
    }
    const Timestamp again = std::max(reply.retry_at.value_or(now), now + kNotSentWait);
    const bool in_time = again < order.first_sent_at + options_.not_sent_retry_for;
    if (worth_sending_later(order.request) && !order.cancel_wanted && in_time && !key_refused_ &&
        !order.replaces) {
        order.send_again_at = again;
        order.sends = 0;  // nothing is out: the next is the first
        order.must_look = false;
        return;
    }
    order.evidence.take_refusal("not sent: " + reply.words);
}

void OrderDesk::answered_cancel(Tracked& order, const DeskAnswer& answer, Timestamp now) {
    order.cancel_pending = false;
    order.cancel_due = now + doubled(kCancelFirst, order.cancels, kCancelCap);
    if (answer.reply.retry_at) order.cancel_due = std::max(order.cancel_due, *answer.reply.retry_at);
    // Whatever was answered, only the order itself tells what became of it.
    if (order.evidence.ended()) return;
    order.must_look = true;
    order.look.due = std::max(order.look.due, now + kCancelLook);  // the stream may tell sooner
}

void OrderDesk::answered_replace(Tracked& order, const DeskAnswer& answer, Timestamp now, DeskOutput& out) {
    order.place_pending = false;
    order.lost_at = now;
    Tracked* old = order.replaces ? find(*order.replaces) : nullptr;
    if (old != nullptr) {
        old->must_look = true;
        old->replaced_by.reset();
    }
    switch (answer.reply.verdict) {
        case Verdict::ok: {
            if (order.evidence.exists() || old == nullptr || old->closed || old->evidence.ended()) {
                if (order.evidence.take_existence()) order.must_look = true;
                return;
            }
            // Nothing bears the new id: the venue changed the order where it stands.
            old->request.quantity = order.request.quantity;
            old->request.limit = order.request.limit;
            old->request.stop = order.request.stop;
            old->evidence.change_quantity(order.request.quantity);
            order.evidence.take_refusal("changed in place: the order keeps its id");
            announce(*old, now, out);
            return;
        }
        case Verdict::duplicate:
            order.evidence.take_existence();
            order.must_look = true;
            return;
        case Verdict::refused: order.evidence.take_refusal(answer.reply.words); return;
        case Verdict::rate_limited:
        case Verdict::unavailable:
        case Verdict::clock:
        case Verdict::unauthorized: not_sent(order, answer.reply, now); return;
        case Verdict::not_found:
        case Verdict::unknown:
            if (!answer.may_have_arrived)
                not_sent(order, answer.reply, now);
            else
                order.must_look = true;
            return;
    }
}

void OrderDesk::refuse_key(const Reply& reply, Timestamp now, DeskOutput& out) {
    if (key_refused_) return;
    key_refused_ = true;
    alarm(OrderAlarm::Kind::unauthorized, nullptr, "the venue refused the key: " + reply.words, now, out);
}

bool OrderDesk::still_wanted(const Question& question) const {
    const auto* place = std::get_if<AskPlace>(&question);
    if (place == nullptr) return true;
    const Tracked* order = find(place->order.id);
    return order != nullptr && !order->closed && !order->evidence.exists() &&
           !(order->cancel_wanted && !reduces_risk(order->request.purpose));
}

OrderState OrderDesk::state_of(ClientOrderId id) const {
    const Tracked* order = find(id);
    return order == nullptr ? OrderState::intended : order->told;
}

Quantity OrderDesk::filled_of(ClientOrderId id) const {
    const Tracked* order = find(id);
    return order == nullptr ? Quantity{} : order->evidence.filled();
}

std::size_t OrderDesk::open_orders() const { return orders_.size() - closed_; }

std::size_t OrderDesk::unknown_orders() const {
    return static_cast<std::size_t>(std::ranges::count_if(orders_, [](const auto& entry) {
        return !entry.second.closed && entry.second.told == OrderState::unknown;
    }));
}

}  // namespace plumb::wire
