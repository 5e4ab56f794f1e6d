#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exchange/market_spec.hpp"
#include "exchange/order_store.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

/// One asset of one account.
struct Holding {
    Decimal total;
    Decimal held;
    bool known = false;  // ever had it

    Decimal free() const { return total - held; }
};

/// One account in one market: its position and its open orders.
///
/// The cost is kept, not the average price, so that what one side realizes another loses to the last unit.
struct Exposure {
    Quantity position;  // signed
    Money cost;         // signed quantity times the average entry
    Money realized;     // since it was opened
    Money funding;      // since it was opened
    Money open_buys;    // value of open orders that margin must cover, at their prices
    Money open_sells;
    Quantity open_sell_quantity;  // against what may be sold without being short
    OrderList open;               // oldest first
    std::uint32_t reduce_only_open = 0;
    Decimal leverage;  // chosen for this market; zero: the account's

    Price entry() const { return position.is_zero() ? Price{} : cost / position; }
    bool is_flat() const { return position.is_zero(); }
};

/// Finds a std::string by a view without making one.
struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
};

/// Client ids seen, and the newest order of each. Asked by id only, never iterated.
using ClientIds = std::unordered_map<std::string, OrderNumber, TextHash, std::equal_to<>>;

struct AccountState {
    AccountSpec spec;
    ViewLag lag;
    std::optional<Timestamp> dead_man;
    std::vector<Holding> holdings;    // by asset
    std::vector<Exposure> exposures;  // by market
    std::vector<OrderNumber> known;   // oldest first, some forgotten meanwhile
    std::size_t known_count = 0;      // those that are not
    ClientIds client_ids;

    bool is_margin() const { return spec.may_short || Decimal{1} < spec.leverage; }
};

}  // namespace plumb::exchange
