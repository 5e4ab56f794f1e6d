#pragma once

#include <string>
#include <vector>

#include "app/settings.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// Takes the words after the program's name apart, the earlier programs' spellings included: `--mode trade`
/// is the command trade, `--strategy FILE` without a command is signals. Errc::invalid_argument for a flag
/// that no command has, a value that is missing, a flag given twice.
Result<CommandLine> parse_command_line(const std::vector<std::string>& words);

/// Errc::invalid_argument for the first flag that this command does not take, saying who does.
Status check_flags(const CommandLine& line);

}  // namespace plumb::app
