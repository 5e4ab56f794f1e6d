#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "app/venue_session.hpp"

namespace plumb::app {

/// What a command looks at on a venue.
struct VenueUniverse {
    std::vector<std::string> names;  // "BTC/USD", sorted
    std::string note;                // how they were chosen, for people; empty where --symbols said it
};

/// The instruments of --symbols, taken at their word; else those of the venue's list that trade in the user's
/// quote currency and are well known (a venue lists thousands, most of them weeks old), at most universe-max.
/// --exclude-symbols is left to chosen_names(). Errc::invalid_argument where a venue of data alone is asked
/// without --symbols: its list has tens of thousands of names.
Result<VenueUniverse> venue_universe(VenueSession& session, const Settings& settings);

/// The venue's row for "BTC/USD": the spelling that the venue's rule gives where it lists several. Null:
/// none.
const wire::Listing* find_listing(VenueSession& session, std::span<const wire::Listing> listings,
                                  const SymbolName& name);

/// Errc::not_found naming the nearest on offer.
Error not_on_offer(const VenueSession& session, std::span<const wire::Listing> listings,
                   std::string_view name);

}  // namespace plumb::app
