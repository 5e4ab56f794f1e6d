#include <fmt/format.h>

#include <ostream>

#include "app/commands.hpp"
#include "stats_cases/run_cases.hpp"

namespace plumb::app {

/// `plumb stats --cases FILE`: statistics of recorded cases, for checks.
Result<ExitStatus> run_stats(const Settings& settings, const Streams& streams) {
    if (!settings.has("cases")) {
        return fail(Errc::invalid_argument, "stats expected --cases FILE.json");
    }
    const std::filesystem::path cases = settings.path("cases");
    const std::filesystem::path root = settings.has("data-root") ? settings.path("data-root") : cases.parent_path();
    return static_cast<ExitStatus>(stats_cases::run_cases(cases, root, streams.out, streams.err));
}

}  // namespace plumb::app
