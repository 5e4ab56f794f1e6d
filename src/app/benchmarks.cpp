#include "app/benchmarks.hpp"

#include <fmt/format.h>

#include <ostream>

#include "app/commands/find_settings.hpp"
#include "app/commands/price_panel.hpp"
#include "app/commands/stopwatch.hpp"
#include "app/history.hpp"
#include "app/venue_session.hpp"
#include "app/wall_pacer.hpp"

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

Result<BenchmarkSearch> search_benchmarks(const Settings& settings, HistorySource& source) {
    return search_benchmarks(settings, source, history_window(settings, settings.granularity("time-scale")));
}

Result<BenchmarkSearch> search_benchmarks(const Settings& settings, HistorySource& source,
                                          const HistoryWindow& window) {
    const auto histories = load_histories(source, settings, window);
    if (!histories) return fail(histories.error());
    Result<Panel> panel = price_panel(*histories);
    if (!panel) return fail(panel.error());
    if (panel->series_count() == 2 && selection::common_rows(*panel, 0, 1, {0, panel->rows()}).count() == 0) {
        return fail(Errc::empty,
                    panel->names[0] + " and " + panel->names[1] +
                        " have no time in common: expected bars of the same hours in both files");
    }
    BenchmarkSearch search{*std::move(panel), find_settings(settings), {}, {}, 0};
    const Stopwatch stopwatch;
    Result<Findings> findings = find_pairs(search.panel, search.options);
    if (!findings) return fail(findings.error());
    search.seconds = stopwatch.seconds();
    search.findings = *std::move(findings);
    search.benchmarks =
        benchmarks_of(search.findings, search.panel, search.options, settings, wall_clock_now());
    return search;
}

Result<store::Benchmarks> benchmarks_to_trade(const Settings& settings, HistorySource& source,
                                              const Streams& streams) {
    std::ostream& diary = settings.flag("json") ? streams.err : streams.out;
    auto latest = store::load_benchmarks(store::latest_benchmarks(settings.workspace()));
    if (!latest && latest.error().code() != Errc::not_found) return fail(latest.error());
    if (latest) {
        // The present of files and of the demo market does not move with the calendar, so the week's age of
        // the file says nothing about its fit; the data it was chosen on does, and trading starts after.
        const auto& selection = latest->selection;
        const bool same = selection && selection->data_source == settings.text("data-source");
        if (same && !is_venue(settings.text("data-source"))) return latest;
        if (!store::older_than(*latest, wall_clock_now(),
                               static_cast<int>(settings.number("benchmark-refresh-days")))) {
            diary << "✅ Benchmarks are fresh (< 7 days old)\n";
            return latest;
        }
        diary << "Benchmarks are stale (older than 7 days): computing them anew\n";
    } else {
        diary << "No benchmarks in this workspace: computing them\n";
    }
    auto search = search_benchmarks(settings, source);
    if (!search) return fail(search.error());
    const auto saved = store::save_benchmarks(settings.workspace(), search->benchmarks);
    if (!saved) return fail(saved.error());
    return std::move(search->benchmarks);
}

}  // namespace plumb::app
