#pragma once

#include <span>
#include <string_view>

#include "app/exit_status.hpp"
#include "app/settings.hpp"
#include "app/streams.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// One command of the program. An error that `run` returns is printed as one line and ends with
/// exit_status(code).
struct Command {
    std::string_view name;
    std::string_view arguments;  // "FILE", for the help; empty: takes none
    std::size_t arguments_max;
    std::string_view summary;
    std::string_view example;  // a line that works
    Result<ExitStatus> (*run)(const Settings&, const Streams&);
};

std::span<const Command> commands();
/// nullptr when there is none.
const Command* find_command(std::string_view name);
/// Names that the guide lists and a later version brings.
std::span<const std::string_view> later_commands();

}  // namespace plumb::app
