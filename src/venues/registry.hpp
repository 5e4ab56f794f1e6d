#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "wire/venue.hpp"

namespace plumb::venues {

/// One venue of the program: what it can do, and how to make it.
struct VenueEntry {
    const wire::Capabilities& (*capabilities)();
    /// Errc::denied or Errc::invalid_argument when the key has not the venue's form.
    Result<std::unique_ptr<wire::Venue>> (*make)(const wire::VenueOptions& options);
};

/// All live venues, in the order of their names.
std::span<const VenueEntry> all_venues();
/// By Capabilities::name; null when there is none.
const VenueEntry* find_venue(std::string_view name);

}  // namespace plumb::venues
