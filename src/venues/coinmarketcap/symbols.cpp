#include "venues/coinmarketcap/symbols.hpp"

namespace plumb::venues::coinmarketcap {
namespace {

bool is_name(std::string_view text) {
    for (const char c : text)
        if (!('A' <= c && c <= 'Z') && !('0' <= c && c <= '9')) return false;
    return !text.empty();
}

}  // namespace

Result<SymbolName> split_symbol(std::string_view symbol) {
    const std::size_t dash = symbol.find('-');
    if (dash == std::string_view::npos || wire::SymbolMap::kSymbolMax < symbol.size() ||
        !is_name(symbol.substr(0, dash)) || !is_name(symbol.substr(dash + 1)))
        return fail(Errc::parse, "expected a coin and a currency such as BTC-USD");
    return SymbolName{std::string{symbol.substr(0, dash)}, std::string{symbol.substr(dash + 1)}};
}

std::string spell_symbol(std::string_view base, std::string_view quote) {
    std::string symbol{base};
    symbol += '-';
    symbol += quote;
    return symbol;
}

}  // namespace plumb::venues::coinmarketcap
