#include <benchmark/benchmark.h>

#include "exchange/binance/entries.hpp"
#include "exchange/testing/in_process.hpp"

using namespace plumb;
using namespace plumb::exchange;

namespace {

/// Counts messages and bytes, as the sockets behind it would get them.
class CountingOutlet : public Outlet {
 public:
    void send(StreamId, const Frame& frame) override { bytes += frame.bytes.size(), ++messages; }
    void send_all(std::span<const StreamId> streams, const Frame& frame) override {
        bytes += frame.bytes.size() * streams.size();
        messages += streams.size();
    }
    void ping(StreamId, std::string_view) override {}
    void close(StreamId, std::uint16_t, std::string_view) override {}

    std::size_t messages = 0;
    std::size_t bytes = 0;
};

/// One trade and one quote, encoded and handed out to so many listeners each.
void fan_out(benchmark::State& state) {
    testing::InProcessVenue venue{binance::spot_entry()};
    CountingOutlet outlet;
    const auto protocol =
        binance::spot_entry().make_protocol({venue.model, venue.past, outlet, {venue.access}, 1, "", false});
    for (StreamId id = 1; id <= static_cast<StreamId>(state.range(0)); ++id) {
        const Request request{"GET", "/stream?streams=btcusdt@trade/btcusdt@bookTicker", {}, {}};
        if (!protocol->open(id, request, venue.now)) state.SkipWithError("refused");
    }
    const InstrumentId btc = venue.market_of("BTC");
    const Price price = *Price::parse("40000.01");
    const Quantity quantity = *Quantity::parse("0.01234");
    const ModelEvent events[] = {
        {1, venue.now, TradeHappened{1, btc, Side::buy, price, quantity, 1, 2, false}},
        {2, venue.now, QuoteChanged{btc, price, price, quantity, quantity, 7}},
    };
    for (auto _ : state) protocol->on_events(events, venue.now);
    state.SetItemsProcessed(static_cast<std::int64_t>(outlet.messages));
    state.SetBytesProcessed(static_cast<std::int64_t>(outlet.bytes));
}
BENCHMARK(fan_out)->Arg(1)->Arg(100);

}  // namespace
