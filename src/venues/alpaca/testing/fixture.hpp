#pragma once

#include <memory>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::alpaca {

/// Alpaca's servers for two coins, in the words of its documents.
std::unique_ptr<conformance::Fixture> make_fixture();

}  // namespace plumb::venues::alpaca
