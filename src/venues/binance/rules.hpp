#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/order.hpp"
#include "venues/binance/market.hpp"

namespace plumb::venues::binance {

/// A range with a step; zeros switch a part off, as the venue's filters do.
struct Grid {
    Decimal least, most, step;
};

/// The rules of one symbol, from exchangeInfo.
struct SymbolRules {
    Grid price;            // PRICE_FILTER
    Grid quantity;         // LOT_SIZE
    Grid market_quantity;  // MARKET_LOT_SIZE
    Decimal notional_min, notional_max;
    bool notional_min_for_market = true, notional_max_for_market = false;
    bool tradable = false;
    std::string status;                    // the venue's word
    std::vector<std::string> order_types;  // the venue's words
    /// Bounds of a price relative to the last one: PERCENT_PRICE and …_BY_SIDE; zero: none.
    Decimal buy_up, buy_down, sell_up, sell_down;
    int orders_max = 0;  // MAX_NUM_ORDERS; zero: not said
};

/// What is listed, by the venue's symbol, and the venue's limits as it last said them.
class RuleBook {
 public:
    void set(std::string_view symbol, SymbolRules rules) {
        rules_.insert_or_assign(std::string{symbol}, std::move(rules));
    }
    /// Null for a symbol that is not listed, or before the listings were read.
    const SymbolRules* find(std::string_view symbol) const {
        const auto found = rules_.find(symbol);
        return found == rules_.end() ? nullptr : &found->second;
    }
    bool empty() const { return rules_.empty(); }

    std::optional<double> weight_per_minute, orders_per_10s;

 private:
    std::map<std::string, SymbolRules, std::less<>> rules_;
};

/// The venue's word for a type of order; empty where it has none.
std::string_view type_word(Market market, OrderType type);
std::string_view time_in_force_word(TimeInForce time_in_force);

/// Everything the venue would refuse, in plain words: Errc::denied. Before the listings were read only what
/// holds for every symbol is checked; after that a symbol must be among them.
Status check_order(Market market, const OrderRequest& order, std::string_view symbol, const RuleBook& book);

}  // namespace plumb::venues::binance
