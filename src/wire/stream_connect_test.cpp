// Connecting again, within what a venue allows (F04, F05), limits (F07), and the daily cut (F18).
#include <doctest/doctest.h>

#include <algorithm>

#include "wire/stream_test_support.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace plumb::wire::testing;

namespace {

std::size_t in_state(const World& world, StreamState state) {
    std::size_t count = 0;
    for (const StreamHealth& each : world.pool.health(world.now)) count += each.state == state;
    return count;
}

/// The most attempts in any window of this length.
std::size_t most_attempts(const std::vector<Timestamp>& attempts, Duration window) {
    std::size_t most = 0, first = 0;
    for (std::size_t last = 0; last < attempts.size(); ++last) {
        while (attempts[first] + window <= attempts[last]) ++first;
        most = std::max(most, last - first + 1);
    }
    return most;
}

}  // namespace

TEST_CASE("fault_F04_endless_outage_then_heal: back within the cap and a second") {
    Duration worst = Duration::zero();
    const Duration cap = io::BackoffOptions{}.cap;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        World world{seed, wanted(2, {DataKind::quote}), PoolOptions{}};
        world.keep_notes = false;
        start_market(world, "0q", 50ms);
        start_market(world, "1q", 50ms);
        world.run_for(20s);
        REQUIRE(in_state(world, StreamState::live) == 2);
        world.manners.refuses_connections = seed % 3 == 0;
        world.manners.hangs = seed % 3 == 1;
        world.manners.drops_at_once = seed % 3 == 2;
        world.manners.sends_data = false;
        world.cut_all();
        world.run_for(Duration{static_cast<std::int64_t>(
            world.rng.below(seed <= 5 ? 172'800 : 1'800) * 1'000'000'000 + world.rng.below(1'000'000'000))});
        REQUIRE(in_state(world, StreamState::stale) == 2);
        world.manners = {};
        const Timestamp healed = world.now;
        while (in_state(world, StreamState::live) != 2 && world.now < healed + 10 * cap) world.run_for(50ms);
        worst = std::max(worst, world.now - healed);
        REQUIRE_MESSAGE(world.now - healed <= cap + 1s, "seed ", seed);
    }
    MESSAGE("back after ", to_text(worst), " at the latest; cap ", to_text(cap));
}

