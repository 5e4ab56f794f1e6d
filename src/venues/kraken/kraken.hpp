#pragma once

#include <memory>

#include "wire/venue.hpp"

namespace plumb::venues::kraken {

/// Kraken Futures, linear contracts (PF_, FF_); inverse ones (PI_, FI_) for their data only.
const wire::Capabilities& capabilities();

/// Credentials: `key_id` the public key, `secret` the private key in base64. With `paper_endpoint` orders and
/// account are the demo's (demo-futures.kraken.com), whose keys are its own; prices and history are always
/// the live market's, since the demo's are no market.
std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options);

}  // namespace plumb::venues::kraken
