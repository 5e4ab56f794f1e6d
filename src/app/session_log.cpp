#include "app/session_log.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

namespace plumb::app {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace

std::string dollars(Money money) {
    const Decimal cent = Decimal::power_of_ten(-2);
    const bool tiny = !money.is_zero() && money.value.abs() < cent;
    const Decimal shown = tiny ? money.value.quantized(Decimal::power_of_ten(-8), Rounding::nearest)
                               : money.value.quantized(cent, Rounding::nearest);
    const std::string text = shown.to_string();
    if (tiny) return "$" + text;
    const auto point = text.find('.');
    const std::string zeros =
        point == std::string::npos ? ".00" : std::string(3 - (text.size() - point), '0');
    return "$" + text + zeros;
}

SessionLog::SessionLog(Log& log, std::ostream& out, const TradingPlan& plan, const engine::Engine& engine,
                       Options options)
    : log_{log},
      out_{out},
      plan_{plan},
      engine_{engine},
      options_{options},
      denied_before_(plan.models.size()) {}

void SessionLog::say(LogLevel level, Timestamp at, const std::string& text) {
    log_.write(level, options_.market_time ? fmt::format("[{}] {}", to_text(at), text) : text);
}

void SessionLog::on_event(const Event& event) {
    now_ = std::max(now_, time_of(event));
    if (!first_) first_ = now_;
    if (!health_due_) health_due_ = now_ + options_.health_interval;
    if (std::holds_alternative<Tick>(event) && *health_due_ <= now_) {
        // In a file of days each bar lies beyond the interval; one block a bar would bury the rest.
        if (plan_.bar_length < options_.health_interval) health(now_);
        health_due_ = now_ + options_.health_interval;
    }
}

struct SessionLog::Visitor {
    SessionLog& log;

    void json(const Json& line) const {
        if (log.options_.json) log.out_ << line.dump() << '\n';
    }

