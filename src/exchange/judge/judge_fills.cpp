#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/judge/judge_parts.hpp"

namespace plumb::exchange {
namespace {

struct Pairing {
    std::vector<const TruthFill*> truth;      // not in the record
    std::vector<const BelievedFill*> belief;  // not at the venue
    std::vector<std::pair<const TruthFill*, const BelievedFill*>> pairs;
};

bool is_same_size(const TruthFill& truth, const BelievedFill& belief) {
    return truth.side == belief.side && truth.price == belief.price && truth.quantity == belief.quantity;
}

/// Venues name an execution by its own number or by the trade's, as a number or inside a longer name.
bool is_same_name(const TruthFill& truth, const BelievedFill& belief) {
    return belief.execution == std::to_string(truth.execution) ||
           belief.execution == std::to_string(truth.trade);
}

template <class Agree>
void pair_up(Pairing& pairing, Agree agree) {
    for (auto believed = pairing.belief.begin(); believed != pairing.belief.end();) {
        const auto found = std::find_if(pairing.truth.begin(), pairing.truth.end(),
                                        [&](const TruthFill* each) { return agree(*each, **believed); });
        if (found == pairing.truth.end()) {
            ++believed;
            continue;
        }
        pairing.pairs.emplace_back(*found, *believed);
        pairing.truth.erase(found);
        believed = pairing.belief.erase(believed);
    }
}

/// Venues that tell an order's whole quantity and value only: a client makes its fills of the differences.
bool is_same_sum(const Pairing& pairing) {
    Quantity quantity;
    Money value;
    for (const TruthFill* each : pairing.truth) {
        quantity += each->signed_quantity();
        value += each->price * each->signed_quantity();
    }
    for (const BelievedFill* each : pairing.belief) {
        quantity -= each->signed_quantity();
        value -= each->price * each->signed_quantity();
    }
    return !pairing.truth.empty() && !pairing.belief.empty() && quantity.is_zero() && value.is_zero();
}

std::string shown(std::string_view side, Price price, Quantity quantity) {
    return fmt::format("{} {} at {}", side, quantity.to_string(), price.to_string());
}

void judge_pairing(const std::string& decision, const Pairing& pairing, std::vector<Finding>& findings) {
    for (const auto& [truth, belief] : pairing.pairs) {
        if (is_same_size(*truth, *belief)) continue;
        findings.push_back({FindingKind::fill_differs, belief->execution,
                            fmt::format("expected {}, found {} (order {})",
                                        shown(truth->side, truth->price, truth->quantity),
                                        shown(belief->side, belief->price, belief->quantity), decision)});
    }
    for (const TruthFill* each : pairing.truth) {
        findings.push_back({FindingKind::fill_lost, std::to_string(each->execution),
                            fmt::format("{} of order {} is not in the record",
                                        shown(each->side, each->price, each->quantity), decision)});
    }
    for (const BelievedFill* each : pairing.belief) {
        const bool is_again = std::any_of(pairing.pairs.begin(), pairing.pairs.end(),
                                          [&](const auto& pair) { return is_same_size(*pair.first, *each); });
        findings.push_back(
            {is_again ? FindingKind::fill_duplicated : FindingKind::fill_untracked, each->execution,
             fmt::format("{} of order {} {}", shown(each->side, each->price, each->quantity), decision,
                         is_again ? "happened once, and is recorded again" : "never happened")});
    }
}

/// The fee in quote; nothing where it was taken from an asset without a price here.
std::optional<Money> fee_in_quote(const TruthFill& fill) {
    const std::size_t slash = fill.instrument.find('/');
    const std::string base = fill.instrument.substr(0, slash);
    const std::string quote = slash == std::string::npos ? "" : fill.instrument.substr(slash + 1);
    if (fill.fee.is_zero() || fill.fee_asset == quote) return Money{fill.fee};
    if (fill.fee_asset == base) return fill.price * Quantity{fill.fee};
    return std::nullopt;
}

void judge_fees(const std::string& decision, const std::vector<const TruthFill*>& truth,
                const std::vector<const BelievedFill*>& belief, std::vector<Finding>& findings) {
    Money expected;
    for (const TruthFill* each : truth) {
        const std::optional<Money> fee = fee_in_quote(*each);
        if (!fee) return;
        expected += *fee;
    }
    Money found;
    for (const BelievedFill* each : belief) found += each->fee;
    if (expected == found) return;
    findings.push_back({FindingKind::fee_differs, decision,
                        fmt::format("expected {}, found {}", expected.to_string(), found.to_string())});
}

}  // namespace

void judge_fills(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                 std::vector<Finding>& findings) {
    std::map<std::string, Pairing> of_decision;
    for (const TruthFill& each : truth.fills) {
        if (const std::string* decision = ours.find(each.order))
            of_decision[*decision].truth.push_back(&each);
    }
    for (const BelievedFill& each : belief.fills) of_decision[each.order].belief.push_back(&each);
    for (auto& [decision, pairing] : of_decision) {
        const std::vector<const TruthFill*> all_truth = pairing.truth;
        const std::vector<const BelievedFill*> all_belief = pairing.belief;
        pair_up(pairing, [](const TruthFill& a, const BelievedFill& b) {
            return is_same_name(a, b) && is_same_size(a, b);
        });
        pair_up(pairing, is_same_name);
        pair_up(pairing, is_same_size);
        const bool is_whole = (pairing.truth.empty() && pairing.belief.empty()) || is_same_sum(pairing);
        if (!is_same_sum(pairing)) {
            judge_pairing(decision, pairing, findings);
        } else {
            judge_pairing(decision, {{}, {}, pairing.pairs}, findings);
        }
        // With fills missing the fee differs by theirs: said once.
        if (is_whole) judge_fees(decision, all_truth, all_belief, findings);
    }
}

}  // namespace plumb::exchange
