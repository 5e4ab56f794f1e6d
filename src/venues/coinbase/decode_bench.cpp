#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstring>
#include <string>
#include <vector>

#include "venues/coinbase/decode.hpp"
#include "venues/coinbase/symbols.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;

namespace {

// One event each. The match was recorded 2021-04-17 (bmoscon/cryptofeed); the others have the documents'
// shape.
const std::string kMatch =
    R"({"type":"match","trade_id":280232,"maker_order_id":"2a0da34e-61f7-4c36-88e5-c9dd15927b16","taker_order_id":)"
    R"("3c82abaa-c01e-4608-be59-6a1e69742891","side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC",)"
    R"("sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"})";
const std::string kTrade =
    R"({"channel":"market_trades","client_id":"","timestamp":"2026-04-07T14:30:02.789012Z","sequence_num":5,"events":[)"
    R"({"type":"update","trades":[{"trade_id":"995098700","product_id":"BTC-USD","price":"68900.50","size":"0.00150000",)"
    R"("side":"BUY","time":"2026-04-07T14:30:02.789012Z"}]}]})";
const std::string kQuote =
    R"({"channel":"ticker","client_id":"","timestamp":"2026-04-07T14:30:03.000000Z","sequence_num":12,"events":[{"type":)"
    R"("update","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"68900.50","volume_24_h":"15328.12345678",)"
    R"("low_24_h":"67500.00","high_24_h":"69200.00","low_52_w":"25000.00","high_52_w":"73800.00",)"
    R"("price_percent_chg_24_h":"1.85","best_bid":"68900.00","best_bid_quantity":"1.50000000","best_ask":"68901.00",)"
    R"("best_ask_quantity":"0.50000000"}]}]})";
const std::string kBar =
    R"({"channel":"candles","client_id":"","timestamp":"2026-04-07T14:30:05.000000Z","sequence_num":3,"events":[{"type":)"
    R"("update","candles":[{"start":"1775521800","high":"68950.00","low":"68850.00","open":"68900.00","close":"68920.50",)"
    R"("volume":"42.15000000","product_id":"BTC-USD"}]}]})";

struct Keep final : wire::WireSink {
    void take(const wire::WireEvent& event) override { benchmark::DoNotOptimize(event); }
};

void decode(benchmark::State& state, const std::string& frame) {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, kSpelling, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
    Keep keep;
    for (auto _ : state) decoder.decode(frame, timestamp_from_ns(1), keep);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frame.size()));
}

std::size_t visit(simdjson::ondemand::value value) {
    std::size_t members = 0;
    simdjson::ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return 0;
    if (type == simdjson::ondemand::json_type::object) {
        for (auto member : value.get_object()) members += 1 + visit(member.value().value());
    } else if (type == simdjson::ondemand::json_type::array) {
        for (auto element : value.get_array()) members += visit(element.value());
    }
    return members;
}

/// The peer: simdjson alone visits every member of the frame and understands none.
void walk(benchmark::State& state, const std::string& frame) {
    simdjson::ondemand::parser parser;
    std::vector<char> buffer(frame.size() + simdjson::SIMDJSON_PADDING);
    std::size_t members = 0;
    for (auto _ : state) {
        std::memcpy(buffer.data(), frame.data(), frame.size());
        auto document = parser.iterate(buffer.data(), frame.size(), buffer.size());
        simdjson::ondemand::object root;
        if (document.get_object().get(root) != simdjson::SUCCESS) state.SkipWithError("no object");
        for (auto member : root) members += 1 + visit(member.value().value());
    }
    benchmark::DoNotOptimize(members);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frame.size()));
}

}  // namespace

BENCHMARK_CAPTURE(decode, exchange_match, kMatch);
BENCHMARK_CAPTURE(walk, exchange_match, kMatch);
BENCHMARK_CAPTURE(decode, trade, kTrade);
BENCHMARK_CAPTURE(walk, trade, kTrade);
BENCHMARK_CAPTURE(decode, quote, kQuote);
BENCHMARK_CAPTURE(walk, quote, kQuote);
BENCHMARK_CAPTURE(decode, bar, kBar);
BENCHMARK_CAPTURE(walk, bar, kBar);
