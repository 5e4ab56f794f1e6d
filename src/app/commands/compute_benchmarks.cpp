#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "app/commands.hpp"
#include "app/commands/find_settings.hpp"
#include "app/commands/findings_text.hpp"
#include "app/commands/history_window.hpp"
#include "app/commands/price_panel.hpp"
#include "app/commands/stopwatch.hpp"
#include "selection/pair_finder.hpp"
#include "store/benchmarks_file.hpp"

namespace plumb::app {
namespace {

using selection::Findings;
using selection::FindOptions;
using selection::PairReport;
using selection::Panel;

store::GroupEvidence evidence_of(const PairReport& pair, const Panel& panel) {
    store::GroupEvidence evidence;
    evidence.q_value = pair.q;
    if (pair.reversed) evidence.p_value_reverse = pair.reversed->p_value;
    evidence.dependent = panel.names[pair.y];
    evidence.hedge_ratio = pair.tested->hedge_ratio;
    evidence.intercept = pair.tested->intercept;
    if (pair.holdout) {
        evidence.holdout = store::HoldoutCheck{pair.holdout->adf_p, pair.holdout->half_life,
                                               pair.holdout->mean_shift, pair.holdout->deviation_ratio};
    }
    return evidence;
}

store::BenchmarkGroup group_of(const PairReport& pair, const Panel& panel, selection::Method method) {
    store::BenchmarkGroup group =
        store::benchmark_group(panel.names[pair.x], panel.names[pair.y], pair.tested->hedge_ratio);
    group.method = method == selection::Method::johansen ? "Johansen" : "EngleGranger";
    group.spread_mean = pair.spread->mean;
    group.spread_std = pair.spread->deviation;
    group.half_life = pair.spread->half_life;
    group.t_stat = pair.tested->statistic;
    group.p_value = pair.tested->p_value;
    group.selection_score = pair.spread->selection_score;
    group.evidence = evidence_of(pair, panel);
    return group;
}

store::SelectionRecord selection_record(const Findings& findings, const Panel& panel,
                                        const FindOptions& options, const Settings& settings) {
    store::SelectionRecord record;
    record.data_source = settings.text("data-source");
    record.granularity = granularity_name(from_seconds(panel.bar_seconds));
    record.data_start = panel.times.front();
    record.data_end = panel.times.back() + from_seconds(panel.bar_seconds);
    if (findings.held_back.count() > 0) record.holdout_start = panel.times[findings.held_back.begin];
    record.pairs_tested = static_cast<std::int64_t>(findings.family.pairs);
    record.expected_by_chance = findings.family.expected_by_chance;
    record.passed = static_cast<std::int64_t>(findings.survivors().size());
    if (options.fdr_required) record.fdr = options.fdr_level;
    for (const selection::Refusal kind : selection::kRefusals) {
        const std::size_t pairs = findings.refused_by(kind);
        if (pairs > 0)
            record.refused.push_back({std::string{to_string(kind)}, static_cast<std::int64_t>(pairs)});
    }
    return record;
}

store::Benchmarks benchmarks_of(const Findings& findings, const Panel& panel, const FindOptions& options,
                                const Settings& settings, Timestamp now) {
    store::Benchmarks benchmarks;
    benchmarks.computed_at = now;
    benchmarks.computed_on_exchange = settings.text("data-source");
    benchmarks.universe = panel.names;
    benchmarks.lookback_days = static_cast<std::int64_t>(settings.number("days"));
    benchmarks.p_threshold = options.p_threshold;
    const auto groups_max = static_cast<std::size_t>(settings.integer("max-groups"));
    for (const std::size_t index : findings.survivors()) {
        if (benchmarks.groups.size() == groups_max) break;
        benchmarks.groups.push_back(group_of(findings.pairs[index], panel, options.method));
    }
    benchmarks.selection = selection_record(findings, panel, options, settings);
    return benchmarks;
}

}  // namespace

/// `plumb compute-benchmarks`: history in, the pairs that survive every question into data/benchmarks/. Where
/// none does, the file is written all the same, with no groups: last week's pairs must not be traded on
/// because this week has none.
Result<ExitStatus> run_compute_benchmarks(const Settings& settings, const Streams& streams) {
    const FindOptions options = find_settings(settings);
    const auto source = open_data_source(settings);
    if (!source) return fail(source.error());
    const HistoryWindow window = history_window(settings, settings.granularity("time-scale"));
    const auto histories = load_window(settings, *source->history, window);
    if (!histories) return fail(histories.error());
    const Result<Panel> panel = price_panel(*histories);
    if (!panel) return fail(panel.error());

    const Stopwatch stopwatch;
    const Result<Findings> findings = find_pairs(*panel, options);
    if (!findings) return fail(findings.error());
    const FindingsContext context{*panel, options, settings.text("data-source"),
                                  static_cast<std::size_t>(settings.integer("max-groups")),
                                  stopwatch.seconds()};
    const bool json = settings.flag("json");
    if (json)
        print_findings_json(*findings, context, streams.out);
    else
        print_findings(*findings, context, streams.out);

    const Timestamp now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    const auto files = store::save_benchmarks(settings.workspace(),
                                              benchmarks_of(*findings, *panel, options, settings, now));
    if (!files) return fail(files.error());
    for (const std::filesystem::path& file : *files)
        (json ? streams.err : streams.out) << "wrote " << file.string() << '\n';
    return findings->survivors().empty() ? ExitStatus::answer_is_no : ExitStatus::done;
}

}  // namespace plumb::app
