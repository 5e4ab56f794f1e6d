#include "app/commands/findings_text.hpp"

#include <fmt/format.h>

#include <ostream>

namespace plumb::app {
namespace {

using namespace selection;

std::string_view method_name(Method method) {
    return method == Method::johansen ? "johansen" : "engle-granger";
}

std::string pair_name(const Panel& panel, const PairReport& pair) {
    return panel.names[pair.x] + "-" + panel.names[pair.y];
}

std::string number_or_dash(const std::optional<double>& value, const char* form) {
    return value ? fmt::format(fmt::runtime(form), *value) : "-";
}

void print_head(const Findings& findings, const FindingsContext& context, std::ostream& out) {
    const Panel& panel = context.panel;
    const auto length = from_seconds(panel.bar_seconds);
    out << fmt::format("{} instruments from {}, bars of {}, {} to {} UTC\n", panel.series_count(),
                       context.source, granularity_name(length), to_text(panel.times.front()),
                       to_text(panel.times.back()));
    out << fmt::format("fitted on {} bars until {}; {} bars held back", findings.fitting.count(),
                       to_text(panel.times[findings.fitting.end - 1]), findings.held_back.count());
    out << fmt::format("; {}, p below {:g}\n\n", method_name(context.options.method),
                       context.options.p_threshold);
}

// The totals that users of the earlier program look for, and what chance alone would have given.
void print_totals(const Findings& findings, const FindingsContext& context, std::ostream& out) {
    const FamilyReport& family = findings.family;
    const std::size_t short_pairs = findings.refused_by(Refusal::too_few_rows);
    const std::size_t errors = findings.refused_by(Refusal::degenerate);
    const std::size_t legs =
        findings.refused_by(Refusal::pegged) + findings.refused_by(Refusal::leg_stationary);
    const std::size_t apart = findings.refused_by(Refusal::collinear);
    out << fmt::format(
        "Pairs {} in {:.3f} s: tested {}, skipped {} (data) {} (errors) {} (legs) {} (collinear)\n",
        findings.pairs.size(), context.seconds, family.pairs, short_pairs, errors, legs, apart);
    out << fmt::format("Below p {:g}: {}; chance alone would pass up to {:.1f}\n",
                       context.options.p_threshold, family.below_threshold, family.expected_by_chance);
    out << fmt::format("Below false-discovery rate {:g}: {}{}\n", context.options.fdr_level,
                       family.below_fdr_level,
                       context.options.fdr_required ? "" : " (shown; --fdr LEVEL makes it a condition)");
    out << fmt::format("Failed threshold {}, failed later {}, passed {}\n\n",
                       findings.refused_by(Refusal::p_above_threshold),
                       family.below_threshold - findings.survivors().size(), findings.survivors().size());
}

void print_funnel(const Findings& findings, std::ostream& out) {
    out << "Where pairs fell, in this order\n";
    std::size_t left = findings.pairs.size();
    for (const Refusal kind : kRefusals) {
        const std::size_t fell = findings.refused_by(kind);
        left -= fell;
        if (fell > 0) out << fmt::format("  {:<42} {:>7}   {:>7} left\n", question(kind), fell, left);
    }
    for (const LegReport& leg : findings.legs) {
        if (leg.refused) out << "  leg: " << leg.refused->sentence() << '\n';
    }
    out << '\n';
}

void print_survivors(const Findings& findings, const FindingsContext& context, std::ostream& out) {
    out << fmt::format("{:<15} {:>12} {:>9} {:>7} {:>5} {:>6} {:>5} | {:>7} {:>6} {:>6} {:>6}\n",
                       "pair (x-y)", "hedge ratio", "p", "q", "lags", "h-life", "gain", "held: p", "shift",
                       "sd", "cross");
    std::size_t shown = 0;
    for (const std::size_t index : findings.survivors()) {
        if (shown++ == context.keep) break;
        const PairReport& pair = findings.pairs[index];
        out << fmt::format("{:<15} {:>12.6g} {:>9.3g} {:>7.3f} {:>5} {:>6.1f} {:>5.1f} |",
                           pair_name(context.panel, pair), pair.tested->hedge_ratio, pair.tested->p_value,
                           *pair.q, pair.tested->used_lag, pair.spread->half_life.value_or(0),
                           pair.spread->gain_over_cost);
        if (pair.holdout) {
            out << fmt::format(" {:>7} {:>+6.2f} {:>6.2f} {:>6}\n",
                               number_or_dash(pair.holdout->adf_p, "{:.3f}"), pair.holdout->mean_shift,
                               pair.holdout->deviation_ratio, pair.holdout->crossings);
        } else {
            out << " nothing held back\n";
        }
    }
    out << "spread = y - hedge ratio * x; half-life in bars; gain: entry to exit over the round-trip cost;\n"
           "held: the part held back, mean shift and sd in fitted deviations\n";
}

// Nothing passed: the nearest, and the reason against each.
void print_best(const Findings& findings, const FindingsContext& context, std::ostream& out) {
    constexpr std::size_t kBest = 5;
    out << (findings.family.below_threshold == 0
                ? fmt::format("Best {} p-values (none passed threshold {:g}):\n", kBest,
                              context.options.p_threshold)
                : fmt::format("No pair survives. Best {} p-values (none passed every question):\n", kBest));
    std::size_t shown = 0;
    for (const PairReport& pair : findings.pairs) {
        if (!pair.q) continue;
        if (shown++ == kBest) break;
        out << fmt::format("  {:<15} p = {:.3g}, q = {:.3f}: {}\n", pair_name(context.panel, pair),
                           *pair.p_pair, *pair.q, pair.refused->sentence());
    }
}

}  // namespace

void print_findings(const Findings& findings, const FindingsContext& context, std::ostream& out) {
    print_head(findings, context, out);
    print_totals(findings, context, out);
    print_funnel(findings, out);
    if (findings.survivors().empty())
        print_best(findings, context, out);
    else
        print_survivors(findings, context, out);
}

}  // namespace plumb::app
