#pragma once

#include "venues/binance/order_answers.hpp"

namespace plumb::venues::binance {

/// exchangeInfo: a Listing per symbol, in the venue's order, and the rules of each into the book. A symbol
/// that is not what the documents promise is refused and the next one read. Dated futures are left out.
void gather_listings(simdjson::dom::element root, const AnswerContext& context, Gathered& out);

}  // namespace plumb::venues::binance
