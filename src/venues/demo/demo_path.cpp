#include "venues/demo/demo_path.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.hpp"

namespace plumb::venues::demo {
namespace {

constexpr double kMinutesPerYear = 365.0 * 24 * 60;
constexpr int kTailDegrees = 5;
constexpr double kCryptoFactorVolatility = 0.45;  // per year
constexpr double kStockFactorVolatility = 0.15;
constexpr double kPegHalfLifeMinutes = 60;
constexpr double kDriftPerDay = 3;    // residual deviations that a broken pair moves away in a day
constexpr double kDriftDays = 5;      // how long it does
constexpr double kPriceFloor = 0.02;  // of the first price: no name ends

double factor_volatility(Market market) {
    return market == Market::crypto  ? kCryptoFactorVolatility
           : market == Market::stock ? kStockFactorVolatility
                                     : 0;
}

double persistence_per_minute(double half_life_minutes) {
    return std::exp(-std::numbers::ln2 / half_life_minutes);
}

const char* name_of(Market market) {
    return market == Market::stock ? "market of stocks" : "market of crypto";
}

}  // namespace

std::uint64_t stream_of(std::string_view name, Stream stream) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return (hash ^ (static_cast<std::uint64_t>(stream) + 1)) * 0x100000001b3ULL;
}

double own_variance_per_year(const NameSpec& name) {
    const double factor = name.market_beta * factor_volatility(name.market);
    return name.volatility * name.volatility - factor * factor -
           name.jumps_per_year * name.jump_size * name.jump_size;
}

NamePath::NamePath(const DemoSpec& spec, std::size_t index)
    : name_{spec.names[index]},
      root_{spec.seed},
      minutes_{root_.fork(stream_of(name_.instrument.name(), Stream::minutes))},
      market_{root_.fork(stream_of(name_of(name_.market), Stream::minutes))} {
    const std::string name = name_.instrument.name();
    bridge_stream_ = stream_of(name, Stream::bridge);
    residual_stream_ = stream_of(name, Stream::residual_bridge);
    price_min_ = std::max(name_.price * kPriceFloor, 10 * name_.instrument.tick.to_double());
    for (const PairTruth& pair : spec.pairs)
        if (pair.y == name) pair_ = pair;
    if (pair_) {
        const auto leader = find_name(spec, pair_->x);
        PLUMB_CHECK(leader.has_value());
        leader_ = std::make_unique<NamePath>(spec, *leader);
        persistence_ = persistence_per_minute(to_seconds(pair_->half_life) / 60);
        own_deviation_ = pair_->residual_std * std::sqrt(1 - persistence_ * persistence_);
        level_ = pair_->residual_std * minutes_.normal();  // from the stationary distribution
        break_minute_ =
            pair_->breaks_at ? (*pair_->breaks_at - spec.start) / std::chrono::minutes{1} : INT64_MAX;
    } else if (name_.market == Market::pegged) {
        persistence_ = persistence_per_minute(kPegHalfLifeMinutes);
        own_deviation_ = name_.volatility * std::sqrt(1 - persistence_ * persistence_);
        level_ = name_.volatility * minutes_.normal();
    } else {
        own_deviation_ = std::sqrt(own_variance_per_year(name_) / kMinutesPerYear);
        market_deviation_ = name_.market_beta * factor_volatility(name_.market) / std::sqrt(kMinutesPerYear);
        drift_ = -name_.volatility * name_.volatility / 2 /
                 kMinutesPerYear;  // prices, not their logs, are fair games
        jump_probability_ = name_.jumps_per_year / kMinutesPerYear;
        level_ = std::log(name_.price);
    }
    scratch_.resize(static_cast<std::size_t>(std::chrono::minutes{1} / spec.tick));
}

NamePath::Step NamePath::walk() {
    Step step;
    step.from = level_;
    step.to = level_ + drift_ + own_deviation_ * minutes_.student_t(kTailDegrees) +
              market_deviation_ * market_.student_t(kTailDegrees);
    if (minutes_.uniform() < jump_probability_) {
        step.jump = name_.jump_size * minutes_.normal();
        step.jump_at = minutes_.uniform();
    }
    level_ = step.to + step.jump;
    return step;
}

NamePath::Step NamePath::mean_revert() {
    Step step;
    step.from = level_;
    const double shock = own_deviation_ * minutes_.normal();
    if (minute_ < break_minute_ || !pair_) {
        level_ = persistence_ * level_ + shock;
    } else {
        const bool drifting = static_cast<double>(minute_ - break_minute_) < kDriftDays * 24 * 60;
        level_ += shock + (drifting ? kDriftPerDay / (24 * 60) * pair_->residual_std : 0);
    }
    step.to = level_;
    return step;
}

/// Adds nothing at the minute's open and step.to - step.from at its end; in between a Brownian bridge.
void NamePath::bridge(const Step& step, double deviation, Stream stream, std::span<double> points) const {
    Rng rng = root_.fork((stream == Stream::bridge ? bridge_stream_ : residual_stream_) +
                         static_cast<std::uint64_t>(minute_) * 0x9e3779b97f4a7c15ULL);
    const double n = static_cast<double>(points.size());
    const double tick_deviation = deviation / std::sqrt(n);
    double sum = 0;
    for (double& point : points) {
        point = sum;
        sum += tick_deviation * rng.normal();
    }
    for (std::size_t k = 0; k < points.size(); ++k) {
        const double passed = static_cast<double>(k) / n;
        points[k] += step.from + passed * (step.to - step.from - sum);
        if (step.jump != 0 && step.jump_at < passed) points[k] += step.jump;
    }
}

void NamePath::next_minute(std::span<double> points) {
    PLUMB_CHECK(points.size() == scratch_.size());
    if (leader_) {
        leader_->next_minute(scratch_);
        bridge(mean_revert(), own_deviation_, Stream::residual_bridge, points);
        for (std::size_t k = 0; k < points.size(); ++k)
            points[k] += pair_->intercept + pair_->hedge_ratio * scratch_[k];
    } else if (name_.market == Market::pegged) {
        bridge(mean_revert(), own_deviation_, Stream::bridge, points);
        for (double& point : points) point = name_.price * (1 + point);
    } else {
        bridge(walk(), std::hypot(own_deviation_, market_deviation_), Stream::bridge, points);
        for (double& point : points) point = std::exp(point);
    }
    for (double& point : points) point = std::max(point, price_min_);
    ++minute_;
}

void NamePath::skip_minute() {
    if (leader_) leader_->skip_minute();
    if (leader_ || name_.market == Market::pegged)
        mean_revert();
    else
        walk();
    ++minute_;
}

}  // namespace plumb::venues::demo
