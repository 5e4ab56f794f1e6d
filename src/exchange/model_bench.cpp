#include <benchmark/benchmark.h>

#include "exchange/testing/model_load.hpp"

namespace plumb::exchange {
namespace {

/// Orders a second over one model: resting, taking, canceling, with all events taken.
void BM_ModelLoad(benchmark::State& state) {
    testing::ModelLoad load{static_cast<std::size_t>(state.range(0)), 1};
    load.run(50'000);  // the books fill up, the memory is there
    std::uint64_t orders = 0;
    for (auto _ : state) orders += load.run(20'000).orders;
    state.SetItemsProcessed(static_cast<std::int64_t>(orders));
}
BENCHMARK(BM_ModelLoad)->Arg(1)->Arg(40)->Arg(400)->Unit(benchmark::kMillisecond);

/// One level of a book quoted anew: what a market maker does most.
void BM_Requote(benchmark::State& state) {
    ModelOptions options;
    options.replace_rule = ReplaceRule::in_place;
    VenueModel model{options};
    MarketSpec spec;
    spec.instrument.base = "BTC";
    spec.instrument.quote = "USD";
    spec.instrument.tick = *Price::parse("0.01");
    spec.instrument.lot = *Quantity::parse("0.001");
    OrderSpec quote;
    quote.instrument = *model.add_market(spec);
    quote.type = OrderType::limit;
    quote.quantity = *Quantity::parse("1");
    OrderNumber number = 0;
    for (int i = 0; i < 20; ++i) {
        quote.limit = Price{Decimal{100 - i}};
        number = *model.submit(quote, Timestamp{});
    }
    std::int64_t step = 0;
    for (auto _ : state) {
        Replacement change;
        change.limit = Price{Decimal{60 + (++step % 20)}};
        benchmark::DoNotOptimize(model.replace(quote.account, number, change, Timestamp{}));
        benchmark::DoNotOptimize(model.take_events().data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Requote);

}  // namespace
}  // namespace plumb::exchange
