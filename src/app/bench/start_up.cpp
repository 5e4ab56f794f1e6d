#include <fmt/format.h>

#include "app/bench/child.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/stopwatches.hpp"

namespace plumb::app::bench {
namespace {

constexpr int kRuns = 21;
constexpr double kTargetMs = 50;

struct Start {
    double first_byte_ms = 0;
    double computing_ms = 0;
};

/// Medians of both.
Result<Start> measure_start(const std::vector<std::string>& words) {
    std::vector<double> first_byte_ms, computing_ms;
    for (int run = 0; run < kRuns; ++run) {
        const auto child = run_child(words);
        if (!child) return fail(child.error());
        if (child->status != 0 || child->output.empty()) {
            return fail(Errc::io, words.front() + ": expected output and status 0, found status " +
                                      std::to_string(child->status));
        }
        first_byte_ms.push_back(1000 * child->first_byte_seconds);
        computing_ms.push_back(1000 * child->computing_seconds);
    }
    return Start{median(std::move(first_byte_ms)), median(std::move(computing_ms))};
}

}  // namespace

/// From before the process is made to its first byte in a pipe, on the wall. `config` also reads every source
/// of settings. The limit is a C program of one line, started the same way.
Result<std::vector<Figure>> measure_start_up() {
    const auto program = own_program();
    if (!program) return fail(program.error());
    const auto workspace = ScratchFolder::make();
    if (!workspace) return fail(workspace.error());
    const auto limit = measure_start({"/bin/echo", "plumb"});
    if (!limit) return fail(limit.error());
    std::vector<Figure> figures;
    for (const std::string word : {"--version", "config"}) {
        std::vector<std::string> words{*program, word};
        if (word == "config") words.insert(words.end(), {"--workspace", workspace->path().string()});
        const auto ours = measure_start(words);
        if (!ours) return fail(ours.error());
        Figure figure;
        figure.name = word == "config" ? "start_up_config" : "start_up_version";
        figure.ours = ours->first_byte_ms;
        figure.limit = limit->first_byte_ms;
        figure.limit_name = "/bin/echo";
        figure.unit = "ms";
        figure.target = kTargetMs;
        figure.better = Better::less;
        figure.note = fmt::format(
            "median of {} starts on the wall; {:.1f} ms of processor time each, from start to end", kRuns,
            ours->computing_ms);
        figures.push_back(std::move(figure));
    }
    return figures;
}

}  // namespace plumb::app::bench
