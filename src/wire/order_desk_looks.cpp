#include <algorithm>

#include "base/check.hpp"
#include "wire/order_desk.hpp"

// What is unclear about an order or the account, and how it is found out.

namespace plumb::wire {
namespace {

constexpr int kSettledRounds = 2;    // agreeing reads before an order is believed absent (E05, E11)
constexpr int kSendsMax = 3;         // of one id
constexpr int kUncountedRounds = 3;  // readings after which an end without a count is taken as it is
constexpr int kMissingAlarm = 8;     // readings after which missing fills are told
constexpr Duration kSurveyAgain = std::chrono::seconds{1};
constexpr Duration kSurveyAfterUp = std::chrono::seconds{5};
constexpr Duration kPositionsAgain = std::chrono::seconds{5};

}  // namespace

bool OrderDesk::wants_orders(const Tracked& order) const {
    return order.must_look || (order.evidence.ended() && !order.evidence.end_is_counted());
}

bool OrderDesk::wants_fills(const Tracked& order) const {
    return (order.must_look && !order.evidence.exists()) || order.evidence.fills_missing() ||
           (order.evidence.ended() && !order.evidence.end_is_counted());
}

void OrderDesk::pursue_all(Timestamp now, DeskOutput& out) {
    // By id, since ending one order may forget another.
    ClientOrderId at;
    for (bool first = true;; first = false) {
        const auto next = first ? orders_.begin() : orders_.upper_bound(at);
        if (next == orders_.end()) return;
        at = next->first;
        if (!next->second.closed) pursue(next->second, now, out);
    }
}

void OrderDesk::pursue(Tracked& order, Timestamp now, DeskOutput& out) {
    if (order.closed || !started_) return;
    const bool exists = order.evidence.exists();
    if (order.send_again_at && order.cancel_wanted && !exists) {
        order.send_again_at.reset();
        order.evidence.take_refusal("canceled before it left");
        announce(order, now, out);
        return;
    }
    if (order.send_again_at && *order.send_again_at <= now && !exists) {
        send(order, now, out);
        return;
    }
    if (order.cancel_wanted && exists && !order.evidence.ended() && !order.cancel_pending &&
        order.cancel_due <= now) {
        order.cancel_pending = true;
        ++order.cancels;
        ask(Purpose::cancel, order.request.id, AskCancel{key_of(order)}, out);
    }
    if (order.place_pending && !exists) return;
    if (order.look.pending == 0 && order.look.due <= now && (wants_orders(order) || wants_fills(order)))
        start_look(order, now, out);
    if (!exists && order.must_look && !order.alarmed_unknown &&
        order.first_sent_at + options_.unknown_alarm_after <= now) {
        order.alarmed_unknown = true;
        alarm(OrderAlarm::Kind::unknown_for_long, &order, "no evidence yet; it counts as open in full", now,
              out);
    }
}

void OrderDesk::start_look(Tracked& order, Timestamp now, DeskOutput& out) {
    Look& look = order.look;
    look.asks_orders = wants_orders(order);
    look.asks_fills = wants_fills(order);
    look.inconclusive = false;
    look.found = false;
    look.settled = order.lost_at + options_.not_found_settles <= now;
    if (look.asks_orders) {
        for (unsigned char endpoint = 0; endpoint < options_.order_endpoints; ++endpoint) {
            ++look.pending;
            ask(Purpose::look_order, order.request.id, AskOrder{key_of(order), endpoint}, out);
        }
    }
    if (look.asks_fills) {
        ++look.pending;
        ask(Purpose::look_fills, order.request.id,
            AskFills{.instrument = order.request.instrument,
                     .since = order.first_sent_at - options_.fills_overlap,
                     .page = {}},
            out);
    }
}

void OrderDesk::answered_look(Tracked& order, Purpose purpose, const DeskAnswer& answer, Timestamp now,
                              DeskOutput& out) {
    Look& look = order.look;
    --look.pending;
    PLUMB_CHECK(0 <= look.pending);
    if (answer.reply.retry_at) look.due = std::max(look.due, *answer.reply.retry_at);
    if (answer.reply.verdict == Verdict::ok) {
        for (const WireEvent& event : answer.events) {
            const auto* update = std::get_if<OrderUpdate>(&event);
            look.found |= purpose == Purpose::look_order && update != nullptr && find(*update) == &order;
        }
        if (purpose == Purpose::look_fills && !answer.reply.next_page.empty()) {
            ++look.pending;
            ask(Purpose::look_fills, order.request.id,
                AskFills{.instrument = order.request.instrument,
                         .since = order.first_sent_at - options_.fills_overlap,
                         .page = answer.reply.next_page},
                out);
        }
    } else if (answer.reply.verdict != Verdict::not_found) {
        look.inconclusive = true;
    }
    if (look.pending == 0) end_look(order, now, out);
}

void OrderDesk::end_look(Tracked& order, Timestamp now, DeskOutput& out) {
    Look& look = order.look;
    look.due = std::max(look.due, now + doubled(options_.look_first, look.attempt++, options_.look_cap));
    if (order.closed) return;
    if (!order.evidence.exists()) {
        if (look.inconclusive)
            look.absent_in_a_row = 0;
        else if (look.settled)
            ++look.absent_in_a_row;
        if (kSettledRounds <= look.absent_in_a_row) absence_proven(order, now, out);
        return;
    }
    if (look.asks_orders && look.found) {
        order.must_look = false;
        sync_looks_.erase(order.request.id);
    }
    const bool uncounted = order.evidence.ended() && !order.evidence.end_is_counted();
    if (uncounted && look.asks_fills && !look.inconclusive && kUncountedRounds <= ++look.uncounted) {
        order.evidence.count_end();
        announce(order, now, out);
    }
    if (order.evidence.fills_missing() && kMissingAlarm <= look.attempt && !order.alarmed_missing) {
        order.alarmed_missing = true;
        alarm(OrderAlarm::Kind::fills_missing, &order,
              "the venue counts " + order.evidence.filled_told().to_string() + " filled and shows " +
                  order.evidence.filled().to_string(),
              now, out);
    }
    if (!wants_orders(order) && !wants_fills(order)) {
        look.attempt = 0;
        look.due = now;
    }
}

/// Every endpoint and the fills, read after the settle time and read again, show nothing.
void OrderDesk::absence_proven(Tracked& order, Timestamp now, DeskOutput& out) {
    const bool exit =
        reduces_risk(order.request.purpose) || order.request.purpose == OrderPurpose::complete_leg;
    // Only where the venue itself refuses a copy of an order that ever was: see the class comment.
    const bool again = options_.id_class == IdClass::for_ever && exit && !order.cancel_wanted &&
                       !order.replaces && order.sends < kSendsMax && !key_refused_;
    alarm(OrderAlarm::Kind::never_arrived, &order,
          again ? "orders and fills show nothing: sent again under the same id"
                : "orders and fills show nothing: ended",
          now, out);
    if (again) {
        order.must_look = false;
        order.look = {};
        send(order, now, out);
        return;
    }
    order.evidence.take_absence("never arrived: orders and fills show nothing");
    announce(order, now, out);
}

void OrderDesk::run_survey(Timestamp now, DeskOutput& out) {
    if (survey_.running() || now < survey_due_) return;
    const AccountSurvey::Scope scope{.ask_each = options_.ask_each,
                                     .fills_since = fills_cursor_ - options_.fills_overlap,
                                     .positions = options_.has_positions};
    for (Question& question : survey_.start(scope, now)) {
        Question asked = question;
        survey_.sent(ask(Purpose::survey, {}, std::move(question), out), std::move(asked));
    }
}

void OrderDesk::answered_survey(const DeskAnswer& answer, Timestamp now, DeskOutput& out) {
    const std::optional<Question> question = survey_.take_back(answer.number);
    PLUMB_CHECK(question.has_value());
    if (std::optional<Question> next = survey_.answered(*question, answer.reply, answer.events)) {
        Question asked = *next;
        survey_.sent(ask(Purpose::survey, {}, std::move(*next), out), std::move(asked));
    }
    if (!survey_.finished()) return;
    survey_.end();
    if (survey_.failed()) {
        survey_due_ = std::max(now + kSurveyAgain, survey_.retry_at().value_or(now));
        return;
    }
    fills_cursor_ = std::max(fills_cursor_, survey_.started_at());
    const bool quiet = stream_up_ || open_orders() == 0;
    survey_due_ = now + (quiet ? options_.audit_every : options_.poll_every);
    compare_open_orders(now);
    if (survey_.has_positions()) compare_positions(now, out);
    if (survey_again_)
        survey_due_ = now;
    else if (stream_up_)
        surveyed_ = true;
    survey_again_ = false;
}

/// An order that was there before the list was made and is not in it has ended, or the list is late: look.
void OrderDesk::compare_open_orders(Timestamp now) {
    for (auto& [id, order] : orders_) {
        if (order.closed || !order.evidence.exists() || order.evidence.ended()) continue;
        if (survey_.started_at() <= order.existed_at) continue;
        if (survey_.is_open(order.evidence.venue(), id.to_string())) continue;
        order.must_look = true;
        order.look.due = std::min(order.look.due, now);
        if (!surveyed_) sync_looks_.insert(id);
    }
}

void OrderDesk::compare_positions(Timestamp now, DeskOutput& out) {
    bool unclear = false;
    for (const PositionAudit::Difference& each : positions_.take(survey_.positions(), now, unclear)) {
        OrderAlarm told;
        told.kind = OrderAlarm::Kind::position_differs;
        told.words = instruments_[each.instrument].name() + ": the account holds " + each.now.to_string() +
                     " beyond what fills explain, before it was " + each.before.to_string();
        told.at = now;
        out.alarms.push_back(std::move(told));
    }
    if (unclear) survey_due_ = std::min(survey_due_, now + kPositionsAgain);
}

}  // namespace plumb::wire
