#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "core/units.hpp"

namespace plumb::exchange::kraken {

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);
/// A whole number in [lowest, highest]; nullopt otherwise.
std::optional<long long> whole_number(std::string_view text, long long lowest, long long highest);
/// A decimal number within +-1e12, as the venue's engine holds; nullopt otherwise.
std::optional<Decimal> sane_decimal(std::string_view text);

}  // namespace plumb::exchange::kraken
