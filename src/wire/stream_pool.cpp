#include "wire/stream_pool.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::wire {

PoolOptions PoolOptions::of(const Capabilities& venue) {
    PoolOptions options;
    options.session = SessionOptions::of(venue);
    options.per_connection = venue.symbols_per_connection;
    options.counts_instruments = venue.connections_per_key == 1;
    if (venue.connections_per_key != 0) options.connections_max = venue.connections_per_key;
    return options;
}

StreamPool::StreamPool(std::span<const Subscription> by_need, StreamSession::MakeProtocol make,
                       WireSink& sink, const PoolOptions& options, Timestamp now)
    : budget_{options.connect_budget, now} {
    PLUMB_CHECK(0 < options.connections_max);
    const SubscriptionSet all{by_need, options.session.silence};
    std::vector<std::vector<Subscription>> shares(1);
    std::size_t used = 0;
    for (const SubscriptionSet::Unit& unit : all.units()) {
        const std::size_t cost = options.counts_instruments ? 1 : unit.count;
        if (options.per_connection != 0 && options.per_connection < used + cost && used != 0) {
            shares.emplace_back();
            used = 0;
        }
        used += cost;
        const auto rows = std::span{all.rows()}.subspan(unit.first, unit.count);
        auto& share = shares.size() <= options.connections_max ? shares.back() : left_out_;
        for (const SubscriptionSet::Row& row : rows) share.push_back(row.what);
    }
    shares.resize(std::min(shares.size(), options.connections_max));
    for (std::size_t i = 0; i < shares.size(); ++i) {
        SessionOptions session = options.session;
        session.seed += i;
        // None is free for make before break where all that are allowed are in use.
        if (shares.size() == options.connections_max) session.one_connection = true;
        sessions_.push_back(std::make_unique<StreamSession>(static_cast<std::uint32_t>(i), shares[i], make,
                                                            budget_, sink, session));
    }
}

void StreamPool::start(Timestamp now, StreamEffects& effects) {
    for (const Subscription& each : left_out_)
        effects.push_back(
            StreamNote{StreamNote::Kind::left_out, {}, each, "more than all connections carry"});
    for (auto& session : sessions_) session->start(now, effects);
    spread_stop(effects);
}

void StreamPool::opened(ConnectionId id, Timestamp now, StreamEffects& effects) {
    if (sessions_.size() <= id.session) return;
    sessions_[id.session]->opened(id, now, effects);
    spread_stop(effects);
}

void StreamPool::frame(ConnectionId id, std::string_view bytes, Timestamp now, Timestamp received_at,
                       StreamEffects& effects) {
    if (sessions_.size() <= id.session) return;
    StreamSession& session = *sessions_[id.session];
    session.frame(id, bytes, now, received_at, effects);
    if (session.stopped()) spread_stop(effects);
}

void StreamPool::closed(ConnectionId id, const ConnectionEnd& end, Timestamp now, StreamEffects& effects) {
    if (sessions_.size() <= id.session) return;
    sessions_[id.session]->closed(id, end, now, effects);
    spread_stop(effects);
}

void StreamPool::answered(ConnectionId id, const Question& question, const Reply& reply,
                          std::span<const WireEvent> events, Timestamp now, StreamEffects& effects) {
    if (sessions_.size() <= id.session) return;
    sessions_[id.session]->answered(id, question, reply, events, now, effects);
    spread_stop(effects);
}

void StreamPool::tick(Timestamp now, StreamEffects& effects) {
    for (auto& session : sessions_) session->tick(now, effects);
    spread_stop(effects);
}

void StreamPool::resubscribe(const Subscription& subscription, Timestamp now, StreamEffects& effects) {
    for (auto& session : sessions_) session->resubscribe(subscription, now, effects);
}

void StreamPool::set_market_open(InstrumentId instrument, bool open, Timestamp now) {
    for (auto& session : sessions_) session->set_market_open(instrument, open, now);
}

void StreamPool::set_clock_offset(Duration offset) {
    for (auto& session : sessions_) session->set_clock_offset(offset);
}

/// One key, one refusal: the others would only ask for the same.
void StreamPool::spread_stop(StreamEffects& effects) {
    if (stop_spread_) return;
    const auto refused = std::ranges::find_if(sessions_, [](const auto& each) { return each->stopped(); });
    if (refused == sessions_.end()) return;
    stop_spread_ = true;
    for (auto& session : sessions_) {
        if (!session->stopped())
            session->give_up((*refused)->last_refusal(), (*refused)->stopped_why(), effects);
    }
}

std::vector<StreamHealth> StreamPool::health(Timestamp now) const {
    std::vector<StreamHealth> all;
    for (const auto& session : sessions_) {
        for (std::size_t row = 0; row < session->subscriptions().rows().size(); ++row)
            all.push_back(session->health(row, now));
    }
    for (const Subscription& each : left_out_) {
        StreamHealth health;
        health.subscription = each;
        health.state = StreamState::left_out;
        all.push_back(health);
    }
    return all;
}

SessionCounters StreamPool::counters() const {
    SessionCounters sum;
    for (const auto& session : sessions_) sum += session->counters();
    return sum;
}

bool StreamPool::stopped() const {
    return std::ranges::all_of(sessions_, [](const auto& each) { return each->stopped(); });
}

std::string StreamPool::trouble() const {
    for (const auto& session : sessions_) {
        if (session->stopped()) return session->stopped_why();
    }
    for (const auto& session : sessions_) {
        if (!session->last_trouble().empty()) return session->last_trouble();
    }
    return {};
}

Refusal StreamPool::refusal() const {
    for (const auto& session : sessions_) {
        if (session->last_refusal() != Refusal::none) return session->last_refusal();
    }
    return Refusal::none;
}

}  // namespace plumb::wire
