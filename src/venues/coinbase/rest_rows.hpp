#pragma once

#include "venues/coinbase/grid.hpp"
#include "venues/coinbase/rest_keys.hpp"
#include "venues/coinbase/rows.hpp"

namespace plumb::venues::coinbase {

/// A fill of /orders/historical/fills: an update of its order with nothing but the fill. The commission is in
/// the product's quote currency.
Row<wire::OrderUpdate> read_fill(const wire::Members& members, const Context& context,
                                 wire::SymbolMap& symbols);
/// Ignored when it is no spot product.
Row<Grid> read_listing(const wire::Members& members, const Context& context);

/// What `order_configuration` says, which the order's own members do not.
struct OrderTerms {
    std::optional<Quantity> quantity;
    std::optional<Price> limit, stop;
};
std::optional<wire::Refused> read_terms(const wire::Members& members, const Context& context,
                                        OrderTerms& out);

}  // namespace plumb::venues::coinbase
