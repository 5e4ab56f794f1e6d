#include "app/report_collector.hpp"

#include <fmt/format.h>

#include <cmath>

namespace plumb::app {
namespace {

std::string formula_of(const PairModel& model, const InstrumentTable& instruments) {
    std::string text;
    for (const std::size_t leg : {std::size_t{1}, std::size_t{0}}) {
        const double weight = model.weights[leg];
        const std::string name = instruments[model.legs[leg]].name();
        if (text.empty())
            text = weight == 1 ? name : fmt::format("{:.5g} {}", weight, name);
        else
            text += fmt::format(" {} {:.5g} {}", weight < 0 ? "-" : "+", std::abs(weight), name);
    }
    return text;
}

}  // namespace

ReportCollector::ReportCollector(const Settings& settings) : params_{pairs_params(settings)} {}

void ReportCollector::attach(const engine::Engine& engine, const TradingPlan& plan) {
    engine_ = &engine;
    plan_ = &plan;
    for (const PairModel& model : plan.models) {
        report::PairPicture picture;
        picture.name = model.name;
        picture.formula = formula_of(model, plan.instruments);
        picture.z_entry = params_.entry_z;
        picture.z_exit = params_.exit_z;
        picture.z_stop = params_.stop_z;
        pairs_.push_back(std::move(picture));
    }
    for (const PairStatus& status : engine.pairs()) phases_.push_back(status.phase);
    last_prices_.resize(plan.models.size());
}

void ReportCollector::on_event(const Event& event) {
    now_ = std::max(now_, time_of(event));
    if (std::holds_alternative<Quote>(event)) ++quotes_;
    if (std::holds_alternative<Trade>(event)) ++trades_;
}

void ReportCollector::finish(const EquityPoint& last) {
    if (equity_.empty() || equity_.back().at < last.at)
        equity_.push_back({last.at, last.equity.to_double()});
    else
        equity_.back().equity = last.equity.to_double();
}

/// The spreads of the cycle that the engine has just run, by the models it used.
void ReportCollector::take_cycle() {
    const auto models = engine_->models();
    for (const Signal& signal : engine_->last_signals()) {
        if (std::isnan(signal.z)) continue;
        const PairModel& model = models[signal.pair.value];
        pairs_[signal.pair.value].points.push_back(
            {signal.at, signal.spread, model.spread_mean, model.spread_std});
    }
}

/// At the prices the legs were filled at, which is what was traded; the decision was made at z.
void ReportCollector::mark(PairId pair, report::Marker::Kind kind, double z) {
    const PairModel& model = plan_->models[pair.value];
    std::string prices;
    double spread = 0;
    for (const std::size_t leg : {std::size_t{1}, std::size_t{0}}) {
        prices +=
            fmt::format("{}{} {}", prices.empty() ? "" : ", ", plan_->instruments[model.legs[leg]].name(),
                        last_prices_[pair.value][leg].to_string());
        spread += model.weights[leg] * last_prices_[pair.value][leg].to_double();
    }
    pairs_[pair.value].markers.push_back({now_, kind, z, spread, std::move(prices)});
}

struct ReportCollector::Visitor {
    ReportCollector& to;

    void operator()(const EquityPoint& point) const {
        to.equity_.push_back({point.at, point.equity.to_double()});
        ++to.cycles_;
        if (!point.gross.is_zero()) ++to.cycles_exposed_;
        to.take_cycle();
    }
    void operator()(const RecordFill& record) const {
        ++to.fills_;
        if (record.fill.pair) to.last_prices_[record.fill.pair->value][record.fill.leg] = record.fill.price;
    }
    void operator()(const RecordPair& record) const {
        const PairStatus& status = record.status;
        const PairPhase before = std::exchange(to.phases_[status.pair.value], status.phase);
        if (status.phase != PairPhase::open || before == PairPhase::open) return;
        const bool bought = status.side == SpreadSide::long_spread;
        to.mark(status.pair, bought ? report::Marker::Kind::bought : report::Marker::Kind::sold,
                status.entry_z);
    }
    void operator()(const PairClosed& closed) const {
        const bool stopped = closed.signal.reason == Reason::stop;
        to.mark(closed.status.pair, stopped ? report::Marker::Kind::stopped : report::Marker::Kind::left,
                closed.signal.z);
        std::string reason{to_string(closed.signal.reason)};
        std::ranges::replace(reason, '_', ' ');
        to.round_trips_.push_back({to.plan_->models[closed.status.pair.value].name,
                                   closed.side == SpreadSide::long_spread ? "bought" : "sold",
                                   closed.status.entered_at, to.now_, closed.status.realized.to_double(),
                                   closed.status.fees.to_double(), std::move(reason)});
    }
    void operator()(const Denied&) const { ++to.denials_; }
    void operator()(const RecordIntent&) const {}
    void operator()(const RecordOrder&) const {}
    void operator()(const Submit&) const {}
    void operator()(const Cancel&) const {}
    void operator()(const Signaled&) const {}
    void operator()(const Recalibrated&) const {}
    void operator()(const StateChanged&) const {}
};

void ReportCollector::on_effect(const Effect& effect) { std::visit(Visitor{*this}, effect); }

}  // namespace plumb::app
