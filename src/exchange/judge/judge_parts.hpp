#pragma once

#include <map>
#include <string>
#include <vector>

#include "exchange/judge/judge.hpp"

// The parts of a judgement, one file for each.

namespace plumb::exchange {

/// The venue's orders that are ours, by the client id of the decision: a chain of replacements has the id it
/// began with. Numbers in order.
struct OurOrders {
    std::map<std::string, std::vector<std::uint64_t>> of_decision;
    std::map<std::uint64_t, std::string> decision_of;

    const std::string* find(std::uint64_t order) const {
        const auto found = decision_of.find(order);
        return found == decision_of.end() ? nullptr : &found->second;
    }
};

/// Ours is what the record decided, and whatever carries the record's own prefix.
OurOrders our_orders(const TruthAccount& truth, const Belief& belief);

void judge_orders(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                  std::vector<Finding>& findings);
void judge_fills(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                 std::vector<Finding>& findings);
void judge_positions(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                     std::vector<Finding>& findings);
void judge_cash(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                std::vector<Finding>& findings);
void judge_limits(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                  const JudgedLimits& limits, std::vector<Finding>& findings);

}  // namespace plumb::exchange
