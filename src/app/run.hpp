#pragma once

#include <string>
#include <vector>

#include "app/settings.hpp"
#include "app/streams.hpp"

namespace plumb::app {

/// The whole program but for main(): `words` without the program's name. Returns the exit status; errors are
/// one line on `streams.err`.
int run_plumb(const std::vector<std::string>& words, const Environment& environment, const Streams& streams);

}  // namespace plumb::app
