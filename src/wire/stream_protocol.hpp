#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/endpoint.hpp"
#include "io/http_message.hpp"
#include "wire/question.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// One kind of data of one instrument. `bar_length` for bars only.
struct Subscription {
    InstrumentId instrument;
    DataKind kind = DataKind::quote;
    Duration bar_length{};

    friend auto operator<=>(const Subscription&, const Subscription&) = default;
};

/// How to open a connection.
struct ConnectPlan {
    io::Endpoint endpoint;
    std::string target;
    std::vector<io::Header> headers;
    bool offer_deflate = false;
};

/// What a protocol wants done, in order; the caller does it and empties it.
struct Outbox {
    std::vector<std::string> frames;  // text frames to send
    std::vector<Question> questions;  // to ask by REST; answers come back through answered()
    const char* close = nullptr;      // why the connection is of no more use

    void clear() {
        frames.clear();
        questions.clear();
        close = nullptr;
    }
};

/// One connection's conversation as a venue holds it: frames and time in, frames and events out. Lives as
/// long as the connection; a reconnect makes a new one. Pure: no socket, no clock.
class StreamProtocol {
 public:
    virtual ~StreamProtocol() = default;

    /// Asked before connecting, such as a stream's key; then plan() is called.
    virtual void before_connect(Timestamp, Outbox&) {}
    /// Errc::denied where a key is needed and missing.
    virtual Result<ConnectPlan> plan(Timestamp now) = 0;
    virtual void opened(Timestamp now, Outbox& out) = 0;
    /// One whole message. Data go to `sink`, and so do Control events: welcome, authenticated, acknowledged,
    /// refused. Allocates nothing for market data after warm-up.
    virtual void frame(std::string_view bytes, Timestamp received_at, Outbox& out, WireSink& sink) = 0;
    /// The events that a question of the outbox was answered with, and its verdict.
    virtual void answered(const Question&, const Reply&, std::span<const WireEvent>, Timestamp, Outbox&) {}
    /// At least once a second: pings, renewals, tokens that expire.
    virtual void tick(Timestamp, Outbox&) {}
    /// True once subscriptions may be sent.
    virtual bool ready() const = 0;
    /// In batches the venue accepts. Before ready() they are kept and sent then.
    virtual void subscribe(std::span<const Subscription> added, Timestamp now, Outbox& out) = 0;
    virtual void unsubscribe(std::span<const Subscription> removed, Timestamp now, Outbox& out) = 0;
};

/// A venue's frames as events, nothing else: pure, for `plumb decode`, replays, benches and fuzzers. Same
/// bytes, same events. Not for several threads at once.
class FrameDecoder {
 public:
    virtual ~FrameDecoder() = default;

    virtual void decode(std::string_view frame, Timestamp received_at, WireSink& sink) = 0;
    /// Whose the messages are that name no instrument, where a venue has such; nothing: they are refused.
    virtual void assume(std::optional<InstrumentId>) {}
    /// For fuzzers: off, every frame goes the general way (see JsonWalk), with the same events.
    virtual void set_quick(bool) {}
};

}  // namespace plumb::wire
