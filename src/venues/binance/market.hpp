#pragma once

#include <span>

#include "wire/venue.hpp"

namespace plumb::venues::binance {

enum class Market : unsigned char { spot, futures };

const wire::Capabilities& capabilities_of(Market market);

/// Where the servers of a market are; what the user overrode, or the demo hosts for orders where `demo`.
struct Servers {
    io::Endpoint trading, market_data, permissions, stream, private_stream;
};
Servers servers_of(Market market, const wire::VenueOptions& options);

// Places in limits_of().
inline constexpr unsigned char kWeightBucket = 0;
inline constexpr unsigned char kOrderBucket = 1;
inline constexpr unsigned char kDataBucket = 2;  // spot's public data host; USD-M has one host for all
std::span<const wire::RateLimit> limits_of(Market market);

/// What an answer's headers say of the budgets: X-MBX-USED-WEIGHT-1M, X-MBX-ORDER-COUNT-10S and -1D,
/// Retry-After of 429 and 418.
void observe_headers(Market market, const wire::WireRequest& request, const io::HttpResponse& response,
                     Timestamp received_at, std::vector<wire::RateObservation>& out);

/// Retry-After of an answer: whole seconds from its receipt. Nothing where it is missing or no number.
std::optional<Timestamp> retry_at(const io::HttpResponse& response, Timestamp received_at);

}  // namespace plumb::venues::binance
