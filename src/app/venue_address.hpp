#pragma once

#include <string_view>

#include "app/settings.hpp"
#include "io/endpoint.hpp"
#include "wire/venue.hpp"

namespace plumb::app {

/// Reads "https://host:port" (also wss://, and http:// or ws:// for loopback hosts only: keys and orders go
/// over nothing else in the open). Errc::invalid_argument says what was expected.
Result<io::Endpoint> parse_address(std::string_view text);

/// 127.0.0.0/8, ::1 and localhost.
bool is_loopback(std::string_view host);

/// Where a venue's servers are when the settings say otherwise: <venue>-address, else venue-address, moves
/// all of them; alpaca-base-url moves Alpaca's trading host alone. Empty members: the venue's own.
Result<wire::VenueAddresses> addresses_of(const Settings& settings, std::string_view venue);

/// False only where somebody asked for the servers of real money: alpaca-base-url for Alpaca, venue-endpoint
/// for the others.
Result<bool> on_paper_endpoint(const Settings& settings, std::string_view venue);

}  // namespace plumb::app
