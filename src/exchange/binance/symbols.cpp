#include "exchange/binance/symbols.hpp"

#include <algorithm>

namespace plumb::exchange::binance {
namespace {

std::string lower(std::string text) {
    for (char& c : text) c = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

/// Bytes above 127 are letters of other alphabets.
bool is_symbol_letter(char c) {
    return ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '-' || c == '_' || c == '.' ||
           (c & 0x80) != 0;
}

}  // namespace

SymbolTable::SymbolTable(VenueModel& model, Board board) : board_{board} {
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const Instrument& instrument = model.market(InstrumentId{i}).instrument;
        Symbol symbol;
        symbol.id = InstrumentId{i};
        symbol.name = instrument.base + instrument.quote;
        symbol.lower = lower(symbol.name);
        symbol.base = instrument.base;
        symbol.quote = instrument.quote;
        symbol.base_asset = model.asset(instrument.base);
        symbol.quote_asset = model.asset(instrument.quote);
        symbol.tick_decimals = instrument.tick.value.decimals();
        symbol.lot_decimals = instrument.lot.value.decimals();
        symbol.price_decimals =
            board == Board::spot ? std::max(kAssetDecimals, symbol.tick_decimals) : symbol.tick_decimals;
        symbol.quantity_decimals =
            board == Board::spot ? std::max(kAssetDecimals, symbol.lot_decimals) : symbol.lot_decimals;
        by_name_[symbol.name] = symbol.id;
        by_lower_[symbol.lower] = symbol.id;
        symbols_.push_back(std::move(symbol));
    }
}

const Symbol* SymbolTable::find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &symbols_[found->second.value];
}

const Symbol* SymbolTable::find_lower(std::string_view name) const {
    const auto found = by_lower_.find(name);
    return found == by_lower_.end() ? nullptr : &symbols_[found->second.value];
}

Checked<const Symbol*> SymbolTable::parse(std::string_view parameter, std::string_view text) const {
    if (board_ == Board::futures) {  // takes either case
        if (const Symbol* symbol = find_lower(lower(std::string{text}))) return symbol;
        return invalid_symbol();
    }
    if (50 < text.size() || !std::ranges::all_of(text, is_symbol_letter))
        return illegal(parameter, "^[\\w\\-._&&[^a-z]]{1,50}$");
    if (const Symbol* symbol = find(text)) return symbol;
    return invalid_symbol();
}

Checked<const Symbol*> SymbolTable::need(const Parameters& parameters, std::string_view name) const {
    const auto text = parameters.need_text(name);
    if (!text) return refuse(text.error());
    return parse(name, *text);
}

Checked<const Symbol*> SymbolTable::maybe(const Parameters& parameters, std::string_view name) const {
    const auto text = parameters.text(name);
    if (!text) return refuse(text.error());
    if (!*text) return nullptr;
    return parse(name, **text);
}

Checked<SymbolTable::Choice> SymbolTable::choose(const Parameters& parameters, bool may_be_all) const {
    Choice choice;
    const auto one = maybe(parameters);
    if (!one) return refuse(one.error());
    const auto several = parameters.list("symbols");
    if (!several) return refuse(several.error());
    if (*one && *several) return refuse(-1128, "Combination of optional parameters invalid.");
    if (*one) {
        choice.symbols = {*one};
        choice.is_one = true;
    } else if (*several) {
        for (const std::string& name : **several) {
            const auto symbol = parse("symbols", name);
            if (!symbol) return refuse(symbol.error());
            if (std::ranges::find(choice.symbols, *symbol) != choice.symbols.end())
                return refuse(-1151, "Symbol is present multiple times in the list.");
            choice.symbols.push_back(*symbol);
        }
        if (choice.symbols.empty()) return missing("symbols");
    } else {
        if (!may_be_all)
            return refuse(-1102, "Param 'symbol' or 'symbols' must be sent, but both were empty/null!");
        for (const Symbol& symbol : symbols_) choice.symbols.push_back(&symbol);
        choice.is_all = true;
    }
    return choice;
}

}  // namespace plumb::exchange::binance
