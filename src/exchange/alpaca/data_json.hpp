#pragma once

#include "exchange/alpaca/json_out.hpp"
#include "exchange/alpaca/msgpack_out.hpp"
#include "exchange/alpaca/tape.hpp"
#include "exchange/alpaca/timeframe.hpp"

namespace plumb::exchange::alpaca {

/// The venue's trade ids are 64-bit numbers beyond what a double tells apart: these are multiples of 1024, so
/// that a client that reads them as doubles still tells them apart.
constexpr std::int64_t trade_id(TradeNumber number) {
    return 3'447'222'699'101'865'984 + static_cast<std::int64_t>(number) * 1024;
}

/// Shares as the venue writes them: whole, at least one where something is.
std::int64_t whole_shares(Quantity quantity);

// Each writes the fields of one object of the data interface, without the brackets. Out is JsonOut or
// MsgpackOut.
template <class Out>
void write_bar(Out& out, const Asset& asset, const DataBar& bar);
template <class Out>
void write_trade(Out& out, const Asset& asset, const PastTrade& trade);
template <class Out>
void write_quote(Out& out, const Asset& asset, const TimedQuote& quote);
/// `[{"p":..,"s":..},...]`.
template <class Out>
void write_levels(Out& out, std::span<const BookLevel> levels);

}  // namespace plumb::exchange::alpaca
