#include <fmt/format.h>

#include <algorithm>

#include "exchange/judge/judge_parts.hpp"

namespace plumb::exchange {
namespace {

/// As the venue spells it: the record's own name where it never met the venue's.
std::map<std::string, std::string> instruments_of(const TruthAccount& truth, const OurOrders& ours) {
    std::map<std::string, std::string> names;
    for (const auto& [decision, numbers] : ours.of_decision)
        names[decision] = truth.orders.at(numbers.front()).instrument;
    return names;
}

std::string instrument_of(const BelievedFill& fill, const std::map<std::string, std::string>& names) {
    const auto found = names.find(fill.order);
    return found == names.end() ? fill.instrument : found->second;
}

std::string quote_of(const std::string& instrument) {
    const std::size_t slash = instrument.find('/');
    return slash == std::string::npos ? "" : instrument.substr(slash + 1);
}
std::string base_of(const std::string& instrument) { return instrument.substr(0, instrument.find('/')); }

}  // namespace

void judge_positions(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                     std::vector<Finding>& findings) {
    const std::map<std::string, std::string> names = instruments_of(truth, ours);
    struct Sides {
        Quantity venue, record, kept, all;
    };
    std::map<std::string, Sides> of_instrument;
    for (const TruthFill& each : truth.fills) {
        Sides& sides = of_instrument[each.instrument];
        // What a fee took of the base never reached the position.
        const Quantity fee{each.fee_asset == base_of(each.instrument) ? each.fee : Decimal{}};
        sides.all += each.signed_quantity() - fee;
        if (ours.find(each.order) == nullptr) continue;
        sides.venue += each.signed_quantity();
        sides.kept += each.signed_quantity() - fee;
    }
    for (const BelievedFill& each : belief.fills)
        of_instrument[instrument_of(each, names)].record += each.signed_quantity();
    for (const auto& [instrument, sides] : of_instrument) {
        if (sides.venue != sides.record) {
            findings.push_back({FindingKind::position_differs, instrument,
                                fmt::format("our orders made {} of it, the record says {}",
                                            sides.venue.to_string(), sides.record.to_string())});
        }
    }
    for (const auto& [instrument, quantity] : truth.positions) {
        const Quantity kept = of_instrument[instrument].kept;
        if (quantity == kept) continue;
        findings.push_back({FindingKind::position_untracked, instrument,
                            fmt::format("the account holds {}, our orders made {} of it",
                                        quantity.to_string(), kept.to_string())});
    }
}

void judge_cash(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                std::vector<Finding>& findings) {
    const std::map<std::string, std::string> names = instruments_of(truth, ours);
    std::map<std::string, std::pair<Money, Money>> of_asset;  // at the venue, in the record; fees apart
    for (const TruthFill& each : truth.fills) {
        if (ours.find(each.order) == nullptr) continue;
        of_asset[quote_of(each.instrument)].first -= each.price * each.signed_quantity();
    }
    for (const BelievedFill& each : belief.fills)
        of_asset[quote_of(instrument_of(each, names))].second -= each.price * each.signed_quantity();
    for (const auto& [asset, cash] : of_asset) {
        if (cash.first == cash.second) continue;
        findings.push_back({FindingKind::cash_differs, asset,
                            fmt::format("our fills moved {} before fees, the record says {}",
                                        cash.first.to_string(), cash.second.to_string())});
    }
    if (!belief.equity.empty()) {
        const EquityAt& last = belief.equity.back();
        Money cash = belief.capital;
        bool is_newest = true;
        for (const BelievedFill& each : belief.fills) {
            cash -= each.price * each.signed_quantity();
            cash -= each.fee;
            is_newest = is_newest && each.received_at <= last.at;
        }
        if (is_newest && cash != last.cash)
            findings.push_back({FindingKind::cash_differs, "record",
                                fmt::format("its capital and fills make {}, its last equity row says {}",
                                            cash.to_string(), last.cash.to_string())});
    }
    for (const auto& [asset, total] : truth.totals) {
        const auto changes = truth.changes.find(asset);
        const Decimal sum = changes == truth.changes.end() ? Decimal{} : changes->second;
        if (sum == total) continue;
        findings.push_back(
            {FindingKind::ledger_differs, asset,
             fmt::format("the changes make {}, the balance says {}", sum.to_string(), total.to_string())});
    }
}

namespace {

/// What the account was worth at `at`, by the record's rows.
Money equity_at(const Belief& belief, Timestamp at) {
    Money equity = belief.capital;
    for (const EquityAt& each : belief.equity) {
        if (each.at <= at) equity = each.equity;
    }
    return equity;
}

}  // namespace

void judge_limits(const TruthAccount& truth, const Belief& belief, const OurOrders& ours,
                  const JudgedLimits& limits, std::vector<Finding>& findings) {
    std::map<std::string, Quantity> held;                            // by instrument
    std::map<std::string, Price> prices;                             // the last fill's
    std::map<std::string, std::map<std::string, Quantity>> of_pair;  // by pair, instrument
    bool too_many = false;
    bool too_much = false;
    for (const TruthFill& each : truth.fills) {
        const std::string* decision = ours.find(each.order);
        if (decision == nullptr) continue;
        held[each.instrument] += each.signed_quantity();
        prices[each.instrument] = each.price;
        if (const auto order = belief.orders.find(*decision);
            order != belief.orders.end() && !order->second.pair.empty())
            of_pair[order->second.pair][each.instrument] += each.signed_quantity();
        const auto pairs = std::count_if(of_pair.begin(), of_pair.end(), [](const auto& pair) {
            return std::any_of(pair.second.begin(), pair.second.end(),
                               [](const auto& leg) { return !leg.second.is_zero(); });
        });
        if (limits.positions_max && *limits.positions_max < pairs && !too_many) {
            too_many = true;
            findings.push_back({FindingKind::limit_positions, *decision,
                                fmt::format("expected at most {} pairs at once, found {} at {}",
                                            *limits.positions_max, pairs, to_iso(each.at))});
        }
        Money gross;
        for (const auto& [instrument, quantity] : held) gross += prices[instrument] * quantity.abs();
        const Money most =
            limits.gross_exposure_max ? equity_at(belief, each.at) * *limits.gross_exposure_max : gross;
        if (most < gross && !too_much) {
            too_much = true;
            findings.push_back({FindingKind::limit_gross, *decision,
                                fmt::format("expected a gross exposure of at most {}, found {} at {}",
                                            most.to_string(), gross.to_string(), to_iso(each.at))});
        }
    }
}

}  // namespace plumb::exchange
