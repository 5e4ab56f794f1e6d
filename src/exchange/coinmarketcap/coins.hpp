#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/venue_model.hpp"

namespace plumb::exchange::coinmarketcap {

/// One coin under the venue's names.
struct Coin {
    InstrumentId market;
    std::int64_t id = 0;  // the venue's own, of the real coin where there is one
    std::string symbol, name, slug;
    Decimal supply;
    int rank = 0;  // by place in the market
};

/// The coins of a model's markets, by rank.
std::vector<Coin> coins_of(const VenueModel& model);

}  // namespace plumb::exchange::coinmarketcap
