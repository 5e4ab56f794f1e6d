#include "exchange/host/frame_path.hpp"

#include <algorithm>

#include "exchange/faults/mutation.hpp"
#include "exchange/host/masking.hpp"

namespace plumb::exchange {
namespace {

constexpr std::size_t kWaitingMax = 100'000;  // beyond it, what would wait is sent at once
constexpr std::size_t kNotedBytesMax = 4096;

constexpr unsigned bit(FrameKind kind) { return 1U << static_cast<int>(kind); }
constexpr unsigned kMarketKinds = bit(FrameKind::trade) | bit(FrameKind::quote) | bit(FrameKind::book) |
                                  bit(FrameKind::bar) | bit(FrameKind::mark) | bit(FrameKind::status);
constexpr unsigned kPrivateKinds = bit(FrameKind::order) | bit(FrameKind::fill) | bit(FrameKind::account);

}  // namespace

void FramePath::closed(StreamId stream) {
    open_.erase(stream);
    held_.erase(stream);
    std::erase_if(delayed_, [&](const auto& each) { return each.second.stream == stream; });
}

std::uint64_t FramePath::ordinal_of(ExecutionNumber execution) const {
    // Numbers only grow, so the fills are in their order.
    const auto found = std::lower_bound(fills_.begin(), fills_.end(), execution);
    if (execution == 0 || found == fills_.end() || *found != execution) return 0;
    return static_cast<std::uint64_t>(found - fills_.begin()) + 1;
}

void FramePath::stop(const StopData& what, std::optional<InstrumentId> instrument, Timestamp until) {
    unsigned kinds = what.frames.empty() ? kMarketKinds : 0;
    for (const FrameKind kind : what.frames) kinds |= bit(kind);
    stops_.push_back({instrument, kinds, until});
}

bool FramePath::is_stopped(const Frame& frame) {
    std::erase_if(stops_, [&](const Stop& each) { return each.until <= now_; });
    return std::any_of(stops_.begin(), stops_.end(), [&](const Stop& each) {
        return (each.kinds & bit(frame.kind)) != 0 &&
               (!each.instrument || (frame.instrument && *frame.instrument == *each.instrument));
    });
}

void FramePath::note(StreamId stream, const Frame& frame) {
    if ((kPrivateKinds & bit(frame.kind)) == 0) return;
    truth_.begin("frame", venue_now_).number("stream", stream).text("kind", to_string(frame.kind));
    if (frame.execution != 0) truth_.number("execution", frame.execution);
    truth_.text("bytes", masked(frame.bytes.substr(0, kNotedBytesMax), access_)).end();
}

void FramePath::send_all(std::span<const StreamId> streams, const Frame& frame) {
    const bool is_watched =
        faults_.watches(frame.kind) || !held_.empty() || (kPrivateKinds & bit(frame.kind)) != 0;
    if (is_watched) {
        for (const StreamId stream : streams) send(stream, frame);
        return;
    }
    if (!stops_.empty() && is_stopped(frame)) return;
    sink_.send_all(streams, frame.bytes, frame.is_binary);
}

void FramePath::send(StreamId stream, const Frame& frame) {
    if (!stops_.empty() && is_stopped(frame)) return;
    note(stream, frame);
    if (!faults_.watches(frame.kind)) return deliver(stream, frame.bytes, frame.is_binary);
    const std::string instrument =
        frame.instrument ? model_.market(*frame.instrument).instrument.name() : std::string{};
    const std::vector<RuleState*> rules = faults_.on_frame({.kind = frame.kind,
                                                            .instrument = instrument,
                                                            .fill = ordinal_of(frame.execution),
                                                            .bytes = frame.bytes},
                                                           now_);
    if (rules.empty()) return deliver(stream, frame.bytes, frame.is_binary);
    misbehave(stream, frame, rules);
}

void FramePath::misbehave(StreamId stream, const Frame& frame, const std::vector<RuleState*>& rules) {
    std::string bytes{frame.bytes};
    FrameFault all;
    for (const RuleState* each : rules) {
        const FrameFault& fault = *each->rule.action.frame;
        bool has_effect = true;
        if (fault.mutate) {
            std::optional<std::string> spoilt = mutate(bytes, *fault.mutate, fault.fields);
            has_effect = spoilt.has_value();
            if (spoilt) bytes = std::move(*spoilt);
        }
        all.drop |= fault.drop;
        all.copies = std::max(all.copies, fault.copies);
        all.delay = std::max(all.delay, fault.delay);
        all.hold_back = std::max(all.hold_back, fault.hold_back);
        if (fault.cut_at) all.cut_at = fault.cut_at;
        all.reset |= fault.reset;
        truth_.begin("fault", venue_now_).number("rule", each->id).text("name", each->rule.name);
        truth_.number("stream", stream).text("kind", to_string(frame.kind));
        if (frame.execution != 0) truth_.number("execution", frame.execution);
        if (!has_effect) truth_.flag("no_effect", true);
        truth_.json("do", each->rule.action.json).end();
        if (!each->rule.action.venue.empty()) actions_.push_back(*each);
    }
    if (all.drop) return;
    if (all.cut_at) return sink_.cut(stream, bytes, *all.cut_at, all.reset ? Ending::reset : Ending::close);
    for (int i = 0; i < all.copies; ++i) {
        const bool has_room = delayed_.size() < kWaitingMax && held_[stream].size() < kWaitingMax;
        if (all.delay > Duration{} && has_room) {
            delayed_.emplace(now_ + all.delay, Waiting{stream, bytes, frame.is_binary, 0});
        } else if (0 < all.hold_back && has_room) {
            held_[stream].push_back({stream, bytes, frame.is_binary, all.hold_back});
        } else {
            deliver(stream, bytes, frame.is_binary);
        }
    }
    if (const auto held = held_.find(stream); held != held_.end() && held->second.empty()) held_.erase(held);
}

void FramePath::deliver(StreamId stream, std::string_view bytes, bool is_binary) {
    sink_.send(stream, bytes, is_binary);
    const auto held = held_.find(stream);
    if (held == held_.end()) return;
    for (Waiting& each : held->second) --each.frames_left;
    // Those that are free again do not count for each other.
    for (const Waiting& each : held->second) {
        if (each.frames_left <= 0) sink_.send(stream, each.bytes, each.is_binary);
    }
    std::erase_if(held->second, [](const Waiting& each) { return each.frames_left <= 0; });
    if (held->second.empty()) held_.erase(held);
}

void FramePath::release() {
    while (!delayed_.empty() && delayed_.begin()->first <= now_) {
        const Waiting waiting = std::move(delayed_.begin()->second);
        delayed_.erase(delayed_.begin());
        deliver(waiting.stream, waiting.bytes, waiting.is_binary);
    }
}

Timestamp FramePath::next_due() const {
    return delayed_.empty() ? Timestamp::max() : delayed_.begin()->first;
}

}  // namespace plumb::exchange
