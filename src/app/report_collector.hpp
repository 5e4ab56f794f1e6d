#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "app/trading_plan.hpp"
#include "engine/engine.hpp"
#include "ports/observer.hpp"
#include "report/report_data.hpp"

namespace plumb::app {

/// Collects of a session what a report shows: at each cycle the equity and every pair's spread, mean and
/// deviation as the strategy used them; entries, exits and round trips. Only watches. Memory: 32 bytes a pair
/// and cycle.
class ReportCollector : public SessionObserver {
 public:
    explicit ReportCollector(const Settings& settings);

    /// Before the session's first event; both outlive the session.
    void attach(const engine::Engine& engine, const TradingPlan& plan);

    void on_event(const Event& event) override;
    void on_effect(const Effect& effect) override;

    /// After the session: what the closing of its pairs at the end changed.
    void finish(const EquityPoint& last);

    const std::vector<report::EquitySample>& equity() const { return equity_; }
    const std::vector<report::PairPicture>& pairs() const { return pairs_; }
    const std::vector<report::RoundTrip>& round_trips() const { return round_trips_; }
    /// Cycles, and those in which anything was held.
    std::uint64_t cycles() const { return cycles_; }
    std::uint64_t cycles_exposed() const { return cycles_exposed_; }
    std::uint64_t fills() const { return fills_; }
    std::uint64_t quotes() const { return quotes_; }
    std::uint64_t trades() const { return trades_; }
    std::uint64_t denials() const { return denials_; }

 private:
    struct Visitor;
    void take_cycle();
    void mark(PairId pair, report::Marker::Kind kind, double z);

    strategies::PairsParams params_;
    const engine::Engine* engine_ = nullptr;
    const TradingPlan* plan_ = nullptr;
    Timestamp now_;
    std::vector<report::EquitySample> equity_;
    std::vector<report::PairPicture> pairs_;
    std::vector<report::RoundTrip> round_trips_;
    std::vector<PairPhase> phases_;
    std::vector<std::array<Price, 2>> last_prices_;  // of the pair's last fill, per leg
    std::uint64_t cycles_ = 0, cycles_exposed_ = 0, fills_ = 0, quotes_ = 0, trades_ = 0, denials_ = 0;
};

}  // namespace plumb::app
