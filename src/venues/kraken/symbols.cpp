#include "venues/kraken/symbols.hpp"

#include <algorithm>
#include <array>

namespace plumb::venues::kraken {
namespace {

constexpr auto kQuotes = std::to_array<std::string_view>({"USDT", "USDC", "USD", "EUR", "GBP"});

char upper(char c) { return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_digit(char c) { return '0' <= c && c <= '9'; }
bool is_letter_or_digit(char c) { return is_digit(c) || ('A' <= c && c <= 'Z'); }

}  // namespace

Result<SymbolName> split_symbol(std::string_view symbol) {
    const std::string_view prefix = symbol.substr(0, std::min<std::size_t>(3, symbol.size()));
    const bool linear = prefix == "PF_" || prefix == "FF_";
    const bool dated = prefix == "FI_" || prefix == "FF_";
    if (!linear && prefix != "PI_" && prefix != "FI_")
        return fail(Errc::parse, "expected a contract such as PF_XBTUSD");
    if (wire::SymbolMap::kSymbolMax < symbol.size()) return fail(Errc::parse, "the symbol is too long");
    std::string_view pair = symbol.substr(3);
    std::string_view expiry;
    if (dated) {  // "_261225"
        if (pair.size() < 7 || pair[pair.size() - 7] != '_')
            return fail(Errc::parse, "expected a date behind the contract");
        expiry = pair.substr(pair.size() - 6);
        pair.remove_suffix(7);
        if (!std::ranges::all_of(expiry, is_digit)) return fail(Errc::parse, "expected a date of six digits");
    }
    if (!std::ranges::all_of(pair, is_letter_or_digit))
        return fail(Errc::parse, "expected capitals and digits");
    for (const std::string_view quote : kQuotes) {
        if (pair.size() <= quote.size() || !pair.ends_with(quote)) continue;
        std::string base{pair.substr(0, pair.size() - quote.size())};
        if (base == "XBT") base = "BTC";
        std::string contract{quote};
        if (!linear || dated) contract += ":" + (linear ? std::string{quote} : base);
        if (dated) contract += "-" + std::string{expiry};
        return SymbolName{std::move(base), std::move(contract)};
    }
    return fail(Errc::parse, "the contract ends in no quote currency we know");
}

std::string spell_symbol(std::string_view base, std::string_view quote) {
    const std::string coin{base == "BTC" ? std::string_view{"XBT"} : base};
    const std::size_t colon = quote.find(':');
    if (colon == std::string_view::npos) return "PF_" + coin + std::string{quote};
    const std::string_view currency = quote.substr(0, colon);
    std::string_view settled = quote.substr(colon + 1);
    const std::size_t dash = settled.find('-');
    const std::string_view expiry =
        dash == std::string_view::npos ? std::string_view{} : settled.substr(dash + 1);
    settled = settled.substr(0, dash);
    std::string symbol = expiry.empty() ? "P" : "F";
    symbol += settled == currency ? "F_" : "I_";
    symbol += coin + std::string{currency};
    if (!expiry.empty()) symbol += "_" + std::string{expiry};
    return symbol;
}

bool is_inverse(std::string_view symbol) { return symbol.starts_with("PI_") || symbol.starts_with("FI_"); }

wire::AssetText asset_of(std::string_view text) {
    if (!wire::AssetText::fits(text)) return {};
    std::array<char, 16> out{};
    std::ranges::transform(text, out.begin(), upper);
    const std::string_view name{out.data(), text.size()};
    return name == "XBT" || name == "XXBT" ? wire::AssetText{"BTC"} : wire::AssetText{name};
}

std::optional<InstrumentId> find_symbol(wire::SymbolMap& symbols, std::string_view text) {
    const bool capital = std::ranges::none_of(text, [](char c) { return upper(c) != c; });
    if (capital) return symbols.find(text);
    if (wire::SymbolMap::kSymbolMax < text.size()) return std::nullopt;
    return symbols.find(symbol_text(text).view());
}

wire::SymbolText symbol_text(std::string_view text) {
    text = text.substr(0, wire::SymbolMap::kSymbolMax);
    std::array<char, wire::SymbolMap::kSymbolMax> out{};
    std::ranges::transform(text, out.begin(), upper);
    return std::string_view{out.data(), text.size()};
}

}  // namespace plumb::venues::kraken
