#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "venues/binance/decode.hpp"
#include "venues/binance/rest_rows.hpp"
#include "venues/binance/symbols.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

namespace {

/// Aborts on an event that no market can have sent.
struct Judge : wire::WireSink {
    explicit Judge(std::size_t bytes) : size{bytes} {}
    void take(const wire::WireEvent& event) override {
        if (const auto* trade = std::get_if<Trade>(&event);
            trade && (trade->price.sign() <= 0 || trade->quantity.sign() <= 0))
            std::abort();
        if (const auto* quote = std::get_if<Quote>(&event);
            quote && !quote->bid.is_zero() && !quote->ask.is_zero() && quote->ask <= quote->bid)
            std::abort();
        if (const auto* bar = std::get_if<ClosedBar>(&event); bar && !check_bar(bar->values)) std::abort();
        if (const auto* refused = std::get_if<wire::Refused>(&event); refused && size < refused->offset)
            std::abort();
        if (const auto* order = std::get_if<wire::OrderUpdate>(&event); order && order->fill)
            if (order->fill->quantity.sign() <= 0 || order->fill->execution.empty()) std::abort();
    }
    std::size_t size;
};

struct Desk {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, kSpelling, wire::SymbolMap::Unknown::refuse};
    Decoder decoder{symbols}, general{symbols};
    RowReader rows{symbols};

    Desk() {
        Instrument btc;
        btc.base = "BTC";
        btc.quote = "USDT";
        btc.tick = Price{Decimal::power_of_ten(-2)};
        btc.lot = Quantity{Decimal::power_of_ten(-5)};
        if (!instruments.add(btc) || !symbols.add_all()) std::abort();
        decoder.assume(InstrumentId{0});
        general.assume(InstrumentId{0});
    }
};

}  // namespace

/// No bytes crash, hang or grow the decoder, no event that it lets through has an impossible price, and the
/// quick way tells what the general way does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Desk desk;
    const std::string_view frame{reinterpret_cast<const char*>(data), size};
    Judge judge{size};
    const Timestamp now = timestamp_from_ms(1723161255343);
    desk.decoder.decode(frame, now, judge);
    wire::testing::demand_same_both_ways(desk.decoder, desk.general, frame, now, desk.instruments);
    for (const RowKind kind : {RowKind::trades, RowKind::bars, RowKind::quotes})
        desk.rows.read({.kind = kind, .instrument = InstrumentId{0}, .bar_length = {}, .received_at = now},
                       frame, judge);
    return 0;
}
