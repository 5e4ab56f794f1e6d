#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>

#include "io/reactor.hpp"
#include "wire/stream_pool.hpp"

namespace plumb::io {
class TlsContext;
class WebSocketClient;
}  // namespace plumb::io

namespace plumb::live {

class RestClient;

struct StreamDriverOptions {
    wire::PoolOptions pool;
    Duration ping_every = std::chrono::seconds{25};  // keeps the way open; a pong is no data (F02)
    std::size_t frame_bytes_max = std::size_t{8} << 20;
    /// Called on the reactor thread for what people may want to read; may be empty.
    std::function<void(const wire::StreamNote&, Timestamp at)> on_note;
};

/// Drives a wire::StreamPool over real sockets: opens, sends, closes, asks what it asks for, and tells it the
/// time. For market data and for an account's own stream alike. Lives on the reactor thread.
///
/// Its `now` is a steady clock counted from the wall clock of its making, so that a wall clock that is set
/// moves no deadline; data are stamped with the wall clock.
class StreamDriver {
 public:
    /// All references outlive it. `rest` may be null where no stream of the venue asks questions.
    StreamDriver(io::Reactor& reactor, const io::TlsContext& tls, RestClient* rest,
                 std::span<const wire::Subscription> by_need, wire::StreamSession::MakeProtocol make,
                 wire::WireSink& sink, StreamDriverOptions options);
    ~StreamDriver();
    StreamDriver(const StreamDriver&) = delete;
    StreamDriver& operator=(const StreamDriver&) = delete;

    void start();
    void resubscribe(const wire::Subscription& subscription);
    /// Venue's clock minus the wall clock here, as measured; zero until told.
    void set_venue_offset(Duration offset) { venue_offset_ = offset; }
    /// Called with every tick, before the pool's own; may be empty.
    void on_tick(std::function<void(Timestamp now)> hook) { tick_hook_ = std::move(hook); }

    const wire::StreamPool& pool() const { return pool_; }
    wire::StreamPool& pool() { return pool_; }
    Timestamp now() const;
    /// Round trips of our pings, the last one; zero before the first.
    Duration ping_round_trip() const { return ping_round_trip_; }

 private:
    struct Socket;

    void perform();
    void perform(wire::OpenConnection& open);
    void perform(wire::SendFrame& send);
    void perform(wire::CloseConnection& close);
    void perform(wire::AskQuestion& ask);
    void perform(wire::StreamNote& note);
    void tick();
    void ping(Timestamp now);

    io::Reactor& reactor_;
    const io::TlsContext& tls_;
    RestClient* rest_;
    StreamDriverOptions options_;
    Timestamp anchor_wall_;
    std::chrono::steady_clock::time_point anchor_steady_;
    wire::StreamPool pool_;
    std::function<void(Timestamp)> tick_hook_;
    Duration venue_offset_{};
    Duration ping_round_trip_{};
    std::map<wire::ConnectionId, std::unique_ptr<Socket>> sockets_;
    wire::StreamEffects effects_, performing_;
    io::TimerId timer_{};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // outlives us in the callbacks of `rest`
};

}  // namespace plumb::live
