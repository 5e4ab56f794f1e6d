#pragma once

#include "selection/find_options.hpp"
#include "selection/findings.hpp"

namespace plumb::selection {

/// Whether `name` ("USDT", "USDC/USD") is the code of a coin that is meant to stand at a currency's price.
bool known_stable(std::string_view name);

/// Judges one series by itself on rows `fitting`: pegged (by name, by volatility or by band) and stationary.
/// Cost: one ADF.
LegReport screen_leg(const Panel& panel, std::size_t series, Rows fitting, const FindOptions& options);

}  // namespace plumb::selection
