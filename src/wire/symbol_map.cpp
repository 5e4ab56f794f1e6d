#include "wire/symbol_map.hpp"

#include <cstdint>
#include <cstring>

#include "wire/recent_keys.hpp"

namespace plumb::wire {
namespace {

std::uint64_t word_of(const char* from, std::size_t bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, bytes);
    return word;
}

/// Of every byte, in words that may overlap: a symbol is looked up for each message.
std::uint64_t hash_of(std::string_view text) {
    const char* begin = text.data();
    const std::size_t size = text.size();
    std::uint64_t hash = size;
    if (size < 4) {
        for (const char c : text) hash = hash << 8 | static_cast<unsigned char>(c);
        return mix(0, hash);
    }
    if (size < 8) return mix(hash, word_of(begin, 4) << 32 | word_of(begin + size - 4, 4));
    for (std::size_t at = 0; at + 8 < size; at += 8) hash = mix(hash, word_of(begin + at, 8));
    return mix(hash, word_of(begin + size - 8, 8));
}

}  // namespace

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
    if (count_ == kSymbolsMax) return fail(Errc::out_of_range, "more symbols than a venue has");
    if (slots_.size() <= 2 * (count_ + 1)) grow();
    Slot& slot = slots_[place_of(symbol)];
    if (!slot.symbol.empty())
        return fail(Errc::duplicate, "symbol " + std::string{symbol} + " is there already");
    slot = {symbol, instrument};
    ++count_;
    if (symbols_.size() <= instrument.value) symbols_.resize(instrument.value + 1);
    if (symbols_[instrument.value].empty()) symbols_[instrument.value] = symbol;
    return {};
}

Status SymbolMap::add_all() {
    for (const Instrument& instrument : instruments_.all()) {
        if (!symbol_of(instrument.id).empty()) continue;
        const std::string symbol = spelling_.spell(instrument.base, instrument.quote);
        if (Status status = add(symbol, instrument.id); !status) return status;
    }
    return {};
}

std::optional<InstrumentId> SymbolMap::find(std::string_view symbol) {
    if (symbol.empty() || kSymbolMax < symbol.size()) return std::nullopt;
    const Slot& slot = slots_[place_of(symbol)];
    if (!slot.symbol.empty()) return slot.instrument;
    return unknown_ == Unknown::learn ? learn(symbol) : std::nullopt;
}

std::string_view SymbolMap::symbol_of(InstrumentId instrument) const {
    return instrument.value < symbols_.size() ? symbols_[instrument.value].view() : std::string_view{};
}

std::optional<InstrumentId> SymbolMap::learn(std::string_view symbol) {
    if (count_ == kSymbolsMax) return std::nullopt;
    const Result<SymbolName> split = spelling_.split(symbol);
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

}  // namespace plumb::wire
