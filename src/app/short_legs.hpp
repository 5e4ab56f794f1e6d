#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/live_market.hpp"
#include "app/venue_session.hpp"

namespace plumb::app {

/// A pair at hand by the names of its legs.
struct PairLegs {
    std::string name;
    std::array<std::string, 2> legs;  // "BTC/USD"
};

/// What one pair cannot do at a venue, and what can be done about it, in plain words.
struct ShortTrouble {
    std::string pair;
    std::string words;
};

/// For each pair with a leg that the venue cannot sell short (each leg is sold short on one side of the
/// spread): which leg, why, and what can be done. `short_listings` are those of --short-venue, null without
/// one; a leg that is listed there is no trouble.
std::vector<ShortTrouble> short_troubles(const wire::Capabilities& can,
                                         std::span<const LiveInstrument> instruments,
                                         std::span<const PairLegs> pairs, std::string_view short_venue,
                                         std::span<const wire::Listing> short_listings);

/// The same, asking --short-venue for its list where one is named and something cannot be sold short.
Result<std::vector<ShortTrouble>> short_troubles(const Settings& settings, const wire::Capabilities& can,
                                                 std::span<const LiveInstrument> instruments,
                                                 std::span<const PairLegs> pairs);

}  // namespace plumb::app
