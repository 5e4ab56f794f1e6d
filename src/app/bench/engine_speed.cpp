#include <fmt/format.h>

#include "app/bench/figure.hpp"
#include "app/bench/simulated_market.hpp"
#include "app/bench/stopwatches.hpp"
#include "engine/session_driver.hpp"
#include "venues/paper/paper_venue.hpp"

namespace plumb::app::bench {
namespace {

constexpr std::size_t kDays = 10;
constexpr int kRuns = 7;
constexpr double kTarget = 5e6;

struct Speed {
    double bars_per_second = 0;
    std::size_t fills = 0;
    std::uint64_t cycles = 0;
};

/// All of a session but its record: feed, driver, paper venue, engine, strategy.
Result<Speed> session_speed(const SimulatedMarket& market, std::size_t bars) {
    std::vector<double> seconds;
    Speed speed;
    for (int run = 0; run < kRuns; ++run) {
        const auto engine = make_engine(market);
        venues::paper::PaperVenue venue{{}, market.instruments};
        replay::BarFeed feed = make_feed(market);
        engine::SessionDriver driver{
            *engine,
            {.feed = feed, .venue = venue, .record = nullptr, .pacer = nullptr, .observers = {}},
            {}};
        const double begin = computing_seconds();
        const auto summary = driver.run();
        seconds.push_back(computing_seconds() - begin);
        if (!summary) return fail(summary.error());
        speed.fills = engine->portfolio().fill_count();
        speed.cycles = engine->cycles();
    }
    speed.bars_per_second = static_cast<double>(bars) / median(std::move(seconds));
    return speed;
}

/// Engine::step alone over events that are in memory; nothing answers, so pairs that enter wait for their
/// fills.
double step_speed(const SimulatedMarket& market, const std::vector<Event>& events, std::size_t bars) {
    std::vector<double> seconds;
    for (int run = 0; run < kRuns; ++run) {
        const auto engine = make_engine(market);
        seconds.push_back(median_computing_seconds(1, [&] {
            for (const Event& event : events) engine->step(event);
        }));
    }
    return static_cast<double>(bars) / median(std::move(seconds));
}

/// The least any engine does with the same events: read each once. The sum keeps the compiler from leaving it
/// out.
double read_speed(const std::vector<Event>& events, std::size_t bars) {
    volatile std::uint64_t keep = 0;
    const double seconds = median_computing_seconds(kRuns, [&] {
        static_assert(sizeof(Event) % sizeof(std::uint64_t) == 0);
        const auto* words = reinterpret_cast<const std::uint64_t*>(events.data());
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < events.size() * sizeof(Event) / sizeof(std::uint64_t); ++i)
            sum += words[i];
        keep = keep + sum;
    });
    return static_cast<double>(bars) / seconds;
}

}  // namespace

/// Bar events a second on one processor, the pairs strategy and the paper venue on.
Result<std::vector<Figure>> measure_engine() {
    const OnOneProcessor pinned;
    const SimulatedMarket market = simulate_market(kDays * kMinutesOfDay);
    const std::vector<Event> events = events_of(market);
    const std::size_t bars = kInstruments * kDays * kMinutesOfDay;
    const double limit = read_speed(events, bars);
    const auto session = session_speed(market, bars);
    if (!session) return fail(session.error());
    Figure whole;
    whole.name = "engine_session";
    whole.ours = session->bars_per_second;
    whole.limit = limit;
    whole.limit_name = "reading the same events once";
    whole.unit = "bars/s";
    whole.target = kTarget;
    whole.note =
        fmt::format("{} bars of {} instruments, {} cycles of {} pairs, {} fills; feed, driver, paper venue",
                    bars, kInstruments, session->cycles, kPairs, session->fills);
    Figure step = whole;
    step.name = "engine_step";
    step.ours = step_speed(market, events, bars);
    step.note = "Engine::step alone over events in memory";
    return std::vector<Figure>{std::move(whole), std::move(step)};
}

}  // namespace plumb::app::bench
