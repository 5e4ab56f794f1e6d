#pragma once

#include <filesystem>

#include "app/settings.hpp"

namespace plumb::app {

/// The folder of the data that comes with the program: data/ of --share (PLUMB_SHARE), else share/data beside
/// the build folder that the running program lies in, else share/plumb/data of where it was installed.
/// @return Errc::not_found naming the places looked at
Result<std::filesystem::path> bundled_data(const Settings& settings);

}  // namespace plumb::app
