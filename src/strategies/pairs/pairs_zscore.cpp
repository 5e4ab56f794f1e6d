#include "strategies/pairs/pairs_zscore.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace plumb::strategies {
namespace {

// Below this share of the legs' value the window holds one price repeated: a deviation so small would make
// any tick an entry. Relative, so that a coin at 1e-8 is judged like one at 60 000.
constexpr double kDeviationShareMin = 1e-9;

double spread_of(const PairModel& model, const strategy::MarketView& market) {
    return model.weights[0] * market[model.legs[0]].price + model.weights[1] * market[model.legs[1]].price;
}

bool moves(double deviation, const PairModel& model, const strategy::MarketView& market) {
    const double value = std::abs(model.weights[0]) * market[model.legs[0]].price +
                         std::abs(model.weights[1]) * market[model.legs[1]].price;
    return deviation > kDeviationShareMin * value;
}

}  // namespace

PairsZscore::PairsZscore(PairsParams params, std::vector<PairModel> models,
                         std::vector<PairStaleness> staleness)
    : params_{params},
      models_{std::move(models)},
      staleness_{std::move(staleness)},
      histories_(models_.size(), SpreadHistory{std::max<std::size_t>(params.lookback, 2)}),
      entries_allowed_(models_.size(), 1) {
    PLUMB_CHECK(models_.size() == staleness_.size());
    PLUMB_CHECK(params.exit_z < params.entry_z && (!params.stop_z || params.entry_z < *params.stop_z));
}

PairsZscore::Decision PairsZscore::decide(const Input& input, const PairsParams& params,
                                          const PairStaleness& staleness) {
    const double size = std::abs(input.z);
    if (input.side != SpreadSide::flat) {
        if (staleness.emergency <= input.age_max)
            return {SignalType::emergency_exit, Reason::stale_emergency, 1.0};
        if (!input.has_prices) return {SignalType::hold, Reason::missing_price, 0};
        if (std::isnan(input.z)) return {SignalType::hold, Reason::no_deviation, 0};
        if (staleness.exit < input.age_max) return {SignalType::hold, Reason::stale_leg, 0};
        if (size <= params.exit_z) {
            const double confidence = params.exit_z > 0 ? 1 - size / params.exit_z : 1;
            return {SignalType::exit, Reason::mean_reverted, confidence};
        }
        const bool is_long = input.side == SpreadSide::long_spread;
        if (is_long ? params.entry_z <= input.z : input.z <= -params.entry_z) {
            return {SignalType::exit, Reason::overshoot, 0.8};
        }
        if (params.stop_z && *params.stop_z <= size) return {SignalType::exit, Reason::stop, 1.0};
        return {};
    }
    if (!input.has_prices) return {SignalType::hold, Reason::missing_price, 0};
    if (std::isnan(input.z)) return {SignalType::hold, Reason::no_deviation, 0};
    if (staleness.entry < input.age_max) return {SignalType::hold, Reason::stale_leg, 0};
    if (size < params.entry_z || !input.entries_allowed) return {};
    if (params.stop_z && *params.stop_z <= size) return {SignalType::hold, Reason::stop, 0};
    if (input.cooling_down) return {SignalType::hold, Reason::cooling_down, 0};
    const double confidence = std::min(1.0, size / (2 * params.entry_z));
    const SignalType type = input.z > 0 ? SignalType::sell_spread : SignalType::buy_spread;
    return {type, Reason::entry_threshold, confidence};
}

void PairsZscore::on_cycle(const strategy::Context& context) {
    const strategy::MarketView& market = context.market;
    remember(market);
    recalibrate(context);
    for (std::size_t i = 0; i < models_.size(); ++i) {
        const PairModel& model = models_[i];
        const PairStatus& status = context.pairs[i];
        const auto& a = market[model.legs[0]];
        const auto& b = market[model.legs[1]];
        Input input;
        input.has_prices = a.has_price() && b.has_price();
        input.age_max = input.has_prices ? std::max(market.age(a), market.age(b)) : Duration::max();
        const double spread = input.has_prices ? spread_of(model, market) : 0;
        const bool has_z = input.has_prices && moves(model.spread_std, model, market);
        input.z = has_z ? (spread - model.spread_mean) / model.spread_std
                        : std::numeric_limits<double>::quiet_NaN();
        input.side = status.side;
        input.cooling_down = status.cooling_down && !(std::abs(input.z) < params_.entry_z);
        input.entries_allowed = entries_allowed_[i] != 0;
        const Decision decision = decide(input, params_, staleness_[i]);
        // A hold goes out as well: it carries z for the log, the cooling-down pair, and `why`.
        context.signals.push_back(
            {model.id, decision.type, decision.reason, input.z, decision.confidence, spread, market.now});
    }
}

void PairsZscore::remember(const strategy::MarketView& market) {
    for (std::size_t i = 0; i < models_.size(); ++i) {
        const auto& a = market[models_[i].legs[0]];
        const auto& b = market[models_[i].legs[1]];
        if (!a.has_price() || !b.has_price()) continue;
        // Only moments at which both prices are good enough to enter on: a stale leg would bend the mean.
        if (staleness_[i].entry < std::max(market.age(a), market.age(b))) continue;
        histories_[i].push(spread_of(models_[i], market));
    }
}

void PairsZscore::recalibrate(const strategy::Context& context) {
    if (params_.recalibrate_interval.count() <= 0) return;
    const Timestamp now = context.market.now;
    if (!recalibrated_at_) recalibrated_at_ = now;
    if (now - *recalibrated_at_ < params_.recalibrate_interval) return;
    recalibrated_at_ = now;
    for (std::size_t i = 0; i < models_.size(); ++i) {
        if (histories_[i].size() < std::max<std::size_t>(params_.recalibrate_observations_min, 2)) continue;
        const MeanAndDeviation fresh = histories_[i].summary();
        PairModel& model = models_[i];
        if (!moves(fresh.deviation, model, context.market)) continue;
        context.recalibrations.push_back(
            {model.id, model.spread_mean, fresh.mean, model.spread_std, fresh.deviation, now});
        model.spread_mean = fresh.mean;
        model.spread_std = fresh.deviation;
    }
}

}  // namespace plumb::strategies
