#include "app/report_sections.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "io/file.hpp"
#include "report/render_html.hpp"

namespace plumb::app {
namespace {

using report::Fact;
using selection::Findings;
using selection::PairReport;
using selection::Panel;

constexpr std::size_t kOthersShown = 12;

std::string pair_name(const Panel& panel, const PairReport& pair) {
    return panel.names[pair.x] + "-" + panel.names[pair.y];
}

report::FindingRow finding_row(const Panel& panel, const PairReport& pair) {
    report::FindingRow row;
    row.pair = pair_name(panel, pair);
    row.hedge_ratio = pair.tested->hedge_ratio;
    row.p = pair.p_pair.value_or(pair.tested->p_value);
    row.q = pair.q;
    if (pair.spread) {
        row.half_life = pair.spread->half_life;
        row.gain = pair.spread->gain_over_cost;
    }
    if (pair.holdout) row.holdout_p = pair.holdout->adf_p;
    row.survives = !pair.refused;
    row.verdict = pair.refused ? pair.refused->sentence() : "survives every question";
    return row;
}

report::PValueMatrix matrix_of(const BenchmarkSearch& search) {
    const Panel& panel = search.panel;
    const std::size_t n = panel.series_count();
    report::PValueMatrix matrix;
    matrix.names = panel.names;
    matrix.threshold = search.options.p_threshold;
    matrix.p.assign(n * n, std::numeric_limits<double>::quiet_NaN());
    for (const PairReport& pair : search.findings.pairs) {
        if (!pair.q) continue;  // a leg was refused: the test says nothing
        if (pair.tested) matrix.p[pair.y * n + pair.x] = pair.tested->p_value;
        if (pair.reversed) matrix.p[pair.x * n + pair.y] = pair.reversed->p_value;
        if (!pair.refused) matrix.survivors.emplace_back(pair.y, pair.x);
    }
    return matrix;
}

/// "-$1,234.50"
std::string money(double value) {
    std::string text = fmt::format("{:.2f}", std::abs(value));
    for (std::size_t at = text.size() - 3; 3 < at;) text.insert(at -= 3, 1, ',');
    return (value < 0 ? "-$" : "$") + text;
}

std::string or_dash(const std::optional<double>& value, const char* form) {
    return value ? fmt::format(fmt::runtime(form), *value) : "–";
}

Fact::Tone tone_of(double value) {
    if (value == 0) return Fact::Tone::plain;
    return value < 0 ? Fact::Tone::bad : Fact::Tone::good;
}

}  // namespace

report::Search report_search(const BenchmarkSearch& search) {
    const Findings& findings = search.findings;
    report::Search out;
    out.facts = {{"Instruments", std::to_string(search.panel.series_count())},
                 {"Bars fitted / held back",
                  fmt::format("{} / {}", findings.fitting.count(), findings.held_back.count())},
                 {"Pairs tested", std::to_string(findings.family.pairs)},
                 {fmt::format("Below p {:g}", search.options.p_threshold),
                  std::to_string(findings.family.below_threshold)},
                 {"Chance alone, up to", fmt::format("{:.1f}", findings.family.expected_by_chance)},
                 {fmt::format("Below q {:g}", search.options.fdr_level),
                  std::to_string(findings.family.below_fdr_level)},
                 {"Survive every question", std::to_string(findings.survivors().size())},
                 {"Search took", fmt::format("{:.0f} ms", 1000 * search.seconds)}};
    std::size_t left = findings.pairs.size();
    for (const selection::Refusal kind : selection::kRefusals) {
        const std::size_t fell = findings.refused_by(kind);
        if (fell == 0) continue;
        left -= fell;
        out.funnel.push_back({std::string{question(kind)}, fell, left});
    }
    std::size_t others = 0;
    for (const std::size_t index : findings.survivors())
        out.rows.push_back(finding_row(search.panel, findings.pairs[index]));
    for (const PairReport& pair : findings.pairs) {
        if (!pair.refused || !pair.tested || !pair.q) continue;
        if (others++ == kOthersShown) break;
        out.rows.push_back(finding_row(search.panel, pair));
    }
    out.matrix = matrix_of(search);
    return out;
}

report::Session report_session(const ReportCollector& collector, const SessionMetrics& metrics) {
    report::Session out;
    out.facts = {
        {"Net profit", money(metrics.profit()), tone_of(metrics.profit())},
        {"Return", fmt::format("{:+.2f} %", 100 * metrics.total_return), tone_of(metrics.total_return)},
        {"Max drawdown", fmt::format("{:.2f} %", 100 * metrics.drawdown_max)},
        {"Sharpe, annual", or_dash(metrics.sharpe, "{:.2f}")},
        {"Sortino, annual", or_dash(metrics.sortino, "{:.2f}")},
        {"Round trips", std::to_string(metrics.round_trips)},
        {"Win rate", metrics.win_rate() ? fmt::format("{:.0f} %", 100 * *metrics.win_rate()) : "–"},
        {"Profit factor", or_dash(metrics.profit_factor, "{:.2f}")},
        {"Fees", money(metrics.fees)},
        {"Exposure", fmt::format("{:.0f} %", 100 * metrics.exposure)},
        {"Capital", money(metrics.capital)},
        {"Open at the end", metrics.open_pairs == 0
                                ? "none"
                                : fmt::format("{}, {}", metrics.open_pairs, money(metrics.unrealized))}};
    out.equity = collector.equity();
    out.pairs = collector.pairs();
    std::erase_if(out.pairs, [](const report::PairPicture& pair) { return pair.points.empty(); });
    out.round_trips = collector.round_trips();
    return out;
}

Status write_report(const std::filesystem::path& path, const report::ReportData& data) {
    return io::replace_file(path, report::render_html(data));
}

}  // namespace plumb::app
