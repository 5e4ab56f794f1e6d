#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/config_file.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// Reads a .env file (codec/dotenv.hpp says how it is written). Keys stay environment names. Errors say the
/// file, the line and never the value: Errc::parse, Errc::truncated, Errc::not_found, Errc::io,
/// Errc::out_of_range above 256 KiB.
Result<std::vector<FileEntry>> read_dotenv(const std::filesystem::path& path);

/// Refuses a file of keys that others may read or write (X06): Errc::invalid_argument saying `chmod 600`.
Status check_private(const std::filesystem::path& path);

}  // namespace plumb::app
