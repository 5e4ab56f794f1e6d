#pragma once

#include <memory>

#include "wire/venue.hpp"

namespace plumb::venues::polygon {

/// Polygon.io (named Massive since 2025): data only.
const wire::Capabilities& capabilities();

/// Credentials: `key_id` (or `secret`) the API key. VenueOptions::plan holds words, in any order, separated
/// by blanks or commas:
///   basic       the free plan: five requests a minute
///   delayed     streams from the host whose data are fifteen minutes old
///   unadjusted  history as it traded, not adjusted for splits
///   stocks, crypto  what every instrument is; without either, a list of coins decides
std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options);

}  // namespace plumb::venues::polygon
