#pragma once

#include <string>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::coinbase::served {

// Objects as the documents show them. Numbers are strings.

std::string product_json(const conformance::ServedInstrument& served);
/// For REST; the stream has other names for the same.
std::string order_json(const conformance::TrueOrder& order, std::string_view product);
std::string stream_order_json(const conformance::TrueOrder& order, std::string_view product);
std::string fill_json(const conformance::TrueFill& fill, std::string_view product);
std::string candle_json(const ClosedBar& bar, std::string_view product);
std::string trade_json(const Trade& trade, std::string_view product);

}  // namespace plumb::venues::coinbase::served
