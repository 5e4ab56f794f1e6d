#include <cstdint>
#include <cstdlib>
#include <string>

#include "venues/coinmarketcap/encode.hpp"

using namespace plumb;
using namespace plumb::venues::coinmarketcap;

/// Any coins, pages and times: what is asked stays one line of HTTP.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 24) return 0;
    const auto number = [&](std::size_t at) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 8; ++i) value = value << 8 | data[at + i];
        return value;
    };
    const std::string text(reinterpret_cast<const char*>(data + 24), size - 24);
    const std::size_t half = text.size() / 2;
    const Coin coin{data[0] % 2 ? number(0) : 0, text.substr(0, half), text.substr(half)};
    constexpr Duration kLengths[] = {std::chrono::hours{1}, std::chrono::hours{24}, std::chrono::hours{4}};
    const wire::AskBars bars{
        InstrumentId{0}, kLengths[data[1] % 3], timestamp_from_ns(static_cast<std::int64_t>(number(8))),
        timestamp_from_ns(static_cast<std::int64_t>(number(16))), data[2] % 2 ? text : std::string{}};
    for (const auto& target :
         {quotes_target({coin, {0, "BTC", "USD"}}), bars_target(bars, coin), listings_target({text})}) {
        if (!target) continue;
        for (const char c : *target)
            if (c <= ' ' || c == '\x7f') std::abort();
    }
    return 0;
}
