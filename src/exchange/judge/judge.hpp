#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/judge/belief.hpp"
#include "exchange/judge/truth.hpp"

namespace plumb::exchange {

/// What can be wrong with a workspace. The names are a promise to scripts (docs/reference/exchange.md).
enum class FindingKind : unsigned char {
    order_lost,          // recorded as at the venue, which never had it
    order_misjudged,     // both know it, and disagree whether it is open, filled, canceled or refused
    order_unresolved,    // the venue decided its fate, and the record never learnt of it
    order_duplicated,    // the venue accepted one decision more than once
    order_untracked,     // ours by its client id, unknown to the record
    fill_lost,           // happened to our order, not in the record
    fill_duplicated,     // once at the venue, more than once in the record
    fill_untracked,      // in the record, never happened
    fill_differs,        // the same execution with another order, side, price or quantity
    fee_differs,         // of one order
    position_differs,    // what our orders made of an instrument
    position_untracked,  // what the account holds beyond our orders
    cash_differs,        // what our orders made of a currency, or the record's own cash
    ledger_differs,      // the exchange's own balances do not add up
    limit_positions,     // more pairs held at once than configured
    limit_gross,         // more exposure than configured
};
std::string_view to_string(FindingKind kind);

struct Finding {
    FindingKind kind = FindingKind::order_lost;
    std::string subject;  // client id, execution, instrument, asset, pair
    std::string text;     // what was expected and what was found
};

/// What the workspace's configuration allows; what is not there is not judged.
struct JudgedLimits {
    std::optional<int> positions_max{};           // pairs that hold anything at once
    std::optional<Decimal> gross_exposure_max{};  // of equity
};

/// The account of the truth log that the record is about: its venue and its account by name or key; the only
/// one where there is one. Errc::not_found names what there is.
Result<const TruthAccount*> find_account(const Truth& truth, const Belief& belief);

/// Everything that is wrong, in a fixed order. O((orders + fills) log).
std::vector<Finding> judge(const TruthAccount& truth, const Belief& belief, const JudgedLimits& limits);

}  // namespace plumb::exchange
