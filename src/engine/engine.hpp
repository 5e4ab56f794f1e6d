#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "execution/spread_executor.hpp"
#include "portfolio/portfolio.hpp"
#include "risk/risk_gate.hpp"
#include "strategy/strategy.hpp"

namespace plumb::engine {

/// A mark price older than this values nothing and triggers nothing: its stream has stopped.
inline constexpr Duration kMarkAgeMax = std::chrono::seconds{60};

/// Which price of a derivatives venue a use takes: the last one traded or quoted, or the venue's mark price.
/// Where no mark price came within kMarkAgeMax, the last one stands in.
enum class PriceUse : unsigned char { last, mark };

struct EngineConfig {
    Money capital;
    double pair_gross = 0.2;  // both legs of one pair together, over equity
    Duration cycle_interval = std::chrono::seconds{30};
    Duration bar_length{};  // zero when prices come as quotes and trades
    risk::Limits limits;
    execution::ExecutionPolicy execution;
    ClientOrderId first_id;               // install, epoch, counter
    PriceUse valuation = PriceUse::mark;  // of positions, equity and drawdown
    PriceUse triggers = PriceUse::last;   // of signals; orders are always sized at the last price
};

/// What a restart knows, ids already those of this session.
struct Recovered {
    std::vector<Fill> fills;  // all, oldest first
    std::vector<PairStatus> pairs;
    std::vector<execution::OpenOrder> open_orders;  // filled quantities included
    Money equity_high;                              // the drawdown is measured from here
    Money carried_realized, carried_fees;  // of instruments this session does not have; they are flat
};

/// The core: one ordered stream of events in, effects out. Single-threaded, no clock, no I/O, no randomness,
/// and no heap allocation per event after warm-up. Live, paper, replay and backtest run this same code
/// between different doors.
class Engine {
 public:
    Engine(const EngineConfig& config, const InstrumentTable& instruments,
           std::unique_ptr<strategy::Strategy> strategy);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Before the first event, once. What the pairs say they hold is what the fills say: recover() has seen
    /// to that.
    void restore(const Recovered& recovered);
    /// After restore() and the warm-up events, before the first that is decided on: the effects that the
    /// process before may have died on. Nothing for a new session.
    std::span<const Effect> take_up();

    /// Takes one event; the effects asked for, in order, live until the next call.
    std::span<const Effect> step(const Event& event);
    /// Takes a past market event or tick for the memory's sake only: prices and recalibration move, nothing
    /// is decided.
    void warm_up(const Event& event);

    const portfolio::Portfolio& portfolio() const { return portfolio_; }
    std::span<const PairStatus> pairs() const { return executor_.statuses(); }
    std::span<const PairModel> models() const { return strategy_->models(); }
    std::span<const execution::OpenOrder> open_orders() const { return executor_.open_orders(); }
    std::span<const Signal> last_signals() const { return signals_; }
    std::span<const strategy::InstrumentView> market() const { return views_; }
    TradingState state() const { return state_; }
    std::uint64_t cycles() const { return cycles_; }
    /// True when nothing is held and nothing can fill any more.
    bool idle() const;

 private:
    void take(const Tick& tick);
    void take(const Trade& trade);
    void take(const Quote& quote);
    void take(const ClosedBar& bar);
    void take(const MarketStatus& status);
    void take(const MarkPrice& mark);
    void take(const OrderReport& report);
    void take(const Fill& fill);
    void take(const Command& command);

    /// What guards one kind of price of one instrument.
    struct PriceWatch {
        double last = 0;
        double suspect = 0;  // too far from the last, waiting for a second print; or 0
        Timestamp at;        // of the last
    };

    bool believable(InstrumentId instrument, Price price, Timestamp at, PriceWatch& watch) const;
    bool mark_rules(PriceUse use, InstrumentId instrument) const;
    void update_price(InstrumentId instrument, Price price, Timestamp at);
    void show(strategy::InstrumentView& view, Price price, Timestamp at) const;
    void run_cycle(Timestamp now);
    void watch_drawdown(Timestamp now, const EquityPoint& point);
    void act_on(const Signal& signal);
    void leave_all(Reason reason, Timestamp now);
    void tighten(TradingState state, const char* why, Timestamp now);
    void change_state(TradingState state, const char* why, Timestamp now);
    bool cycle_due(Timestamp now);
    strategy::MarketView market_view(Timestamp now) const;
    execution::Moment moment_of(PairId pair, Timestamp now) const;
    strategy::Context context(const strategy::MarketView& view);

    EngineConfig config_;
    const InstrumentTable& instruments_;
    std::unique_ptr<strategy::Strategy> strategy_;
    portfolio::Portfolio portfolio_;
    risk::RiskGate gate_;
    execution::SpreadExecutor executor_;
    std::vector<strategy::InstrumentView> views_;
    std::vector<PriceWatch> prices_, marks_;  // by instrument
    std::vector<Signal> signals_;
    std::vector<Recalibrated> recalibrations_;
    std::vector<Effect> effects_;
    TradingState state_ = TradingState::active;
    Money equity_high_;
    double drawdown_ = 0;
    Timestamp now_;
    bool after_tick_ = false;  // the last event warmed up with was a tick
    std::optional<Timestamp> next_cycle_;
    std::uint64_t ticks_ = 0;
    std::uint64_t cycles_ = 0;
};

}  // namespace plumb::engine
