#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::codec {

/// One line of a .env file. The value may be a secret: never print it, not even in an error.
struct DotenvEntry {
    std::string name;
    std::string value;
    int line = 0;
};

/// Reads a .env file as its users write it: NAME=value per line, `export ` before it allowed, blanks around
/// name and value dropped, `# comment` lines and comments after a blank, values in single quotes (taken as
/// they are) or double quotes (\n \t \" \\ \$ understood; may span lines). Nothing is expanded. Of doubled
/// names the last stands last.
///
/// Errors are Errc::parse (a line without '=', a name that is not letters, digits and underscores, text after
/// a closing quote) and Errc::truncated (a quote that never closes); they name the line and, where known, the
/// name: no value.
Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text);

}  // namespace plumb::codec
