#include "core/instrument.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/check.hpp"

namespace plumb {

Result<InstrumentId> InstrumentTable::add(Instrument instrument) {
    if (instrument.tick.sign() <= 0 || instrument.lot.sign() <= 0) {
        return fail(Errc::out_of_range, instrument.name() + ": expected a tick and a lot above zero");
    }
    if (find(instrument.name())) return fail(Errc::duplicate, instrument.name() + " is in the table already");
    instrument.id = InstrumentId{static_cast<std::uint32_t>(instruments_.size())};
    instruments_.push_back(std::move(instrument));
    return instruments_.back().id;
}

std::optional<InstrumentId> InstrumentTable::find(std::string_view name) const {
    const auto at =
        std::ranges::find_if(instruments_, [&](const Instrument& each) { return each.name() == name; });
    if (at == instruments_.end()) return std::nullopt;
    return at->id;
}

const Instrument& InstrumentTable::operator[](InstrumentId id) const {
    PLUMB_CHECK(id.value < instruments_.size());
    return instruments_[id.value];
}

Result<SymbolName> parse_symbol(std::string_view text, std::string_view quote_default) {
    std::string name;
    for (const char c : text.substr(0, text.find(':'))) {
        name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) || c == '/' || c == '-' || c == '_' || c == '.';
    });
    if (!plain)
        return fail(Errc::parse, "expected a symbol such as BTC/USD, found \"" + std::string{text} + "\"");
    SymbolName symbol{name, std::string{quote_default}};
    if (const auto cut = name.find_first_of("/-_"); cut != std::string::npos) {
        symbol = {name.substr(0, cut), name.substr(cut + 1)};
    } else {
        // Only quotes that cannot cut a base in two: BNBUSD is BNB/USD, not BN/BUSD.
        static constexpr std::array<std::string_view, 3> kQuotes = {"USDT", "USDC", "USD"};
        for (const std::string_view quote : kQuotes) {
            if (name.size() > quote.size() && name.ends_with(quote)) {
                symbol = {name.substr(0, name.size() - quote.size()), std::string{quote}};
                break;
            }
        }
    }
    if (symbol.base == "XBT") symbol.base = "BTC";
    const auto starts_plain = [](const std::string& part) {
        return !part.empty() && std::isalnum(static_cast<unsigned char>(part[0]));
    };
    if (!starts_plain(symbol.base) || !starts_plain(symbol.quote)) {
        return fail(Errc::parse, "expected a symbol such as BTC/USD, found \"" + std::string{text} + "\"");
    }
    return symbol;
}

}  // namespace plumb
