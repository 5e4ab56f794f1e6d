#include "venues/binance/symbols.hpp"

#include <array>
#include <cstdint>

namespace plumb::venues::binance {
namespace {

// Quotes of the venue's markets, longest first, so that BTCFDUSD is not cut as BTCFD/USD.
constexpr auto kQuotes = std::to_array<std::string_view>({
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "USDS", "USD1", "RLUSD", "BIDR", "IDRT", "BKRW",
    "BVND",  "AEUR", "EURI", "DOGE", "BTC",  "ETH",  "BNB",  "XRP",  "TRX",   "SOL",  "DOT",  "DAI",
    "VAI",   "PAX",  "UST",  "EUR",  "GBP",  "AUD",  "BRL",  "TRY",  "RUB",   "UAH",  "NGN",  "ZAR",
    "PLN",   "RON",  "ARS",  "JPY",  "MXN",  "CZK",  "COP",  "IDR",  "USD",
});

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash ^ (hash >> 32);
}

/// Upper-case letters and digits; bytes above ASCII too, since the venue lists names in Chinese.
bool is_symbol(std::string_view text) {
    for (const char c : text) {
        const bool good =
            ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || (static_cast<unsigned char>(c) & 0x80) != 0;
        if (!good) return false;
    }
    return !text.empty() && text.size() <= SymbolMap::kSymbolMax;
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

std::size_t SymbolMap::place_of(std::string_view symbol) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(symbol) & mask;
    while (!slots_[at].symbol.empty() && slots_[at].symbol.view() != symbol) at = (at + 1) & mask;
    return at;
}

void SymbolMap::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
        if (!slot.symbol.empty()) slots_[place_of(slot.symbol.view())] = slot;
}

Status SymbolMap::add(std::string_view symbol, InstrumentId instrument) {
    if (symbol.empty() || kSymbolMax < symbol.size())
        return fail(Errc::out_of_range, "expected a symbol of 1 to 32 bytes");
    if (count_ == kSymbolsMax) return fail(Errc::out_of_range, "more symbols than the venue has");
    if (slots_.size() <= 2 * (count_ + 1)) grow();
    Slot& slot = slots_[place_of(symbol)];
    if (!slot.symbol.empty())
        return fail(Errc::duplicate, "symbol " + std::string{symbol} + " is there already");
    slot = {symbol, instrument};
    ++count_;
    return {};
}

Status SymbolMap::add_all() {
    for (const Instrument& instrument : instruments_.all())
        if (Status status = add(instrument.base + instrument.quote, instrument.id); !status) return status;
    return {};
}

std::optional<InstrumentId> SymbolMap::find(std::string_view symbol) {
    if (symbol.empty() || kSymbolMax < symbol.size()) return std::nullopt;
    const Slot& slot = slots_[place_of(symbol)];
    if (!slot.symbol.empty()) return slot.instrument;
    return unknown_ == Unknown::learn ? learn(symbol) : std::nullopt;
}

std::optional<InstrumentId> SymbolMap::learn(std::string_view symbol) {
    const Result<SymbolName> split = split_symbol(symbol);
    if (!split) return std::nullopt;
    std::optional<InstrumentId> id = instruments_.find(split->base + "/" + split->quote);
    if (!id) {
        Instrument instrument;
        instrument.base = split->base;
        instrument.quote = split->quote;
        instrument.tick = Price{Decimal::power_of_ten(-8)};
        instrument.lot = instrument.quantity_min = Quantity{Decimal::power_of_ten(-8)};
        const Result<InstrumentId> added = instruments_.add(std::move(instrument));
        if (!added) return std::nullopt;
        id = *added;
    }
    if (!add(symbol, *id)) return std::nullopt;
    return id;
}

}  // namespace plumb::venues::binance
