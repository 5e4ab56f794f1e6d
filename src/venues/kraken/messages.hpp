#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "wire/members.hpp"
#include "wire/symbol_map.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::kraken {

namespace key {
// clang-format off
enum : std::size_t {
    feed, event, product_id, product_ids, time, timestamp, seq, bid, ask, bid_size, ask_size, mark_of_market,
    index, suspended, side, type, qty, price, trades, bids, asks, message, order, orders, order_id, cli_ord_id,
    is_cancel, reason, fills, positions, instrument, filled, last_update_time, limit_price, stop_price,
    direction, buy, fill_id, fill_type, fee_paid, fee_currency, balance, entry_price, mark_of_position,
    flex_futures, currencies, quantity, available, margin_equity, available_margin, initial_margin,
    remaining_order_qty, account, count
};
}  // namespace key

/// Every key of a frame that we read, at any depth, in the order of the numbers above; others are skipped.
inline constexpr wire::KeyTable<key::count> kKeys{{
    "feed", "event", "product_id", "product_ids", "time", "timestamp", "seq", "bid", "ask", "bid_size", "ask_size",
    "markPrice", "index", "suspended", "side", "type", "qty", "price", "trades", "bids", "asks", "message", "order",
    "orders", "order_id", "cli_ord_id", "is_cancel", "reason", "fills", "positions", "instrument", "filled",
    "last_update_time", "limit_price", "stop_price", "direction", "buy", "fill_id", "fill_type", "fee_paid",
    "fee_currency", "balance", "entry_price", "mark_price", "flex_futures", "currencies", "quantity", "available",
    "margin_equity", "available_margin", "initial_margin", "remaining_order_qty", "account"}};
// clang-format on
static_assert(kKeys.name(key::mark_of_market) == "markPrice" && kKeys.name(key::positions) == "positions" &&
              kKeys.name(key::mark_of_position) == "mark_price" && kKeys.name(key::account) == "account");

using Reader = wire::MemberReader<key::count>;

// Each gives one event from the members of a message or of a row in one, or Refused where they are not what
// the documents promise.

wire::WireEvent read_trade(Reader& read, InstrumentId instrument, Timestamp received_at);
/// ticker, or ticker_lite, which tells neither sizes (they are zero) nor the time (that of receipt stands
/// in).
wire::WireEvent read_quote(Reader& read, InstrumentId instrument, bool lite, Timestamp received_at);
wire::WireEvent read_mark_price(Reader& read, InstrumentId instrument, Timestamp received_at);
/// A row of a book's snapshot. False after refusing.
bool read_level(Reader& read, BookLevel& level);

/// A row of open_orders: how an open order stands. `qty` is what is left of it.
wire::WireEvent read_order(Reader& read, wire::SymbolMap& symbols, Timestamp received_at);
/// A removal: the ids only.
wire::WireEvent read_removal(Reader& read, Timestamp received_at);
/// What is_cancel and reason of the message say about the order it is about.
void apply_reason(wire::OrderUpdate& order, bool is_cancel, std::string_view reason);
wire::WireEvent read_fill(Reader& read, wire::SymbolMap& symbols, Timestamp received_at);
wire::WireEvent read_position(Reader& read, wire::SymbolMap& symbols, Timestamp received_at);
wire::WireEvent read_balance(Reader& read, std::string_view currency, Timestamp received_at);
wire::WireEvent read_account(Reader& read, std::string_view account, Timestamp received_at);

/// The order type behind the venue's words, those of the streams and of the answers; nothing for words that
/// have no match here (take_profit, liquidation, whatever comes).
std::optional<OrderType> order_type_of(std::string_view text, bool has_limit);
/// Whether a fill of this type added liquidity.
constexpr bool is_maker(std::string_view fill_type) { return fill_type == "maker"; }

}  // namespace plumb::venues::kraken
