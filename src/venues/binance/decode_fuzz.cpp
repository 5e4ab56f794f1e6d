#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "venues/binance/decode.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

/// No bytes crash, hang or grow the decoder, and no event that it lets through has an impossible price.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static InstrumentTable instruments;
    static SymbolMap symbols = [] {
        SymbolMap map{instruments, SymbolMap::Unknown::refuse};
        Instrument btc;
        btc.base = "BTC";
        btc.quote = "USDT";
        btc.tick = Price{Decimal::power_of_ten(-2)};
        btc.lot = Quantity{Decimal::power_of_ten(-5)};
        if (!instruments.add(btc) || !map.add_all()) std::abort();
        return map;
    }();
    static Decoder decoder{symbols};
    static Decoded out;
    const std::string_view frame{reinterpret_cast<const char*>(data), size};
    const Arrival arrival{timestamp_from_ms(1723161255343), InstrumentId{0}};
    const auto judge = [&](const Decoded& decoded) {
        if (const auto* trade = std::get_if<Trade>(&decoded);
            trade && (trade->price.sign() <= 0 || trade->quantity.sign() <= 0))
            std::abort();
        if (const auto* bar = std::get_if<ClosedBar>(&decoded); bar && !check_bar(bar->values)) std::abort();
        if (const auto* refused = std::get_if<Refused>(&decoded); refused && size < refused->offset)
            std::abort();
    };
    decoder.decode(frame, arrival, out);
    judge(out);
    for (const RestKind kind : {RestKind::trades, RestKind::klines, RestKind::book_ticker})
        decoder.decode_rest(kind, frame, arrival, judge);
    return 0;
}
