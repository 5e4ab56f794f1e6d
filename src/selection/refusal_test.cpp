#include "selection/refusal.hpp"

#include <doctest/doctest.h>

#include <set>

#include "selection/pair_finder.hpp"
#include "selection/simulated_panel.hpp"

using namespace plumb;
using namespace plumb::selection;

namespace {

constexpr std::size_t kRows = 1800;
constexpr double kPersistence = 0.9;  // half-life 6.6 bars
constexpr double kDeviation = 3;

// A pair that survives: y = 20 + 1.5 x + reversion around prices of 100 and 170.
struct Pair {
    std::vector<double> x;
    std::vector<double> reversion;
    std::vector<double> y;
};

Pair good_pair(std::uint64_t seed = 7) {
    Rng rng{seed};
    Pair pair;
    pair.x = simulated_walk(rng, kRows, 100);
    pair.reversion = simulated_reversion(rng, kRows, kPersistence, kDeviation);
    pair.y = simulated_partner(pair.x, 20, 1.5, pair.reversion);
    return pair;
}

PairReport only_pair(const Panel& panel, const FindOptions& options = {}) {
    const Result<Findings> findings = find_pairs(panel, options);
    REQUIRE_MESSAGE(findings.has_value(), (findings ? "" : findings.error().message()));
    REQUIRE(findings->pairs.size() == 1);
    return findings->pairs.front();
}

PairReport only_pair(std::vector<double> y, std::vector<double> x, const FindOptions& options = {}) {
    return only_pair(simulated_panel({{"Y", std::move(y)}, {"X", std::move(x)}}), options);
}

void check_refused(const PairReport& pair, Refusal kind) {
    REQUIRE(pair.refused.has_value());
    CHECK_MESSAGE(pair.refused->kind == kind, pair.refused->sentence());
    CHECK(!pair.refused->sentence().empty());
}

void check_survives(const PairReport& pair) {
    CHECK_MESSAGE(!pair.refused, (pair.refused ? pair.refused->sentence() : ""));
}

}  // namespace

TEST_CASE("refusal: names are distinct and each kind stands at its own index") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kRefusalCount; ++i) {
        CHECK(static_cast<std::size_t>(kRefusals[i]) == i);
        names.insert(to_string(kRefusals[i]));
    }
    CHECK(names.size() == kRefusalCount);
}

TEST_CASE("refusal: the pair the other cases spoil is not refused") {
    const Pair pair = good_pair();
    const PairReport report = only_pair(pair.y, pair.x);
    check_survives(report);
    REQUIRE(report.spread);
    CHECK(report.holdout.has_value());
}

TEST_CASE("refusal: too_few_rows, where a series was listed late") {
    Pair pair = good_pair();
    for (std::size_t row = 0; row < kRows * 2 / 3 - 59; ++row) pair.y[row] = kMissing;
    const PairReport report = only_pair(pair.y, pair.x);
    check_refused(report, Refusal::too_few_rows);
    CHECK(report.refused->found == 59);
    CHECK(report.refused->limit == 60);
    pair = good_pair();
    for (std::size_t row = 0; row < kRows * 2 / 3 - 60; ++row) pair.y[row] = kMissing;
    const PairReport enough = only_pair(pair.y, pair.x);
    CHECK((!enough.refused || enough.refused->kind != Refusal::too_few_rows));
}

TEST_CASE("refusal: pegged, by name, by volatility, by band") {
    Rng rng{3};
    const std::vector<double> x = simulated_walk(rng, kRows, 100);
    check_refused(only_pair(simulated_panel({{"USDC/USDT", simulated_walk(rng, kRows, 50)}, {"X", x}})),
                  Refusal::pegged);

    check_refused(only_pair(simulated_walk(rng, kRows, 50, 1e-5), x), Refusal::pegged);
    check_refused(only_pair(std::vector<double>(kRows, 50.0), x), Refusal::pegged);

    // 0.5 % an hour is 47 % a year: volatility does not tell, the band does.
    std::vector<double> around_one = simulated_reversion(rng, kRows, 0.5, 0.005);
    for (double& price : around_one) price += 1;
    check_refused(only_pair(around_one, x), Refusal::pegged);
}

TEST_CASE("refusal: degenerate, where a small rows_min lets a pair through that no test can judge") {
    Rng rng{4};
    const auto y = simulated_walk(rng, 11, 100);
    const auto x = simulated_walk(rng, 11, 100);
    FindOptions options;
    options.rows_min = 5;
    options.holdout_fraction = 0;
    const PairReport report = only_pair(y, x, options);
    check_refused(report, Refusal::degenerate);
    CHECK(!report.refused->about.empty());
    CHECK(!report.tested.has_value());
}

TEST_CASE("refusal: leg_stationary, in either column") {
    Rng rng{5};
    std::vector<double> stationary = simulated_reversion(rng, kRows, 0.9, 5);
    for (double& price : stationary) price += 100;
    const std::vector<double> walk = simulated_walk(rng, kRows, 100);
    check_refused(only_pair(stationary, walk), Refusal::leg_stationary);
    const PairReport report = only_pair(walk, stationary);
    check_refused(report, Refusal::leg_stationary);
    CHECK(report.refused->about == "X");
    CHECK(report.refused->found < 0.05);
    CHECK(report.p_pair.has_value());
    CHECK(!report.q.has_value());
}

