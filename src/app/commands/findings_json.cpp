#include <ostream>

#include "app/commands/findings_text.hpp"
#include "codec/json.hpp"

namespace plumb::app {
namespace {

using codec::Json;
using namespace selection;

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json holdout_json(const HoldoutReport& holdout) {
    return {{"rows", holdout.rows},
            {"p", or_null(holdout.adf_p)},
            {"half_life", or_null(holdout.half_life)},
            {"mean_shift", holdout.mean_shift},
            {"deviation_ratio", holdout.deviation_ratio},
            {"crossings", holdout.crossings}};
}

Json pair_json(const PairReport& pair, const Panel& panel) {
    Json line{{"y", panel.names[pair.y]}, {"x", panel.names[pair.x]}, {"rows", pair.rows}};
    if (pair.tested) {
        line["hedge_ratio"] = pair.tested->hedge_ratio;
        line["intercept"] = pair.tested->intercept;
        line["t"] = pair.tested->statistic;
        line["p"] = pair.tested->p_value;
        line["lags"] = pair.tested->used_lag;
    }
    line["p_reverse"] = pair.reversed ? Json(pair.reversed->p_value) : Json(nullptr);
    line["p_pair"] = or_null(pair.p_pair);
    line["q"] = or_null(pair.q);
    if (pair.spread) {
        line["half_life"] = or_null(pair.spread->half_life);
        line["spread_mean"] = pair.spread->mean;
        line["spread_std"] = pair.spread->deviation;
        line["hedge_value"] = pair.spread->hedge_value;
        line["gain_over_cost"] = pair.spread->gain_over_cost;
    }
    line["holdout"] = pair.holdout ? holdout_json(*pair.holdout) : Json(nullptr);
    line["refused"] = pair.refused ? Json(to_string(pair.refused->kind)) : Json(nullptr);
    if (pair.refused) line["why"] = pair.refused->sentence();
    return line;
}

}  // namespace

void print_findings_json(const Findings& findings, const FindingsContext& context, std::ostream& out) {
    for (const PairReport& pair : findings.pairs) {
        if (pair.spread) out << codec::write_json(pair_json(pair, context.panel), -1) << '\n';
    }
    Json funnel = Json::object();
    for (const Refusal kind : kRefusals) funnel[std::string{to_string(kind)}] = findings.refused_by(kind);
    const Json summary{{"symbols", context.panel.series_count()},
                       {"pairs", findings.pairs.size()},
                       {"pairs_tested", findings.family.pairs},
                       {"observations", findings.fitting.count()},
                       {"held_back", findings.held_back.count()},
                       {"expected_by_chance", findings.family.expected_by_chance},
                       {"below_threshold", findings.family.below_threshold},
                       {"below_fdr_level", findings.family.below_fdr_level},
                       {"passed", findings.survivors().size()},
                       {"refused", funnel},
                       {"seconds", context.seconds}};
    out << codec::write_json(Json{{"summary", summary}}, -1) << '\n';
}

}  // namespace plumb::app
