#include <array>

#include "venues/coinmarketcap/coinmarketcap.hpp"
#include "venues/coinmarketcap/encode.hpp"

namespace plumb::venues::coinmarketcap {

using namespace std::chrono_literals;

const wire::Capabilities& capabilities() {
    static constexpr std::array<Duration, 6> kBarLengths{1h, 2h, 4h, 6h, 12h, 24h};
    static const wire::Capabilities all = [] {
        wire::Capabilities it;
        it.name = "coinmarketcap";
        it.title = "CoinMarketCap";
        it.history = true;
        it.polled_quotes = true;
        it.needs_key_for_data = true;
        it.short_words = "CoinMarketCap is a source of prices: nothing is traded there";
        it.bar_lengths = kBarLengths;
        it.bars_per_request = kBarsPerRequest;
        return it;
    }();
    return all;
}

}  // namespace plumb::venues::coinmarketcap
