#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::binance::served {

using Json = nlohmann::json;

/// Either market's server, by what differs in its words.
struct Place {
    bool spot = true;
    const std::vector<conformance::ServedInstrument>& instruments;

    const std::string& symbol(InstrumentId id) const { return instruments[id.value].symbol; }
};

Json side_word(Side side);
/// NEW, PARTIALLY_FILLED, …
Json status_word(OrderState state);
Json type_word(const Place& place, OrderType type);
/// "BTCUSDT-57-b" to 57.
std::uint64_t trade_number(const std::string& execution);
/// A conditional order that waits at USD-M's other service.
bool is_algo(const Place& place, const conformance::TrueOrder& order);

Json order_json(const Place& place, const conformance::TrueOrder& order);
Json algo_json(const Place& place, const conformance::TrueOrder& order);
Json fill_json(const Place& place, const conformance::TrueFill& fill);
Json listing_json(const Place& place, const conformance::ServedInstrument& served);
Json bar_row(const ClosedBar& bar);

// Frames.
Json trade_frame(const Place& place, const Trade& trade);
Json quote_frame(const Place& place, const Quote& quote);
Json bar_frame(const Place& place, const ClosedBar& bar, Timestamp now);
Json mark_frame(const Place& place, const MarkPrice& mark);
Json order_frame(const Place& place, const conformance::TrueOrder& order, const conformance::TrueFill* fill,
                 Timestamp now);

}  // namespace plumb::venues::binance::served
