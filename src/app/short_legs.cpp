#include "app/short_legs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::app {
namespace {

bool can_be_short(const wire::Capabilities& can, std::span<const LiveInstrument> instruments,
                  const std::string& leg) {
    if (can.short_selling == wire::ShortSelling::always) return true;
    if (can.short_selling == wire::ShortSelling::never) return false;
    const auto at =
        std::ranges::find_if(instruments, [&](const auto& each) { return each.instrument.name() == leg; });
    return at != instruments.end() && at->instrument.can_short;
}

std::string base_of(const std::string& leg) { return leg.substr(0, leg.find('/')); }

}  // namespace

std::vector<ShortTrouble> short_troubles(const wire::Capabilities& can,
                                         std::span<const LiveInstrument> instruments,
                                         std::span<const PairLegs> pairs, std::string_view short_venue,
                                         std::span<const wire::Listing> short_listings) {
    std::vector<ShortTrouble> troubles;
    for (const PairLegs& pair : pairs) {
        std::string legs, missing;
        for (const std::string& leg : pair.legs) {
            if (can_be_short(can, instruments, leg)) continue;
            if (!short_venue.empty()) {
                const bool there = std::ranges::any_of(short_listings, [&](const wire::Listing& listing) {
                    return listing.base.view() == base_of(leg) && listing.status == TradingStatus::open;
                });
                if (there) continue;
                missing += (missing.empty() ? "" : ", ") + base_of(leg);
            }
            legs += (legs.empty() ? "" : " and ") + leg;
        }
        if (legs.empty()) continue;
        std::string words = fmt::format("{}: {} cannot be sold short at {}", pair.name, legs, can.title);
        if (!missing.empty()) words += fmt::format(", and {} does not list {}", short_venue, missing);
        words += can.short_words.empty()
                     ? std::string{": trade the short leg on a second venue (--short-venue kraken-futures or "
                                   "binance-futures), from inventory, or on paper"}
                     : fmt::format(": {}", can.short_words);
        troubles.push_back({pair.name, std::move(words)});
    }
    return troubles;
}

Result<std::vector<ShortTrouble>> short_troubles(const Settings& settings, const wire::Capabilities& can,
                                                 std::span<const LiveInstrument> instruments,
                                                 std::span<const PairLegs> pairs) {
    auto troubles = short_troubles(can, instruments, pairs, {}, {});
    if (troubles.empty() || !settings.has("short-venue")) return troubles;
    const std::string& other = settings.text("short-venue");
    auto session = VenueSession::open(settings, other, KeyNeed::as_venue_wants);
    if (!session) return fail(session.error());
    const auto listings = (*session)->listings();
    if (!listings) return fail(listings.error());
    return short_troubles(can, instruments, pairs, other, *listings);
}

}  // namespace plumb::app
