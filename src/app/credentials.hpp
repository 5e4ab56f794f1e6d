#pragma once

#include <string>
#include <string_view>

#include "app/settings.hpp"
#include "wire/venue.hpp"

namespace plumb::app {

/// A venue's key as it was found: the parts, and which place each came from ("ALPACA_API_KEY", ".env:2",
/// "coinbase-key.json:1"), for messages.
struct VenueKey {
    wire::Credentials credentials;
    std::string from;  // empty where there is no key
};

/// The key that the settings hold for a venue; binance-futures takes Binance's where it has none of its own.
/// Venues that hand out a single word (polygon, coinmarketcap) have it in `secret`.
VenueKey key_of(const Settings& settings, std::string_view venue);

/// What to type for a key that is missing: "set ALPACA_API_KEY and ALPACA_SECRET_KEY in the environment or in
/// .env, or name a key file with --key-file".
std::string how_to_set_key(std::string_view venue);

/// Errc::invalid_argument where one half of the key is there and the other is not, naming what is missing.
Status check_key_whole(const Settings& settings, std::string_view venue);

}  // namespace plumb::app
