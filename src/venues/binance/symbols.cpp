#include "venues/binance/symbols.hpp"

#include <array>

namespace plumb::venues::binance {
namespace {

// Quotes of the venue's markets, longest first, so that BTCFDUSD is not cut as BTCFD/USD.
constexpr auto kQuotes = std::to_array<std::string_view>({
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "USDS", "USD1", "RLUSD", "BIDR", "IDRT", "BKRW",
    "BVND",  "AEUR", "EURI", "DOGE", "BTC",  "ETH",  "BNB",  "XRP",  "TRX",   "SOL",  "DOT",  "DAI",
    "VAI",   "PAX",  "UST",  "EUR",  "GBP",  "AUD",  "BRL",  "TRY",  "RUB",   "UAH",  "NGN",  "ZAR",
    "PLN",   "RON",  "ARS",  "JPY",  "MXN",  "CZK",  "COP",  "IDR",  "USD",
});

/// Upper-case letters and digits; bytes above ASCII too, since the venue lists names in Chinese.
bool is_symbol(std::string_view text) {
    for (const char c : text) {
        const bool good =
            ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || (static_cast<unsigned char>(c) & 0x80) != 0;
        if (!good) return false;
    }
    return !text.empty() && text.size() <= wire::SymbolMap::kSymbolMax;
}

}  // namespace

Result<SymbolName> split_symbol(std::string_view symbol) {
    if (!is_symbol(symbol)) return fail(Errc::parse, "expected a symbol of capitals and digits");
    std::string_view best;
    for (const std::string_view quote : kQuotes) {
        if (best.size() < quote.size() && quote.size() < symbol.size() && symbol.ends_with(quote))
            best = quote;
    }
    if (best.empty()) return fail(Errc::parse, "the symbol ends in no quote currency we know");
    return SymbolName{std::string{symbol.substr(0, symbol.size() - best.size())}, std::string{best}};
}

std::string spell_symbol(std::string_view base, std::string_view quote) {
    return std::string{base}.append(quote);
}

}  // namespace plumb::venues::binance