TEST_CASE("refusal: collinear, the same token wrapped") {
    Rng rng{6};
    const std::vector<double> x = simulated_walk(rng, kRows, 100);
    const PairReport report =
        only_pair(simulated_partner(x, 0, 2, simulated_reversion(rng, kRows, 0.5, 1e-3)), x);
    check_refused(report, Refusal::collinear);
    CHECK(report.refused->found < report.refused->limit);
    CHECK(!report.p_pair.has_value());
}

TEST_CASE("refusal: p_above_threshold, two walks") {
    Rng rng{8};
    const auto y = simulated_walk(rng, kRows, 100);
    const PairReport report = only_pair(y, simulated_walk(rng, kRows, 100));
    check_refused(report, Refusal::p_above_threshold);
    CHECK(report.refused->found == *report.p_pair);
    CHECK(report.refused->limit == 0.10);
    CHECK(!report.spread.has_value());
}

TEST_CASE("refusal: negative_hedge, unless both sides may be bought") {
    Pair pair = good_pair();
    pair.y = simulated_partner(pair.x, 400, -1.5, pair.reversion);
    const PairReport report = only_pair(pair.y, pair.x);
    check_refused(report, Refusal::negative_hedge);
    CHECK(report.refused->found < 0);
    FindOptions options;
    options.positive_hedge_required = false;
    check_survives(only_pair(pair.y, pair.x, options));
}

TEST_CASE("refusal: extreme_hedge is judged by value, not by units") {
    Pair pair = good_pair();
    for (double& value : pair.reversion) value *= 0.2;
    // 1 % of the value of y at most, either way round: below 0.05 or above 20.
    const std::vector<double> y = simulated_partner(pair.x, 50'000, 2, pair.reversion);
    check_refused(only_pair(simulated_panel({{"Y", y}, {"X", pair.x}}, 1)), Refusal::extreme_hedge);

    // A ratio of 150 million units, BTC against SHIB, is no extreme hedge.
    Pair shib = good_pair();
    for (double& price : shib.x) price *= 1e-8;
    const PairReport report = only_pair(shib.y, shib.x);
    REQUIRE(report.tested);
    check_survives(report);
    CHECK((report.tested->hedge_ratio > 1e8 || report.tested->hedge_ratio < 1e-8));
}

TEST_CASE("refusal: half_life_out_of_bounds on both sides") {
    Rng rng{9};
    const std::vector<double> x = simulated_walk(rng, kRows, 100);
    const PairReport quick =
        only_pair(simulated_partner(x, 20, 1.5, simulated_reversion(rng, kRows, 0.3, 3)), x);
    check_refused(quick, Refusal::half_life_out_of_bounds);
    CHECK(quick.refused->limit == 2);

    const Pair pair = good_pair();
    FindOptions options;
    options.half_life_share_max = 0.002;  // 2.4 of 1200 rows
    const PairReport slow = only_pair(pair.y, pair.x, options);
    check_refused(slow, Refusal::half_life_out_of_bounds);
    CHECK(slow.refused->found > slow.refused->limit);
}

TEST_CASE("refusal: uneconomic, where fees eat the spread") {
    const Pair pair = good_pair();
    FindOptions options;
    options.cost.fee_bps = 60;
    const PairReport report = only_pair(pair.y, pair.x, options);
    check_refused(report, Refusal::uneconomic);
    // (2.0 - 0.5) deviations against 2 sides * 65 bps of both legs' value
    const double value = report.spread->price_y + report.tested->hedge_ratio * report.spread->price_x;
    CHECK(report.refused->found == doctest::Approx(1.5 * report.spread->deviation / (2 * 65e-4 * value)));
}

TEST_CASE("refusal: fdr only where it is required") {
    const Pair pair = good_pair();
    FindOptions options;
    options.fdr_level = 0;
    check_survives(only_pair(pair.y, pair.x, options));
    options.fdr_required = true;
    check_refused(only_pair(pair.y, pair.x, options), Refusal::fdr);
}

TEST_CASE("refusal: holdout_failed, where the pair parts or too little is held back") {
    Pair pair = good_pair();
    Rng rng{10};
    double drift = 0;
    for (std::size_t row = kRows * 2 / 3; row < kRows; ++row) pair.y[row] += drift += rng.normal();
    check_refused(only_pair(pair.y, pair.x), Refusal::holdout_failed);

    pair = good_pair();
    FindOptions options;
    options.holdout_fraction = 19.0 / kRows;
    check_refused(only_pair(pair.y, pair.x, options), Refusal::holdout_failed);
    options.holdout_fraction = 0;
    const PairReport nothing_held_back = only_pair(pair.y, pair.x, options);
    check_survives(nothing_held_back);
    CHECK(!nothing_held_back.holdout.has_value());
}

TEST_CASE("refusal: mean_shift, where the pair reverts to another level") {
    Pair pair = good_pair();
    for (std::size_t row = kRows * 2 / 3; row < kRows; ++row) pair.y[row] += 2 * kDeviation;
    const PairReport report = only_pair(pair.y, pair.x);
    check_refused(report, Refusal::mean_shift);
    CHECK(report.refused->found == doctest::Approx(2).epsilon(0.25));
}

TEST_CASE("refusal: deviation_changed, wider or narrower") {
    for (const double factor : {4.0, 0.2}) {
        Pair pair = good_pair();
        for (std::size_t row = kRows * 2 / 3; row < kRows; ++row)
            pair.y[row] += (factor - 1) * pair.reversion[row];
        FindOptions options;
        options.holdout.mean_shift_max = 5;
        const PairReport report = only_pair(pair.y, pair.x, options);
        check_refused(report, Refusal::deviation_changed);
        CHECK(report.refused->found == doctest::Approx(factor).epsilon(0.35));
    }
}
