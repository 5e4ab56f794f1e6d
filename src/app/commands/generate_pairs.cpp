#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <set>

#include "app/commands.hpp"
#include "app/commands/find_settings.hpp"
#include "app/commands/price_panel.hpp"
#include "app/commands/stopwatch.hpp"
#include "app/history.hpp"
#include "codec/json.hpp"
#include "io/file.hpp"
#include "selection/monthly_scan.hpp"
#include "selection/pair_finder.hpp"
#include "store/pairs_file.hpp"

namespace plumb::app {
namespace {

using selection::Findings;
using selection::MonthlyPair;
using selection::MonthlyScan;
using selection::PairReport;
using selection::Panel;

// "BTCUSDT": the earlier program's spelling of "BTC/USDT".
std::string joined(std::string name) {
    std::erase(name, '/');
    return name;
}

// "2024-03-18T12:00:00": naive, in UTC, as the earlier program wrote it.
std::string naive_iso(Timestamp time) { return to_iso(time).substr(0, 19); }

// What the honest search says of the same two series; the earlier program skips keys it does not know.
std::string verdict_json(const PairReport& report) {
    codec::Json verdict{{"survives", !report.refused.has_value()}};
    verdict["refused"] = report.refused ? codec::Json(to_string(report.refused->kind)) : codec::Json(nullptr);
    verdict["why"] = report.refused ? codec::Json(report.refused->sentence()) : codec::Json(nullptr);
    verdict["q_value"] = report.q ? codec::Json(*report.q) : codec::Json(nullptr);
    return codec::write_json(codec::Json{{"plumbline", verdict}}, -1);
}

const PairReport* report_of(const Findings& findings, const MonthlyPair& pair) {
    const auto same = [&](const PairReport& one) {
        return std::minmax(one.y, one.x) == std::minmax(pair.first, pair.second);
    };
    const auto found = std::ranges::find_if(findings.pairs, same);
    return found == findings.pairs.end() ? nullptr : &*found;
}

store::TestedPair tested_pair(const MonthlyPair& pair, const Panel& panel) {
    store::TestedPair out;
    out.is_cointegrated = pair.is_cointegrated;
    out.p_value = pair.p_value;
    out.critical_values.assign(pair.critical.begin(), pair.critical.end());
    out.test_statistic = pair.statistic;
    out.hedge_ratio = pair.hedge_ratio;
    out.symbol1 = joined(panel.names[pair.first]);
    out.symbol2 = joined(panel.names[pair.second]);
    out.data_points = static_cast<std::int64_t>(pair.rows);
    out.start_date = naive_iso(pair.start);
    out.end_date = naive_iso(pair.end);
    out.correlation = pair.correlation;
    const selection::MonthlySpread& spread = pair.spread;
    out.spread = store::SpreadProperties{spread.mean,     spread.deviation, spread.min,       spread.max,
                                         spread.skewness, spread.kurtosis,  spread.half_life, {}};
    return out;
}

store::PairsMetadata metadata_of(const MonthlyScan& scan, const Panel& panel,
                                 const selection::MonthlyScanOptions& options) {
    store::PairsMetadata metadata;
    metadata.analysis_date =
        naive_iso(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    std::set<std::pair<int, unsigned>> months;
    for (const Timestamp time : panel.times) {
        const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
        months.emplace(static_cast<int>(day.year()), static_cast<unsigned>(day.month()));
    }
    for (const auto& [year, month] : months) {
        if (metadata.data_years.empty() || metadata.data_years.back() != year) {
            metadata.data_years.push_back(year);
            metadata.data_months.emplace_back();
        }
        metadata.data_months.back().push_back(month);
    }
    metadata.resample_interval = granularity_name(from_seconds(panel.bar_seconds));
    std::ranges::transform(metadata.resample_interval, metadata.resample_interval.begin(), [](char c) {
        return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    metadata.significance_level = options.significance;
    metadata.min_data_points = static_cast<std::int64_t>(options.rows_min);
    metadata.total_symbols = static_cast<std::int64_t>(panel.series_count());
    std::set<std::size_t> with_data;
    for (const MonthlyPair& pair : scan.pairs) with_data.insert({pair.first, pair.second});
    metadata.symbols_with_data = static_cast<std::int64_t>(with_data.size());
    metadata.total_pairs_tested = static_cast<std::int64_t>(scan.pairs.size());
    metadata.cointegrated_pairs_found = static_cast<std::int64_t>(scan.cointegrated_count());
    return metadata;
}

store::PairsFile pairs_file(const MonthlyScan& scan, const Findings& findings, const Panel& panel,
                            const selection::MonthlyScanOptions& options, std::size_t keep) {
    store::PairsFile file;
    file.metadata = metadata_of(scan, panel, options);
    file.all_results.emplace();
    for (const MonthlyPair& pair : scan.pairs) {
        store::TestedPair tested = tested_pair(pair, panel);
        if (const PairReport* report = report_of(findings, pair)) tested.extra = verdict_json(*report);
        if (pair.is_cointegrated && file.pairs.size() < keep) file.pairs.push_back(tested);
        file.all_results->push_back(std::move(tested));
    }
    return file;
}

void print_scan(const MonthlyScan& scan, const Findings& findings, const Panel& panel, std::size_t keep,
                std::ostream& out) {
    out << fmt::format("{:<11} {:<11} {:>9} {:>10} {:>12} {:>6} {:>7} {:>6}   {}\n", "symbol1", "symbol2",
                       "t", "p", "hedge ratio", "corr", "h-life", "rows", "honest search");
    std::size_t shown = 0;
    for (const MonthlyPair& pair : scan.pairs) {
        if (!pair.is_cointegrated || shown++ == keep) break;
        const PairReport* report = report_of(findings, pair);
        const std::string verdict = report == nullptr ? "not judged"
                                    : report->refused ? std::string{question(report->refused->kind)}
                                                      : "survives";
        out << fmt::format("{:<11} {:<11} {:>9.4f} {:>10.3g} {:>12.6g} {:>6.3f} {:>7} {:>6}   {}\n",
                           joined(panel.names[pair.first]), joined(panel.names[pair.second]), pair.statistic,
                           pair.p_value, pair.hedge_ratio, pair.correlation,
                           pair.spread.half_life ? fmt::format("{:.1f}", *pair.spread.half_life) : "-",
                           pair.rows, verdict);
    }
    for (const std::string& error : scan.errors) out << "not tested: " << error << '\n';
}

void print_scan_json(const store::PairsFile& file, std::ostream& out) {
    const auto whole = codec::parse_json(store::write_pairs(file));
    if (!whole) return;
    for (const codec::Json& pair : (*whole)["all_results"]) out << codec::write_json(pair, -1) << '\n';
    out << codec::write_json(codec::Json{{"summary", (*whole)["metadata"]}}, -1) << '\n';
}

}  // namespace

/// `plumb generate-pairs`: the earlier 4-hour program's scan on our statistics, into
/// state/cointegrated_pairs.json, with what the honest search says of each pair beside it.
Result<ExitStatus> run_generate_pairs(const Settings& settings, const Streams& streams) {
    const auto source = open_history(settings, &streams);
    if (!source) return fail(source.error());
    const HistoryWindow window = history_window(settings, settings.granularity("granularity"));
    auto histories = load_histories(**source, settings, window);
    if (!histories) return fail(histories.error());
    // The first of a pair is the dependent series, so the order decides what is tested: that of their
    // spelling, in which ETHFIUSDT stands before ETHUSDT.
    std::ranges::sort(*histories, {}, [](const BarHistory& history) { return joined(history.name()); });
    Result<Panel> panel = price_panel(*histories);
    if (!panel) return fail(panel.error());
    // The file speaks of symbols with their quote.
    for (std::size_t i = 0; i < histories->size(); ++i) panel->names[i] = (*histories)[i].name();

    const Stopwatch stopwatch;
    selection::MonthlyScanOptions options;
    options.significance = settings.number("p-threshold");
    const Result<MonthlyScan> scan = selection::scan_monthly(*panel, options);
    if (!scan) return fail(scan.error());
    const double seconds = stopwatch.seconds();
    const Result<Findings> findings = find_pairs(*panel, find_settings(settings));
    if (!findings) return fail(findings.error());

    const auto keep = static_cast<std::size_t>(settings.integer("max-pairs"));
    const store::PairsFile file = pairs_file(*scan, *findings, *panel, options, keep);
    const std::filesystem::path path = settings.path("pairs-file");
    if (const Status written = io::replace_file(path, store::write_pairs(file)); !written)
        return fail(written.error());
    const bool json = settings.flag("json");
    if (json)
        print_scan_json(file, streams.out);
    else
        print_scan(*scan, *findings, *panel, keep, streams.out);
    (json ? streams.err : streams.out) << fmt::format(
        "{} pairs tested in {:.2f} s, {} too short: {} cointegrated at {:g} where chance alone gives {:.0f}; "
        "the honest "
        "search lets {} of {} through\nwrote {}\n",
        scan->pairs.size(), seconds, scan->too_short, scan->cointegrated_count(), options.significance,
        options.significance * static_cast<double>(scan->pairs.size()), findings->survivors().size(),
        findings->family.pairs, path.string());
    return scan->cointegrated_count() == 0 ? ExitStatus::answer_is_no : ExitStatus::done;
}

}  // namespace plumb::app
