#pragma once

#include "app/settings.hpp"
#include "selection/find_options.hpp"

namespace plumb::app {

/// The limits of a search as the user set them; --fdr makes the false-discovery rate a condition.
selection::FindOptions find_settings(const Settings& settings);

}  // namespace plumb::app
