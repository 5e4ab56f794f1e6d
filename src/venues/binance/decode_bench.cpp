#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstring>
#include <string>
#include <vector>

#include "venues/binance/decode.hpp"
#include "venues/binance/symbols.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

namespace {

// Recorded 2024-08-08 (nkaz001/hftbacktest, MIT).
const std::string kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",)"
    R"("q":"0.02000000","T":1723161255342,"m":true,"M":true}})";
const std::string kTicker =
    R"({"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
    R"("a":"61837.64000000","A":"1.54698000"}})";

// The form of ccxt's example of handleOHLCV (MIT), closed.
const std::string kKline =
    R"({"stream":"ethbtc@kline_1m","data":{"e":"kline","E":1579482960215,"s":"ETHBTC","k":{"t":1579482900000,)"
    R"("T":1579482959999,"s":"ETHBTC","i":"1m","f":158411535,"L":158411550,"o":"0.01913200","c":"0.01913500",)"
    R"("h":"0.01913700","l":"0.01913200","v":"5.08400000","n":16,"x":true,"q":"0.09728060","V":"3.30200000",)"
    R"("Q":"0.06318500","B":"0"}}})";

/// Counts the events it is given.
struct Sink : wire::WireSink {
    void take(const wire::WireEvent& event) override {
        if (!std::holds_alternative<wire::Refused>(event)) ++events;
        benchmark::DoNotOptimize(event);
    }
    std::size_t events = 0;
};

void decode(benchmark::State& state, const std::string& frame) {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, kSpelling, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
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
        simdjson::ondemand::object root, data;
        if (document.get_object().get(root) != simdjson::SUCCESS) state.SkipWithError("no object");
        if (root["data"].get_object().get(data) != simdjson::SUCCESS) state.SkipWithError("no data");
        for (auto member : data) members += member.error() == simdjson::SUCCESS ? 1 : 0;
    }
    benchmark::DoNotOptimize(members);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frame.size()));
}

}  // namespace

BENCHMARK_CAPTURE(decode, trade, kTrade);
BENCHMARK_CAPTURE(walk, trade, kTrade);
BENCHMARK_CAPTURE(decode, book_ticker, kTicker);
BENCHMARK_CAPTURE(walk, book_ticker, kTicker);
BENCHMARK_CAPTURE(decode, kline, kKline);
BENCHMARK_CAPTURE(walk, kline, kKline);
