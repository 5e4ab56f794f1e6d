#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/market_event.hpp"

namespace plumb::codec {

/// Reads trades from CSV text: a time (ts ...), price, size, side (the aggressor's), and perhaps trade_id and
/// recv_ns. Rows may share a time, and must not go back in it. Without trade_id, rows are numbered from 1,
/// since the file's order is the venue's. `received_at` is recv_ns where there is one, else the venue's time.
/// Errc::parse for a side that is neither buy nor sell; the others as read_csv_bars. `file` is for messages.
Result<std::vector<Trade>> read_csv_trades(std::string_view text, const std::string& file,
                                           InstrumentId instrument);

/// Reads best bids and asks: a time (recv_ns or ts ...), bid, bid_size, ask, ask_size, and perhaps update_id.
/// An empty price is a side that nobody quotes: price and quantity zero. Times as for trades.
Result<std::vector<Quote>> read_csv_quotes(std::string_view text, const std::string& file,
                                           InstrumentId instrument);

}  // namespace plumb::codec
