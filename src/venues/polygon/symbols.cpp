#include "venues/polygon/symbols.hpp"

#include <algorithm>
#include <array>

namespace plumb::venues::polygon {
namespace {

// Sorted. The coins that are traded against dollars in size; stocks of the same letters need the plan
// "stocks".
constexpr auto kCoins = std::to_array<std::string_view>(
    {"1INCH", "AAVE", "ADA", "ALGO",  "APE",   "APT",  "ARB",  "ATOM", "AVAX",  "AXS",  "BAT",
     "BCH",   "BNB",  "BTC", "CHZ",   "COMP",  "CRO",  "CRV",  "DAI",  "DASH",  "DOGE", "DOT",
     "EGLD",  "ENJ",  "EOS", "ETC",   "ETH",   "FIL",  "FLOW", "FTM",  "GALA",  "GRT",  "HBAR",
     "ICP",   "IMX",  "INJ", "KSM",   "LDO",   "LINK", "LTC",  "MANA", "MATIC", "MINA", "MKR",
     "NEAR",  "NEO",  "OP",  "PEPE",  "POL",   "QNT",  "RNDR", "SAND", "SEI",   "SHIB", "SNX",
     "SOL",   "STX",  "SUI", "SUSHI", "THETA", "TIA",  "TON",  "TRX",  "UNI",   "USDC", "USDT",
     "VET",   "WBTC", "XLM", "XMR",   "XRP",   "XTZ",  "YFI",  "ZEC",  "ZRX"});
static_assert(std::ranges::is_sorted(kCoins));

constexpr auto kQuotes = std::to_array<std::string_view>({"USDT", "USDC", "USD", "EUR", "GBP", "BTC", "ETH"});

bool is_name(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9'); });
}

}  // namespace

Result<SymbolName> split_symbol(std::string_view symbol) {
    if (symbol.empty() || wire::SymbolMap::kSymbolMax < symbol.size())
        return fail(Errc::parse, "expected a symbol such as AAPL or BTC-USD");
    const bool coin = symbol.starts_with("X:");
    if (coin) symbol.remove_prefix(2);
    if (const std::size_t dash = symbol.find('-'); dash != std::string_view::npos) {
        const std::string_view base = symbol.substr(0, dash), quote = symbol.substr(dash + 1);
        if (is_name(base) && is_name(quote)) return SymbolName{std::string{base}, std::string{quote}};
        return fail(Errc::parse, "expected a pair such as BTC-USD");
    }
    if (coin) {
        for (const std::string_view quote : kQuotes) {
            const std::string_view base =
                symbol.substr(0, symbol.size() - std::min(quote.size(), symbol.size()));
            if (symbol.ends_with(quote) && is_name(base))
                return SymbolName{std::string{base}, std::string{quote}};
        }
        return fail(Errc::parse, "the pair ends in no quote currency we know");
    }
    // Stocks: capitals, classes behind a point (BRK.A), preferred shares with a small p (BACpL).
    const bool good =
        'A' <= symbol.front() && symbol.front() <= 'Z' && std::ranges::all_of(symbol, [](char c) {
            return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z') || c == '.';
        });
    if (!good) return fail(Errc::parse, "expected a symbol such as AAPL or BTC-USD");
    return SymbolName{std::string{symbol}, "USD"};
}

std::string spell_crypto(std::string_view base, std::string_view quote) {
    return std::string{base} + "-" + std::string{quote};
}
std::string spell_stock(std::string_view base, std::string_view) { return std::string{base}; }
std::string spell_symbol(std::string_view base, std::string_view quote) {
    return quote != "USD" || is_coin(base) ? spell_crypto(base, quote) : spell_stock(base, quote);
}

bool is_coin(std::string_view base) { return std::ranges::binary_search(kCoins, base); }

Market market_of(std::string_view symbol) {
    return symbol.find('-') == std::string_view::npos ? Market::stocks : Market::crypto;
}

std::string ticker_of(std::string_view symbol) {
    if (market_of(symbol) == Market::stocks) return std::string{symbol};
    std::string ticker = "X:";
    for (const char c : symbol)
        if (c != '-') ticker += c;
    return ticker;
}

}  // namespace plumb::venues::polygon
