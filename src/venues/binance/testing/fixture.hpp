#pragma once

#include <memory>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::binance {

/// The server's end of Binance in its own words, for the conformance suite.
std::unique_ptr<conformance::Fixture> make_spot_fixture();
std::unique_ptr<conformance::Fixture> make_futures_fixture();

}  // namespace plumb::venues::binance
