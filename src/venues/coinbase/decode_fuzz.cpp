#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "venues/coinbase/decode.hpp"
#include "venues/coinbase/symbols.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;

namespace {

/// Stops the program at an event that must not exist.
struct Judge final : wire::WireSink {
    std::size_t size = 0;
    void take(const wire::WireEvent& event) override {
        bool good = true;
        if (const auto* trade = std::get_if<Trade>(&event))
            good = trade->price.sign() > 0 && trade->quantity.sign() > 0;
        if (const auto* quote = std::get_if<Quote>(&event))
            good = quote->bid.sign() >= 0 && (quote->ask.is_zero() || quote->bid < quote->ask);
        if (const auto* bar = std::get_if<ClosedBar>(&event)) good = check_bar(bar->values).has_value();
        if (const auto* order = std::get_if<wire::OrderUpdate>(&event)) good = !order->venue_order.empty();
        if (const auto* refused = std::get_if<wire::Refused>(&event)) good = refused->offset <= size;
        if (const auto* book = std::get_if<BookDelta>(&event)) {
            for (const BookLevel& level : book->bids) good = good && level.price.sign() > 0;
            for (const BookLevel& level : book->asks) good = good && level.quantity.sign() >= 0;
        }
        if (!good) std::abort();
    }
};

}  // namespace

/// No bytes crash, hang or grow the decoder, no event that it lets through is impossible, and the quick way
/// tells what the general way does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static InstrumentTable instruments;
    static wire::SymbolMap symbols = [] {
        wire::SymbolMap map{instruments, kSpelling, wire::SymbolMap::Unknown::refuse};
        Instrument btc;
        btc.base = "BTC";
        btc.quote = "USD";
        btc.tick = Price{Decimal::power_of_ten(-2)};
        btc.lot = Quantity{Decimal::power_of_ten(-8)};
        if (!instruments.add(btc) || !map.add_all()) std::abort();
        return map;
    }();
    static Decoder decoder{symbols}, general{symbols};
    Judge judge;
    judge.size = size;
    const std::string_view frame{reinterpret_cast<const char*>(data), size};
    const Timestamp now = timestamp_from_ms(1723161255343);
    decoder.decode(frame, now, judge);
    wire::testing::demand_same_both_ways(decoder, general, frame, now, instruments);
    return 0;
}
