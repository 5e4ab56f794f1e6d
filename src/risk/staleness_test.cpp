#include "risk/staleness.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

void check(const risk::StalenessLimits& limits, Duration entry, Duration exit, Duration emergency) {
    CHECK(limits.entry == entry);
    CHECK(limits.exit == exit);
    CHECK(limits.emergency == emergency);
}

}  // namespace

TEST_CASE("staleness: the three tiers and the medium for names nobody listed") {
    for (const char* base : {"BTC", "ETH", "DOGE", "SHIB"}) check(risk::staleness_tier(base), 15s, 60s, 300s);
    for (const char* base : {"SOL", "LINK", "AAPL", "SOMETHING"})
        check(risk::staleness_tier(base), 60s, 300s, 900s);
    for (const char* base : {"BAT", "YFI", "SUSHI", "CRV", "GRT"})
        check(risk::staleness_tier(base), 180s, 600s, 1800s);
    CHECK(risk::staleness_tier_name("BTC") == "high");
    CHECK(risk::staleness_tier_name("AAPL") == "medium");
    CHECK(risk::staleness_tier_name("BAT") == "low");
}

TEST_CASE("fault_F15_one_leg_stale: a pair is as patient as its less patient leg, whichever comes first") {
    for (const char* a : {"BTC", "SOL", "BAT"}) {
        for (const char* b : {"ETH", "LINK", "YFI"}) {
            const auto pair = risk::pair_staleness(a, b, {});
            const auto one = risk::staleness_tier(a), two = risk::staleness_tier(b);
            check(pair, std::min(one.entry, two.entry), std::min(one.exit, two.exit),
                  std::min(one.emergency, two.emergency));
            check(risk::pair_staleness(b, a, {}), pair.entry, pair.exit, pair.emergency);
        }
    }
    check(risk::pair_staleness("BTC", "BAT", {}), 15s, 60s, 300s);
}

TEST_CASE("staleness: what the command line says replaces the tier, value by value") {
    check(risk::pair_staleness("BTC", "BAT", {.entry = 30s, .exit = {}, .emergency = {}}), 30s, 60s, 300s);
    check(risk::pair_staleness("BAT", "YFI", {.entry = {}, .exit = 1s, .emergency = 2s}), 180s, 1s, 2s);
}