    void operator()(const RecordIntent& intent) const {
        const OrderRequest& order = intent.order;
        json({{"type", "order"},
              {"time", to_iso(order.decided_at)},
              {"id", order.id.to_string()},
              {"pair", order.pair ? log.name_of(*order.pair) : ""},
              {"instrument", log.plan_.instruments[order.instrument].name()},
              {"side", to_string(order.side)},
              {"order_type", to_string(order.type)},
              {"purpose", to_string(order.purpose)},
              {"quantity", order.quantity.to_string()},
              {"reference", order.reference.to_string()}});
    }
    void operator()(const RecordOrder& record) const {
        const OrderReport& report = record.report;
        if (report.state == OrderState::rejected) {
            log.say(LogLevel::warning, report.received_at,
                    fmt::format("⚠️ Order {} rejected by the venue: {}", report.order.to_string(),
                                report.reason.view()));
        }
        json({{"type", "order_state"},
              {"time", to_iso(report.received_at)},
              {"id", report.order.to_string()},
              {"state", to_string(report.state)},
              {"reason", std::string{report.reason.view()}}});
    }
    void operator()(const RecordFill& record) const {
        const Fill& fill = record.fill;
        ++log.fills_;
        json({{"type", "fill"},
              {"time", to_iso(fill.received_at)},
              {"venue_time", to_iso(fill.venue_time)},
              {"execution", std::string{fill.execution.view()}},
              {"order", fill.order.to_string()},
              {"pair", fill.pair ? log.name_of(*fill.pair) : ""},
              {"instrument", log.plan_.instruments[fill.instrument].name()},
              {"side", to_string(fill.side)},
              {"price", fill.price.to_string()},
              {"quantity", fill.quantity.to_string()},
              {"fee", fill.fee.to_string()}});
    }
    void operator()(const RecordPair& record) const {
        const PairStatus& status = record.status;
        json({{"type", "pair"},
              {"time", to_iso(log.now_)},
              {"pair", log.name_of(status.pair)},
              {"phase", to_string(status.phase)},
              {"side", to_string(status.side)},
              {"target", {status.target[0].to_string(), status.target[1].to_string()}},
              {"held", {status.held[0].to_string(), status.held[1].to_string()}},
              {"residual", {status.residual[0].to_string(), status.residual[1].to_string()}}});
        if (status.phase == PairPhase::open && status.held == status.target && status.attempts == 0) {
            log.say(LogLevel::info, log.now_,
                    fmt::format("✅ Opened {} spread position: {} (z={:.2f}), residual {} / {}",
                                status.side == SpreadSide::long_spread ? "LONG" : "SHORT",
                                log.name_of(status.pair), status.entry_z, status.residual[0].to_string(),
                                status.residual[1].to_string()));
        }
    }
    void operator()(const Submit&) const {}
    void operator()(const Cancel& cancel) const {
        log.say(LogLevel::info, log.now_, "Canceling overdue order " + cancel.order.to_string());
    }
    void operator()(const Signaled& signaled) const {
        const Signal& signal = signaled.signal;
        json({{"type", "signal"},
              {"time", to_iso(signal.at)},
              {"pair", log.name_of(signal.pair)},
              {"signal", to_string(signal.type)},
              {"reason", to_string(signal.reason)},
              {"z", number(signal.z)},
              {"confidence", number(signal.confidence)},
              {"spread", number(signal.spread)}});
        if (signal.type == SignalType::emergency_exit) {
            log.say(LogLevel::warning, signal.at,
                    fmt::format("🚨 EMERGENCY EXIT: {} - Data critically stale!", log.name_of(signal.pair)));
            return;
        }
        log.say(LogLevel::info, signal.at,
                fmt::format("📊 Spread {}: z={:.2f} -> {} (conf={:.2f})", log.name_of(signal.pair), signal.z,
                            to_string(signal.type), signal.confidence));
    }
    void operator()(const Denied& denied) const {
        ++log.denials_;
        json({{"type", "denied"},
              {"time", to_iso(denied.at)},
              {"pair", log.name_of(denied.pair)},
              {"check", denied.check},
              {"found", number(denied.found)},
              {"limit", number(denied.limit)}});
        std::string& before = log.denied_before_[denied.pair.value];
        if (before == denied.check) return;
        before = denied.check;
        log.say(LogLevel::warning, denied.at,
                fmt::format("⚠️ {} denied by the risk gate: {} (found {:.6g}, limit {:.6g})",
                            log.name_of(denied.pair), denied.check, denied.found, denied.limit));
    }
    void operator()(const Recalibrated& each) const {
        ++log.recalibrations_;
        const double change = each.std_before > 0 ? 100 * (each.std_after / each.std_before - 1) : 0;
        const std::string text =
            fmt::format("  {}: mean shift={:+.4f}, std change={:+.1f}%", log.name_of(each.pair),
                        each.mean_after - each.mean_before, change);
        if (log.options_.cycles) {
            log.say(LogLevel::info, each.at, text);
        } else {
            log.log_.debug(text);
        }
    }
    void operator()(const PairClosed& closed) const {
        const Money profit = closed.status.realized;
        ++log.round_trips_;
        if (profit.sign() > 0) ++log.winners_;
        log.realized_ += profit;
        log.denied_before_[closed.status.pair.value].clear();
        json({{"type", "round_trip"},
              {"time", to_iso(log.now_)},
              {"pair", log.name_of(closed.status.pair)},
              {"side", to_string(closed.side)},
              {"entered_at", to_iso(closed.status.entered_at)},
              {"profit", profit.to_string()},
              {"fees", closed.status.fees.to_string()},
              {"reason", to_string(closed.signal.reason)}});
        log.say(LogLevel::info, log.now_,
                fmt::format("🔚 Closed spread {}: P&L={} | Reason: {}", log.name_of(closed.status.pair),
                            dollars(profit), to_string(closed.signal.reason)));
    }
    void operator()(const EquityPoint& point) const {
        ++log.cycles_seen_;
        if (log.options_.cycles) log.cycle(point.at);
    }
    void operator()(const StateChanged& change) const {
        json({{"type", "state"},
              {"time", to_iso(change.at)},
              {"state", to_string(change.state)},
              {"why", change.why}});
        log.say(change.state == TradingState::active ? LogLevel::info : LogLevel::warning, change.at,
                fmt::format("Trading state: {} ({})", to_string(change.state), change.why));
    }
};

void SessionLog::on_effect(const Effect& effect) { std::visit(Visitor{*this}, effect); }

void SessionLog::cycle(Timestamp now) {
    std::string z;
    for (const Signal& signal : engine_.last_signals()) {
        if (!std::isnan(signal.z))
            z += fmt::format("{}{}: {:.2f}", z.empty() ? "" : ", ", name_of(signal.pair), signal.z);
    }
    say(LogLevel::info, now, fmt::format("🔄 Cycle #{} | Uptime: {}", cycles_seen_, to_text(now - *first_)));
    if (!z.empty()) say(LogLevel::info, now, "📈 Z-scores: " + z);
}

void SessionLog::health(Timestamp now) {
    const EquityPoint book = engine_.portfolio().snapshot(now);
    int open = 0;
    for (const PairStatus& status : engine_.pairs()) open += status.phase == PairPhase::flat ? 0 : 1;
    say(LogLevel::info, now, "📊 HEALTH STATUS");
    log_.info(fmt::format("  Uptime: {}", to_text(now - *first_)));
    log_.info(fmt::format("  Cycles completed: {}", engine_.cycles()));
    log_.info(fmt::format("  Open spread positions: {}", open));
    log_.info(fmt::format("  Cash: {}  Equity: {}  Gross: {}", dollars(book.cash), dollars(book.equity),
                          dollars(book.gross)));
    for (const Instrument& instrument : plan_.instruments.all()) {
        const auto& view = engine_.market()[instrument.id.value];
        if (!view.has_price()) {
            log_.info(fmt::format("  ❌ {} no price yet", instrument.name()));
            continue;
        }
        const Duration age = now - view.updated_at;
        const bool healthy = age < std::max<Duration>(std::chrono::seconds{60}, plan_.bar_length);
        log_.info(
            fmt::format("  {} {} age={:.0f}s", healthy ? "✅" : "❌", instrument.name(), to_seconds(age)));
    }
}

void SessionLog::summarize(const std::string& how_it_ended, Duration market_time) {
    const EquityPoint book = engine_.portfolio().snapshot(now_);
    const Money profit = book.equity - engine_.portfolio().capital();
    int open = 0;
    for (const PairStatus& status : engine_.pairs()) open += status.phase == PairPhase::flat ? 0 : 1;
    log_.info("📋 FINAL SESSION SUMMARY");
    log_.info("  " + how_it_ended);
    log_.info(fmt::format("  Session duration: {}", to_text(market_time)));
    log_.info(fmt::format("  Total cycles: {}", engine_.cycles()));
    log_.info(fmt::format("  Round trips: {} ({} with profit), fills: {}, denied by the gate: {}",
                          round_trips_, winners_, fills_, denials_));
    log_.info(fmt::format("  Equity: {} (profit {}, fees {})", dollars(book.equity), dollars(profit),
                          dollars(book.fees)));
    if (open > 0)
        log_.info(fmt::format("  Open spread positions: {} (unrealized {})", open, dollars(book.unrealized)));
    if (!options_.json) return;
    out_ << Json{{"summary",
                  {{"ended", how_it_ended},
                   {"round_trips", round_trips_},
                   {"winners", winners_},
                   {"fills", fills_},
                   {"denied", denials_},
                   {"open_pairs", open},
                   {"cash", book.cash.to_string()},
                   {"equity", book.equity.to_string()},
                   {"profit", profit.to_string()},
                   {"fees", book.fees.to_string()},
                   {"cycles", engine_.cycles()}}}}
                .dump()
         << '\n';
}

}  // namespace plumb::app
