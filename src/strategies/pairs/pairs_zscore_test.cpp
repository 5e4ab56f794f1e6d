#include "strategies/pairs/pairs_zscore.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "base/rng.hpp"

using namespace plumb;
using namespace std::chrono_literals;
using strategies::PairsParams;
using strategies::PairsZscore;
using strategies::SpreadHistory;

namespace {

constexpr strategies::PairStaleness kPatience{15s, 60s, 300s};
constexpr SpreadSide kFlat = SpreadSide::flat, kLong = SpreadSide::long_spread,
                     kShort = SpreadSide::short_spread;
constexpr double kNone = NAN;

/// Two instruments and one pair, spread = A - 2 B, shown cycle by cycle.
struct Stage {
    std::array<strategy::InstrumentView, 2> views;
    std::vector<PairStatus> pairs = std::vector<PairStatus>(1);
    std::vector<Signal> signals;
    std::vector<Recalibrated> recalibrations;
    PairsZscore strategy;

    static PairModel model(double mean, double deviation) {
        PairModel m;
        m.legs = {InstrumentId{0}, InstrumentId{1}};
        m.weights = {1, -2};
        m.spread_mean = mean;
        m.spread_std = deviation;
        return m;
    }

    explicit Stage(PairsParams params, double mean = 10, double deviation = 1)
        : strategy{params, {model(mean, deviation)}, {kPatience}} {}

    Signal cycle(Timestamp now, double a, double b, Duration age = {}) {
        const double prices[2] = {a, b};
        for (std::size_t leg = 0; leg < 2; ++leg) {
            views[leg].price = prices[leg];
            views[leg].updated_at = leg == 0 ? now - age : now;
        }
        signals.clear();
        recalibrations.clear();
        const strategy::MarketView market{.instruments = views, .now = now, .tick = 0, .bar_length = {}};
        strategy.on_cycle({market, pairs, signals, recalibrations});
        REQUIRE(signals.size() == 1);
        return signals[0];
    }
};

constexpr Timestamp kStart = Timestamp{} + std::chrono::hours{24 * 20'000};

}  // namespace

TEST_CASE("pairs z-score: the decision table of the earlier program, row by row") {
    struct Row {
        double z;
        SpreadSide side;
        Duration age;
        bool has_prices;
        SignalType type;
        Reason reason;
        double confidence;
    };
    const SignalType hold = SignalType::hold, exit = SignalType::exit, emergency = SignalType::emergency_exit;
    const Row rows[] = {
        // flat: entries at and beyond the threshold, confidence |z| / (2 entry)
        {1.99, kFlat, 0s, true, hold, Reason::none, 0},
        {2.0, kFlat, 0s, true, SignalType::sell_spread, Reason::entry_threshold, 0.5},
        {-2.0, kFlat, 0s, true, SignalType::buy_spread, Reason::entry_threshold, 0.5},
        {2.34, kFlat, 0s, true, SignalType::sell_spread, Reason::entry_threshold,
         0.585},  // the README's "0.58"
        {-3.0, kFlat, 0s, true, SignalType::buy_spread, Reason::entry_threshold, 0.75},
        {4.0, kFlat, 0s, true, SignalType::sell_spread, Reason::entry_threshold, 1.0},
        {-9.0, kFlat, 0s, true, SignalType::buy_spread, Reason::entry_threshold, 1.0},
        // flat: stale, no price, no deviation
        {3.0, kFlat, 15s, true, SignalType::sell_spread, Reason::entry_threshold, 0.75},
        {3.0, kFlat, 15s + 1ns, true, hold, Reason::stale_leg, 0},
        {3.0, kFlat, 400s, true, hold, Reason::stale_leg, 0},
        {3.0, kFlat, 0s, false, hold, Reason::missing_price, 0},
        {kNone, kFlat, 0s, true, hold, Reason::no_deviation, 0},
        // holding: exit at and within the threshold, confidence 1 - |z| / exit
        {0.5, kLong, 0s, true, exit, Reason::mean_reverted, 0.0},
        {-0.25, kLong, 0s, true, exit, Reason::mean_reverted, 0.5},
        {0.0, kShort, 0s, true, exit, Reason::mean_reverted, 1.0},
        {0.51, kLong, 0s, true, hold, Reason::none, 0},
        {-1.9, kLong, 0s, true, hold, Reason::none, 0},
        {-5.0, kLong, 0s, true, hold, Reason::none, 0},  // no stop unless asked for
        {5.0, kShort, 0s, true, hold, Reason::none, 0},
        // holding: out of the other side
        {2.0, kLong, 0s, true, exit, Reason::overshoot, 0.8},
        {-2.0, kShort, 0s, true, exit, Reason::overshoot, 0.8},
        {1.99, kLong, 0s, true, hold, Reason::none, 0},
        // holding: ages
        {0.1, kLong, 60s, true, exit, Reason::mean_reverted, 0.8},
        {0.1, kLong, 60s + 1ns, true, hold, Reason::stale_leg, 0},
        {0.1, kLong, 300s - 1ns, true, hold, Reason::stale_leg, 0},
        {0.1, kLong, 300s, true, emergency, Reason::stale_emergency, 1.0},
        {kNone, kShort, 300s, true, emergency, Reason::stale_emergency, 1.0},
        {kNone, kShort, Duration::max(), false, emergency, Reason::stale_emergency,
         1.0},  // no price: infinite age
        {kNone, kLong, 0s, true, hold, Reason::no_deviation, 0},
    };
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        CAPTURE(i);
        const Row& row = rows[i];
        PairsZscore::Input input;
        input.z = row.z;
        input.side = row.side;
        input.age_max = row.age;
        input.has_prices = row.has_prices;
        const auto decision = PairsZscore::decide(input, {}, kPatience);
        CHECK(decision.type == row.type);
        CHECK(decision.reason == row.reason);
        CHECK(decision.confidence == doctest::Approx(row.confidence).epsilon(1e-12));
    }
}

