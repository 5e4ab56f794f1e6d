#pragma once

#include <string>
#include <string_view>

#include "core/event.hpp"
#include "core/market_event.hpp"

namespace plumb::codec {

/// Names that an event's numbers stand for. Empty ones are printed as null.
struct EventNames {
    std::string_view venue;
    std::string_view instrument;  // "BTC/USDT"
};

// Each appends one JSON object, without a line end, with the keys of `plumb decode --json`. Prices and
// quantities are decimal strings without trailing zeros, times ISO 8601 with nanoseconds; a time that is not
// known (zero) is null.
void append_json(std::string& out, const Trade& trade, const EventNames& names);
void append_json(std::string& out, const Quote& quote, const EventNames& names);
void append_json(std::string& out, const ClosedBar& bar, const EventNames& names);
void append_json(std::string& out, const OpenBar& bar, const EventNames& names);
void append_json(std::string& out, const BookDelta& delta, const EventNames& names);
void append_json(std::string& out, const MarketStatus& status, const EventNames& names);
void append_json(std::string& out, const MarkPrice& mark, const EventNames& names);
void append_json(std::string& out, const Tick& tick, const EventNames& names);
void append_json(std::string& out, const MarketEvent& event, const EventNames& names);

// Parts of such objects, for edges that print events of their own.
/// `"key": "escaped text"`; null for empty text.
void append_text(std::string& out, std::string_view key, std::string_view text);
/// `"key": "2024-08-08T23:54:15.342000000Z"`; null for zero.
void append_time(std::string& out, std::string_view key, Timestamp time);
/// `"key": "61837.63"`.
void append_decimal(std::string& out, std::string_view key, Decimal value);

}  // namespace plumb::codec
