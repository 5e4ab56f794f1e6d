#pragma once

#include <span>
#include <string_view>

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange {

/// Every venue this exchange can be, one row each.
std::span<const VenueEntry> venues();
/// Null for a name that is none of them.
const VenueEntry* find_venue(std::string_view name);

}  // namespace plumb::exchange
