#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/commands.hpp"
#include "app/commands/stopwatch.hpp"
#include "app/history.hpp"
#include "bars/panel.hpp"
#include "codec/json.hpp"
#include "selection/spread_report.hpp"
#include "stats/false_discovery.hpp"
#include "stats/half_life.hpp"
#include "stats/panel_scan.hpp"

namespace plumb::app {
namespace {

struct RankedTest {
    stats::PairTest test;
    double q = 1;
};

Result<std::vector<RankedTest>> rank(const stats::ScanReport& scan) {
    std::vector<RankedTest> ranked;
    std::vector<double> p;
    for (const stats::PairTest& test : scan.pairs) {
        if (test.outcome != stats::PairOutcome::tested) continue;
        ranked.push_back({test, 1});
        p.push_back(test.p_value);
    }
    if (ranked.empty()) return ranked;
    const auto q = stats::adjust_p_values(p, stats::DiscoveryRule::benjamini_hochberg);
    if (!q) return fail(q.error());
    for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i].q = (*q)[i];
    std::ranges::stable_sort(ranked, {}, [](const RankedTest& one) { return one.test.statistic; });
    return ranked;
}

codec::Json test_json(const RankedTest& ranked, const bars::Panel& panel) {
    const stats::PairTest& test = ranked.test;
    const std::vector<double> spread =
        selection::spread_of(panel.series(test.y), panel.series(test.x), test.hedge_ratio);
    const auto half_life = stats::half_life(spread);
    return {{"y", panel.names[test.y]},
            {"x", panel.names[test.x]},
            {"hedge_ratio", test.hedge_ratio},
            {"intercept", test.intercept},
            {"t", test.statistic},
            {"p", test.p_value},
            {"q", ranked.q},
            {"lags", test.used_lag},
            {"half_life", half_life ? codec::Json(*half_life) : codec::Json(nullptr)}};
}

void print_text(const std::vector<codec::Json>& lines, std::ostream& out) {
    out << fmt::format("{:<14} {:<14} {:>13} {:>9} {:>10} {:>8} {:>5} {:>9}\n", "y", "x", "hedge ratio", "t",
                       "p", "q", "lags", "half-life");
    for (const codec::Json& line : lines) {
        const codec::Json& half_life = line["half_life"];
        out << fmt::format("{:<14} {:<14} {:>13.6g} {:>9.4f} {:>10.3g} {:>8.4f} {:>5} {:>9}\n",
                           line["y"].get<std::string>(), line["x"].get<std::string>(),
                           line["hedge_ratio"].get<double>(), line["t"].get<double>(),
                           line["p"].get<double>(), line["q"].get<double>(), line["lags"].get<int>(),
                           half_life.is_null() ? "-" : fmt::format("{:.1f}", half_life.get<double>()));
    }
}

}  // namespace

/// `plumb scan`: Engle-Granger of every ordered pair on the bars that all instruments have, ranked by
/// statistic, q over all tests. Prints the tests with q up to --fdr (--all: every one). A description of one
/// window: what to trade is compute-benchmarks' word.
Result<ExitStatus> run_scan(const Settings& settings, const Streams& streams) {
    if (settings.has("window") || settings.has("step") || settings.has("out")) {
        return fail(Errc::unsupported, "--window, --step and --out are not in this version of scan");
    }
    const auto source = open_history(settings, &streams);
    if (!source) return fail(source.error());
    HistoryWindow window;  // bars as they are stored, unless somebody says otherwise or nothing is stored
    if (settings.chosen("time-scale") || settings.text("data-source") == "demo") {
        window.length = settings.granularity("time-scale");
    }
    if (settings.has("from")) window.from = settings.date("from");
    if (settings.has("to")) window.to = settings.date("to");
    const auto histories = load_histories(**source, settings, window);
    if (!histories) return fail(histories.error());
    const auto panel = bars::align_common(*histories);
    if (!panel) return fail(panel.error());
    std::vector<std::span<const double>> series;
    for (std::size_t row = 0; row < panel->rows(); ++row) series.push_back(panel->series(row));

    const Stopwatch stopwatch;
    const auto scan = stats::scan_panel({series});
    if (!scan) return fail(scan.error());
    const double seconds = stopwatch.seconds();
    const auto ranked = rank(*scan);
    if (!ranked) return fail(ranked.error());
    std::vector<codec::Json> lines;
    std::size_t below = 0;
    for (const RankedTest& one : *ranked) {
        const bool passes =
            one.q <= settings.number("fdr") && one.test.p_value < settings.number("p-threshold");
        below += passes;
        if (settings.flag("all") || passes) lines.push_back(test_json(one, *panel));
    }
    const codec::Json summary{{"symbols", panel->rows()},
                              {"pairs_tested", scan->tested},
                              {"observations", scan->observations},
                              {"seconds", seconds},
                              {"pairs_per_second", static_cast<double>(scan->tested) / seconds}};
    if (settings.flag("json")) {
        for (const codec::Json& line : lines) streams.out << codec::write_json(line, -1) << '\n';
        streams.out << codec::write_json(codec::Json{{"summary", summary}}, -1) << '\n';
    } else {
        print_text(lines, streams.out);
        streams.out << fmt::format(
            "{} instruments, {} bars: {} ordered pairs tested in {:.4f} s ({:.0f} a second); {} with q up to "
            "{:g}, {} with p below 0.05 where chance alone gives {:.0f}\n",
            panel->rows(), scan->observations, scan->tested, seconds,
            static_cast<double>(scan->tested) / seconds, below, settings.number("fdr"),
            std::ranges::count_if(*ranked, [](const RankedTest& one) { return one.test.p_value < 0.05; }),
            0.05 * static_cast<double>(scan->tested));
    }
    return below > 0 ? ExitStatus::done : ExitStatus::answer_is_no;
}

}  // namespace plumb::app
