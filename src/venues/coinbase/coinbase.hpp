#pragma once

#include <cstdint>
#include <memory>

#include "wire/venue.hpp"

namespace plumb::venues::coinbase {

const wire::Capabilities& capabilities();

/// Coinbase Advanced Trade, spot. `key_id` is the name of a CDP key ("organizations/.../apiKeys/..."),
/// `secret` its private key: PEM of a P-256 key, or PEM or base64 of an Ed25519 one. Public data need no key.
/// A key that cannot be read is told when something private is asked.
std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options);

/// Control::code of an error event of the streams: frames are missing before this one, so every book and
/// every run of trades of the connection has a hole. The protocol closes the connection with it; a new one
/// starts from snapshots.
inline constexpr std::int64_t kSequenceGap = 9001;

}  // namespace plumb::venues::coinbase
