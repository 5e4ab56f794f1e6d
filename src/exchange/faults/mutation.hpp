#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exchange/faults/fault_action.hpp"

namespace plumb::exchange {

/// A JSON frame or body, spoilt; every byte that is not meant stays as it is. `fields`: which keys hold
/// prices; empty: the names that the venues use, and the first number of each pair in a list. Nothing where
/// the text is no JSON or has no such field. O(bytes).
std::optional<std::string> mutate(std::string_view text, Mutation mutation,
                                  std::span<const std::string> fields);

}  // namespace plumb::exchange
