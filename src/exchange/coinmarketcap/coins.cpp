#include "exchange/coinmarketcap/coins.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace plumb::exchange::coinmarketcap {
namespace {

struct Known {
    std::string_view symbol;
    std::int64_t id;
    std::string_view name, slug;
    std::int64_t supply;
};

constexpr auto kKnown = std::to_array<Known>({
    {"BTC", 1, "Bitcoin", "bitcoin", 19'600'000},
    {"LTC", 2, "Litecoin", "litecoin", 74'000'000},
    {"XRP", 52, "XRP", "xrp", 54'000'000'000},
    {"DOGE", 74, "Dogecoin", "dogecoin", 143'000'000'000},
    {"XLM", 512, "Stellar", "stellar", 28'000'000'000},
    {"USDT", 825, "Tether USDt", "tether", 95'000'000'000},
    {"ETH", 1027, "Ethereum", "ethereum", 120'000'000},
    {"BCH", 1831, "Bitcoin Cash", "bitcoin-cash", 19'600'000},
    {"LINK", 1975, "Chainlink", "chainlink", 580'000'000},
    {"ADA", 2010, "Cardano", "cardano", 35'000'000'000},
    {"FIL", 2280, "Filecoin", "filecoin", 500'000'000},
    {"USDC", 3408, "USDC", "usd-coin", 25'000'000'000},
    {"ATOM", 3794, "Cosmos", "cosmos", 380'000'000},
    {"MATIC", 3890, "Polygon", "polygon", 9'500'000'000},
    {"ALGO", 4030, "Algorand", "algorand", 8'000'000'000},
    {"SOL", 5426, "Solana", "solana", 430'000'000},
    {"AVAX", 5805, "Avalanche", "avalanche", 366'000'000},
    {"SHIB", 5994, "Shiba Inu", "shiba-inu", 589'000'000'000'000},
    {"NEAR", 6535, "NEAR Protocol", "near-protocol", 1'000'000'000},
    {"DOT", 6636, "Polkadot", "polkadot-new", 1'270'000'000},
    {"UNI", 7083, "Uniswap", "uniswap", 598'000'000},
    {"AAVE", 7278, "Aave", "aave", 14'800'000},
});
constexpr std::int64_t kMadeUpIds = 900'000;
constexpr std::int64_t kMadeUpSupply = 100'000'000;

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::vector<Coin> coins_of(const VenueModel& model) {
    std::vector<Coin> coins;
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const std::string& symbol = model.market(InstrumentId{i}).instrument.base;
        Coin coin{InstrumentId{i},        kMadeUpIds + i,         symbol, symbol, lower(symbol),
                  Decimal{kMadeUpSupply}, static_cast<int>(i) + 1};
        const auto known = std::ranges::find(kKnown, symbol, &Known::symbol);
        if (known != kKnown.end()) {
            coin.id = known->id;
            coin.name = known->name;
            coin.slug = known->slug;
            coin.supply = Decimal{known->supply};
        }
        coins.push_back(std::move(coin));
    }
    return coins;
}

}  // namespace plumb::exchange::coinmarketcap
