#pragma once

#include <optional>

#include "app/venue_session.hpp"

namespace plumb::app {

/// What the key and its account may do, as the venue says; asked by reading only.
/// @return Errc::invalid_argument for a key that may withdraw money (X06): a thief of the key could take what it
///         guards, and trading needs no such right. The errors of VenueSession::ask.
Result<wire::AccountFacts> key_rights(VenueSession& session);

}  // namespace plumb::app
