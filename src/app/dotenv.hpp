#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/config_file.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// Reads NAME=value lines: blank lines and # comments skipped, an `export ` in front allowed, single or double quotes
/// around the value taken off, ` # comment` after an unquoted value dropped. Keys stay environment names.
/// Errc::parse with file and line; the value is never shown. Errc::not_found, Errc::io.
Result<std::vector<FileEntry>> read_dotenv(const std::filesystem::path& path);

/// Refuses a file of keys that others may read or write (X06): Errc::invalid_argument saying `chmod 600`.
Status check_private(const std::filesystem::path& path);

}  // namespace plumb::app
