#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/units.hpp"

namespace plumb::exchange {

/// One order as a workspace's trading record has it, rows as they stand.
struct BelievedOrder {
    std::string id;
    std::string instrument;
    std::string pair;                // empty: of none
    std::string state = "intended";  // the last one
};

struct BelievedFill {
    std::string execution;
    std::string order;
    std::string instrument;
    std::string side;
    Price price;
    Quantity quantity;
    Money fee;
    Timestamp received_at;

    Quantity signed_quantity() const { return side == "buy" ? quantity : -quantity; }
};

struct EquityAt {
    Timestamp at;
    Money cash;
    Money equity;
};

/// What a workspace believes.
struct Belief {
    std::uint32_t install = 0;
    std::string venue;
    std::string account;
    Money capital;
    std::map<std::string, BelievedOrder> orders;  // by client id
    std::vector<BelievedFill> fills;
    std::vector<EquityAt> equity;
    std::map<std::string, std::string> quotes;  // of instruments
};

/// Reads the rows of `<workspace>/state/trading_record.db` as they are, also while a session writes it.
/// Errors: Errc::not_found without a record, Errc::corrupt for a file that is none or a value that is no
/// number, Errc::newer_format, Errc::io.
Result<Belief> read_belief(const std::filesystem::path& workspace);

}  // namespace plumb::exchange
