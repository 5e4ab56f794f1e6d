#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace plumb::app {

/// Where a command writes: results to `out`, errors and (with --json) logs to `err`.
struct Streams {
    std::ostream& out;
    std::ostream& err;
};

/// `text` with everything a terminal or a log would obey (line breaks, escapes, other control bytes) spelt as
/// \xNN, so that one message is one line whatever a stranger put into it (X07).
std::string one_line(std::string_view text);

}  // namespace plumb::app
