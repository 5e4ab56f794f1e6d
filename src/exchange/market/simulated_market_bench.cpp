#include <benchmark/benchmark.h>

#include <memory>

#include "exchange/market/world.hpp"

namespace {

using namespace plumb;
using namespace plumb::exchange;

const Timestamp kStart = *parse_timestamp("2026-03-02T14:30:00Z");

/// One second of a market of 400 names: requotes, prints, bars. Its inverse is how much of a core the
/// exchange's own market takes in real time.
void second_of_400_names(benchmark::State& state) {
    WorldOptions options;
    options.start = kStart;
    options.names = 400;
    const auto world = World::make(options);
    ModelOptions model_options;
    model_options.tells_house = false;
    VenueModel model{model_options};
    for (const ListedName& name : (*world)->names()) {
        MarketSpec spec;
        spec.instrument = name.instrument;
        spec.path = name.instrument.name();
        (void)model.add_market(spec);
    }
    const auto market = (*world)->open_venue(model, 1);
    Timestamp now = kStart;
    std::size_t events = 0;
    for (auto _ : state) {
        for (int i = 0; i < 20; ++i) {
            now += std::chrono::milliseconds{50};
            market->advance(now);
            const auto taken = model.take_events();
            market->on_events(taken);
            events += taken.size();
        }
    }
    state.counters["events_per_second"] =
        static_cast<double>(events) / static_cast<double>(state.iterations());
}
BENCHMARK(second_of_400_names)->Unit(benchmark::kMillisecond);

/// What a server of 400 names pays before it can answer: each path is walked from the beginning of the past.
void open_400_names(benchmark::State& state) {
    for (auto _ : state) {
        WorldOptions options;
        options.start = kStart;
        options.names = 400;
        const auto world = World::make(options);
        VenueModel model{ModelOptions{}};
        for (const ListedName& name : (*world)->names()) {
            MarketSpec spec;
            spec.instrument = name.instrument;
            spec.path = name.instrument.name();
            (void)model.add_market(spec);
        }
        benchmark::DoNotOptimize((*world)->open_venue(model, 1));
    }
}
BENCHMARK(open_400_names)->Unit(benchmark::kMillisecond);

}  // namespace
