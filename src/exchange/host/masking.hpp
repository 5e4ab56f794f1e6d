#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exchange/protocol/api_access.hpp"

namespace plumb::exchange {

/// `text` (a query, a form, JSON) with "***" for the value of every member that names a secret or a
/// signature, and for every secret of `access` wherever it stands. Keys' names stay: they are no secrets.
/// O(bytes).
std::string masked(std::string_view text, std::span<const ApiAccess> access);

}  // namespace plumb::exchange
