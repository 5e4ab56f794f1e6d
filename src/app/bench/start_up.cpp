#include "app/bench/child.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/stopwatches.hpp"

namespace plumb::app::bench {
namespace {

constexpr int kRuns = 21;
constexpr double kTargetMs = 50;

Result<double> first_byte_ms(const std::vector<std::string>& words) {
    std::vector<double> ms;
    for (int run = 0; run < kRuns; ++run) {
        const auto child = run_child(words);
        if (!child) return fail(child.error());
        if (child->status != 0 || child->output.empty()) {
            return fail(Errc::io, words.front() + ": expected output and status 0, found status " +
                                      std::to_string(child->status));
        }
        ms.push_back(1000 * child->first_byte_seconds);
    }
    return median(std::move(ms));
}

}  // namespace

/// From before the process is made to its first byte in a pipe, on the wall. `config` also reads every source of
/// settings. The limit is a C program of one line, started the same way.
Result<std::vector<Figure>> measure_start_up() {
    const auto program = own_program();
    if (!program) return fail(program.error());
    const auto workspace = ScratchFolder::make();
    if (!workspace) return fail(workspace.error());
    const auto limit = first_byte_ms({"/bin/echo", "plumb"});
    if (!limit) return fail(limit.error());
    std::vector<Figure> figures;
    for (const std::string word : {"--version", "config"}) {
        std::vector<std::string> words{*program, word};
        if (word == "config") words.insert(words.end(), {"--workspace", workspace->path().string()});
        const auto ours = first_byte_ms(words);
        if (!ours) return fail(ours.error());
        Figure figure;
        figure.name = word == "config" ? "start_up_config" : "start_up_version";
        figure.ours = *ours;
        figure.limit = *limit;
        figure.limit_name = "/bin/echo";
        figure.unit = "ms";
        figure.target = kTargetMs;
        figure.better = Better::less;
        figure.note = "median of " + std::to_string(kRuns) + " starts";
        figures.push_back(std::move(figure));
    }
    return figures;
}

}  // namespace plumb::app::bench
