#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "wire/stream_session.hpp"

namespace plumb::wire {

struct PoolOptions {
    SessionOptions session;
    std::size_t per_connection = 0;    // what one connection may carry; zero: all
    bool counts_instruments = false;   // else subscriptions
    std::size_t connections_max = 64;  // more than these leave out who comes last
    io::TokenBucketOptions connect_budget = io::TokenBucketOptions::for_window(60, std::chrono::minutes{1});

    /// What the venue's capabilities say. Where several connections are allowed each subscription counts
    /// (Binance counts streams); where only one is, instruments do, and the venue's own refusal does the
    /// rest.
    static PoolOptions of(const Capabilities& venue);
};

/// All connections to one venue's market data, or to an account's stream: splits subscriptions over as many
/// as the venue's limits ask for, shares one budget of attempts among them (F05), and stops all when one is
/// refused for its key. As pure as its sessions; see StreamSession for what the times mean.
class StreamPool {
 public:
    /// `sink` outlives it. `by_need`: the most needed first.
    StreamPool(std::span<const Subscription> by_need, StreamSession::MakeProtocol make, WireSink& sink,
               const PoolOptions& options, Timestamp now);

    void start(Timestamp now, StreamEffects& effects);
    void opened(ConnectionId id, Timestamp now, StreamEffects& effects);
    void frame(ConnectionId id, std::string_view bytes, Timestamp now, Timestamp received_at,
               StreamEffects& effects);
    void closed(ConnectionId id, const ConnectionEnd& end, Timestamp now, StreamEffects& effects);
    void answered(ConnectionId id, const Question& question, const Reply& reply,
                  std::span<const WireEvent> events, Timestamp now, StreamEffects& effects);
    void tick(Timestamp now, StreamEffects& effects);
    void resubscribe(const Subscription& subscription, Timestamp now, StreamEffects& effects);
    void set_market_open(InstrumentId instrument, bool open, Timestamp now);
    void set_clock_offset(Duration offset);

    /// One for each subscription asked for, those left out by our own count at the end.
    std::vector<StreamHealth> health(Timestamp now) const;
    SessionCounters counters() const;  // of all sessions
    std::size_t sessions() const { return sessions_.size(); }
    const StreamSession& session(std::size_t index) const { return *sessions_[index]; }
    /// All of them: nothing more will come.
    bool stopped() const;
    /// Why the first that stopped did; else the latest trouble, empty when there was none.
    std::string trouble() const;
    Refusal refusal() const;

 private:
    void spread_stop(StreamEffects& effects);

    io::TokenBucket budget_;
    std::vector<std::unique_ptr<StreamSession>> sessions_;
    std::vector<Subscription> left_out_;
    bool stop_spread_ = false;
};

}  // namespace plumb::wire
