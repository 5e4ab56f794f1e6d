#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace plumb::risk {

/// How old a leg's price may be before entries stop, exits stop, and a holding is closed in emergency.
struct StalenessLimits {
    Duration entry{};
    Duration exit{};
    Duration emergency{};
};

/// What the command line says; absent values leave the tiers as they are.
struct StalenessOverrides {
    std::optional<Duration> entry, exit, emergency;
};

/// The tier of a base asset by liquidity: high 15/60/300 s, medium 60/300/900, low 180/600/1800; names the
/// earlier program did not list are medium.
StalenessLimits staleness_tier(std::string_view base);
std::string_view staleness_tier_name(std::string_view base);

/// The shortest of both legs, value by value (F15), then the overrides.
StalenessLimits pair_staleness(std::string_view base_a, std::string_view base_b,
                               const StalenessOverrides& overrides);

}  // namespace plumb::risk
