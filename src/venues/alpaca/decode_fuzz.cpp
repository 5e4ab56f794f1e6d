#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "venues/alpaca/decode.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;

namespace {

InstrumentTable& instruments() {
    static InstrumentTable table = [] {
        InstrumentTable made;
        for (const auto& [base, quote] : {std::pair{"BTC", "USDT"}, {"ETH", "USD"}, {"AAPL", "USD"}}) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = quote;
            instrument.tick = Price{Decimal::power_of_ten(-9)};
            instrument.lot = Quantity{Decimal::power_of_ten(-9)};
            if (!made.add(instrument)) std::abort();
        }
        return made;
    }();
    return table;
}

void require(bool condition) {
    if (!condition) std::abort();
}

/// Stops the run when an event is let through that no market can have said.
struct Judge final : wire::WireSink {
    std::size_t size = 0, events = 0;

    void take(const wire::WireEvent& event) override {
        ++events;
        if (const auto* trade = std::get_if<Trade>(&event))
            require(trade->price.sign() > 0 && trade->quantity.sign() > 0);
        if (const auto* quote = std::get_if<Quote>(&event))
            require(quote->bid.is_zero() || quote->ask.is_zero() || quote->bid <= quote->ask);
        if (const auto* bar = std::get_if<ClosedBar>(&event)) require(check_bar(bar->values).has_value());
        if (const auto* refused = std::get_if<wire::Refused>(&event)) require(refused->offset <= size);
        if (const auto* book = std::get_if<BookDelta>(&event)) {
            for (const BookLevel& level : book->bids)
                require(level.price.sign() > 0 && level.quantity.sign() >= 0);
            for (const BookLevel& level : book->asks)
                require(level.price.sign() > 0 && level.quantity.sign() >= 0);
        }
        if (const auto* update = std::get_if<wire::OrderUpdate>(&event); update && update->fill)
            require(update->fill->price.sign() > 0 && update->fill->quantity.sign() > 0 &&
                    !update->fill->execution.empty());
    }
};

}  // namespace

/// No bytes crash, hang or grow the decoder, each frame says something, nothing impossible passes, and the
/// quick way tells what the general way does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Directory directory{instruments()};
    static Decoder both{directory}, general{directory};
    static Decoder stocks{directory, Market::stocks};
    Judge judge;
    judge.size = size;
    const std::string_view frame{reinterpret_cast<const char*>(data), size};
    const Timestamp now = timestamp_from_ms(1723161255343);
    both.decode(frame, now, judge);
    stocks.decode(frame, now, judge);
    wire::testing::demand_same_both_ways(both, general, frame, now, instruments());
    return 0;
}
