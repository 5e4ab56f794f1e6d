#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace plumb::app {

/// One key of a configuration file with the place it stands at.
struct FileEntry {
    std::string key;
    std::string text;   // scalars; the words of a list, separated by blanks
    std::string where;  // "plumb.yaml:3"
};

/// Reads plumb.yaml or a config.json (JSON is read as the YAML it is): a flat map of settings, in the file's
/// order. The sections of the earlier 4-hour program's config.json (trading, strategy, data, files) are
/// translated. Nothing is checked against types here. Errors carry file and line: Errc::parse for what is no
/// map of scalars or lists, Errc::duplicate, Errc::out_of_range above 256 KiB, Errc::not_found, Errc::io.
Result<std::vector<FileEntry>> read_config_file(const std::filesystem::path& path);

}  // namespace plumb::app
