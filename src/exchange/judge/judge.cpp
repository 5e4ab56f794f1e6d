#include "exchange/judge/judge.hpp"

#include <fmt/format.h>

#include "exchange/judge/judge_parts.hpp"

namespace plumb::exchange {

std::string_view to_string(FindingKind kind) {
    switch (kind) {
        case FindingKind::order_lost: return "order_lost";
        case FindingKind::order_misjudged: return "order_misjudged";
        case FindingKind::order_unresolved: return "order_unresolved";
        case FindingKind::order_duplicated: return "order_duplicated";
        case FindingKind::order_untracked: return "order_untracked";
        case FindingKind::fill_lost: return "fill_lost";
        case FindingKind::fill_duplicated: return "fill_duplicated";
        case FindingKind::fill_untracked: return "fill_untracked";
        case FindingKind::fill_differs: return "fill_differs";
        case FindingKind::fee_differs: return "fee_differs";
        case FindingKind::position_differs: return "position_differs";
        case FindingKind::position_untracked: return "position_untracked";
        case FindingKind::cash_differs: return "cash_differs";
        case FindingKind::ledger_differs: return "ledger_differs";
        case FindingKind::limit_positions: return "limit_positions";
        case FindingKind::limit_gross: return "limit_gross";
    }
    return "";
}

Result<const TruthAccount*> find_account(const Truth& truth, const Belief& belief) {
    const auto venue = truth.venues.find(belief.venue);
    if (venue == truth.venues.end()) {
        std::string there;
        for (const auto& [name, accounts] : truth.venues) there += (there.empty() ? "" : ", ") + name;
        return fail(Errc::invalid_argument,
                    fmt::format("the record is about venue {}, the truth log about {}", belief.venue, there));
    }
    for (const auto& [name, account] : venue->second) {
        const bool is_only = venue->second.size() == 1;
        if (is_only || name == belief.account || (!account.key.empty() && account.key == belief.account))
            return &account;
    }
    return fail(
        Errc::invalid_argument,
        fmt::format("the record is about account {}, which the truth log does not name", belief.account));
}

std::vector<Finding> judge(const TruthAccount& truth, const Belief& belief, const JudgedLimits& limits) {
    std::vector<Finding> findings;
    const OurOrders ours = our_orders(truth, belief);
    judge_orders(truth, belief, ours, findings);
    judge_fills(truth, belief, ours, findings);
    judge_positions(truth, belief, ours, findings);
    judge_cash(truth, belief, ours, findings);
    judge_limits(truth, belief, ours, limits, findings);
    return findings;
}

}  // namespace plumb::exchange
