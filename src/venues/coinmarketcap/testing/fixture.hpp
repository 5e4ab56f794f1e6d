#pragma once

#include <memory>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::coinmarketcap {

/// CoinMarketCap's Pro API for two coins and a plan with candles, in the words of its documents.
std::unique_ptr<conformance::Fixture> make_fixture();

}  // namespace plumb::venues::coinmarketcap
