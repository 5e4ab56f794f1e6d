#include "venues/alpaca/symbols.hpp"

#include <algorithm>
#include <array>

namespace plumb::venues::alpaca {
namespace {

// Coins named in the venue's documents and in its lists of 2022 to 2026, sorted.
constexpr auto kCoins = std::to_array<std::string_view>({
    "AAVE", "ALGO",  "AVAX",  "BAT", "BCH",   "BONK", "BTC",  "CRV",  "DAI",  "DOGE", "DOT", "ETH",    "GRT",
    "HYPE", "LDO",   "LINK",  "LTC", "MATIC", "MKR",  "NEAR", "ONDO", "PAXG", "PEPE", "POL", "RENDER", "SHIB",
    "SOL",  "SUSHI", "TRUMP", "TRX", "UNI",   "USDC", "USDG", "USDT", "WBTC", "WIF",  "XRP", "XTZ",    "YFI",
});

// Quotes of the venue's pairs, longest first.
constexpr auto kQuotes = std::to_array<std::string_view>({"USDT", "USDC", "USDG", "USD", "BTC"});

bool is_word(std::string_view text, std::size_t size_max) {
    const auto good = [](char c) { return ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9'); };
    return !text.empty() && text.size() <= size_max && std::all_of(text.begin(), text.end(), good);
}

bool is_ticker(std::string_view text) {
    const std::size_t point = text.find('.');
    const auto letters = [](std::string_view part, std::size_t size_max) {
        return is_word(part, size_max) &&
               std::all_of(part.begin(), part.end(), [](char c) { return 'A' <= c; });
    };
    if (point == std::string_view::npos) return letters(text, 5);
    return letters(text.substr(0, point), 5) && letters(text.substr(point + 1), 4);
}

}  // namespace

bool is_coin(std::string_view base) { return std::find(kCoins.begin(), kCoins.end(), base) != kCoins.end(); }

Result<SymbolName> split_symbol(std::string_view symbol) {
    const std::size_t slash = symbol.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view base = symbol.substr(0, slash), quote = symbol.substr(slash + 1);
        if (!is_word(base, 12) || !is_word(quote, 8))
            return fail(Errc::parse, "expected a pair such as BTC/USD");
        return SymbolName{std::string{base}, std::string{quote}};
    }
    if (is_ticker(symbol)) {
        if (is_coin(symbol)) return fail(Errc::parse, "a stock whose name a coin has");
        return SymbolName{std::string{symbol}, "USD"};
    }
    for (const std::string_view quote : kQuotes) {
        if (!is_word(symbol, 20) || !symbol.ends_with(quote) || symbol.size() < quote.size() + 2) continue;
        return SymbolName{std::string{symbol.substr(0, symbol.size() - quote.size())}, std::string{quote}};
    }
    return fail(Errc::parse, "expected a pair such as BTC/USD or a ticker such as AAPL");
}

std::string spell_symbol(std::string_view base, std::string_view quote) {
    if (quote == "USD" && !is_coin(base)) return std::string{base};
    return std::string{base} + "/" + std::string{quote};
}

}  // namespace plumb::venues::alpaca
