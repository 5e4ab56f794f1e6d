#include <filesystem>
#include <ostream>

#include "app/benchmarks.hpp"
#include "app/commands.hpp"
#include "app/commands/findings_text.hpp"
#include "app/history.hpp"

namespace plumb::app {

/// `plumb compute-benchmarks`: history in, the pairs that survive every question into data/benchmarks/. Where
/// none does, the file is written all the same, with no groups: last week's pairs must not be traded on
/// because this week has none.
Result<ExitStatus> run_compute_benchmarks(const Settings& settings, const Streams& streams) {
    const auto source = open_history(settings, &streams);
    if (!source) return fail(source.error());
    const auto search = search_benchmarks(settings, **source);
    if (!search) return fail(search.error());
    const FindingsContext context{search->panel, search->options, settings.text("data-source"),
                                  static_cast<std::size_t>(settings.integer("max-groups")), search->seconds};
    const bool json = settings.flag("json");
    if (json)
        print_findings_json(search->findings, context, streams.out);
    else
        print_findings(search->findings, context, streams.out);

    const auto files = store::save_benchmarks(settings.workspace(), search->benchmarks);
    if (!files) return fail(files.error());
    for (const std::filesystem::path& file : *files)
        (json ? streams.err : streams.out) << "wrote " << file.string() << '\n';
    return search->findings.survivors().empty() ? ExitStatus::answer_is_no : ExitStatus::done;
}

}  // namespace plumb::app
