#include <benchmark/benchmark.h>

#include <string_view>

#include "venues/kraken/decode.hpp"
#include "venues/kraken/symbols.hpp"

using namespace plumb;

namespace {

// docs.kraken.com futures-api/websocket: trade, ticker, book.
constexpr std::string_view kTrade =
    R"({"feed":"trade","product_id":"PI_XBTUSD","uid":"05af78ac-a774-478c-a50c-8b9c234e071e","side":"sell",)"
    R"("type":"fill","seq":653355,"time":1612266317519,"qty":15000,"price":34969.5})";
constexpr std::string_view kTicker =
    R"({"time":1676393235406,"product_id":"PI_XBTUSD","funding_rate":-6.2604214e-11,"funding_rate_prediction":)"
    R"(-3.65989977e-10,"relative_funding_rate":-1.380384722222e-6,"relative_funding_rate_prediction":)"
    R"(-8.047629166667e-6,"next_funding_rate_time":1676394000000,"feed":"ticker","bid":21978.5,"ask":21987.0,)"
    R"("bid_size":2536.0,"ask_size":13948.0,"volume":31403908.0,"dtm":0,"leverage":"50x","index":21984.54,)"
    R"("premium":-0.0,"last":21983.5,"change":1.9974017538161748,"suspended":false,"tag":"perpetual",)"
    R"("pair":"XBT:USD","openInterest":30072580.0,"markPrice":21979.68641534714,"maturityTime":0,)"
    R"("post_only":false,"volumeQuote":31403908.0,"open":21968.5,"high":22123.0,"low":21456.0})";
constexpr std::string_view kBook =
    R"({"feed":"book","product_id":"PI_XBTUSD","side":"sell","seq":326094134,"price":34981,"qty":0,)"
    R"("timestamp":1612269953629})";

struct Keep final : wire::WireSink {
    void take(const wire::WireEvent& event) override {
        ++events;
        benchmark::DoNotOptimize(&event);
    }
    std::size_t events = 0;
};

/// The ticker gives two events: time is per frame, items are events.
void decode_frame(benchmark::State& state, std::string_view frame) {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, venues::kraken::spelling(), wire::SymbolMap::Unknown::learn};
    venues::kraken::Decoder decoder{symbols};
    Keep keep;
    for (auto _ : state) decoder.decode(frame, timestamp_from_ms(1723161255343), keep);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(frame.size()));
    state.SetItemsProcessed(static_cast<std::int64_t>(keep.events));
}

}  // namespace

BENCHMARK_CAPTURE(decode_frame, trade, kTrade)->Name("kraken_decode_trade");
BENCHMARK_CAPTURE(decode_frame, ticker, kTicker)->Name("kraken_decode_ticker");
BENCHMARK_CAPTURE(decode_frame, book, kBook)->Name("kraken_decode_book");
