#pragma once

#include <iosfwd>

#include "app/commands.hpp"

namespace plumb::app {

/// The list of commands.
void print_help(std::ostream& out);
/// One command: its flags with defaults, units and ranges, and an example that works.
void print_help(const Command& command, std::ostream& out);
/// The bar lengths that sources know.
void print_granularities(std::ostream& out);

}  // namespace plumb::app
