#include "engine/engine.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace plumb::engine {
namespace {

constexpr std::size_t kEffectsReserve = 512;

// A price this many times the last one, or this part of it, is taken for a slip until a second print agrees
// (F12).
constexpr double kJumpMax = 10;
// No market's price is higher; and no holding worth more leaves room for exact sums.
constexpr Price kPriceMax{Decimal{1'000'000'000'000}};
constexpr Money kHoldingMax{Decimal{10'000'000'000'000'000}};

bool near(double price, double other) { return price <= other * kJumpMax && other <= price * kJumpMax; }

}  // namespace

Engine::Engine(const EngineConfig& config, const InstrumentTable& instruments,
               std::unique_ptr<strategy::Strategy> strategy)
    : config_{config},
      instruments_{instruments},
      strategy_{std::move(strategy)},
      portfolio_{config.capital, instruments.size(), strategy_->models().size()},
      gate_{config.limits, instruments},
      executor_{config.execution, instruments, strategy_->models(), gate_, portfolio_, config.first_id},
      views_(instruments.size()),
      prices_(instruments.size()),
      marks_(instruments.size()),
      equity_high_{config.capital} {
    PLUMB_CHECK(config.capital.sign() > 0 && config.cycle_interval.count() > 0);
    signals_.reserve(strategy_->models().size());
    recalibrations_.reserve(strategy_->models().size());
    effects_.reserve(kEffectsReserve);
}

void Engine::restore(const Recovered& recovered) {
    PLUMB_CHECK(ticks_ == 0 && portfolio_.fill_count() == 0);
    for (const Fill& fill : recovered.fills) portfolio_.apply(fill);
    portfolio_.carry(recovered.carried_realized, recovered.carried_fees);
    equity_high_ = std::max(equity_high_, recovered.equity_high);
    for (const PairStatus& status : recovered.pairs) executor_.restore(status);
    for (const execution::OpenOrder& order : recovered.open_orders) executor_.restore(order);
    for (const PairStatus& status : executor_.statuses()) {
        // A halted pair keeps the session from new risk until a person has looked.
        if (status.phase == PairPhase::halted) state_ = TradingState::reducing;
        // What a pair says it holds is what the fills say it holds; anything else is a damaged record.
        for (std::size_t leg = 0; leg < 2; ++leg) {
            PLUMB_CHECK(status.held[leg] == portfolio_.leg(status.pair, leg).quantity());
        }
    }
}

std::span<const Effect> Engine::step(const Event& event) {
    effects_.clear();
    now_ = std::max(now_, time_of(event));  // clocks of venues may step back; ours never does
    std::visit([this](const auto& each) { take(each); }, event);
    for (const Effect& effect : effects_) {
        // A pair that cannot be closed changes the state of the whole session.
        if (const auto* change = std::get_if<StateChanged>(&effect)) state_ = std::max(state_, change->state);
    }
    return effects_;
}

void Engine::warm_up(const Event& event) {
    effects_.clear();
    now_ = std::max(now_, time_of(event));
    after_tick_ = std::holds_alternative<Tick>(event);
    if (const auto* tick = std::get_if<Tick>(&event)) {
        ++ticks_;
        if (!cycle_due(tick->now)) return;
        const strategy::MarketView view = market_view(now_);
        strategy_->on_cycle(context(view));
        return;
    }
    const bool market = std::holds_alternative<Trade>(event) || std::holds_alternative<Quote>(event) ||
                        std::holds_alternative<ClosedBar>(event) ||
                        std::holds_alternative<MarketStatus>(event) ||
                        std::holds_alternative<MarkPrice>(event);
    if (market) std::visit([this](const auto& each) { take(each); }, event);
}

std::span<const Effect> Engine::take_up() {
    effects_.clear();
    executor_.take_up(now_, after_tick_, effects_);
    return effects_;
}

/// Feeds refuse what cannot be a price; this is the last door, before marks, signals and exact sums.
bool Engine::believable(InstrumentId instrument, Price price, Timestamp at, PriceWatch& watch) const {
    if (price.sign() <= 0 || kPriceMax < price) return false;
    const auto value = notional(price, portfolio_.net(instrument).quantity().abs());
    if (!value || kHoldingMax < *value) return false;
    const double next = price.to_double();
    const bool confirmed = watch.suspect > 0 && near(next, watch.suspect);
    if (watch.last > 0 && !near(next, watch.last) && !confirmed) {
        watch.suspect = next;
        return false;
    }
    watch = {.last = next, .suspect = 0, .at = at};
    return true;
}

void Engine::update_price(InstrumentId instrument, Price price, Timestamp at) {
    PLUMB_CHECK(instrument.value < views_.size());
    if (!believable(instrument, price, at, prices_[instrument.value])) return;
    strategy::InstrumentView& view = views_[instrument.value];
    view.last = price;
    if (!mark_rules(config_.triggers, instrument)) show(view, price, at);
    if (!mark_rules(config_.valuation, instrument)) portfolio_.mark(instrument, price);
}

void Engine::show(strategy::InstrumentView& view, Price price, Timestamp at) const {
    view.price = price.to_double();
    view.updated_at = at;
    view.updated_tick = ticks_ + 1;  // the tick that will look at it
}

bool Engine::mark_rules(PriceUse use, InstrumentId instrument) const {
    const PriceWatch& watch = marks_[instrument.value];
    return use == PriceUse::mark && watch.last > 0 && now_ - watch.at <= kMarkAgeMax;
}

void Engine::take(const MarkPrice& mark) {
    PLUMB_CHECK(mark.instrument.value < views_.size());
    if (!believable(mark.instrument, mark.mark, mark.received_at, marks_[mark.instrument.value])) return;
    strategy::InstrumentView& view = views_[mark.instrument.value];
    // No order can be sized before something traded or was quoted.
    if (config_.triggers == PriceUse::mark && view.last.sign() > 0) show(view, mark.mark, mark.received_at);
    if (config_.valuation == PriceUse::mark) portfolio_.mark(mark.instrument, mark.mark);
}

void Engine::take(const Trade& trade) { update_price(trade.instrument, trade.price, trade.received_at); }

void Engine::take(const Quote& quote) {
    if (quote.bid.sign() <= 0 || quote.ask < quote.bid) return;  // one-sided or crossed: no price (F09)
    update_price(quote.instrument, quote.mid(), quote.received_at);
}

void Engine::take(const ClosedBar& bar) { update_price(bar.instrument, bar.values.close, bar.close_time()); }

void Engine::take(const MarketStatus& status) { views_[status.instrument.value].status = status.status; }

void Engine::take(const OrderReport& report) {
    const execution::OpenOrder* order = executor_.find_order(report.order);
    const execution::Moment moment =
        order != nullptr && order->request.pair ? moment_of(*order->request.pair, now_) : execution::Moment{};
    executor_.on_report(report, moment, effects_);
}

void Engine::take(const Fill& fill) {
    if (!portfolio_.apply(fill)) return;  // told before
    const execution::Moment moment = fill.pair ? moment_of(*fill.pair, now_) : execution::Moment{};
    executor_.on_fill(fill, moment, effects_);
}

void Engine::take(const Command& command) {
    switch (command.type) {
        case CommandType::halt: tighten(TradingState::halted, "by command: halt", now_); return;
        case CommandType::reduce: tighten(TradingState::reducing, "by command: reduce", now_); return;
        case CommandType::resume: change_state(TradingState::active, "by command: resume", now_); return;
        case CommandType::flatten:
            tighten(TradingState::reducing, "by command: flatten", now_);
            leave_all(Reason::command, now_);
            return;
        case CommandType::shut_down:
            tighten(TradingState::reducing, "session ends", now_);
            leave_all(Reason::session_end, now_);
            return;
    }
}

void Engine::take(const Tick& tick) {
    ++ticks_;
    for (const PairStatus& status : executor_.statuses()) {
        if (executor_.overdue(status.pair, now_)) {
            executor_.on_deadline(status.pair, moment_of(status.pair, now_), effects_);
        }
    }
    if (cycle_due(tick.now)) run_cycle(now_);
}

/// Cycles lie on multiples of the interval since 1970, so that a restart falls into the same step.
bool Engine::cycle_due(Timestamp now) {
    const std::int64_t interval = config_.cycle_interval.count();
    const bool due = !next_cycle_ || *next_cycle_ <= now;
    if (due) next_cycle_ = timestamp_from_ns((to_ns(now) / interval + 1) * interval);
    return due;
}

strategy::MarketView Engine::market_view(Timestamp now) const {
    return {.instruments = views_, .now = now, .tick = ticks_, .bar_length = config_.bar_length};
}

strategy::Context Engine::context(const strategy::MarketView& view) {
    signals_.clear();
    recalibrations_.clear();
    return {view, executor_.statuses(), signals_, recalibrations_};
}

void Engine::run_cycle(Timestamp now) {
    ++cycles_;
    const EquityPoint point = portfolio_.snapshot(now);
    effects_.push_back(point);
    watch_drawdown(now, point);
    const strategy::MarketView view = market_view(now);
    strategy_->on_cycle(context(view));
    for (const Recalibrated& each : recalibrations_) effects_.push_back(each);
    for (const Signal& signal : signals_) act_on(signal);
}

void Engine::watch_drawdown(Timestamp now, const EquityPoint& point) {
    equity_high_ = std::max(equity_high_, point.equity);
    drawdown_ = 1 - point.equity.to_double() / equity_high_.to_double();
    if (drawdown_ > config_.limits.drawdown_max && state_ == TradingState::active) {
        change_state(TradingState::reducing, "drawdown beyond its limit: exits only", now);
    }
}

void Engine::act_on(const Signal& signal) {
    const PairStatus& status = executor_.statuses()[signal.pair.value];
    switch (signal.type) {
        case SignalType::buy_spread:
        case SignalType::sell_spread: {
            if (status.phase != PairPhase::flat || state_ != TradingState::active) return;
            effects_.push_back(Signaled{signal});
            const Money equity = portfolio_.snapshot(signal.at).equity;
            const auto share = Decimal::from_double(config_.pair_gross, 9);
            PLUMB_CHECK(share.has_value());
            executor_.enter(signal, strategy_->models()[signal.pair.value], equity * *share,
                            moment_of(signal.pair, signal.at), effects_);
            return;
        }
        case SignalType::exit:
        case SignalType::emergency_exit:
            if (status.phase != PairPhase::open && status.phase != PairPhase::opening) return;
            effects_.push_back(Signaled{signal});
            executor_.leave(signal, moment_of(signal.pair, signal.at), effects_);
            return;
        case SignalType::hold:
            if (status.cooling_down && signal.reason == Reason::none && !std::isnan(signal.z)) {
                executor_.end_cooling_down(signal.pair, effects_);
            }
            return;
        case SignalType::buy:
        case SignalType::sell: return;  // single-instrument strategies arrive with their own executor
    }
}

void Engine::leave_all(Reason reason, Timestamp now) {
    for (const PairStatus& status : executor_.statuses()) {
        if (status.phase != PairPhase::open && status.phase != PairPhase::opening) continue;
        // The z of the last cycle, for the record: the decision itself looks at no price.
        const bool known = status.pair.value < signals_.size();
        const Signal last =
            known ? signals_[status.pair.value] : Signal{.pair = status.pair, .z = NAN, .at = now};
        const Signal signal{.pair = status.pair,
                            .type = SignalType::exit,
                            .reason = reason,
                            .z = last.z,
                            .confidence = 1,
                            .spread = last.spread,
                            .at = now};
        effects_.push_back(Signaled{signal});
        executor_.leave(signal, moment_of(status.pair, now), effects_);
    }
}

/// Only a person's `resume` or a restart loosens.
void Engine::tighten(TradingState state, const char* why, Timestamp now) {
    change_state(std::max(state, state_), why, now);
}

void Engine::change_state(TradingState state, const char* why, Timestamp now) {
    if (state == state_) return;
    state_ = state;
    effects_.push_back(StateChanged{state, why, now});
}

execution::Moment Engine::moment_of(PairId pair, Timestamp now) const {
    const strategy::MarketView view = market_view(now);
    const PairModel& model = strategy_->models()[pair.value];
    execution::Moment moment;
    moment.now = now;
    moment.state = state_;
    moment.drawdown = drawdown_;
    for (std::size_t leg = 0; leg < 2; ++leg) {
        const strategy::InstrumentView& each = view[model.legs[leg]];
        // While nothing has been priced yet (a fill arriving right after a restart) the last fill's price
        // stands in.
        moment.prices[leg] = each.has_price() ? each.last : portfolio_.mark_of(model.legs[leg]);
        moment.price_age[leg] = each.has_price() ? view.age(each) : Duration::max();
        moment.tradable[leg] = each.status == TradingStatus::open;
    }
    return moment;
}

bool Engine::idle() const {
    return std::ranges::all_of(executor_.statuses(),
                               [](const PairStatus& s) { return s.phase == PairPhase::flat; }) &&
           executor_.open_orders().empty();
}

}  // namespace plumb::engine
