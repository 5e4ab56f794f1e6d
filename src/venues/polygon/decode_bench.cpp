#include <benchmark/benchmark.h>

#include <string_view>

#include "venues/polygon/decode.hpp"
#include "venues/polygon/symbols.hpp"

using namespace plumb;

namespace {

// The documents' examples.
constexpr std::string_view kTrade =
    R"([{"ev":"XT","pair":"BTC-USD","p":33021.9,"t":1610462007425,"s":0.01616617,"c":[2],"i":14272084,"x":3,)"
    R"("r":1610462007576}])";
constexpr std::string_view kQuote =
    R"([{"ev":"XQ","pair":"BTC-USD","bp":33052.79,"bs":0.48,"ap":33073.19,"as":0.601,"t":1610462411115,"x":1,)"
    R"("r":1610462411128}])";
constexpr std::string_view kBar =
    R"([{"ev":"XA","pair":"BTC-USD","v":951.6112,"vw":0.7756,"z":73,"o":0.772,"c":0.784,"h":0.784,"l":0.771,)"
    R"("s":1610463240000,"e":1610463300000}])";

struct Keep final : wire::WireSink {
    void take(const wire::WireEvent& event) override { benchmark::DoNotOptimize(&event); }
};

void decode_frame(benchmark::State& state, std::string_view frame) {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments,
                            {venues::polygon::split_symbol, venues::polygon::spell_symbol},
                            wire::SymbolMap::Unknown::learn};
    venues::polygon::Decoder decoder{symbols};
    Keep keep;
    for (auto _ : state) decoder.decode(frame, timestamp_from_ms(1723161255343), keep);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(frame.size()));
}

}  // namespace

BENCHMARK_CAPTURE(decode_frame, trade, kTrade)->Name("polygon_decode_trade");
BENCHMARK_CAPTURE(decode_frame, quote, kQuote)->Name("polygon_decode_quote");
BENCHMARK_CAPTURE(decode_frame, bar, kBar)->Name("polygon_decode_bar");
