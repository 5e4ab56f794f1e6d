#pragma once

#include <string>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::alpaca::served {

// What the server writes, from the documents' schemas. Nothing here is shared with the client.

/// "BTC/USD", and the "BTCUSD" of positions.
std::string symbol_of(const conformance::ServedInstrument& instrument);
std::string slashless(const conformance::ServedInstrument& instrument);

/// An order as REST and the stream show it.
std::string order_json(const conformance::TrueOrder& order, const std::string& symbol);
/// A row of the activities of type FILL. `sum` is what was filled until and with it.
std::string activity_json(const conformance::TrueFill& fill, const std::string& symbol, Quantity sum,
                          bool is_last);
std::string account_json(const conformance::Truth& truth);
std::string asset_json(const conformance::ServedInstrument& instrument);
std::string bar_json(const ClosedBar& bar);
std::string trade_json(const Trade& trade);
std::string quote_json(const Quote& quote);

/// "2026-11-20T12:00:00.5Z": as many decimals as needed, as the venue does.
std::string time_text(Timestamp time);

}  // namespace plumb::venues::alpaca::served
