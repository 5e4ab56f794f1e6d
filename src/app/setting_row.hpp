#pragma once

#include <string_view>

namespace plumb::app {

/// What a setting's text must be. Values are checked once, when they are read; see read_value() in
/// setting_value.hpp.
enum class Type : unsigned char {
    flag,         // true or false; on the command line its mere presence
    integer,      // whole number within the range
    number,       // finite number within the range
    money,        // exact decimal within the range
    text,         // any one line
    choice,       // one of `choices`
    path,         // from a flag or the environment: as typed; from a file or a default: inside the workspace
    symbols,      // "BTC/USD ETH/USD" or "BTC/USD,ETH/USD"
    granularity,  // one of kGranularities, or an earlier program's word for it (hour, 4hour, min)
    date,         // 2024-08-08, or with a time
    parameters,   // name=value, repeatable
    secret,       // never in a flag, in plumb.yaml or in any output
};

/// Where a setting may come from.
enum class Scope : unsigned char {
    anywhere,   // flag, environment, .env, plumb.yaml
    shell,      // flag and environment: needed before any file is found
    flag_only,  // an argument of one run, not a configuration
    file_only,  // plumb.yaml only: consent that must be written down
    secret,     // environment and .env only
};

struct Range {
    double min = 0;
    double max = 0;
};

/// One row of everything that can be set. The flag is "--" + key, the variable is PLUMB_KEY_IN_CAPITALS.
struct Setting {
    std::string_view key;
    Type type;
    Scope scope = Scope::anywhere;
    Range range = {};
    std::string_view unit = {};
    std::string_view fallback = {};  // the default; empty: not set
    std::string_view choices = {};   // words separated by blanks
    std::string_view earlier_variable =
        {};                             // names that users already have in their .env, separated by blanks
    std::string_view commands = {};     // who takes the flag, separated by blanks; empty: every command
    std::string_view several_for = {};  // commands that take several of `choices`, separated by commas
    std::string_view help;
    char letter = 0;  // -v
};

}  // namespace plumb::app
