#include "selection/pair_finder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <tuple>

#include "selection/leg_screen.hpp"
#include "selection/pair_tests.hpp"
#include "selection/spread_report.hpp"
#include "stats/false_discovery.hpp"

namespace plumb::selection {

namespace {

// The rows a finding may be fitted on, and those it may not.
void split_rows(const Panel& panel, const FindOptions& options, Findings& findings) {
    const std::size_t rows = panel.rows();
    const auto held_back =
        static_cast<std::size_t>(std::floor(static_cast<double>(rows) * options.holdout_fraction));
    findings.fitting = {0, rows - held_back};
    findings.held_back = {rows - held_back, rows};
}

const std::optional<Refused>& leg_refusal(const Findings& findings, const PairReport& pair) {
    const std::optional<Refused>& y = findings.legs[pair.y].refused;
    const std::optional<Refused>& x = findings.legs[pair.x].refused;
    if (!y || !x) return y ? y : x;
    return x->kind < y->kind ? x : y;  // pegged is asked before stationary
}

// A pair that is refused for what its legs are is no test of cointegration: it leaves the family. The order
// of Refusal decides which reason comes first.
void refuse_for_legs(Findings& findings) {
    for (PairReport& pair : findings.pairs) {
        const std::optional<Refused>& leg = leg_refusal(findings, pair);
        if (leg && (!pair.refused || leg->kind < pair.refused->kind)) pair.refused = leg;
    }
}

// The bound of a Johansen test is the tabulated level that was exceeded, so it counts as below itself.
bool below_threshold(double p, const FindOptions& options) {
    return options.method == Method::johansen ? p <= options.p_threshold : p < options.p_threshold;
}

Status judge_family(const FindOptions& options, Findings& findings) {
    std::vector<double> p;
    std::vector<PairReport*> family;
    for (PairReport& pair : findings.pairs) {
        if (pair.refused || !pair.p_pair) continue;
        family.push_back(&pair);
        p.push_back(*pair.p_pair);
    }
    findings.family.pairs = family.size();
    findings.family.expected_by_chance = static_cast<double>(family.size()) * options.p_threshold;
    if (family.empty()) return {};
    const auto adjusted = stats::adjust_p_values(p, stats::DiscoveryRule::benjamini_hochberg);
    if (!adjusted) return fail(adjusted.error());
    for (std::size_t i = 0; i < family.size(); ++i) {
        family[i]->q = (*adjusted)[i];
        findings.family.below_threshold += below_threshold(p[i], options);
        findings.family.below_fdr_level += *family[i]->q <= options.fdr_level;
    }
    return {};
}

std::optional<Refused> judge_pair(const Panel& panel, const Findings& findings, const FindOptions& options,
                                  PairReport& pair) {
    const CommonRows fitted = common_rows(panel, pair.y, pair.x, findings.fitting);
    const Result<SpreadReport> spread = measure_spread(fitted.first, fitted.second, *pair.tested, options);
    if (!spread) return Refused{Refusal::degenerate, 0, 0, spread.error().message()};
    pair.spread = *spread;
    const bool held_back = findings.held_back.count() > 0;
    if (held_back) {
        const CommonRows later = common_rows(panel, pair.y, pair.x, findings.held_back);
        pair.holdout = measure_holdout(later.first, later.second, *pair.tested, *pair.spread);
    }
    if (auto refused = screen_spread(*pair.tested, *pair.spread, fitted.count(), options)) return refused;
    if (options.fdr_required && !(*pair.q <= options.fdr_level)) {
        return Refused{Refusal::fdr, *pair.q, options.fdr_level, {}};
    }
    return held_back ? screen_holdout(*pair.holdout, options.holdout) : std::nullopt;
}

void judge_pairs(const Panel& panel, const FindOptions& options, Findings& findings) {
    for (PairReport& pair : findings.pairs) {
        if (pair.refused) continue;
        if (below_threshold(*pair.p_pair, options)) {
            pair.refused = judge_pair(panel, findings, options, pair);
        } else {
            pair.refused = Refused{Refusal::p_above_threshold, *pair.p_pair, options.p_threshold, {}};
        }
    }
}

// Smallest p first, then the stronger statistic; names decide between equals, so that the order of the panel
// does not.
void rank(const Panel& panel, const FindOptions& options, Findings& findings) {
    const double sign = options.method == Method::johansen ? -1 : 1;  // a trace is strong where it is large
    const auto key = [&](const PairReport& pair) {
        const auto& [first, second] = std::minmax(panel.names[pair.y], panel.names[pair.x]);
        return std::tuple{pair.p_pair.value_or(2), pair.tested ? sign * pair.tested->statistic : 0.0,
                          std::string_view{first}, std::string_view{second}};
    };
    std::ranges::sort(findings.pairs,
                      [&](const PairReport& a, const PairReport& b) { return key(a) < key(b); });
}

}  // namespace

std::vector<std::size_t> Findings::survivors() const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (!pairs[i].refused) indices.push_back(i);
    }
    return indices;
}

Result<Findings> find_pairs(const Panel& panel, const FindOptions& options) {
    if (const Status sound = check_options(options); !sound) return fail(sound.error());
    if (const Status sound = check_panel(panel); !sound) return fail(sound.error());
    if (panel.series_count() < 2) {
        return fail(Errc::too_short, fmt::format("a pair needs two series, found {}", panel.series_count()));
    }
    Findings findings;
    split_rows(panel, options, findings);
    if (findings.fitting.count() < options.rows_min) {
        return fail(Errc::too_short,
                    fmt::format("the fitting part has {} rows ({} in all, {} held back), {} are needed",
                                findings.fitting.count(), panel.rows(), findings.held_back.count(),
                                options.rows_min));
    }
    for (std::size_t series = 0; series < panel.series_count(); ++series) {
        findings.legs.push_back(screen_leg(panel, series, findings.fitting, options));
    }
    findings.pairs = test_pairs(panel, findings.fitting, options);
    refuse_for_legs(findings);
    if (const Status judged = judge_family(options, findings); !judged) return fail(judged.error());
    judge_pairs(panel, options, findings);
    rank(panel, options, findings);
    for (const PairReport& pair : findings.pairs) {
        if (pair.refused) ++findings.refused[static_cast<std::size_t>(pair.refused->kind)];
    }
    return findings;
}

}  // namespace plumb::selection
