#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exchange/binance/entries.hpp"
#include "exchange/testing/in_process.hpp"
#include "signing/signing.hpp"

using namespace plumb;
using namespace plumb::exchange;

namespace {

/// "METHOD target\n[body]", or "WS path\nmessage". A %S in the target or body stands for a valid signature of
/// what is before it, so that the words behind the signature are reached too; %T for the time.
struct Input {
    std::string_view head, body;
};

Input split(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {text, {}};
    return {text.substr(0, end), text.substr(end + 1)};
}

std::string filled(std::string text, const testing::InProcessVenue& venue) {
    for (std::size_t at; (at = text.find("%T")) != std::string::npos;)
        text.replace(at, 2, std::to_string(to_ms(venue.now)));
    const std::size_t at = text.find("&signature=%S");
    if (at == std::string::npos) return text;
    const std::size_t query = text.find('?');
    const std::size_t begin = query == std::string::npos || at < query ? 0 : query + 1;
    const auto digest =
        signing::hmac_sha256(venue.access.secret, std::string_view{text}.substr(begin, at - begin));
    return text.replace(at + 11, 2, signing::hex(digest));
}

void run(const VenueEntry& entry, const Input& input) {
    testing::InProcessVenue venue{entry};
    const InstrumentId btc = venue.market_of("BTC");
    venue.seed_book(btc, *Price::parse("40000"), 5);
    venue.trade_through(btc, Side::buy, *Quantity::parse("0.01"));
    const std::size_t blank = input.head.find(' ');
    const std::string method{input.head.substr(0, blank)};
    const std::string target =
        filled(std::string{blank == std::string_view::npos ? "/" : input.head.substr(blank + 1)}, venue);
    if (method == "WS") {
        const auto stream = venue.open_stream(target);
        if (!stream) return;
        venue.send(*stream, filled(std::string{input.body}, venue));
        venue.trade_through(btc, Side::sell, *Quantity::parse("0.01"));
        venue.pump_for(std::chrono::seconds{3});
        return;
    }
    const Response response = venue.request(method, target, {{"X-MBX-APIKEY", venue.access.key}},
                                            filled(std::string{input.body}, venue));
    if (response.status < 200 || 599 < response.status || response.body.empty()) __builtin_trap();
    venue.pump_for(std::chrono::milliseconds{100});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Input input = split({reinterpret_cast<const char*>(data), size});
    const bool is_futures = input.head.find("fapi") != std::string_view::npos ||
                            input.head.find("/private") != std::string_view::npos;
    run(is_futures ? binance::futures_entry() : binance::spot_entry(), input);
    return 0;
}