TEST_CASE("pairs z-score: the stop closes, keeps out beyond it, and waits for the spread to come back") {
    PairsParams params;
    params.stop_z = 3.5;
    const auto decide = [&](double z, SpreadSide side, bool cooling_down, bool allowed = true) {
        PairsZscore::Input input;
        input.z = z;
        input.side = side;
        input.cooling_down = cooling_down;
        input.entries_allowed = allowed;
        return PairsZscore::decide(input, params, kPatience);
    };
    CHECK(decide(-3.5, kLong, false).reason == Reason::stop);
    CHECK(decide(-3.5, kLong, false).type == SignalType::exit);
    CHECK(decide(3.5, kShort, false).reason == Reason::stop);
    CHECK(decide(-3.49, kLong, false).type == SignalType::hold);
    CHECK(decide(-3.5, kFlat, false).type == SignalType::hold);
    CHECK(decide(-3.5, kFlat, false).reason == Reason::stop);
    CHECK(decide(-3.0, kFlat, true).reason == Reason::cooling_down);
    CHECK(decide(-3.0, kFlat, false).type == SignalType::buy_spread);
    CHECK(decide(-3.0, kFlat, false, false).type == SignalType::hold);  // kept only to close what it holds
    CHECK(decide(-0.1, kLong, false, false).type == SignalType::exit);
}

TEST_CASE("pairs z-score: z is the spread over its deviation, ages come from the older leg") {
    Stage stage{{}};
    Signal signal = stage.cycle(kStart, 214.5, 101);  // spread 12.5
    CHECK(signal.spread == doctest::Approx(12.5));
    CHECK(signal.z == doctest::Approx(2.5));
    CHECK(signal.type == SignalType::sell_spread);
    CHECK(stage.cycle(kStart, 214.5, 101, 16s).reason == Reason::stale_leg);
    signal = stage.cycle(kStart, 0, 101);
    CHECK(signal.reason == Reason::missing_price);
    CHECK(std::isnan(signal.z));
    stage.pairs[0].side = kShort;
    CHECK(stage.cycle(kStart, 214.5, 101, 300s).type == SignalType::emergency_exit);
    CHECK(stage.cycle(kStart, 0, 101).type == SignalType::emergency_exit);
    CHECK(stage.cycle(kStart, 214.5, 101, -5s).type ==
          SignalType::hold);  // a price stamped ahead of us is not old
}