TEST_CASE("fault_F05_connect_budget: never over it, whatever is refused") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        PoolOptions options;
        options.per_connection = 1;  // ten connections that all fail together
        options.connect_budget = io::TokenBucketOptions::for_window(30, 1min);
        World world{seed, wanted(10, {DataKind::quote}), options};
        world.keep_notes = false;
        for (int i = 0; i < 10; ++i) start_market(world, std::to_string(i) + "q", 500ms);
        for (int step = 0; step < 20; ++step) {
            world.manners.refuses_connections = world.rng.below(2) == 0;
            world.manners.drops_at_once = world.rng.below(3) == 0;
            if (world.rng.below(2) == 0) world.cut_all();
            world.run_for(Duration{static_cast<std::int64_t>(world.rng.below(60'000'000'000))});
        }
        REQUIRE_MESSAGE(most_attempts(world.attempts, 1min) <= 30, "seed ", seed);
    }
}

TEST_CASE("fault_F05_429_while_connecting: not one attempt before Retry-After, and then one") {
    World world{5, wanted(1, {DataKind::quote}), PoolOptions{}};
    start_market(world, "0q", 100ms);
    world.manners.http_status = 429;
    world.manners.retry_after = 90s;
    world.run_for(80s);
    CHECK(world.attempts.size() == 1);
    world.manners.retry_after.reset();
    world.run_for(20s);
    CHECK(world.attempts.size() == 2);
    world.run_for(45s);  // without Retry-After a minute is kept
    CHECK(world.attempts.size() == 2);
    world.manners.http_status = 0;
    world.run_for(70s);
    CHECK(in_state(world, StreamState::live) == 1);
}

TEST_CASE("fault_F05_one_connection_per_key: never two at once, growing waits while a ghost holds it") {
    Capabilities venue;
    venue.connections_per_key = 1;
    World world{6, wanted(3, {DataKind::quote}), PoolOptions::of(venue)};
    for (int i = 0; i < 3; ++i) start_market(world, std::to_string(i) + "q", 100ms);
    world.manners.greeting = "limited";
    world.run_for(10min);
    CHECK(world.connections_high == 1);
    CHECK(world.attempts.size() < 12);
    CHECK(world.pool.counters().connection_refusals == world.attempts.size());
    world.manners.greeting.clear();
    world.run_for(3min);
    CHECK(in_state(world, StreamState::live) == 3);
    for (int i = 0; i < 30; ++i) {
        world.manners.sends_data = i % 2 == 0;  // zombies too
        if (i % 3 == 0) world.cut_all();
        world.run_for(1min);
    }
    CHECK(world.connections_high == 1);
}

TEST_CASE("a wrong key ends all sessions at once, with one attempt each at most") {
    PoolOptions options;
    options.per_connection = 1;
    World world{8, wanted(5, {DataKind::quote}), options};
    world.manners.greeting = "denied";
    world.run_for(1h);
    CHECK(world.pool.stopped());
    CHECK(world.attempts.size() <= 5);
    CHECK(in_state(world, StreamState::refused) == 5);
    CHECK(world.pool.refusal() == Refusal::unauthorized);

    World by_status{9, wanted(1, {DataKind::quote}), PoolOptions{}};
    by_status.manners.http_status = 401;
    by_status.run_for(1h);
    CHECK(by_status.pool.stopped());
    CHECK(by_status.attempts.size() == 1);
}

TEST_CASE("fault_F07_symbol_limit: fewer by need after one refusal, the rest reported, no loop") {
    Capabilities venue;
    venue.connections_per_key = 1;
    for (std::size_t limit = 1; limit <= 12; ++limit) {
        World world{limit, wanted(12, {DataKind::quote, DataKind::trade}), PoolOptions::of(venue)};
        for (int i = 0; i < 12; ++i) {
            start_market(world, std::to_string(i) + "q", 100ms);
            start_market(world, std::to_string(i) + "t", 300ms);
        }
        world.manners.symbols_max = limit;
        world.run_for(1h);
        CHECK(world.limit_refusals == (limit < 12 ? 1 : 0));
        CHECK(in_state(world, StreamState::live) == 2 * limit);
        CHECK(in_state(world, StreamState::left_out) == 2 * (12 - limit));
        const auto health = world.pool.health(world.now);
        for (std::size_t i = 0; i < health.size(); ++i)  // the most needed are those that stay
            CHECK((health[i].state == StreamState::live) ==
                  (health[i].subscription.instrument.value < limit));
        // What was learned holds for the next connection too.
        world.cut_all();
        world.run_for(5min);
        CHECK(world.limit_refusals == (limit < 12 ? 1 : 0));
        CHECK(in_state(world, StreamState::live) == 2 * limit);
    }
}

TEST_CASE("fault_F07_limit_of_a_whole_batch: two refusals at most, where all was asked for at once") {
    World world{3, wanted(12, {DataKind::quote}), PoolOptions{}};
    for (int i = 0; i < 12; ++i) start_market(world, std::to_string(i) + "q", 100ms);
    world.manners.symbols_max = 5;
    world.run_for(1h);
    CHECK(world.limit_refusals == 2);
    CHECK(in_state(world, StreamState::live) == 5);
    CHECK(in_state(world, StreamState::left_out) == 7);
}

TEST_CASE("an unknown symbol is refused alone, named or not") {
    for (const bool by_group : {false, true}) {
        World world{2, wanted(6, {DataKind::quote}), PoolOptions{}};
        for (int i = 0; i < 6; ++i) start_market(world, std::to_string(i) + "q", 100ms);
        world.manners.unknown = {"2q"};
        world.manners.refuses_by_group = by_group;
        world.run_for(1min);
        CHECK(in_state(world, StreamState::live) == 5);
        CHECK(world.pool.health(world.now)[2].state == StreamState::refused);
        CHECK(world.pool.health(world.now)[2].refusal == Refusal::unknown_symbol);
        CHECK(world.attempts.size() == 1);
    }
}

TEST_CASE("subscriptions are split over connections, the least needed left out where the key has no more") {
    Capabilities venue;
    venue.symbols_per_connection = 4;
    venue.connections_per_key = 2;
    World world{2, wanted(5, {DataKind::quote, DataKind::trade}), PoolOptions::of(venue)};
    for (int i = 0; i < 5; ++i) {
        start_market(world, std::to_string(i) + "q", 100ms);
        start_market(world, std::to_string(i) + "t", 100ms);
    }
    world.run_for(1min);
    CHECK(world.pool.sessions() == 2);
    CHECK(in_state(world, StreamState::live) == 8);
    CHECK(in_state(world, StreamState::left_out) == 2);
    CHECK(world.pool.health(world.now).back().subscription.instrument.value == 4);
    CHECK(world.connections_high == 2);
}

TEST_CASE("fault_F18_cut_every_24_hours: make before break, 0 s gap, each trade exactly once") {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        Capabilities venue;
        venue.connection_life = 24h;
        World world{seed, wanted(3, {DataKind::trade, DataKind::quote}), PoolOptions::of(venue)};
        world.manners.life = 24h;
        std::map<std::uint32_t, std::uint64_t> last;
        std::uint64_t wrong = 0, seen = 0;
        world.on_event = [&](const WireEvent& event) {
            const auto* trade = std::get_if<Trade>(&event);
            if (trade == nullptr) return;
            ++seen;
            std::uint64_t& before = last[trade->instrument.value];
            wrong += before != 0 && trade->trade_id != before + 1;
            before = trade->trade_id;
        };
        for (int i = 0; i < 3; ++i) {
            start_market(world, std::to_string(i) + "t", 1s);
            start_market(world, std::to_string(i) + "q", 1s);
        }
        world.run_for(1min);
        std::uint64_t not_live = 0;
        world.each_tick = [&] { not_live += in_state(world, StreamState::live) != 6; };
        world.run_for(73h);
        CHECK(wrong == 0);
        CHECK(not_live == 0);
        CHECK(world.pool.counters().renewals == 3);
        CHECK(world.pool.counters().reconnects == 0);
        CHECK(700'000 < seen);
        CHECK(0 < world.pool.counters().duplicates);
    }
}

TEST_CASE("a venue that announces its shutdown is left before it goes") {
    World world{1, wanted(2, {DataKind::quote}), PoolOptions{}};
    start_market(world, "0q", 100ms);
    start_market(world, "1q", 100ms);
    world.run_for(30s);
    std::uint64_t not_live = 0;
    world.each_tick = [&] { not_live += in_state(world, StreamState::live) != 2; };
    const ConnectionId old = world.links.begin()->first;
    world.say(old, "shutdown");
    world.run_for(10s);
    world.cut(old);
    world.run_for(10s);
    CHECK(not_live == 0);
    CHECK(world.pool.counters().renewals == 1);
    CHECK(world.attempts.size() == 2);
}
