#pragma once

#include "venues/coinbase/pending.hpp"

namespace plumb::venues::coinbase {

/// Which lists of levels a message had.
struct FlatLists {
    bool bids = false, asks = false, changes = false;
};

/// A message of the public Exchange feed: flat, with its own `type`. Lists of levels, channels and products
/// were read into the pending events already.
struct FlatMessage {
    const wire::Members& members;
    const Context& context;
    wire::SymbolMap& symbols;
    const FlatLists& lists;
    const std::optional<wire::Refused>& bad_book;
};

/// Takes what of `pending` belongs to the message's type and drops the rest.
void read_flat(const FlatMessage& message, Pending& pending);

}  // namespace plumb::venues::coinbase
