#include <fmt/format.h>

#include <ostream>

#include "app/commands.hpp"
#include "app/report_sections.hpp"

namespace plumb::app {
namespace {

constexpr double kSelectionShare = 0.6;  // of the history, where nobody says what to trade from

/// What was chosen, and on which data.
struct Chosen {
    store::Benchmarks benchmarks;
    std::optional<BenchmarkSearch> search;
    Timestamp trade_from;
};

Status check_strategy(const Settings& settings) {
    const std::string name =
        settings.arguments().empty() ? settings.text("strategy") : settings.arguments().front();
    if (name != "pairs") {
        return fail(Errc::unsupported, "backtest " + name + ": this version has the native strategy pairs");
    }
    if (settings.money("margin") != Decimal{1}) {
        return fail(Errc::unsupported,
                    "--margin: the pairs strategy trades unleveraged in this version; --pair-gross and "
                    "--gross-exposure-max size it");
    }
    if (settings.has("param")) {
        return fail(Errc::unsupported,
                    "--param: the pairs strategy takes its parameters as flags: --entry-zscore, "
                    "--exit-zscore, --stop-zscore, --lookback-bars");
    }
    return {};
}

/// Bars as stored for files; the demo market's minutes would make a search of ninety days a long one.
Duration bar_length(const Settings& settings) {
    if (settings.has("granularity")) return settings.granularity("granularity");
    return settings.text("data-source") == "demo" ? Duration{std::chrono::hours{1}} : Duration{};
}

/// The workspace's benchmarks where they are of this source and older than the trading; else a search on what
/// is before.
Result<Chosen> choose_pairs(const Settings& settings, HistorySource& source) {
    auto latest = store::load_benchmarks(store::latest_benchmarks(settings.workspace()));
    if (!latest && latest.error().code() != Errc::not_found) return fail(latest.error());
    if (latest && latest->selection && latest->selection->data_end &&
        latest->selection->data_source == settings.text("data-source")) {
        const Timestamp from = settings.has("from") ? settings.date("from") : *latest->selection->data_end;
        return Chosen{std::move(*latest), {}, from};
    }
    HistoryWindow window{.length = bar_length(settings), .back = {}, .from = {}, .to = {}};
    if (settings.has("to")) window.to = settings.date("to");
    Timestamp split;
    if (settings.has("from")) {
        split = settings.date("from");
    } else {
        const auto found = split_time(settings, source, window, kSelectionShare);
        if (!found) return fail(found.error());
        split = *found;
    }
    window.to = split;
    auto search = search_benchmarks(settings, source, window);
    if (!search) return fail(search.error());
    store::Benchmarks benchmarks = search->benchmarks;
    return Chosen{std::move(benchmarks), std::move(*search), split};
}

void print_choice(const Chosen& chosen, std::ostream& out) {
    if (!chosen.search) {
        out << fmt::format("{} pairs of the workspace's benchmarks\n", chosen.benchmarks.groups.size());
        return;
    }
    const selection::FamilyReport& family = chosen.search->findings.family;
    out << fmt::format(
        "Pairs chosen on {} to {}: {} tested, {} below p {:g} (chance alone up to {:.1f}), {} survive\n",
        to_date(chosen.search->panel.times.front()), to_date(chosen.search->panel.times.back()), family.pairs,
        family.below_threshold, chosen.search->options.p_threshold, family.expected_by_chance,
        chosen.search->findings.survivors().size());
}

report::ReportData report_of(const Settings& settings, const Chosen& chosen, const PaperRun& run) {
    report::ReportData data;
    data.title = "Backtest: pairs";
    data.subtitle = fmt::format("{}, {} to {} UTC", settings.text("data-source"),
                                to_text(run.outcome.summary.first), to_text(run.outcome.summary.last));
    report::Section traded{.title = "Trading",
                           .prose = {"On data that the pairs were not chosen on, with costs."},
                           .facts = {},
                           .search = {},
                           .session = report_session(run.collector, run.metrics)};
    data.sections.push_back(std::move(traded));
    if (chosen.search) {
        data.sections.push_back({"Where the pairs come from", {}, {}, report_search(*chosen.search), {}});
    }
    return data;
}

}  // namespace

/// `plumb backtest`: the pairs strategy over history, no record kept. Pairs are chosen on data before the
/// trading: the workspace's benchmarks, or a search on what is before --from (without it on the first 60 %).
Result<ExitStatus> run_backtest(const Settings& settings, const Streams& streams) {
    if (const Status fits = check_strategy(settings); !fits) return fail(fits.error());
    std::ostream& people = settings.flag("json") ? streams.err : streams.out;
    const auto source = open_history(settings, &streams);
    if (!source) return fail(source.error());
    const auto chosen = choose_pairs(settings, **source);
    if (!chosen) return fail(chosen.error());
    print_choice(*chosen, people);
    if (chosen->benchmarks.groups.empty()) {
        people << "No pair survives: nothing is traded\n";
        return ExitStatus::answer_is_no;
    }
    auto plan = plan_trading(settings, **source, chosen->benchmarks, {}, true);
    if (!plan) return fail(plan.error());
    for (const std::string& note : plan->notes) people << "note: " << note << '\n';
    const auto run = run_on_paper(settings, streams, *plan, Money{settings.money("cash")});
    if (!run) return fail(run.error());
    people << fmt::format("Traded {} to {} UTC, bars of {}\n", to_text(run->outcome.summary.first),
                          to_text(run->outcome.summary.last), granularity_name(plan->bar_length))
           << metrics_text(run->metrics);
    if (settings.has("report")) {
        const std::filesystem::path path = settings.path("report");
        if (const Status written = write_report(path, report_of(settings, *chosen, *run)); !written)
            return fail(written.error());
        people << "wrote " << path.string() << '\n';
    }
    if (settings.flag("json")) streams.out << metrics_json(run->metrics) << '\n';
    return ExitStatus::done;
}

}  // namespace plumb::app
