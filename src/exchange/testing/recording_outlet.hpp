#pragma once

#include <map>
#include <string>
#include <vector>

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::testing {

/// A frame as it was sent, with its own bytes.
struct SentFrame {
    FrameKind kind = FrameKind::control;
    std::optional<InstrumentId> instrument;
    ExecutionNumber execution = 0;
    bool is_binary = false;
    std::string bytes;
};

/// Keeps what a protocol sends, by stream, in order.
class RecordingOutlet : public Outlet {
 public:
    struct Close {
        StreamId stream = 0;
        std::uint16_t code = 0;
        std::string reason;
    };
    struct Ping {
        StreamId stream = 0;
        std::string payload;
    };

    void send(StreamId stream, const Frame& frame) override {
        streams_[stream].push_back(
            {frame.kind, frame.instrument, frame.execution, frame.is_binary, std::string{frame.bytes}});
    }
    void send_all(std::span<const StreamId> streams, const Frame& frame) override {
        for (const StreamId stream : streams) send(stream, frame);
    }
    void ping(StreamId stream, std::string_view payload) override {
        pings.push_back({stream, std::string{payload}});
    }
    void close(StreamId stream, std::uint16_t code, std::string_view reason) override {
        closes.push_back({stream, code, std::string{reason}});
    }

    std::vector<SentFrame>& frames(StreamId stream) { return streams_[stream]; }

    std::vector<Close> closes;
    std::vector<Ping> pings;

 private:
    std::map<StreamId, std::vector<SentFrame>> streams_;
};

}  // namespace plumb::exchange::testing
