#include "app/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/arguments.hpp"
#include "app/commands.hpp"
#include "app/help.hpp"
#include "app/redaction.hpp"
#include "base/nearest.hpp"

namespace plumb::app {
namespace {

Error unknown_command(std::string_view name) {
    const auto later = later_commands();
    if (std::find(later.begin(), later.end(), name) != later.end()) {
        return Error{Errc::unsupported,
                     fmt::format("{} is not in this version: `plumb --help` lists what is", name)};
    }
    std::vector<std::string_view> names;
    for (const Command& command : commands()) names.push_back(command.name);
    return Error{Errc::invalid_argument,
                 fmt::format("unknown command {}: nearest known is {}", name, nearest(name, names))};
}

Result<ExitStatus> run_command(const CommandLine& line, const Environment& environment,
                               const Streams& streams) {
    if (line.command.empty()) {
        return fail(Errc::invalid_argument, "expected a command, found none: `plumb --help` lists them");
    }
    const Command* command = find_command(line.command);
    if (command == nullptr) return fail(unknown_command(line.command));
    if (line.help) {
        print_help(*command, streams.out);
        return ExitStatus::done;
    }
    if (Status known = check_flags(line); !known) return fail(known.error());
    if (line.arguments.size() > command->arguments_max) {
        return fail(Errc::invalid_argument,
                    fmt::format("{} expected {}, found \"{}\"", command->name,
                                command->arguments.empty() ? "no argument" : command->arguments,
                                line.arguments[command->arguments_max]));
    }
    const Result<Settings> settings = load_settings(line, environment);
    if (!settings) return fail(settings.error());
    Result<ExitStatus> status = command->run(*settings, streams);
    if (status) return status;
    // A venue's or a library's words may hold what we sent them.
    return fail(status.error().code(), redacted(status.error().message(), settings->secrets()));
}

Result<ExitStatus> run_words(const std::vector<std::string>& words, const Environment& environment,
                             const Streams& streams) {
    const Result<CommandLine> line = parse_command_line(words);
    if (!line) return fail(line.error());
    if (line->version) {
        streams.out << "plumb " PLUMB_VERSION "\n";
        return ExitStatus::done;
    }
    if (line->help && line->command.empty()) {
        print_help(streams.out);
        return ExitStatus::done;
    }
    if (line->list_granularities) {
        print_granularities(streams.out);
        return ExitStatus::done;
    }
    return run_command(*line, environment, streams);
}

}  // namespace

int run_plumb(const std::vector<std::string>& words, const Environment& environment, const Streams& streams) {
    Result<ExitStatus> status = run_words(words, environment, streams);
    streams.out.flush();
    if (status && !streams.out) {
        status = fail(
            Errc::io,
            "cannot write to standard output: expected a pipe or a file with room, found it closed or full");
    }
    if (status) return static_cast<int>(*status);
    streams.err << "plumb: " << one_line(status.error().message()) << '\n';
    streams.err.flush();
    return static_cast<int>(exit_status(status.error().code()));
}

}  // namespace plumb::app
