#pragma once

#include <string_view>

#include "venues/polygon/symbols.hpp"
#include "wire/members.hpp"

namespace plumb::venues::polygon {

namespace key {
// clang-format off
enum : std::size_t {
    ev, sym, pair, i, x, p, s, t, q, c, bp, bs, ap, as, v, o, h, l, e, status, message, count
};
// clang-format on
}  // namespace key

/// What we read of an element of a frame, in the order of the numbers above; other keys are skipped.
inline constexpr wire::KeyTable<key::count> kKeys{{"ev", "sym", "pair", "i",  "x",  "p",      "s",
                                                   "t",  "q",   "c",    "bp", "bs", "ap",     "as",
                                                   "v",  "o",   "h",    "l",  "e",  "status", "message"}};
static_assert(kKeys.name(key::message) == "message");
using Reader = wire::MemberReader<key::count>;

/// The taker's side as the conditions of a coin's trade tell it.
enum class TakerSide : unsigned char { not_told, sell, buy };

// Each gives an event from the members of one element, or Refused.
wire::WireEvent read_trade(Reader& read, Market market, TakerSide side, InstrumentId instrument,
                           Timestamp received_at);
wire::WireEvent read_quote(Reader& read, Market market, InstrumentId instrument, Timestamp received_at);
/// Aggregates of a second or a minute. The venue sends them when they are over; one whose end lies further
/// ahead of the receipt than clocks differ is not over.
wire::WireEvent read_aggregate(Reader& read, InstrumentId instrument, Timestamp received_at);
/// A status message: the venue about the connection. Symbols are looked up in `symbols`.
wire::WireEvent read_status(Reader& read, wire::SymbolMap& symbols);

/// How far ahead of ours the venue's clock may run before an aggregate is taken for open.
inline constexpr Duration kClockSlack = std::chrono::seconds{2};

}  // namespace plumb::venues::polygon
