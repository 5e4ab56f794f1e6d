#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::coinbase {

/// How the venue spells one market.
struct Product {
    InstrumentId id;
    std::string name;  // "BTC-USD"
    std::string base, quote;
    std::string base_name;  // "Bitcoin"
};

/// The venue's markets by their names, which are case-sensitive.
class Products {
 public:
    explicit Products(const VenueModel& model);

    const Product& operator[](InstrumentId id) const { return products_[id.value]; }
    const Product* find(std::string_view name) const;
    std::span<const Product> all() const { return products_; }

 private:
    std::vector<Product> products_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

/// Spot against USD for every crypto name; no shares, no USDC against USD.
std::vector<MarketSpec> list_markets(std::span<const ListedName> names);
/// "Bitcoin" for BTC; the code itself where the venue's name of it is not known here.
std::string currency_name(std::string_view code);

}  // namespace plumb::exchange::coinbase
