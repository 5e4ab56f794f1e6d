#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "ports/execution_venue.hpp"
#include "ports/market_data_feed.hpp"
#include "ports/observer.hpp"
#include "ports/pacer.hpp"
#include "ports/trading_record.hpp"

namespace plumb::engine {

/// How a session runs, besides its doors.
struct DriverOptions {
    /// Bars: one tick after each group that closes together, none in between, so that a weekend is no
    /// silence. Otherwise one tick each `tick_interval` of market time.
    bool bars = true;
    Duration tick_interval = std::chrono::seconds{1};
    std::optional<Duration>
        duration;  // of market time from the first event decided on; then pairs are closed
    Duration wind_down =
        std::chrono::minutes{5};  // how long closing may take before the session ends all the same
    /// A resume: events up to here were accounted for by the session before; they warm up and decide nothing.
    std::optional<Cursor> resume;
    /// Where the engine may trade from; before it, events warm up only.
    std::optional<Timestamp> trade_from;
};

/// How a session ended.
enum class SessionEnd : unsigned char { data_over, time_over, commanded, commanded_twice };

struct SessionSummary {
    SessionEnd end = SessionEnd::data_over;
    std::uint64_t events = 0;   // market events and ticks
    std::uint64_t warm_up = 0;  // of these, not decided on
    Timestamp first, last;      // of the events decided on
    bool idle = true;           // nothing held, nothing open
};

/// Opens the doors and turns the crank: events in, in order; effects out. Intents, fills and pair standings
/// are on disk before an order leaves (FAULTS rule 2); when the record cannot be written nothing leaves and
/// the session stops.
class SessionDriver {
 public:
    struct Doors {
        MarketDataFeed& feed;
        SimulatedVenue& venue;
        TradingRecord* record = nullptr;  // backtests keep none
        Pacer* pacer = nullptr;           // as fast as it goes
        std::vector<SessionObserver*> observers;
    };

    SessionDriver(Engine& engine, Doors doors, DriverOptions options);

    /// Runs until the data, the time or a person ends it.
    Result<SessionSummary> run();

 private:
    Status take_market_event(const Event& event, Timestamp time);
    Status take_silence(Timestamp time);
    Status ticks_until(Timestamp time);
    Status pace(Timestamp time);
    Status deliver(const Event& event);
    Status drain_answers();
    Status step(const Event& event);
    Status perform(std::span<const Effect> effects);
    Status finish();
    Status write(std::span<const Effect> effects);
    Status commit();
    Status commit_all();
    Status wind_down(Timestamp now);
    Status command(const Command& command);
    bool is_past(Timestamp time) const;
    Status take_up();
    bool over() const { return end_.has_value() && (engine_.idle() || give_up_at_ <= now_ || twice_); }

    Engine& engine_;
    Doors doors_;
    DriverOptions options_;
    SessionSummary summary_;
    std::optional<SessionEnd> end_;
    bool twice_ = false;
    bool taken_up_ = false;
    Timestamp now_;
    Timestamp give_up_at_;
    std::optional<Timestamp> group_;  // close time of the bars being delivered
    std::optional<Timestamp> next_tick_;
    std::uint64_t ordinal_ = 0;              // of the market event or tick in hand
    std::uint64_t accounted_ = 0;            // what a commit made now accounts for
    std::vector<EquityPoint> equity_;        // not yet recorded
    std::vector<Effect> leaving_, sending_;  // Submit and Cancel, after the commit
    bool writing_ = false;                   // a transaction is open
};

}  // namespace plumb::engine
