#include <doctest/doctest.h>

#include <map>

#include "engine/session_driver.hpp"
#include "simulation/pair_market.hpp"
#include "strategies/pairs/pairs_zscore.hpp"
#include "venues/paper/paper_venue.hpp"

using namespace plumb;
using namespace std::chrono_literals;

namespace {

struct Ledger : SessionObserver {
    std::vector<Fill> fills;
    std::vector<PairClosed> closed;
    std::vector<EquityPoint> equity;
    std::vector<Denied> denied;
    std::vector<Signal> signals;
    std::map<std::string, int> submitted;
    std::vector<StateChanged> states;
    void on_event(const Event&) override {}
    void on_effect(const Effect& effect) override {
        if (const auto* fill = std::get_if<RecordFill>(&effect)) fills.push_back(fill->fill);
        if (const auto* done = std::get_if<PairClosed>(&effect)) closed.push_back(*done);
        if (const auto* point = std::get_if<EquityPoint>(&effect)) equity.push_back(*point);
        if (const auto* no = std::get_if<Denied>(&effect)) denied.push_back(*no);
        if (const auto* signal = std::get_if<Signaled>(&effect)) signals.push_back(signal->signal);
        if (const auto* order = std::get_if<Submit>(&effect))
            ++submitted[order->order.request().id.to_string()];
        if (const auto* state = std::get_if<StateChanged>(&effect)) states.push_back(*state);
    }
};

struct Session {
    simulation::PairMarket market;
    venues::paper::PaperVenue venue;
    engine::Engine engine;
    Ledger ledger;

    static engine::EngineConfig config() {
        engine::EngineConfig config;
        config.capital = *Money::parse("100000");
        config.bar_length = 1h;
        config.execution.completion_deadline = 2h;
        return config;
    }

    explicit Session(const simulation::PairMarketSpec& spec, venues::paper::PaperCosts costs = {},
                     strategies::PairsParams params = {})
        : market{spec},
          venue{costs, market.instruments()},
          engine{config(), market.instruments(),
                 std::make_unique<strategies::PairsZscore>(
                     params, market.models(),
                     std::vector<strategies::PairStaleness>(market.models().size(), {30s, 300s, 3h}))} {}

    engine::SessionSummary run(engine::DriverOptions options = {}) {
        engine::SessionDriver driver{
            engine, {.feed = market, .venue = venue, .observers = {&ledger}}, options};
        auto summary = driver.run();
        REQUIRE(summary.has_value());
        return *summary;
    }
};

}  // namespace

TEST_CASE("session: a mean-reverting pair is traded in and out, both legs or none, and earns") {
    Session session{{.seed = 3}};
    session.run();
    CHECK(session.ledger.closed.size() > 20);
    CHECK(session.ledger.states.empty());
    CHECK(session.engine.portfolio().snapshot({}).equity > *Money::parse("100000"));
    for (const PairStatus& status : session.engine.pairs()) {
        const bool flat =
            status.phase == PairPhase::flat && status.held[0].is_zero() && status.held[1].is_zero();
        const bool hedged = status.phase == PairPhase::open && status.held == status.target;
        const bool moving = status.phase == PairPhase::opening || status.phase == PairPhase::closing;
        CHECK((flat || hedged || moving));
    }
}

TEST_CASE(
    "session: equity is capital plus the profit of all round trips plus what is open, to the last digit") {
    Session session{{.seed = 4, .pairs = 3}};
    session.run();
    const auto& book = session.engine.portfolio();
    Money profit;
    for (const PairClosed& done : session.ledger.closed) profit += done.status.realized;
    for (const PairModel& model : session.engine.models()) {
        const PairStatus& status = session.engine.pairs()[model.id.value];
        if (status.phase == PairPhase::flat) continue;
        profit += status.realized;  // cash flow of the open round trip
        for (std::size_t leg = 0; leg < 2; ++leg) profit += book.mark_of(model.legs[leg]) * status.held[leg];
    }
    CHECK(book.snapshot({}).equity == book.capital() + profit);
}

TEST_CASE("session: the same seed gives the same fills, and no order id is sent twice") {
    Session first{{.seed = 5}}, second{{.seed = 5}};
    first.run();
    second.run();
    REQUIRE(first.ledger.fills.size() == second.ledger.fills.size());
    for (std::size_t i = 0; i < first.ledger.fills.size(); ++i) {
        CHECK(first.ledger.fills[i].execution == second.ledger.fills[i].execution);
        CHECK(first.ledger.fills[i].price == second.ledger.fills[i].price);
    }
    for (const auto& [id, count] : first.ledger.submitted) CHECK(count == 1);
}

TEST_CASE(
    "fault_E12_one_leg_starved: a leg that cannot fill in time is completed or unwound, never left naked") {
    venues::paper::PaperCosts costs;
    costs.participation_max = 0.00002;  // a fifth of a unit a bar: deadlines pass, legs come in pieces
    Session session{{.seed = 6}, costs};
    session.run();
    CHECK(session.ledger.fills.size() > 50);
    for (const PairStatus& status : session.engine.pairs()) {
        if (status.phase == PairPhase::flat) CHECK(status.held[0].is_zero());
        if (status.phase == PairPhase::flat) CHECK(status.held[1].is_zero());
        if (status.phase == PairPhase::open) CHECK(status.held == status.target);
        if (status.phase == PairPhase::halted) CHECK_FALSE(session.ledger.states.empty());
    }
}

TEST_CASE("session: at its end everything is closed, and nothing is entered any more") {
    Session session{{.seed = 7}};
    engine::DriverOptions options;
    options.duration = 1500h;
    options.wind_down = 48h;
    const auto summary = session.run(options);
    CHECK(summary.end == engine::SessionEnd::time_over);
    CHECK(summary.idle);
    CHECK(session.engine.idle());
    CHECK(summary.last < Timestamp{} + 24h * 365 + 1510h);
    CHECK(session.engine.portfolio().snapshot({}).gross.is_zero());
}

TEST_CASE("session: costs above the spread's move turn the profit to a loss") {
    venues::paper::PaperCosts costs;
    costs.taker_fee_bps = 100;
    Session session{{.seed = 3}, costs};
    session.run();
    CHECK(session.engine.portfolio().snapshot({}).equity < *Money::parse("100000"));
}

TEST_CASE("fault_F02_silence_is_seen: a feed that only says time passed still makes the engine look") {
    struct Silent : MarketDataFeed {
        Timestamp now = timestamp_from_ms(1'736'121'600'500);
        int left = 10;
        Result<std::optional<MarketEvent>> next() override {
            if (left-- == 0) return std::optional<MarketEvent>{};
            now += 1s;
            return std::optional<MarketEvent>{Tick{now}};
        }
    };
    struct Ticks : SessionObserver {
        std::vector<Timestamp> seen;
        void on_event(const Event& event) override {
            if (const auto* tick = std::get_if<Tick>(&event)) seen.push_back(tick->now);
        }
        void on_effect(const Effect&) override {}
    };
    Session session{{.seed = 3}};
    Silent feed;
    Ticks ticks;
    engine::DriverOptions options;
    options.bars = false;
    engine::SessionDriver driver{
        session.engine, {.feed = feed, .venue = session.venue, .observers = {&ticks}}, options};
    REQUIRE(driver.run().has_value());
    REQUIRE(ticks.seen.size() >= 9);
    for (std::size_t i = 1; i < ticks.seen.size(); ++i) CHECK(ticks.seen[i] - ticks.seen[i - 1] == 1s);
}
