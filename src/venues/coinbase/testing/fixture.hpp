#pragma once

#include <memory>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::coinbase {

/// Coinbase Advanced Trade for two products, in the words of its documents.
std::unique_ptr<conformance::Fixture> make_fixture();

}  // namespace plumb::venues::coinbase
