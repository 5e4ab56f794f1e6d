#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "venues/coinmarketcap/coinmarketcap.hpp"

using namespace plumb;
using namespace plumb::venues::coinmarketcap;

namespace {

struct Judge final : wire::WireSink {
    void take(const wire::WireEvent& event) override {
        if (const auto* bar = std::get_if<ClosedBar>(&event))
            if (!check_bar(bar->values) || bar->origin != BarOrigin::quoted) std::abort();
        if (const auto* bar = std::get_if<OpenBar>(&event))
            if (!check_bar(bar->values) || bar->origin != BarOrigin::quoted) std::abort();
    }
};

}  // namespace

/// The first byte chooses the question, the second the status, the rest is the body. No body crashes or hangs
/// the reader, and every price that it lets through is above zero and marked as polled.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    InstrumentTable instruments;
    for (const char* base : {"BTC", "ETH"}) {
        Instrument instrument;
        instrument.base = base;
        instrument.quote = "USD";
        instrument.tick = Price{Decimal::power_of_ten(-2)};
        instrument.lot = Quantity{Decimal::power_of_ten(-8)};
        if (!instruments.add(instrument)) std::abort();
    }
    wire::VenueOptions options;
    options.instruments = &instruments;
    const auto venue = make_venue(options);
    const Timestamp from = timestamp_from_ms(1546387200000), to = timestamp_from_ms(1546646400000);
    const wire::Question questions[] = {wire::AskQuotes{{InstrumentId{0}, InstrumentId{1}}},
                                        wire::AskBars{InstrumentId{0}, std::chrono::hours{24}, from, to, {}},
                                        wire::AskListings{},
                                        wire::AskPermissions{},
                                        wire::AskClock{},
                                        wire::AskBook{}};
    constexpr int kStatuses[] = {200, 200, 200, 400, 401, 402, 403, 429, 500};
    const int status = kStatuses[data[1] % std::size(kStatuses)];
    const std::string body(reinterpret_cast<const char*>(data + 2), size - 2);
    Judge judge;
    for (int i = 0; i < 2; ++i) {
        const wire::Reply reply = venue->read(questions[data[0] % std::size(questions)], {status, {}, body},
                                              timestamp_from_ms(1772750628471), judge);
        if (reply.verdict == wire::Verdict::ok && status != 200) std::abort();
        if (reply.words.find('\n') != std::string::npos) std::abort();
    }
    return 0;
}
