#include "risk/staleness.hpp"

#include <algorithm>
#include <array>

namespace plumb::risk {
namespace {

using std::chrono::seconds;

enum class Tier : unsigned char { high, medium, low };

// The README of the earlier program names high, medium and low; XRP, ADA, SOL and BCH come from its later
// code.
constexpr std::array<std::string_view, 4> kHigh = {"BTC", "ETH", "DOGE", "SHIB"};
constexpr std::array<std::string_view, 8> kLow = {"BAT", "YFI", "SUSHI", "CRV", "GRT", "MKR", "XTZ", "ATOM"};

Tier tier_of(std::string_view base) {
    if (std::ranges::find(kHigh, base) != kHigh.end()) return Tier::high;
    if (std::ranges::find(kLow, base) != kLow.end()) return Tier::low;
    return Tier::medium;
}

}  // namespace

StalenessLimits staleness_tier(std::string_view base) {
    switch (tier_of(base)) {
        case Tier::high: return {seconds{15}, seconds{60}, seconds{300}};
        case Tier::medium: return {seconds{60}, seconds{300}, seconds{900}};
        case Tier::low: break;
    }
    return {seconds{180}, seconds{600}, seconds{1800}};
}

std::string_view staleness_tier_name(std::string_view base) {
    switch (tier_of(base)) {
        case Tier::high: return "high";
        case Tier::medium: return "medium";
        case Tier::low: break;
    }
    return "low";
}

StalenessLimits pair_staleness(std::string_view base_a, std::string_view base_b,
                               const StalenessOverrides& overrides) {
    const StalenessLimits a = staleness_tier(base_a), b = staleness_tier(base_b);
    return {overrides.entry.value_or(std::min(a.entry, b.entry)),
            overrides.exit.value_or(std::min(a.exit, b.exit)),
            overrides.emergency.value_or(std::min(a.emergency, b.emergency))};
}

}  // namespace plumb::risk
