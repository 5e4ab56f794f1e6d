#include "venues/registry.hpp"

#include <array>

namespace plumb::venues {
namespace {

/// Venues whose making cannot fail give the venue itself.
template <auto make_venue>
Result<std::unique_ptr<wire::Venue>> make(const wire::VenueOptions& options) {
    return make_venue(options);
}

/// A row per venue, nothing else to register.
constexpr std::array<VenueEntry, 0> kVenues{};

}  // namespace

std::span<const VenueEntry> all_venues() { return kVenues; }

const VenueEntry* find_venue(std::string_view name) {
    for (const VenueEntry& entry : kVenues)
        if (entry.capabilities().name == name) return &entry;
    return nullptr;
}

}  // namespace plumb::venues
