#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "app/logging.hpp"
#include "app/trading_plan.hpp"
#include "ports/observer.hpp"

namespace plumb::app {

/// Tells people what a session does, in the lines the earlier program's users read and filter, and machines
/// the same as one JSON object a line. Only watches.
class SessionLog : public SessionObserver {
 public:
    struct Options {
        bool json = false;  // events as JSON lines on `out`
        bool market_time =
            true;  // say when in the market something was: the clock on the wall says something else
        Duration health_interval = std::chrono::minutes{15};
        bool cycles = false;  // z-scores of each cycle, as when a person watches in real time
    };
    SessionLog(Log& log, std::ostream& out, const TradingPlan& plan, const engine::Engine& engine,
               Options options);

    void on_event(const Event& event) override;
    void on_effect(const Effect& effect) override;
    /// The session summary of the end.
    void summarize(const std::string& how_it_ended, Duration market_time);

 private:
    struct Visitor;
    void say(LogLevel level, Timestamp at, const std::string& text);
    void health(Timestamp now);
    void cycle(Timestamp now);
    const std::string& name_of(PairId pair) const { return plan_.models[pair.value].name; }

    Log& log_;
    std::ostream& out_;
    const TradingPlan& plan_;
    const engine::Engine& engine_;
    Options options_;
    Timestamp now_;
    std::optional<Timestamp> first_, health_due_;
    std::uint64_t cycles_seen_ = 0;
    std::vector<std::string>
        denied_before_;  // per pair the last check that denied it: said once until it changes
    std::uint64_t denials_ = 0, fills_ = 0, round_trips_ = 0, winners_ = 0, recalibrations_ = 0;
    Money realized_;
};

/// "$-12.34": money as people read it, to two decimals (more for less than a cent).
std::string dollars(Money money);

}  // namespace plumb::app
