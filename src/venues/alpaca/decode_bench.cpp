#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstring>
#include <string>
#include <vector>

#include "venues/alpaca/decode.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;

namespace {

// Recorded by ccxt (MIT), 2022-12-16.
const std::string kTrade =
    R"([{"T":"t","S":"BTC/USDT","p":17408.8,"s":0.042919,"t":"2022-12-16T06:43:18.327Z","i":16585162,"tks":"B"}])";
const std::string kQuote =
    R"([{"T":"q","S":"BTC/USDT","bp":17394.44,"bs":0.021981,"ap":17397.99,"as":0.02,"t":"2022-12-16T06:07:56.611063286Z"}])";
const std::string kBar =
    R"([{"T":"b","S":"BTC/USDT","o":17416.39,"h":17424.82,"l":17416.39,"c":17424.82,"v":1.341054,"t":"2022-12-16T06:53:00Z","n":21,"vw":17421.9529234915}])";

InstrumentTable table_of(const char* base, const char* quote) {
    InstrumentTable table;
    Instrument instrument;
    instrument.base = base;
    instrument.quote = quote;
    instrument.tick = Price{Decimal::power_of_ten(-9)};
    instrument.lot = Quantity{Decimal::power_of_ten(-9)};
    if (!table.add(instrument)) std::abort();
    return table;
}

/// Counts the events that are data.
struct Sink final : wire::WireSink {
    std::size_t events = 0;
    void take(const wire::WireEvent& event) override {
        events += std::holds_alternative<Trade>(event) || std::holds_alternative<Quote>(event) ||
                          std::holds_alternative<ClosedBar>(event)
                      ? 1
                      : 0;
        benchmark::DoNotOptimize(event);
    }
};

void decode(benchmark::State& state, const std::string& frame) {
    InstrumentTable instruments = table_of("BTC", "USDT");
    Directory directory{instruments};
    Decoder decoder{directory, Market::crypto};
    Sink sink;
    for (auto _ : state) decoder.decode(frame, timestamp_from_ns(1), sink);
    if (sink.events != static_cast<std::size_t>(state.iterations())) state.SkipWithError("refused");
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frame.size()));
}

/// The peer: simdjson alone visits every member of the frame and understands none.
void walk(benchmark::State& state, const std::string& frame) {
    simdjson::ondemand::parser parser;
    std::vector<char> buffer(frame.size() + simdjson::SIMDJSON_PADDING);
    std::size_t members = 0;
    for (auto _ : state) {
        std::memcpy(buffer.data(), frame.data(), frame.size());
        auto document = parser.iterate(buffer.data(), frame.size(), buffer.size());
        simdjson::ondemand::array list;
        if (document.get_array().get(list) != simdjson::SUCCESS) state.SkipWithError("no array");
        for (auto element : list) {
            simdjson::ondemand::object object;
            if (element.get_object().get(object) != simdjson::SUCCESS) state.SkipWithError("no object");
            for (auto member : object) members += member.error() == simdjson::SUCCESS ? 1 : 0;
        }
    }
    benchmark::DoNotOptimize(members);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frame.size()));
}

}  // namespace

BENCHMARK_CAPTURE(decode, trade, kTrade);
BENCHMARK_CAPTURE(walk, trade, kTrade);
BENCHMARK_CAPTURE(decode, quote, kQuote);
BENCHMARK_CAPTURE(walk, quote, kQuote);
BENCHMARK_CAPTURE(decode, bar, kBar);
BENCHMARK_CAPTURE(walk, bar, kBar);
