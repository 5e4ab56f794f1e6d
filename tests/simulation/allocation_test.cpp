#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "engine/session_driver.hpp"
#include "simulation/pair_market.hpp"
#include "strategies/pairs/pairs_zscore.hpp"
#include "venues/paper/paper_venue.hpp"

// Counts every allocation of this program.
namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace plumb;
using namespace std::chrono_literals;

namespace {

/// Counts what is allocated between two events, once the first `warm` have gone by.
class Watched : public MarketDataFeed {
 public:
    Watched(MarketDataFeed& feed, std::size_t warm) : feed_{feed}, warm_{warm} {}
    Result<std::optional<MarketEvent>> next() override {
        if (++events_ > warm_) {
            worst = std::max(worst, allocations - before_);
            total += allocations - before_;
        }
        auto event = feed_.next();
        before_ = allocations;
        return event;
    }
    std::size_t worst = 0, total = 0;

 private:
    MarketDataFeed& feed_;
    std::size_t warm_;
    std::size_t events_ = 0;
    std::size_t before_ = 0;
};

struct Counter : SessionObserver {
    std::size_t fills = 0, trips = 0;
    void on_event(const Event&) override {}
    void on_effect(const Effect& effect) override {
        fills += std::holds_alternative<RecordFill>(effect);
        trips += std::holds_alternative<PairClosed>(effect);
    }
};

}  // namespace

TEST_CASE(
    "fault_P01_no_allocation_per_event: engine, paper venue and driver allocate nothing once warm, fills "
    "included") {
    simulation::PairMarket market{{.seed = 9, .pairs = 4, .bars = 3000}};
    engine::EngineConfig config;
    config.capital = *Money::parse("100000");
    config.bar_length = 1h;
    config.execution.completion_deadline = 2h;
    engine::Engine engine{
        config, market.instruments(),
        std::make_unique<strategies::PairsZscore>(
            strategies::PairsParams{}, market.models(),
            std::vector<strategies::PairStaleness>(market.models().size(), {30s, 300s, 3h}))};
    venues::paper::PaperCosts costs;
    costs.participation_max = 0.005;  // parts, deadlines, completions
    venues::paper::PaperVenue venue{costs, market.instruments()};
    Watched feed{market, 100};
    Counter counter;
    engine::SessionDriver driver{
        engine,
        {.feed = feed, .venue = venue, .record = nullptr, .pacer = nullptr, .observers = {&counter}},
        {}};
    const std::size_t before = allocations;
    REQUIRE(driver.run().has_value());
    CHECK(allocations >= before);
    CHECK(counter.fills > 200);
    CHECK(counter.fills < 3000);  // the set of fills has room for 3072 from the start and doubles beyond
    CHECK(counter.trips > 50);
    CHECK(feed.worst == 0);
    CHECK(feed.total == 0);
}
