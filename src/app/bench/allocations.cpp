#include <fmt/format.h>

#include "app/bench/allocation_count.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/simulated_market.hpp"
#include "engine/session_driver.hpp"
#include "venues/paper/paper_venue.hpp"

namespace plumb::app::bench {
namespace {

constexpr std::size_t kWarmUpEvents = 200'000;
constexpr std::size_t kEvents = 1'000'000;

/// A feed that notes the count of allocations when the warm-up is over and when the data is.
class CountingFeed : public MarketDataFeed {
 public:
    explicit CountingFeed(replay::BarFeed feed) : feed_{std::move(feed)} {}

    Result<std::optional<MarketEvent>> next() override {
        if (events_ == kWarmUpEvents) before_ = allocations_of_this_thread();
        ++events_;
        auto event = feed_.next();
        if (!event || !*event) after_ = allocations_of_this_thread();
        return event;
    }
    std::uint64_t allocations() const { return after_ - before_; }
    /// Market events between the two counts.
    std::size_t counted() const { return events_ - 1 - kWarmUpEvents; }

 private:
    replay::BarFeed feed_;
    std::size_t events_ = 0;
    std::uint64_t before_ = 0;
    std::uint64_t after_ = 0;
};

}  // namespace

/// Heap allocations of feed, driver, paper venue, engine and strategy together, after a warm-up, pairs
/// trading.
Result<std::vector<Figure>> measure_allocations() {
    if (!allocations_are_counted()) {
        return fail(Errc::unsupported,
                    "allocations: a build with sanitizers counts none; use the release build");
    }
    const SimulatedMarket market = simulate_market((kWarmUpEvents + kEvents) / kInstruments);
    const auto engine = make_engine(market);
    venues::paper::PaperVenue venue{{}, market.instruments};
    CountingFeed feed{make_feed(market)};
    engine::SessionDriver driver{
        *engine, {.feed = feed, .venue = venue, .record = nullptr, .pacer = nullptr, .observers = {}}, {}};
    const auto summary = driver.run();
    if (!summary) return fail(summary.error());
    Figure figure;
    figure.name = "allocations_per_event";
    figure.ours = static_cast<double>(feed.allocations()) / static_cast<double>(feed.counted());
    figure.limit = 0;
    figure.limit_name = "none at all";
    figure.unit = "allocations/event";
    figure.target = 0;
    figure.better = Better::less;
    figure.note = fmt::format("{} allocations in {} bars after {}, {} fills in all", feed.allocations(),
                              feed.counted(), kWarmUpEvents, engine->portfolio().fill_count());
    return std::vector<Figure>{std::move(figure)};
}

}  // namespace plumb::app::bench
