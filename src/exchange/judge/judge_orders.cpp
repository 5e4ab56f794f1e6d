#include <fmt/format.h>

#include <algorithm>

#include "exchange/judge/judge_parts.hpp"

namespace plumb::exchange {
namespace {

/// The record's words for how an order stands.
std::string standing_of(const TruthOrder& order) {
    if (order.status == "filled") return "filled";
    if (order.status == "rejected") return "rejected";
    if (order.status == "canceled" || order.status == "expired" || order.status == "replaced")
        return "canceled";
    return "open";
}

std::string standing_of(const BelievedOrder& order) {
    if (order.state == "working" || order.state == "partially_filled") return "open";
    return order.state;
}

/// Orders of one decision that no replacement connects: each was accepted on its own.
std::vector<std::uint64_t> separate_orders(const TruthAccount& truth,
                                           const std::vector<std::uint64_t>& numbers) {
    std::vector<std::uint64_t> separate;
    for (const std::uint64_t number : numbers) {
        const TruthOrder& order = truth.orders.at(number);
        if (order.replaces == 0 && order.status != "rejected") separate.push_back(number);
    }
    return separate;
}

void judge_known(const TruthAccount& truth, const BelievedOrder& believed,
                 const std::vector<std::uint64_t>& numbers, std::vector<Finding>& findings) {
    const std::vector<std::uint64_t> separate = separate_orders(truth, numbers);
    if (1 < separate.size()) {
        findings.push_back({FindingKind::order_duplicated, believed.id,
                            fmt::format("expected one order at the venue, found {}: {} and {}",
                                        separate.size(), separate[0], separate[1])});
        return;
    }
    const TruthOrder& last = truth.orders.at(numbers.back());
    const std::string expected = standing_of(last);
    const std::string found = standing_of(believed);
    if (expected == found) return;
    if (found == "intended" || found == "unknown") {
        // One that is still open may be found yet; what has ended or filled has left evidence.
        findings.push_back({FindingKind::order_unresolved, believed.id,
                            fmt::format("the venue has it as {}, the record as {}", expected, found)});
        return;
    }
    findings.push_back({FindingKind::order_misjudged, believed.id,
                        fmt::format("expected {}, as at the venue, found {}", expected, found)});
}

}  // namespace

OurOrders our_orders(const TruthAccount& truth, const Belief& belief) {
    const std::string prefix = fmt::format("pl-{:08x}-", belief.install);
    OurOrders ours;
    for (const auto& [number, order] : truth.orders) {
        std::string decision = order.client_id;
        // A replacement may carry another id, or none: it belongs to what it replaces.
        if (const std::string* first = ours.find(order.replaces); first != nullptr) decision = *first;
        if (decision.empty() || (!belief.orders.contains(decision) && !decision.starts_with(prefix)))
            continue;
        ours.of_decision[decision].push_back(number);
        ours.decision_of[number] = decision;
    }
    return ours;
}

void judge_orders(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                  std::vector<Finding>& findings) {
    for (const auto& [id, believed] : belief.orders) {
        const auto known = ours.of_decision.find(id);
        if (known != ours.of_decision.end()) {
            judge_known(truth, believed, known->second, findings);
            continue;
        }
        const std::string standing = standing_of(believed);
        const bool says_venue_has_it = standing == "open" || standing == "filled";
        if (says_venue_has_it)
            findings.push_back({FindingKind::order_lost, id,
                                fmt::format("the record has it as {}, the venue never had it", standing)});
    }
    for (const auto& [decision, numbers] : ours.of_decision) {
        if (belief.orders.contains(decision)) continue;
        findings.push_back({FindingKind::order_untracked, decision,
                            fmt::format("at the venue as {} (order {}), unknown to the record",
                                        standing_of(truth.orders.at(numbers.back())), numbers.back())});
    }
}

}  // namespace plumb::exchange
