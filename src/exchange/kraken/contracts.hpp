#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::kraken {

/// How the venue spells one perpetual contract.
struct Contract {
    InstrumentId id;
    std::string symbol;     // "PF_XBTUSD"
    std::string base;       // "BTC"
    std::string rest_pair;  // "BTC:USD", in REST
    std::string feed_pair;  // "XBT:USD", in feeds
    int lot_decimals = 0;   // contractValueTradePrecision; below zero for lots of tens and thousands
};

/// The venue's contracts by its own spelling. Symbols are accepted in any case and given in upper case.
class Contracts {
 public:
    explicit Contracts(const VenueModel& model);

    const Contract& operator[](InstrumentId id) const { return contracts_[index_[id.value]]; }
    const Contract* find(std::string_view symbol) const;
    std::span<const Contract> all() const { return contracts_; }

 private:
    std::vector<Contract> contracts_;
    std::vector<std::size_t> index_;
    std::unordered_map<std::string, std::size_t> by_symbol_;
};

/// The perpetual multi-collateral contracts (PF_) of the crypto names; the venue lists no shares here.
std::vector<MarketSpec> list_markets(std::span<const ListedName> names);

}  // namespace plumb::exchange::kraken
