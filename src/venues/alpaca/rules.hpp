#pragma once

#include "core/order.hpp"
#include "venues/alpaca/directory.hpp"

namespace plumb::venues::alpaca {

/// The venue's order rules, checked before anything is sent (E15): types and times in force of each market,
/// grids, least and greatest values. Errc::denied with the rule in plain words. Grids of coins are the
/// venue's list once it was read, before that the instrument table's; those of stocks are fixed by rule.
Status check_order(const OrderRequest& order, const Directory& directory);

/// What cannot be changed of a working order.
Status check_replacement(const OrderRequest& order, const Directory& directory);

// From the venue's documents; see README.
inline constexpr Decimal kCoinValueMin{10};       // USD, buys of pairs in USD
inline constexpr Decimal kCoinValueMax{200'000};  // USD
inline constexpr int kQuantityDecimalsMax = 9;

}  // namespace plumb::venues::alpaca