TEST_CASE("recalibration: mean and deviation of the last prices, on time, and never from the future") {
    PairsParams params;
    params.recalibrate_observations_min = 5;
    params.lookback = 8;
    params.recalibrate_interval = 10s;
    Stage stage{params};
    Rng rng{5};
    std::vector<double> spreads;
    for (int i = 0; i <= 40; ++i) {
        const double b = 100 + rng.normal(), a = 2 * b + 10 + rng.normal();
        const double mean_before = stage.strategy.models()[0].spread_mean;
        const Signal signal = stage.cycle(kStart + std::chrono::seconds{i}, a, b);
        spreads.push_back(a - 2 * b);
        CAPTURE(i);
        REQUIRE(stage.recalibrations.size() == (i > 0 && i % 10 == 0 ? 1 : 0));
        if (stage.recalibrations.empty()) {
            REQUIRE(stage.strategy.models()[0].spread_mean == mean_before);
            continue;
        }
        const std::size_t n = std::min<std::size_t>(8, spreads.size());
        double mean = 0, squares = 0;
        for (std::size_t k = spreads.size() - n; k < spreads.size(); ++k)
            mean += spreads[k] / static_cast<double>(n);
        for (std::size_t k = spreads.size() - n; k < spreads.size(); ++k)
            squares += std::pow(spreads[k] - mean, 2);
        const double deviation = std::sqrt(squares / static_cast<double>(n - 1));
        const Recalibrated& fresh = stage.recalibrations[0];
        CHECK(fresh.mean_before == mean_before);
        CHECK(fresh.mean_after == doctest::Approx(mean).epsilon(1e-12));
        CHECK(fresh.std_after == doctest::Approx(deviation).epsilon(1e-11));
        CHECK(stage.strategy.models()[0].spread_std == fresh.std_after);
        CHECK(signal.z == doctest::Approx((spreads.back() - mean) / deviation).epsilon(1e-9));
    }
}

TEST_CASE("recalibration: too few prices, stale prices, a dead spread and interval zero change nothing") {
    PairsParams params;
    params.recalibrate_observations_min = 50;
    params.recalibrate_interval = 1s;
    Rng rng{6};
    Stage few{params}, stale{params}, dead{params};
    PairsParams never_params = params;
    never_params.recalibrate_interval = 0s;
    Stage never{never_params};
    for (int i = 0; i < 200; ++i) {
        const Timestamp now = kStart + std::chrono::seconds{i};
        const double wiggle = rng.normal();
        if (i < 49) {
            few.cycle(now, 210 + wiggle, 100);
            CHECK(few.recalibrations.empty());
        }
        stale.cycle(now, 210 + wiggle, 100, 16s);
        CHECK(stale.recalibrations.empty());
        dead.cycle(now, 210, 100);
        CHECK(dead.recalibrations.empty());
        never.cycle(now, 210 + wiggle, 100);
        CHECK(never.recalibrations.empty());
    }
    few.cycle(kStart + 49s, 211, 100);
    CHECK(few.recalibrations.size() == 1);  // the fiftieth
}

TEST_CASE("pairs z-score: the unit of money changes no decision") {
    PairsParams params;
    params.recalibrate_interval = 30s;
    params.stop_z = 4.0;
    for (const double unit : {1e-8, 1e-3, 1024.0, 1e6}) {
        Stage plain{params}, scaled{params, 10 * unit, unit};
        Rng rng{8};
        double gap = 0;
        for (int i = 0; i < 500; ++i) {
            gap = 0.9 * gap + rng.normal();
            const double b = 100 + 0.1 * rng.normal(), a = 2 * b + 10 + gap;
            const Timestamp now = kStart + std::chrono::seconds{i};
            const Signal one = plain.cycle(now, a, b), two = scaled.cycle(now, a * unit, b * unit);
            REQUIRE(one.type == two.type);
            REQUIRE(one.reason == two.reason);
            REQUIRE(one.z == doctest::Approx(two.z).epsilon(1e-9));
            REQUIRE(plain.recalibrations.size() == scaled.recalibrations.size());
        }
    }
}

TEST_CASE("spread history: mean and deviation equal the plain sums over the last values, at every fill") {
    for (const std::size_t capacity : {2u, 3u, 4u, 5u, 7u, 64u}) {
        SpreadHistory history{capacity};
        Rng rng{capacity};
        std::vector<double> all;
        for (int i = 0; i < 300; ++i) {
            all.push_back(60'000 + rng.normal());
            history.push(all.back());
            REQUIRE(history.size() == std::min(capacity, all.size()));
            if (history.size() < 2) continue;
            long double mean = 0, squares = 0;
            const std::size_t n = history.size();
            for (std::size_t k = all.size() - n; k < all.size(); ++k) mean += all[k];
            mean /= static_cast<long double>(n);
            for (std::size_t k = all.size() - n; k < all.size(); ++k)
                squares += (all[k] - mean) * (all[k] - mean);
            const auto summary = history.summary();
            REQUIRE(summary.mean == doctest::Approx(static_cast<double>(mean)).epsilon(1e-14));
            REQUIRE(summary.deviation ==
                    doctest::Approx(std::sqrt(static_cast<double>(squares) / static_cast<double>(n - 1)))
                        .epsilon(1e-9));
        }
        history.clear();
        CHECK(history.size() == 0);
    }
}
