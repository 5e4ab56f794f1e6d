#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "exchange/faults/fault_machine.hpp"
#include "exchange/host/stream_sink.hpp"
#include "exchange/host/truth_writer.hpp"

namespace plumb::exchange {

/// The way of the venue's frames out: past the fault rules, to the sink. Keeps what is delayed, held back or
/// stopped. Frames that no rule watches pass untouched.
class FramePath {
 public:
    FramePath(StreamSink& sink, FaultMachine& faults, TruthWriter& truth, const VenueModel& model,
              const std::vector<ApiAccess>& access)
        : sink_{sink}, faults_{faults}, truth_{truth}, model_{model}, access_{access} {}

    /// What time it is for rules, and at the venue.
    void set_now(Timestamp now, Timestamp venue_now) {
        now_ = now;
        venue_now_ = venue_now;
    }
    void opened(StreamId stream) { open_.insert(stream); }
    void closed(StreamId stream);
    const std::set<StreamId>& open() const { return open_; }
    /// A client's fill, in order of happening: what `fill: n` counts.
    void on_fill(ExecutionNumber execution) { fills_.push_back(execution); }

    /// Venue actions of frame rules wait here; the host carries them out when the protocol is done.
    using Actions = std::vector<RuleState>;
    Actions take_actions() { return std::exchange(actions_, {}); }

    void send(StreamId stream, const Frame& frame);
    void send_all(std::span<const StreamId> streams, const Frame& frame);
    void stop(const StopData& what, std::optional<InstrumentId> instrument, Timestamp until);
    void resume() { stops_.clear(); }
    /// Sends what was delayed until now.
    void release();
    Timestamp next_due() const;

 private:
    struct Waiting {
        StreamId stream;
        std::string bytes;
        bool is_binary;
        int frames_left = 0;
    };
    struct Stop {
        std::optional<InstrumentId> instrument;
        unsigned kinds;
        Timestamp until;
    };
    bool is_stopped(const Frame& frame);
    void note(StreamId stream, const Frame& frame);
    void misbehave(StreamId stream, const Frame& frame, const std::vector<RuleState*>& rules);
    void deliver(StreamId stream, std::string_view bytes, bool is_binary);
    std::uint64_t ordinal_of(ExecutionNumber execution) const;

    StreamSink& sink_;
    FaultMachine& faults_;
    TruthWriter& truth_;
    const VenueModel& model_;
    const std::vector<ApiAccess>& access_;
    Timestamp now_;
    Timestamp venue_now_;
    std::set<StreamId> open_;
    std::vector<ExecutionNumber> fills_;
    std::multimap<Timestamp, Waiting> delayed_;
    std::map<StreamId, std::vector<Waiting>> held_;
    std::vector<Stop> stops_;
    Actions actions_;
};

}  // namespace plumb::exchange
