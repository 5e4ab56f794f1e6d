#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/units.hpp"

namespace plumb::exchange {

/// One order of one account as it stood at the end of a truth log.
struct TruthOrder {
    std::uint64_t number = 0;
    std::string client_id;
    std::string instrument;
    std::string status;
    Quantity filled;
    bool by_hand = false;
    std::uint64_t replaces = 0;
    std::uint64_t replaced_by = 0;
};

struct TruthFill {
    std::uint64_t execution = 0;
    std::uint64_t trade = 0;
    std::uint64_t order = 0;
    std::string client_id;
    std::string instrument;
    std::string side;
    Price price;
    Quantity quantity;
    Decimal fee;
    std::string fee_asset;
    Timestamp at;

    Quantity signed_quantity() const { return side == "buy" ? quantity : -quantity; }
};

/// What is true of one account at one venue.
struct TruthAccount {
    std::string name;
    std::string key;
    std::map<std::uint64_t, TruthOrder> orders;
    std::vector<TruthFill> fills;               // in order
    std::map<std::string, Quantity> positions;  // by instrument, at the end
    std::map<std::string, Decimal> totals;      // by asset, at the end
    std::map<std::string, Decimal> changes;     // by asset: the sum of all that moved it
};

struct Truth {
    std::map<std::string, std::map<std::string, TruthAccount>> venues;  // venue, account name
    std::uint64_t lines = 0;
};

/// Reads a truth log whole. Errors name file and line: Errc::parse for what is no record, Errc::truncated for
/// a file that ends inside a line or is empty, Errc::corrupt for a missing or doubled line; Errc::not_found,
/// Errc::io.
Result<Truth> read_truth(const std::filesystem::path& path);

}  // namespace plumb::exchange
