// Silence: who is dead, who only sleeps, and who never lived (F01, F02, F03).
#include <doctest/doctest.h>

#include <algorithm>

#include "wire/stream_test_support.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace plumb::wire::testing;

namespace {

PoolOptions plain() {
    PoolOptions options;
    options.connect_budget = io::TokenBucketOptions::for_window(60, 1min);
    return options;
}

std::size_t live_count(const World& world) {
    std::size_t live = 0;
    for (const StreamHealth& each : world.pool.health(world.now)) live += each.state == StreamState::live;
    return live;
}

/// When the session noticed that nothing comes, counted from the last data; zero when it did not.
Duration found_after(World& world) {
    for (const auto& [at, note] : world.notes) {
        if (note.kind == StreamNote::Kind::zombie) return at - world.last_data;
    }
    return Duration::zero();
}

}  // namespace

TEST_CASE("fault_F01_silent_connection: found within its threshold and 100 ms in 10 000 of 10 000 trials") {
    Duration worst = Duration::zero(), threshold_low = Duration::max();
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
        World world{seed, wanted(2, {DataKind::quote}), plain()};
        world.manners.heartbeats = false;
        const auto gap = Duration{20'000'000 + static_cast<std::int64_t>(world.rng.below(400'000'000))};
        start_market(world, "0q", gap);
        start_market(world, "1q", gap * 2);
        // Twenty gaps teach; then the peer falls silent at any moment.
        world.run_for(gap * 40 + Duration{static_cast<std::int64_t>(world.rng.below(1'000'000'000))});
        REQUIRE(live_count(world) == 2);
        world.manners.sends_data = false;
        world.run_for(25ms);  // what is on its way arrives
        const Duration threshold = world.pool.session(0).zombie_threshold();
        threshold_low = std::min(threshold_low, threshold);
        world.run_for(threshold + 200ms);
        const Duration after = found_after(world);
        REQUIRE_MESSAGE(after != Duration::zero(), "seed ", seed);
        REQUIRE_MESSAGE(after <= threshold + 100ms, "seed ", seed);
        worst = std::max(worst, after - threshold);
        found += 1;
        REQUIRE(live_count(world) == 0);
        REQUIRE(world.pool.health(world.now)[0].state == StreamState::stale);
    }
    MESSAGE("found ", found, " of 10000, at the latest ", to_text(worst),
            " after the threshold; lowest threshold ", to_text(threshold_low));
    CHECK(found == 10'000);
    CHECK(threshold_low == 5s);
}

TEST_CASE("fault_F02_pings_answered_data_stopped: heartbeats and acknowledgements are no data") {
    int missed = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        World world{seed, wanted(3, {DataKind::quote, DataKind::trade}), plain()};
        for (int i = 0; i < 3; ++i) {
            start_market(world, std::to_string(i) + "q", 100ms);
            start_market(world, std::to_string(i) + "t", 900ms);
        }
        world.run_for(30s);
        REQUIRE(live_count(world) == 6);
        world.manners.sends_data = false;  // heartbeats go on, each second
        world.run_for(6s);
        missed += found_after(world) == Duration::zero();
        // The connections made since are as dead; each is left in its turn, and nothing is called live.
        world.run_for(10min);
        REQUIRE(live_count(world) == 0);
        REQUIRE(2 <= world.pool.counters().zombies);
        world.manners.sends_data = true;
        world.run_for(3min);
        REQUIRE(live_count(world) == 6);
    }
    CHECK(missed == 0);
}

TEST_CASE("fault_F02_one_symbol_stops: it is stale and asked for again, the others go on") {
    World world{7, wanted(3, {DataKind::quote}), plain()};
    for (int i = 0; i < 3; ++i) start_market(world, std::to_string(i) + "q", 100ms);
    world.run_for(1min);
    world.manners.silent = {"1q"};
    world.run_for(10s);
    auto health = world.pool.health(world.now);
    CHECK(health[0].state == StreamState::live);
    CHECK(health[1].state == StreamState::stale);
    CHECK(health[1].resubscribed == 1);
    CHECK(world.pool.counters().zombies == 0);
    world.run_for(1h);
    health = world.pool.health(world.now);
    CHECK(health[1].resubscribed < 20);  // ever less often
    CHECK(world.pool.counters().reconnects == 0);
    world.manners.silent.clear();
    world.run_for(1h);  // also when nobody asked in between
    CHECK(live_count(world) == 3);
}

TEST_CASE("a coin that trades every few minutes is no zombie, and found out after its ceiling") {
    World world{3, wanted(1, {DataKind::trade}), plain()};
    start_market(world, "0t", 4min);
    world.run_for(24h);
    CHECK(world.pool.counters().zombies == 0);
    CHECK(world.pool.counters().resubscribed == 0);
    CHECK(live_count(world) == 1);
    world.manners.sends_data = false;
    world.run_for(31min);
    CHECK(world.pool.counters().zombies == 1);
    CHECK(live_count(world) == 0);
}

TEST_CASE("a closed market is silent without being missed, and watched again when it opens") {
    World world{4, wanted(2, {DataKind::quote}), plain()};
    start_market(world, "0q", 200ms);
    start_market(world, "1q", 200ms);
    world.run_for(30s);
    for (std::uint32_t i = 0; i < 2; ++i) world.pool.set_market_open(InstrumentId{i}, false, world.now);
    world.manners.sends_data = false;
    world.run_for(16h);
    CHECK(world.pool.counters().zombies == 0);
    CHECK(world.pool.counters().resubscribed == 0);
    for (std::uint32_t i = 0; i < 2; ++i) world.pool.set_market_open(InstrumentId{i}, true, world.now);
    world.run_for(5min);
    CHECK(1 <= world.pool.counters().zombies);
    world.manners.sends_data = true;
    world.run_for(10min);
    CHECK(live_count(world) == 2);
}

TEST_CASE("fault_F03_live_needs_acknowledgement_and_data: 0 LIVE without, whatever the peer does") {
    std::uint64_t looks = 0, live_looks = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        World world{seed, wanted(4, {DataKind::quote, DataKind::trade}), plain()};
        for (int i = 0; i < 4; ++i) {
            start_market(world, std::to_string(i) + "q", 300ms);
            start_market(world, std::to_string(i) + "t", 1s);
        }
        // The truth: which rows have an acknowledgement and data on a connection that is open.
        std::map<std::pair<std::uint32_t, DataKind>, bool> told;
        world.on_event = [&](const WireEvent& event) {
            if (const auto* quote = std::get_if<Quote>(&event))
                told[{quote->instrument.value, DataKind::quote}] = true;
            if (const auto* trade = std::get_if<Trade>(&event))
                told[{trade->instrument.value, DataKind::trade}] = true;
        };
        bool acknowledged_ever = false;
        world.each_tick = [&] {
            acknowledged_ever |= world.manners.acknowledges;
            const auto& notes = world.notes;
            if (!notes.empty() && notes.back().second.kind == StreamNote::Kind::lost) told.clear();
            for (const StreamHealth& each : world.pool.health(world.now)) {
                ++looks;
                if (each.state != StreamState::live) continue;
                ++live_looks;
                REQUIRE_MESSAGE(acknowledged_ever, "seed ", seed);
                REQUIRE_MESSAGE((told[{each.subscription.instrument.value, each.subscription.kind}]), "seed ",
                                seed);
            }
        };
        for (int step = 0; step < 12; ++step) {
            Rng& rng = world.rng;
            world.manners.acknowledges = rng.below(3) != 0;
            world.manners.sends_data = rng.below(3) != 0;
            world.manners.refuses_connections = rng.below(4) == 0;
            world.manners.silent.clear();
            if (rng.below(2) == 0) world.manners.silent.insert(std::to_string(rng.below(4)) + "q");
            if (rng.below(3) == 0) world.cut_all();
            world.run_for(Duration{static_cast<std::int64_t>(rng.below(20'000'000'000))});
        }
    }
    MESSAGE(looks, " looks, ", live_looks, " of them at a live subscription");
    CHECK(10'000 < live_looks);
}

TEST_CASE("fault_F03_never_acknowledged: data come through, and nothing is called live") {
    World world{11, wanted(2, {DataKind::quote}), plain()};
    world.manners.acknowledges = false;
    start_market(world, "0q", 100ms);
    start_market(world, "1q", 100ms);
    world.run_for(10min);
    CHECK(live_count(world) == 0);
    CHECK(10'000 < world.events);
    CHECK(world.pool.counters().reconnects == 0);
    CHECK(world.pool.counters().resubscribed < 20);
}
