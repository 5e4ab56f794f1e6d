#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "venues/kraken/listings.hpp"
#include "venues/kraken/sign.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::kraken {

/// Budgets of rate_limits(), in this order.
enum class Bucket : unsigned char { derivatives, history, open_data };

/// Which price series candles are of, as the path of the charts spells it.
std::string_view series_of(wire::PriceSource source);
/// "1m" for a length the charts offer; empty for others.
std::string_view resolution_of(Duration length);
/// Bars asked for at a time.
inline constexpr std::int64_t kBarsPerRequest = 2000;
/// An order that reaches the engine later than this after it was signed is refused by the venue
/// (processBefore), so that a lost request cannot trade later.
inline constexpr Duration kProcessWithin = std::chrono::seconds{10};

/// What asking needs to know.
struct AskContext {
    const wire::SymbolMap& symbols;
    const Listings& listings;
    const std::string& key_id;
    const SigningKey* key = nullptr;  // null: none was given
    wire::PriceSource stop_trigger = wire::PriceSource::last;
    wire::PriceSource history = wire::PriceSource::last;
};

/// As Venue::ask.
Result<wire::WireRequest> encode(const wire::Question& question, const AskContext& context, Timestamp now);

}  // namespace plumb::venues::kraken
