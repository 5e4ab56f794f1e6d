#include "app/venue_universe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.hpp"

namespace plumb::app {
namespace {

/// Coins that have traded for years on more than one venue, so that pairs of them have a past to test. Stable
/// coins are left out: against a constant every test finds what is not there.
constexpr auto kKnownCoins = std::to_array<std::string_view>(
    {"AAVE", "ADA",  "ALGO", "APT",    "ARB",  "ATOM", "AVAX", "AXS", "BAT",  "BCH",   "BNB",   "BTC",
     "CHZ",  "COMP", "CRV",  "DASH",   "DOGE", "DOT",  "DYDX", "ENJ", "EOS",  "ETC",   "ETH",   "FIL",
     "GRT",  "HBAR", "ICP",  "INJ",    "LDO",  "LINK", "LRC",  "LTC", "MANA", "MATIC", "MKR",   "NEAR",
     "NEO",  "OP",   "POL",  "RENDER", "SAND", "SHIB", "SNX",  "SOL", "STX",  "SUI",   "SUSHI", "TRX",
     "UNI",  "VET",  "XLM",  "XMR",    "XRP",  "XTZ",  "YFI",  "ZEC", "ZRX"});

std::string name_of(const wire::Listing& listing) {
    return fmt::format("{}/{}", listing.base.view(), listing.quote.view());
}

bool is_known(const wire::Listing& listing) {
    return std::ranges::find(kKnownCoins, listing.base.view()) != kKnownCoins.end();
}

Result<VenueUniverse> named(VenueSession& session, const Settings& settings) {
    VenueUniverse universe;
    for (const std::string& symbol : settings.symbols("symbols")) {
        const auto parsed = parse_symbol(symbol, quote_of(settings, session.name()));
        if (!parsed) return fail(parsed.error().at("--symbols"));
        universe.names.push_back(parsed->base + "/" + parsed->quote);
    }
    std::ranges::sort(universe.names);
    const auto twice = std::ranges::unique(universe.names);
    universe.names.erase(twice.begin(), twice.end());
    return universe;
}

}  // namespace

Result<VenueUniverse> venue_universe(VenueSession& session, const Settings& settings) {
    if (settings.has("symbols")) return named(session, settings);
    if (!session.can().orders) {
        return fail(Errc::invalid_argument,
                    fmt::format("expected --symbols: {} lists tens of thousands of instruments",
                                session.can().title));
    }
    const auto listings = session.listings();
    if (!listings) return fail(listings.error());
    const std::string quote = quote_of(settings, session.name());
    VenueUniverse universe;
    std::size_t in_quote = 0;
    for (const wire::Listing& listing : *listings) {
        if (listing.status != TradingStatus::open || listing.quote.view() != quote) continue;
        ++in_quote;
        if (is_known(listing)) universe.names.push_back(name_of(listing));
    }
    std::ranges::sort(universe.names);
    const auto twice = std::ranges::unique(universe.names);
    universe.names.erase(twice.begin(), twice.end());
    if (universe.names.empty()) {
        return fail(
            Errc::not_found,
            fmt::format("{} lists no well-known coin in {}: name instruments with --symbols, or another "
                        "--quote-currency",
                        session.can().title, quote));
    }
    const auto most = static_cast<std::size_t>(settings.integer("universe-max"));
    const std::size_t known = universe.names.size();
    if (known > most) universe.names.resize(most);
    universe.note = fmt::format(
        "{}: {} of {} instruments in {}, {}; --symbols names others", session.can().title,
        universe.names.size(), in_quote, quote,
        known > most ? fmt::format("the first of {} well-known ones (--universe-max {})", known, most)
                     : std::string{"the well-known ones"});
    return universe;
}

const wire::Listing* find_listing(VenueSession& session, std::span<const wire::Listing> listings,
                                  const SymbolName& name) {
    const std::string spelt = session.venue().symbols().spelling().spell(name.base, name.quote);
    const wire::Listing* found = nullptr;
    for (const wire::Listing& listing : listings) {
        if (listing.base.view() != name.base || listing.quote.view() != name.quote) continue;
        if (listing.symbol.view() == spelt) return &listing;
        const bool better = found == nullptr ||
                            (found->status != TradingStatus::open && listing.status == TradingStatus::open);
        if (better) found = &listing;
    }
    return found;
}

Error not_on_offer(const VenueSession& session, std::span<const wire::Listing> listings,
                   std::string_view name) {
    std::vector<std::string> names;
    for (const wire::Listing& listing : listings) names.push_back(name_of(listing));
    std::ranges::sort(names);
    const std::vector<std::string_view> views{names.begin(), names.end()};
    return Error{Errc::not_found, fmt::format("{} is not on offer at {}: nearest is {}", name,
                                              session.can().title, nearest(name, views))};
}

}  // namespace plumb::app
