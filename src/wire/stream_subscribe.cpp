// What a session's connections carry: asking in groups, what the venue answers, and asking again.
#include <fmt/format.h>

#include <algorithm>

#include "wire/stream_session.hpp"

namespace plumb::wire {
namespace {

constexpr std::size_t kAskedAgainAtOnce = 20;  // in one slow tick

std::string words_of(const Control& control, std::string_view otherwise) {
    const std::string_view words = control.text.empty() ? otherwise : control.text.view();
    return control.code == 0 ? std::string{words} : fmt::format("{} (code {})", words, control.code);
}

}  // namespace

bool StreamSession::matches(const Control& control, const Subscription& what) const {
    return (!control.instrument || *control.instrument == what.instrument) &&
           (!control.data || *control.data == what.kind);
}

/// Asks for the next groups, each after the one before was answered: a refusal without a name then concerns
/// the group in hand.
void StreamSession::ask_more(std::size_t slot, Timestamp now, StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    const auto units = set_.units();
    for (;;) {
        if (link.group_open) {
            if (link.frames_waiting()) link.group_asked_at = now;
            const bool late = link.group_asked_at + options_.acknowledge_within <= now;
            if (!group_settled(link) && !late) return;
            link.group_open = false;
            if (!late && link.group_first == known_good_) known_good_ = link.group_end;
        }
        while (link.next_unit < units.size() &&
               std::ranges::none_of(set_.rows_of(units[link.next_unit]), &SubscriptionSet::Row::wanted)) {
            if (link.next_unit == known_good_) ++known_good_;
            ++link.next_unit;
        }
        if (units.size() <= link.next_unit) return;
        ask_group(link, link.next_unit, group_end_from(link.next_unit), now);
        if (!drain(slot, now, effects)) return;
    }
}

/// Whether each subscription of the group was acknowledged, or refused.
bool StreamSession::group_settled(const StreamLink& link) const {
    for (std::size_t unit = link.group_first; unit < link.group_end; ++unit) {
        const SubscriptionSet::Unit& found = set_.units()[unit];
        for (std::size_t row = found.first; row < found.first + found.count; ++row) {
            if (set_.rows()[row].wanted() && link.carried[row].asked() && !link.carried[row].acknowledged())
                return false;
        }
    }
    return true;
}

std::size_t StreamSession::group_end_from(std::size_t first) const {
    const std::size_t units = set_.units().size();
    if (known_good_ <= first && first < careful_until_) return first + 1;
    const std::size_t end = first < known_good_ && known_good_ < careful_until_ ? known_good_ : units;
    if (options_.subscriptions_per_message == 0) return end;
    std::size_t count = 0, unit = first;
    while (unit < end) {
        count += set_.units()[unit].count;
        if (options_.subscriptions_per_message < count && unit != first) break;
        ++unit;
    }
    return unit;
}

void StreamSession::ask_group(StreamLink& link, std::size_t first, std::size_t end, Timestamp now) {
    scratch_.clear();
    for (std::size_t unit = first; unit < end; ++unit) {
        const SubscriptionSet::Unit& found = set_.units()[unit];
        for (std::size_t index = found.first; index < found.first + found.count; ++index) {
            SubscriptionSet::Row& row = set_.rows()[index];
            if (!row.wanted()) continue;
            scratch_.push_back(row.what);
            StreamLink::Carried& carried = link.carried[index];
            if (carried.asked()) continue;  // the orders row
            carried.asked_at = now;
            if (!options_.acknowledges) carried.acknowledged_at = now;
            if (&link == links_[main_].get()) row.watch.start(now);
        }
    }
    link.group_first = first;
    link.group_end = end;
    link.next_unit = end;
    link.group_open = options_.acknowledges;
    link.group_asked_at = now;
    link.protocol->subscribe(scratch_, venue_now(now), link.outbox);
}

void StreamSession::take_controls(std::size_t slot, Timestamp now, StreamEffects& effects) {
    const ConnectionId id = links_[slot]->id;
    std::vector<Control> controls = std::move(links_[slot]->controls);
    for (const Control& control : controls) {
        if (!take_control(slot, control, now, effects)) return;
    }
    if (!links_[slot] || links_[slot]->id != id) return;
    controls.clear();
    links_[slot]->controls = std::move(controls);  // with the room it has
}

/// False when the connection was lost over it.
bool StreamSession::take_control(std::size_t slot, const Control& control, Timestamp now,
                                 StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    switch (control.kind) {
        case Control::Kind::welcome:
        case Control::Kind::authenticated:
        case Control::Kind::heartbeat: return true;  // no data (F02)
        case Control::Kind::acknowledged: acknowledge(link, control, now); return true;
        case Control::Kind::refused: return refuse(slot, control, now, effects);
        case Control::Kind::shutdown: link.expires_at = std::min(link.expires_at, now); return true;
        case Control::Kind::error:
            if (control.refusal != Refusal::none) return refuse(slot, control, now, effects);
            ++counters_.venue_errors;
            last_trouble_ = words_of(control, "the venue reports an error");
            effects.push_back(
                StreamNote{StreamNote::Kind::venue_error, link.id, std::nullopt, last_trouble_});
            return true;
    }
    return true;
}

/// Without a name it is the group in hand, else all that was asked for.
void StreamSession::acknowledge(StreamLink& link, const Control& control, Timestamp now) {
    std::size_t first = 0, end = set_.rows().size();
    if (!control.instrument && !control.data && link.group_open) {
        first = set_.units()[link.group_first].first;
        const SubscriptionSet::Unit& last = set_.units()[link.group_end - 1];
        end = last.first + last.count;
    }
    for (std::size_t row = first; row < end; ++row) {
        StreamLink::Carried& carried = link.carried[row];
        if (carried.asked() && !carried.acknowledged() && matches(control, set_.rows()[row].what))
            carried.acknowledged_at = now;
    }
}

bool StreamSession::refuse(std::size_t slot, const Control& control, Timestamp now, StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    const bool named = control.instrument || control.data;
    last_refusal_ = control.refusal;
    last_trouble_ = words_of(control, "the venue refuses");
    switch (control.refusal) {
        case Refusal::symbol_limit: reach_limit(link, control, effects); return true;
        case Refusal::unauthorized: stop(control.refusal, last_trouble_, effects); return false;
        case Refusal::not_entitled:
            if (named) {
                refuse_rows(link, control, effects);
                return true;
            }
            if (link.phase == StreamLink::Phase::ready) {  // a channel of the group, not the whole feed
                refuse_group(link, control, effects);
                return true;
            }
            stop(control.refusal, last_trouble_, effects);
            return false;
        case Refusal::connection_limit: {
            ++counters_.connection_refusals;
            Duration wait = options_.connection_limit_wait;
            for (std::uint32_t i = 0; i < connection_refusals_in_row_; ++i)
                wait = std::min(wait * 2, options_.connection_limit_wait_max);
            ++connection_refusals_in_row_;
            const bool was_spare = slot != main_;
            if (!was_spare) backoff_.not_before(now + wait);
            lose(slot, last_trouble_, true, now, effects);
            if (was_spare) renew_due_ = std::max(renew_due_, now + wait);
            return false;
        }
        case Refusal::slow_client:
            ++counters_.slow_client;
            effects.push_back(
                StreamNote{StreamNote::Kind::slow_client, link.id, std::nullopt, last_trouble_});
            return true;
        case Refusal::unknown_symbol:
        case Refusal::other:
        case Refusal::none:
            if (named)
                refuse_rows(link, control, effects);
            else
                refuse_group(link, control, effects);
            return true;
    }
    return true;
}

void StreamSession::refuse_rows(StreamLink& link, const Control& control, StreamEffects& effects) {
    for (std::size_t index = 0; index < set_.rows().size(); ++index) {
        SubscriptionSet::Row& row = set_.rows()[index];
        if (!row.wanted() || !link.carried[index].asked() || link.carried[index].live() ||
            !matches(control, row.what))
            continue;
        row.refusal = control.refusal == Refusal::none ? Refusal::other : control.refusal;
        link.carried[index] = {};
        effects.push_back(StreamNote{StreamNote::Kind::refused, link.id, row.what, last_trouble_});
    }
}

/// A refusal that names nobody, of a group: its members are asked for one by one, and the culprit shows.
void StreamSession::refuse_group(StreamLink& link, const Control& control, StreamEffects& effects) {
    if (!link.group_open) {
        ++counters_.venue_errors;
        effects.push_back(StreamNote{StreamNote::Kind::venue_error, link.id, std::nullopt, last_trouble_});
        return;
    }
    link.group_open = false;
    const SubscriptionSet::Unit& first = set_.units()[link.group_first];
    if (link.group_end - link.group_first == 1) {
        Control named = control;
        named.instrument = first.instrument;
        return refuse_rows(link, named, effects);
    }
    known_good_ = std::min(known_good_, link.group_first);
    careful_until_ = std::max(careful_until_, link.group_end);
    const SubscriptionSet::Unit& last = set_.units()[link.group_end - 1];
    for (std::size_t row = first.first; row < last.first + last.count; ++row) {
        if (!link.carried[row].acknowledged()) link.carried[row] = {};
    }
    link.next_unit = link.group_first;
}

/// The venue's limit. Of a group that is too large the members are asked for one by one, in order of need;
/// the first of them that is refused ends it: it and all after it are left out, for good (F07).
void StreamSession::reach_limit(StreamLink& link, const Control& control, StreamEffects& effects) {
    ++counters_.limit_refusals;
    if (control.instrument) {
        const auto unit =
            std::ranges::find(set_.units(), *control.instrument, &SubscriptionSet::Unit::instrument);
        if (unit != set_.units().end())
            leave_out(static_cast<std::size_t>(unit - set_.units().begin()), effects, link.id);
        for (std::size_t later = link.next_unit; later < set_.units().size(); ++later)
            leave_out(later, effects, link.id);
        return;
    }
    if (link.group_open && 1 < link.group_end - link.group_first) {
        known_good_ = std::min(known_good_, link.group_first);
        careful_until_ = set_.units().size();
        return refuse_group(link, control, effects);
    }
    for (std::size_t unit = 0; unit < set_.units().size(); ++unit) {
        const SubscriptionSet::Unit& found = set_.units()[unit];
        bool taken = unit < link.next_unit;
        for (std::size_t row = found.first; row < found.first + found.count; ++row)
            taken = taken && (!set_.rows()[row].wanted() || link.carried[row].acknowledged());
        if (!taken) leave_out(unit, effects, link.id);
    }
    link.group_open = false;
    link.next_unit = set_.units().size();
}

void StreamSession::leave_out(std::size_t unit, StreamEffects& effects, ConnectionId id) {
    for (SubscriptionSet::Row& row : set_.rows_of(set_.units()[unit])) {
        if (!row.wanted()) continue;
        row.left_out = true;
        effects.push_back(StreamNote{StreamNote::Kind::left_out, id, row.what, last_trouble_});
    }
}

/// One subscription silent on a connection that talks, or never acknowledged: asked for anew, ever less
/// often. A connection that is silent as a whole is a zombie, and not the business here.
void StreamSession::watch_rows(Timestamp now, StreamEffects& effects) {
    if (!ready()) return;
    StreamLink& link = *links_[main_];
    if (link.group_open || link.frames_waiting()) return;
    std::size_t again = 0;
    for (std::size_t index = 0; index < set_.rows().size() && again < kAskedAgainAtOnce; ++index) {
        SubscriptionSet::Row& row = set_.rows()[index];
        const StreamLink::Carried& carried = link.carried[index];
        if (!row.wanted() || !carried.asked()) continue;
        const bool silent = row.watched() && row.watch.silent(now) && link.watch.heard();
        const bool unanswered = !carried.acknowledged() && row.what.kind != DataKind::orders &&
                                carried.asked_at + 2 * options_.acknowledge_within <= now;
        if (!silent && !unanswered) {
            row.stale_told = false;
            // Good for as long as the next wait would have been: the next silence is a new one.
            if (carried.has_data() && row.retry_at + row.retry_wait <= now) row.retry_wait = Duration::zero();
            continue;
        }
        if (!row.stale_told)
            effects.push_back(StreamNote{StreamNote::Kind::silent, link.id, row.what,
                                         silent ? "no data" : "no acknowledgement"});
        row.stale_told = true;
        if (now < row.retry_at) continue;
        ask_again(link, index, now);
        ++again;
    }
    if (again != 0) drain(main_, now, effects);
}

void StreamSession::ask_again(StreamLink& link, std::size_t index, Timestamp now) {
    SubscriptionSet::Row& row = set_.rows()[index];
    row.retry_wait = row.retry_wait == Duration::zero()
                         ? options_.resubscribe_first
                         : std::min(row.retry_wait * 2, options_.resubscribe_max);
    row.retry_at = now + row.retry_wait;
    ++row.resubscribed;
    ++counters_.resubscribed;
    link.protocol->unsubscribe({&row.what, 1}, venue_now(now), link.outbox);
    link.protocol->subscribe({&row.what, 1}, venue_now(now), link.outbox);
    link.carried[index] = {.asked_at = now,
                           .acknowledged_at = options_.acknowledges ? Timestamp::min() : now,
                           .data_at = Timestamp::min()};
    row.watch.start(now);
}

void StreamSession::resubscribe(const Subscription& subscription, Timestamp now, StreamEffects& effects) {
    advance(now);
    const std::size_t row = set_.find(subscription.instrument, subscription.kind, subscription.bar_length);
    if (row == SubscriptionSet::kNone || !ready() || !links_[main_]->carried[row].asked() ||
        !set_.rows()[row].wanted())
        return;
    ask_again(*links_[main_], row, now_);
    drain(main_, now_, effects);
}

}  // namespace plumb::wire
