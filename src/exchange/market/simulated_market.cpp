#include "exchange/market/simulated_market.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace plumb::exchange::market {
namespace {

constexpr Duration kMoveInterval = std::chrono::milliseconds{250};
constexpr Duration kDetailMax = std::chrono::minutes{5};
constexpr Duration kDetailAfterJump = std::chrono::seconds{30};
constexpr std::int64_t kRoundsPerMark = 4;  // a second
constexpr double kBasisDeviation = 2e-4;    // of perpetual over index
constexpr Duration kBasisStep = std::chrono::minutes{10};
constexpr double kFundingMean = 1e-4;  // of one interval
constexpr double kFundingMax = 7.5e-4;
constexpr std::uint64_t kPerStep = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t kBasisStream = 0x5ba515;

Price price_near(double price, Price tick) {
    const double ticks = std::clamp(std::round(price / tick.to_double()), 1.0, 1e15);
    return Price{Decimal::from_units(tick.value.units() * static_cast<std::int64_t>(ticks))};
}

HouseStyle style_of(const PricePath* path) {
    if (path == nullptr) return {};
    const PricePath::Manner manner = path->manner();
    return {manner.spread_bps, manner.trade_size, manner.trade_rate * to_seconds(kMoveInterval),
            manner.price};
}

/// FNV-1a: a market's own stream of random numbers.
std::uint64_t stream_of(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

}  // namespace

SimulatedMarket::SimulatedMarket(VenueModel& model, std::uint64_t seed, Timestamp start, Timestamp begins_at,
                                 std::span<PricePath* const> paths)
    : MarketsPast{begins_at, paths.size()}, model_{model}, start_{start} {
    markets_.reserve(paths.size());
    for (std::uint32_t i = 0; i < paths.size(); ++i) {
        const MarketSpec& spec = model.market(InstrumentId{i});
        PricePath* path = paths[i];
        add_past(spec.instrument, InstrumentId{i}, minute_of(start), path);
        Rng rng = Rng{seed}.fork(stream_of(spec.instrument.name()));
        const auto wait = static_cast<std::int64_t>(rng.below(kMoveInterval / std::chrono::milliseconds{1}));
        markets_.push_back({InstrumentId{i},
                            path,
                            House{InstrumentId{i}, spec, style_of(path)},
                            rng,
                            std::chrono::milliseconds{wait},
                            {}});
        schedule_.push_back(i);
    }
    std::ranges::stable_sort(schedule_, {}, [&](std::uint32_t i) { return markets_[i].offset; });
    for (Market& market : markets_) step(market, 0, start_, true);
}

/// A smooth line through points ten minutes apart.
double SimulatedMarket::basis(const Market& market, Timestamp at) const {
    const std::int64_t number = at.time_since_epoch() / kBasisStep;
    const double passed = to_seconds(at.time_since_epoch() % kBasisStep) / to_seconds(kBasisStep);
    const auto point = [&](std::int64_t n) {
        Rng rng = market.rng.fork(kBasisStream + static_cast<std::uint64_t>(n) * kPerStep);
        return kBasisDeviation * rng.normal();
    };
    return point(number) * (1 - passed) + point(number + 1) * passed;
}

void SimulatedMarket::mark(Market& market, const MarketSpec& spec, double mid, Timestamp at) {
    const double premium = basis(market, at);
    model_.set_mark(market.id, price_near(mid * (1 + premium), spec.instrument.tick),
                    price_near(mid, spec.instrument.tick), at);
    if (spec.funding_interval <= Duration{} || at < market.next_funding) return;
    const Timestamp slot = slot_of(at, spec.funding_interval);
    market.next_funding = slot + spec.funding_interval;
    const double rate = std::clamp(kFundingMean + premium / 2, -kFundingMax, kFundingMax);
    const Result<Decimal> rounded = Decimal::from_double(rate, 8);
    PLUMB_CHECK(rounded.has_value());
    model_.set_funding_rate(market.id, *rounded, market.next_funding, at);
}

void SimulatedMarket::step(Market& market, std::int64_t number, Timestamp at, bool is_first) {
    if (market.path == nullptr) return;
    const MarketSpec& spec = model_.market(market.id);
    double mid = market.path->mid(at);
    if (spec.kind == MarketKind::perpetual) {
        if (number % kRoundsPerMark == 0) mark(market, spec, mid, at);
        mid *= 1 + basis(market, at);
    }
    Rng rng = market.rng.fork(static_cast<std::uint64_t>(number) * kPerStep);
    if (is_first)
        market.house.begin(model_, mid, rng, at);
    else
        market.house.step(model_, mid, rng, at);
}

void SimulatedMarket::jump(Timestamp now) {
    const Timestamp from = start_ + round_ * kMoveInterval;
    const std::int64_t round = (now - kDetailAfterJump - start_) / kMoveInterval;
    const Timestamp to = start_ + round * kMoveInterval;
    for (Market& market : markets_) {
        if (market.path != nullptr) market.path->walk_to(now);
        skip(market.id, minute_of(from) + 1, minute_of(to));
    }
    round_ = round;
    turn_ = 0;
}

void SimulatedMarket::advance(Timestamp now) {
    if (kDetailMax < now - (start_ + round_ * kMoveInterval)) jump(now);
    while (!schedule_.empty()) {
        Market& market = markets_[schedule_[turn_]];
        const Timestamp at = start_ + round_ * kMoveInterval + market.offset;
        if (now < at) return;
        model_.advance(at);
        step(market, round_, at, false);
        if (++turn_ == schedule_.size()) {
            turn_ = 0;
            ++round_;
        }
    }
}

}  // namespace plumb::exchange::market
