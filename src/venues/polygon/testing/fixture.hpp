#pragma once

#include <memory>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::polygon {

/// The server's end, in the words of its documents. Tests only.
std::unique_ptr<conformance::Fixture> make_fixture();

}  // namespace plumb::venues::polygon
