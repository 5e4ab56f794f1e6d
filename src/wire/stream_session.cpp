#include "wire/stream_session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "wire/recent_keys.hpp"

namespace plumb::wire {
namespace {

// Nobody knows how long a market sleeps, but not for more than this without a look.
constexpr Duration kSilenceMax = std::chrono::hours{1};
constexpr std::uint32_t kDoublingsMax = 16;
// With one connection per key the old one must be gone, and a venue needs a moment to see it (F06: 1 s).
constexpr Duration kGoneWithin = std::chrono::milliseconds{1500};

Duration doubled(Duration first, std::uint32_t times, Duration most) {
    Duration wait = first;
    for (std::uint32_t i = 0; i < std::min(times, kDoublingsMax) && wait < most; ++i) wait *= 2;
    return std::min(wait, most);
}

}  // namespace

SessionOptions SessionOptions::of(const Capabilities& venue) {
    SessionOptions options;
    options.subscriptions_per_message = venue.symbols_per_subscribe;
    options.connection_life = venue.connection_life;
    options.one_connection = venue.connections_per_key == 1;
    // Where a key has one connection, its plan counts symbols too, and only the venue knows how many. Such
    // venues count no messages.
    options.one_by_one = options.one_connection;
    if (options.one_by_one) options.messages_per_second = 20;
    options.books_numbered_globally = venue.book_snapshot == SnapshotBy::question;
    return options;
}

SessionCounters& SessionCounters::operator+=(const SessionCounters& other) {
    attempts += other.attempts;
    reconnects += other.reconnects;
    renewals += other.renewals;
    zombies += other.zombies;
    resubscribed += other.resubscribed;
    slow_client += other.slow_client;
    limit_refusals += other.limit_refusals;
    connection_refusals += other.connection_refusals;
    refused_frames += other.refused_frames;
    unexpected += other.unexpected;
    duplicates += other.duplicates;
    venue_errors += other.venue_errors;
    return *this;
}

StreamSession::StreamSession(std::uint32_t number, std::span<const Subscription> by_need, MakeProtocol make,
                             io::TokenBucket& budget, WireSink& sink, const SessionOptions& options)
    : number_{number},
      make_{std::move(make)},
      budget_{budget},
      sink_{sink},
      options_{options},
      set_{by_need, options.silence},
      backoff_{options.backoff, options.seed} {
    constexpr std::size_t kOneByOneMax = 100;  // beyond it the round trips take too long
    if (options.one_by_one && set_.units().size() <= kOneByOneMax) careful_until_ = set_.units().size();
    scratch_.reserve(set_.rows().size());
}

std::size_t StreamSession::slot_of(ConnectionId id) const {
    for (std::size_t slot = 0; slot < links_.size(); ++slot) {
        if (links_[slot] && links_[slot]->id == id) return slot;
    }
    return kNoLink;
}

void StreamSession::start(Timestamp now, StreamEffects& effects) {
    advance(now);
    started_ = true;
    due_ = now_;
    connect_when_due(now_, effects);
}

void StreamSession::connect_when_due(Timestamp now, StreamEffects& effects) {
    if (!started_ || stopped() || main_ != kNoLink || now < due_) return;
    if (options_.one_connection && now < closing_until_) return;
    if (std::ranges::none_of(set_.rows(), &SubscriptionSet::Row::wanted)) return;
    if (!begin_link(0, now, effects)) return;
    // It may have failed already, and is tried again when that is due.
    if (links_[0]) {
        main_ = 0;
        give_rows_to(0);
    }
}

/// False when the budget forbids it now; asked again with the next tick.
bool StreamSession::begin_link(std::size_t slot, Timestamp now, StreamEffects& effects) {
    if (!budget_.take(1, io::Priority::normal, now)) return false;
    const ConnectionId id{number_, ++serial_};
    links_[slot] = std::make_unique<StreamLink>(
        id, make_(), set_.rows().size(),
        io::TokenBucketOptions::for_window(options_.messages_per_second, std::chrono::seconds{1}), now);
    ++counters_.attempts;
    main_ = main_ == kNoLink ? slot : main_;
    effects.push_back(StreamNote{StreamNote::Kind::connecting, id, std::nullopt, {}});
    links_[slot]->protocol->before_connect(venue_now(now), links_[slot]->outbox);
    after_outbox(slot, now, effects);
    return true;
}

/// Does what the protocol asked for. False when the connection was lost over it.
bool StreamSession::drain(std::size_t slot, Timestamp now, StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    Outbox& outbox = link.outbox;
    for (Question& question : outbox.questions) {
        ++link.questions_open;
        effects.push_back(AskQuestion{link.id, std::move(question)});
    }
    const char* close = outbox.close;
    if (StreamLink::kFramesWaitingMax < link.frames.size() - link.next_frame + outbox.frames.size())
        close = "too many frames wait to be sent";
    for (std::string& frame : outbox.frames) link.frames.push_back(std::move(frame));
    outbox.clear();
    if (link.is_open()) link.flush(now, effects);
    if (close == nullptr) return true;
    lose(slot, close, true, now, effects);
    return false;
}

void StreamSession::after_outbox(std::size_t slot, Timestamp now, StreamEffects& effects) {
    if (!drain(slot, now, effects)) return;
    StreamLink& link = *links_[slot];
    if (link.phase == StreamLink::Phase::preparing && link.questions_open == 0) plan(slot, now, effects);
    if (!links_[slot]) return;
    if (link.phase == StreamLink::Phase::opening && link.protocol->ready()) became_ready(slot, now, effects);
    if (links_[slot] && links_[slot]->phase == StreamLink::Phase::ready) ask_more(slot, now, effects);
}

void StreamSession::plan(std::size_t slot, Timestamp now, StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    Result<ConnectPlan> plan = link.protocol->plan(venue_now(now));
    if (plan) {
        link.phase = StreamLink::Phase::connecting;
        effects.push_back(OpenConnection{link.id, std::move(*plan)});
        return;
    }
    if (plan.error().code() == Errc::denied)
        stop(Refusal::unauthorized, plan.error().message(), effects);
    else
        lose(slot, plan.error().message(), false, now, effects);
}

void StreamSession::opened(ConnectionId id, Timestamp now, StreamEffects& effects) {
    advance(now);
    const std::size_t slot = slot_of(id);
    if (slot == kNoLink || links_[slot]->phase != StreamLink::Phase::connecting) return;
    StreamLink& link = *links_[slot];
    link.phase = StreamLink::Phase::opening;
    link.opened_at = now_;
    link.protocol_ticked_at = now_;
    if (Duration::zero() < options_.connection_life) {
        // Spread, so that connections opened together are not renewed together.
        const Duration before = std::min(options_.renew_before, options_.connection_life / 2);
        const auto spread = mix(options_.seed, link.id.serial * 1000003ull + number_) %
                            static_cast<std::uint64_t>(before.count() / 2 + 1);
        link.expires_at =
            now_ + options_.connection_life - before - Duration{static_cast<std::int64_t>(spread)};
    }
    link.protocol->opened(venue_now(now_), link.outbox);
    after_outbox(slot, now_, effects);
}

void StreamSession::became_ready(std::size_t slot, Timestamp now, StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    link.phase = StreamLink::Phase::ready;
    link.ready_at = now;
    link.watch = usual_;
    link.watch.set_limits(connection_limits());
    link.watch.start(now);
    for (SubscriptionSet::Row& row : set_.rows()) {
        if (row.refusal == Refusal::other) row.refusal = Refusal::none;  // it may have been a bad moment
    }
    if (const std::size_t orders = set_.orders_row(); orders != SubscriptionSet::kNone)
        link.carried[orders] = {.asked_at = now, .acknowledged_at = now, .data_at = Timestamp::min()};
    effects.push_back(StreamNote{StreamNote::Kind::ready, link.id, std::nullopt, {}});
}

void StreamSession::answered(ConnectionId id, const Question& question, const Reply& reply,
                             std::span<const WireEvent> events, Timestamp now, StreamEffects& effects) {
    advance(now);
    const std::size_t slot = slot_of(id);
    if (slot == kNoLink) return;
    StreamLink& link = *links_[slot];
    link.questions_open = std::max(0, link.questions_open - 1);
    if (link.phase == StreamLink::Phase::preparing && reply.verdict != Verdict::ok) {
        const std::string why =
            fmt::format("{}: {}", name_of(question),
                        reply.words.empty() ? to_string(reply.verdict) : std::string_view{reply.words});
        if (reply.verdict == Verdict::unauthorized) return stop(Refusal::unauthorized, why, effects);
        if (reply.verdict == Verdict::rate_limited)
            backoff_.not_before(reply.retry_at.value_or(now_ + options_.rate_limited_wait));
        return lose(slot, why, false, now_, effects);
    }
    link.protocol->answered(question, reply, events, venue_now(now_), link.outbox);
    after_outbox(slot, now_, effects);
}

void StreamSession::closed(ConnectionId id, const ConnectionEnd& end, Timestamp now, StreamEffects& effects) {
    advance(now);
    if (id == closing_) closing_until_ = std::min(closing_until_, now_);
    const std::size_t slot = slot_of(id);
    if (slot == kNoLink) return;
    if (end.http_status == 401) {
        links_[slot].reset();  // it is closed already
        return stop(Refusal::unauthorized, end.why, effects);
    }
    obey_end(end, now_);
    lose(slot, end.why, false, now_, effects);
}

void StreamSession::obey_end(const ConnectionEnd& end, Timestamp now) {
    if (end.retry_at)
        backoff_.not_before(*end.retry_at);
    else if (end.http_status == 429 || end.http_status == 418)
        backoff_.not_before(now + options_.rate_limited_wait);
    if (end.http_status == 403) backoff_.not_before(now + options_.forbidden_wait);
}

/// Ends a connection and says when the next one is due.
void StreamSession::lose(std::size_t slot, std::string why, bool close_it, Timestamp now,
                         StreamEffects& effects) {
    const std::unique_ptr<StreamLink> link = std::move(links_[slot]);
    const bool was_main = slot == main_;
    if (link->watch.heard())
        usual_ = link->watch;
    else if (link->phase == StreamLink::Phase::ready)
        ++fruitless_;
    if (close_it && link->phase != StreamLink::Phase::preparing) {
        effects.push_back(CloseConnection{link->id, why});
        closing_ = link->id;
        closing_until_ = now + kGoneWithin;
    }
    last_trouble_ = why;
    if (was_main && link->phase == StreamLink::Phase::ready) ++counters_.reconnects;
    const std::size_t other = 1 - slot;
    if (!was_main) {
        renew_due_ = std::max(now + options_.backoff.floor, backoff_.next(link->started_at));
    } else if (links_[other]) {
        main_ = other;
        give_rows_to(other);
        renew_due_ = Timestamp::min();
    } else {
        main_ = kNoLink;
        renew_due_ = Timestamp::min();
        schedule(link->started_at, link->proved, now);
        why += fmt::format("; next attempt in {:.1f} s", to_seconds(due_ - now));
    }
    effects.push_back(StreamNote{StreamNote::Kind::lost, link->id, std::nullopt, std::move(why)});
}

/// An attempt that hung for long has waited already: its wait counts from its beginning, so that after an
/// outage the venue is found again within the cap (F04).
void StreamSession::schedule(Timestamp started_at, bool was_proved, Timestamp now) {
    due_ = std::max(now + options_.backoff.floor, backoff_.next(was_proved ? now : started_at));
}

void StreamSession::stop(Refusal refusal, std::string why, StreamEffects& effects) {
    stopped_ = why.empty() ? std::string{"the venue refuses the key"} : why;
    last_refusal_ = refusal;
    last_trouble_ = stopped_;
    for (auto& link : links_) {
        if (!link) continue;
        if (link->phase != StreamLink::Phase::preparing)
            effects.push_back(CloseConnection{link->id, stopped_});
        link.reset();
    }
    main_ = kNoLink;
    due_ = Timestamp::max();
    for (SubscriptionSet::Row& row : set_.rows()) {
        if (row.refusal == Refusal::none) row.refusal = refusal;
    }
    effects.push_back(StreamNote{StreamNote::Kind::stopped, {number_, serial_}, std::nullopt, stopped_});
}

void StreamSession::tick(Timestamp now, StreamEffects& effects) {
    advance(now);
    const bool slow = slow_ticked_at_ == Timestamp::min() || slow_ticked_at_ + kSlowTick <= now_;
    if (slow) slow_ticked_at_ = now_;
    for (std::size_t slot = 0; slot < links_.size(); ++slot) {
        if (links_[slot]) tick_link(slot, slow, now_, effects);
    }
    if (slow) watch_rows(now_, effects);
    connect_when_due(now_, effects);
    renew_when_due(now_, effects);
}

void StreamSession::tick_link(std::size_t slot, bool slow, Timestamp now, StreamEffects& effects) {
    StreamLink& link = *links_[slot];
    using Phase = StreamLink::Phase;
    if (!link.is_open()) {
        if (link.started_at + options_.open_within <= now)
            lose(slot, fmt::format("no connection within {}", to_text(options_.open_within)), true, now,
                 effects);
        return;
    }
    if (link.phase == Phase::opening && link.opened_at + options_.ready_within <= now)
        return lose(slot, fmt::format("no welcome or login within {}", to_text(options_.ready_within)), true,
                    now, effects);
    if (slow) {
        link.watch.set_limits(connection_limits());
        prove(link, now);
        link.protocol->tick(venue_now(now), link.outbox);
    }
    if (is_zombie(link, now)) {
        ++counters_.zombies;
        const std::string why = fmt::format("open, but no data for {}", to_text(now - link.watch.since()));
        effects.push_back(StreamNote{StreamNote::Kind::zombie, link.id, std::nullopt, why});
        return lose(slot, why, true, now, effects);
    }
    if (slow || link.frames_waiting() || link.group_open) after_outbox(slot, now, effects);
}

/// The wait of the next failure is short again only after a connection that brought what it was for, and
/// lived: a venue that accepts and drops at once is not to be knocked at without end.
void StreamSession::prove(StreamLink& link, Timestamp now) {
    if (link.proved || link.phase != StreamLink::Phase::ready) return;
    const bool useful = link.watch.heard() || !link.watch.watched();
    if (!useful || now < link.ready_at + options_.proven_after) return;
    link.proved = true;
    backoff_.succeeded();
    connection_refusals_in_row_ = 0;
}

/// The most talkative kind that is expected gives the ceiling of the whole.
SilenceLimits StreamSession::connection_limits() const {
    SilenceLimits limits;
    for (const SubscriptionSet::Row& row : set_.rows()) {
        if (!row.watched()) continue;
        const Duration ceiling = row.watch.limits().ceiling;
        limits.ceiling = limits.watched() ? std::min(limits.ceiling, ceiling) : ceiling;
    }
    limits.floor = std::min(options_.connection.floor, limits.ceiling);
    return limits;
}

Duration StreamSession::silence_allowed(const StreamLink& link) const {
    if (link.watch.heard()) return link.watch.threshold();
    return doubled(link.watch.threshold(), fruitless_, std::max(kSilenceMax, link.watch.threshold()));
}

bool StreamSession::is_zombie(const StreamLink& link, Timestamp now) const {
    if (link.phase != StreamLink::Phase::ready || !link.watch.watched()) return false;
    return link.watch.since() + silence_allowed(link) <= now;
}

Duration StreamSession::zombie_threshold() const {
    if (main_ == kNoLink || links_[main_]->phase != StreamLink::Phase::ready) return Duration::zero();
    return silence_allowed(*links_[main_]);
}

void StreamSession::renew_when_due(Timestamp now, StreamEffects& effects) {
    if (main_ == kNoLink || links_[main_]->phase != StreamLink::Phase::ready) return;
    const std::size_t spare = 1 - main_;
    if (links_[spare]) return take_over(now, effects);
    // Where the venue allows one connection only, there is none to make before the break: it cuts, and we
    // reconnect.
    if (options_.one_connection || now < links_[main_]->expires_at || now < renew_due_) return;
    if (begin_link(spare, now, effects) && links_[spare])
        effects.push_back(StreamNote{StreamNote::Kind::renewing, links_[spare]->id, std::nullopt, {}});
}

/// The old connection goes when the new one brings everything, and has for a while: what the old one still
/// had on its way is in by then.
void StreamSession::take_over(Timestamp now, StreamEffects& effects) {
    const std::size_t spare = 1 - main_;
    StreamLink& fresh = *links_[spare];
    if (!covers(fresh, *links_[main_])) {
        fresh.covers = false;
        return;
    }
    if (!fresh.covers) {
        fresh.covers = true;
        fresh.covers_since = now;
    }
    if (now < fresh.covers_since + options_.overlap) return;
    effects.push_back(CloseConnection{links_[main_]->id, "renewed before the venue cuts it"});
    effects.push_back(StreamNote{StreamNote::Kind::renewed, fresh.id, std::nullopt, {}});
    links_[main_].reset();
    main_ = spare;
    give_rows_to(spare);
    renew_due_ = Timestamp::min();
    ++counters_.renewals;
}

/// Whether closing `old` would take nothing away: each subscription is live here too, or the old one has
/// brought nothing either since the new one was acknowledged.
bool StreamSession::covers(const StreamLink& link, const StreamLink& old) const {
    if (link.phase != StreamLink::Phase::ready || link.next_unit < set_.units().size() || link.group_open)
        return false;
    for (std::size_t row = 0; row < set_.rows().size(); ++row) {
        const StreamLink::Carried& here = link.carried[row];
        const StreamLink::Carried& there = old.carried[row];
        if (!set_.rows()[row].wanted() || !there.acknowledged()) continue;
        if (!here.acknowledged()) return false;
        if (there.has_data() && !here.has_data() && here.acknowledged_at <= there.data_at) return false;
    }
    return true;
}

void StreamSession::give_rows_to(std::size_t slot) {
    for (SubscriptionSet::Row& row : set_.rows()) row.owner = static_cast<unsigned char>(slot);
}

bool StreamSession::ready() const {
    return main_ != kNoLink && links_[main_]->phase == StreamLink::Phase::ready;
}

StreamState StreamSession::state(std::size_t row_index, Timestamp now) const {
    const SubscriptionSet::Row& row = set_.rows()[row_index];
    if (row.refusal != Refusal::none) return StreamState::refused;
    if (row.left_out) return StreamState::left_out;
    bool asked = false, acknowledged = false, live = false;
    for (const auto& link : links_) {
        if (!link || link->phase != StreamLink::Phase::ready) continue;
        const StreamLink::Carried& carried = link->carried[row_index];
        asked |= carried.asked();
        acknowledged |= carried.acknowledged();
        live |= carried.live() || (row.what.kind == DataKind::orders && carried.acknowledged());
    }
    if (live) return row.watched() && row.watch.silent(now) ? StreamState::stale : StreamState::live;
    if (row.last_data) return StreamState::stale;
    if (acknowledged) return StreamState::acknowledged;
    return asked ? StreamState::asked : StreamState::waiting;
}

StreamHealth StreamSession::health(std::size_t row_index, Timestamp now) const {
    const SubscriptionSet::Row& row = set_.rows()[row_index];
    return {.subscription = row.what,
            .state = state(row_index, now),
            .refusal = row.refusal,
            .last_data = row.last_data,
            .silence_allowed = row.watch.watched() ? row.watch.threshold() : Duration::zero(),
            .events = row.events,
            .resubscribed = row.resubscribed};
}

}  // namespace plumb::wire
