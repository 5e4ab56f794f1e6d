#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/token_bucket.hpp"
#include "wire/silence.hpp"
#include "wire/stream_effects.hpp"

namespace plumb::wire {

/// One connection of a session: the venue's protocol, what it still has to say, and what it carries. It
/// knows nothing of reconnecting; stream_session.cpp decides.
struct StreamLink {
    enum class Phase : unsigned char {
        preparing,   // questions before the connection: a stream's key
        connecting,  // asked for, not open
        opening,     // open, not ready for subscriptions: welcome, login
        ready,
    };
    /// What it knows of one subscription. Timestamp::min() is never.
    struct Carried {
        Timestamp asked_at = Timestamp::min();
        Timestamp acknowledged_at = Timestamp::min();
        Timestamp data_at = Timestamp::min();

        bool asked() const { return asked_at != Timestamp::min(); }
        bool acknowledged() const { return acknowledged_at != Timestamp::min(); }
        bool has_data() const { return data_at != Timestamp::min(); }
        bool live() const { return acknowledged() && has_data(); }
    };
    static constexpr std::size_t kFramesWaitingMax = 4096;

    StreamLink(ConnectionId link_id, std::unique_ptr<StreamProtocol> link_protocol, std::size_t rows,
               io::TokenBucketOptions pace_options, Timestamp now)
        : id{link_id},
          protocol{std::move(link_protocol)},
          started_at{now},
          carried(rows),
          pace{pace_options, now} {}

    bool is_open() const { return phase == Phase::opening || phase == Phase::ready; }
    bool frames_waiting() const { return next_frame != frames.size(); }
    /// Sends what the venue's message rate allows.
    void flush(Timestamp now, StreamEffects& effects) {
        while (frames_waiting() && pace.take(1, io::Priority::normal, now))
            effects.push_back(SendFrame{id, std::move(frames[next_frame++])});
        if (frames_waiting()) return;
        frames.clear();
        next_frame = 0;
    }

    ConnectionId id;
    std::unique_ptr<StreamProtocol> protocol;
    Phase phase = Phase::preparing;
    Timestamp started_at;                     // the attempt
    Timestamp opened_at, ready_at;            //
    Timestamp expires_at = Timestamp::max();  // when it is to be replaced
    Timestamp protocol_ticked_at;
    SilenceWatch watch;
    std::vector<Carried> carried;  // by row
    int questions_open = 0;
    bool proved = false;  // did what it was opened for; the back-off was told

    Outbox outbox;
    std::vector<Control> controls;  // said during the frame in hand
    io::TokenBucket pace;
    std::vector<std::string> frames;  // waiting for the pace
    std::size_t next_frame = 0;

    std::size_t next_unit = 0;                   // the first not asked yet
    std::size_t group_first = 0, group_end = 0;  // units of the group that awaits its acknowledgement
    bool group_open = false;
    Timestamp group_asked_at;
    bool covers = false;  // as the one that takes over: since when it brings all that the other does
    Timestamp covers_since;
};

}  // namespace plumb::wire
