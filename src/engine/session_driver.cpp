#include "engine/session_driver.hpp"

#include <algorithm>

namespace plumb::engine {
namespace {

// Equity points wait for the next commit, or for this many, or for the end.
constexpr std::size_t kEquityBatch = 1024;
constexpr std::size_t kLeavingReserve = 256;
// In a silence longer than this many ticks only the cycles' ticks are made.
constexpr std::int64_t kSilentTicksMax = 600;

bool is_record(const Effect& effect) {
    return std::holds_alternative<RecordIntent>(effect) || std::holds_alternative<RecordOrder>(effect) ||
           std::holds_alternative<RecordFill>(effect) || std::holds_alternative<RecordPair>(effect) ||
           std::holds_alternative<PairClosed>(effect);
}

Status write_effect(TradingRecord& record, const Effect& effect) {
    if (const auto* intent = std::get_if<RecordIntent>(&effect)) return record.intent(intent->order);
    if (const auto* order = std::get_if<RecordOrder>(&effect)) return record.order(order->report);
    if (const auto* fill = std::get_if<RecordFill>(&effect)) return record.fill(fill->fill);
    if (const auto* pair = std::get_if<RecordPair>(&effect)) return record.pair(pair->status);
    if (const auto* closed = std::get_if<PairClosed>(&effect)) return record.round_trip(*closed);
    return {};
}

}  // namespace

SessionDriver::SessionDriver(Engine& engine, Doors doors, DriverOptions options)
    : engine_{engine}, doors_{std::move(doors)}, options_{std::move(options)} {
    equity_.reserve(kEquityBatch);
    leaving_.reserve(kLeavingReserve);
    sending_.reserve(kLeavingReserve);
}

Result<SessionSummary> SessionDriver::run() {
    while (!over()) {
        const auto next = doors_.feed.next();
        if (!next) return fail(next.error());
        if (!*next) break;
        const Timestamp time = known_at(**next);
        const Status taken = std::visit(
            [&](const auto& each) -> Status {
                // Depth is for the books of the venues. All else is copied once, into the event that is
                // delivered.
                if constexpr (std::is_same_v<std::decay_t<decltype(each)>, BookDelta>)
                    return {};
                else if constexpr (std::is_same_v<std::decay_t<decltype(each)>, Tick>)
                    return take_silence(time);
                else
                    return take_market_event(Event{each}, time);
            },
            **next);
        if (!taken) return fail(taken.error());
    }
    if (group_ && !over()) {
        if (const Status last = deliver(Tick{*group_}); !last) return fail(last.error());
    }
    if (const Status flushed = commit_all(); !flushed) return fail(flushed.error());
    summary_.end = end_.value_or(SessionEnd::data_over);
    summary_.last = now_;
    if (summary_.first == Timestamp{}) summary_.first = now_;  // nothing was decided on
    summary_.idle = engine_.idle();
    return summary_;
}

Status SessionDriver::take_market_event(const Event& event, Timestamp time) {
    if (const Status ticked = ticks_until(time); !ticked) return ticked;
    if (over()) return {};
    if (const Status paced = pace(time); !paced) return paced;
    if (over()) return {};
    return deliver(event);
}

/// Nothing came, and time passed: a group of bars that closed before is over, or the ticks of the seconds are
/// due.
Status SessionDriver::take_silence(Timestamp time) {
    if (const Status paced = pace(time); !paced || over()) return paced;
    if (!options_.bars) return ticks_until(time);
    if (!group_ || time <= *group_) return {};
    const Timestamp group = *group_;
    group_.reset();
    return deliver(Tick{group});
}

Status SessionDriver::ticks_until(Timestamp time) {
    if (options_.bars) {
        if (group_ && *group_ < time) {
            if (const Status ticked = deliver(Tick{*group_}); !ticked) return ticked;
        }
        group_ = time;
        return {};
    }
    const std::int64_t interval = options_.tick_interval.count();
    if (!next_tick_) next_tick_ = timestamp_from_ns((to_ns(time) / interval + 1) * interval);
    while (*next_tick_ <= time && !over()) {
        if (const Status paced = pace(*next_tick_); !paced) return paced;
        if (const Status ticked = deliver(Tick{*next_tick_}); !ticked) return ticked;
        const bool long_silence = (time - *next_tick_).count() / interval > kSilentTicksMax;
        *next_tick_ += options_.tick_interval * (long_silence ? 30 : 1);
    }
    return {};
}

Status SessionDriver::pace(Timestamp time) {
    const bool started = summary_.first != Timestamp{};
    if (options_.duration && started && !end_ && summary_.first + *options_.duration <= time) {
        end_ = SessionEnd::time_over;
        if (const Status closed = wind_down(time); !closed) return closed;
    }
    if (doors_.pacer == nullptr || is_past(time)) return {};
    while (const std::optional<Command> said = doors_.pacer->wait_until(time)) {
        if (const Status obeyed = command(*said); !obeyed) return obeyed;
        if (over()) break;
    }
    return {};
}

Status SessionDriver::command(const Command& command) {
    if (command.type == CommandType::shut_down) {
        twice_ = end_ == SessionEnd::commanded;
        end_ = twice_ ? SessionEnd::commanded_twice : SessionEnd::commanded;
        give_up_at_ = std::max(command.at, now_) + options_.wind_down;
    }
    if (const Status stepped = step(command); !stepped) return stepped;
    return finish();
}

Status SessionDriver::wind_down(Timestamp now) {
    give_up_at_ = now + options_.wind_down;
    if (const Status stepped = step(Command{CommandType::shut_down, now}); !stepped) return stepped;
    return finish();
}

/// Of the data of the session before, count and time say the same. Of other data (pairs came or left, the
/// files grew at their beginning) the count says nothing, and the time decides.
bool SessionDriver::is_past(Timestamp time) const {
    if (options_.trade_from && time <= *options_.trade_from) return true;
    if (!options_.resume) return false;
    return time < options_.resume->at || (time == options_.resume->at && ordinal_ < options_.resume->events);
}

/// Says again what the process before may have died on, at the moment it died in.
Status SessionDriver::take_up() {
    taken_up_ = true;
    if (options_.resume) now_ = std::max(now_, options_.resume->at);
    if (const Status taken = perform(engine_.take_up()); !taken) return taken;
    return finish();
}

Status SessionDriver::deliver(const Event& event) {
    const Timestamp time = time_of(event);
    const bool past = is_past(time);
    if (!past && !taken_up_) {
        if (const Status taken = take_up(); !taken) return taken;
    }
    now_ = std::max(now_, time);
    ++summary_.events;
    if (past) {
        for (SessionObserver* observer : doors_.observers) observer->on_warm_up(event);
        engine_.warm_up(event);
        accounted_ = ++ordinal_;
        ++summary_.warm_up;
        return {};
    }
    if (summary_.first == Timestamp{}) summary_.first = time;
    // One transaction for the event and all the answers it drew: a restart takes either none of it again or
    // all of it.
    doors_.venue.on_market(event);
    if (const Status drained = drain_answers(); !drained) return drained;
    accounted_ = ++ordinal_;
    if (const Status stepped = step(event); !stepped) return stepped;
    return finish();
}

Status SessionDriver::drain_answers() {
    Event answer;
    while (doors_.venue.take_answer(answer)) {
        if (const Status stepped = step(answer); !stepped) return stepped;
    }
    return {};
}

Status SessionDriver::step(const Event& event) {
    for (SessionObserver* observer : doors_.observers) observer->on_event(event);
    return perform(engine_.step(event));
}

Status SessionDriver::perform(std::span<const Effect> effects) {
    if (const Status written = write(effects); !written) return written;
    for (const Effect& effect : effects) {
        const bool leaves = std::holds_alternative<Submit>(effect) || std::holds_alternative<Cancel>(effect);
        if (leaves) leaving_.push_back(effect);
        for (SessionObserver* observer : doors_.observers) observer->on_effect(effect);
    }
    return {};
}

/// Commits what was written, then lets the orders leave, and takes what the venue says at once the same way.
Status SessionDriver::finish() {
    for (;;) {
        if (const Status committed = commit(); !committed) return committed;
        if (leaving_.empty()) return {};
        sending_.swap(leaving_);
        leaving_.clear();
        for (const Effect& effect : sending_) {
            if (const auto* order = std::get_if<Submit>(&effect)) {
                if (const Status sent = doors_.venue.submit(order->order, now_); !sent) return sent;
            } else if (const auto* cancel = std::get_if<Cancel>(&effect)) {
                if (const Status sent = doors_.venue.cancel(cancel->order, cancel->instrument, now_); !sent)
                    return sent;
            }
        }
        if (const Status drained = drain_answers(); !drained) return drained;
    }
}

Status SessionDriver::write(std::span<const Effect> effects) {
    if (doors_.record == nullptr) return {};
    for (const Effect& effect : effects) {
        if (const auto* point = std::get_if<EquityPoint>(&effect)) equity_.push_back(*point);
        if (!is_record(effect)) continue;
        if (!writing_) {
            if (const Status begun = doors_.record->begin(); !begun) return begun;
            writing_ = true;
        }
        // A failed write makes commit() fail with its error, and nothing of the event is then on disk.
        if (const Status written = write_effect(*doors_.record, effect); !written) break;
    }
    return {};
}

Status SessionDriver::commit() {
    if (doors_.record == nullptr || (!writing_ && equity_.size() < kEquityBatch)) return {};
    return commit_all();
}

/// One transaction: what was written, the equity points that waited, and how far the data is accounted for.
Status SessionDriver::commit_all() {
    if (doors_.record == nullptr) return {};
    TradingRecord& record = *doors_.record;
    if (!writing_) {
        if (const Status begun = record.begin(); !begun) return begun;
    }
    writing_ = false;
    Status written;
    for (const EquityPoint& point : equity_) {
        if (written) written = record.equity(point);
    }
    if (written) written = record.cursor({now_, accounted_});
    if (const Status committed = record.commit(); !committed) return committed;
    equity_.clear();
    return written;
}

}  // namespace plumb::engine
