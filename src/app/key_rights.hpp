#pragma once

#include <optional>

#include "app/venue_session.hpp"

namespace plumb::app {

/// What the key and its account may do, as the venue says; asked by reading only. A key that may withdraw is
/// asked nothing more. The errors of VenueSession::ask.
Result<wire::AccountFacts> ask_rights(VenueSession& session);

/// Refuses a key that may withdraw money (X06): whoever steals it could take what it guards, and trading
/// needs no such right. Errc::invalid_argument says what to do.
Status check_rights(const VenueSession& session, const wire::AccountFacts& facts);

/// Both.
Result<wire::AccountFacts> safe_rights(VenueSession& session);

}  // namespace plumb::app
