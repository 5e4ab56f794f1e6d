#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "exchange/alpaca/data_rest.hpp"
#include "exchange/alpaca/json_out.hpp"

namespace plumb::exchange::alpaca {

/// The last data point of a page: where the next one begins.
struct Cursor {
    std::string symbol;
    Timestamp at;
    std::uint64_t number = 0;
};

/// What is asked for: assets in the order of their symbols, a window of time, a page.
struct Ask {
    std::vector<const Asset*> assets;
    bool is_single = false;  // /v2/stocks/{symbol}/...
    std::string symbol;      // as the client wrote it, where single
    Timestamp from, to;
    std::size_t limit = 1000;
    bool is_descending = false;
    std::optional<Cursor> cursor;
};

/// Reads symbols, window, page; else the venue's answer. Dates are midnight in New York for stocks, in UTC
/// for coins; without a start the window begins today.
std::expected<Ask, Response> read_ask(const Desk& desk, const DataCall& call, bool is_crypto,
                                      std::vector<std::string> symbols);

/// One data point with its place in the order of pages.
struct Row {
    Timestamp at;
    std::uint64_t number = 0;
    std::size_t index = 0;
};

/// Pages through rows by symbol, then time. `rows_of` gives all rows of an asset inside the window, oldest
/// first; `write` writes the one at an index.
struct Source {
    std::function<std::vector<Row>(const Asset&)> rows_of;
    std::function<void(JsonOut&, const Asset&, std::size_t)> write;
};

/// {"bars":{"BTC/USD":[...]},"next_page_token":...}, or the form of a single symbol.
Response paged(const Ask& ask, std::string_view name, const Source& source);

}  // namespace plumb::exchange::alpaca
