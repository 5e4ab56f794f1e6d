#pragma once

#include <span>

#include "exchange/protocol/api_access.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange {

/// Whose key a request carries: in a header's value, in the query or the body, or in the parts of a bearer
/// token. Whether the signature is right is not looked at. The house (zero) when it carries none.
AccountId account_of(const Request& request, std::span<const ApiAccess> access);

}  // namespace plumb::exchange
