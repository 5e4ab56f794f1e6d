#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "wire/members.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::alpaca {

/// The keys of market data, on the streams and in the rows of REST answers alike. Letters are the venue's.
namespace key {
enum Market : std::size_t {
    T,
    S,
    t,
    p,
    s,
    i,
    tks,
    bp,
    bs,
    ap,
    as,
    o,
    h,
    l,
    c,
    v,
    n,
    b,
    a,
    r,
    u,
    sc,
    msg,
    code,
    trades,
    quotes,
    bars,
    orderbooks,
    statuses,
    kCount
};  // clang-format would put each on a line of its own
}  // namespace key

inline constexpr wire::KeyTable<key::kCount> kMarketKeys{
    {"T",  "S",  "t",   "p",    "s",      "i",      "tks",  "bp",         "bs",      "ap",
     "as", "o",  "h",   "l",    "c",      "v",      "n",    "b",          "a",       "r",
     "u",  "sc", "msg", "code", "trades", "quotes", "bars", "orderbooks", "statuses"}};

/// One object of the venue's market data, taken apart but not yet understood.
struct Parts {
    const wire::Members& members;
    const char* frame = nullptr;  // first byte of all that was received, for offsets
    bool has_bids = false, has_asks = false;
    std::span<const BookLevel> bids, asks;
};

/// Whose the object is, and when it came.
struct Origin {
    InstrumentId instrument;
    bool is_pair = true;  // a coin, whose trades say who the taker was
    Timestamp received_at;
};

// Each understands one kind of object, or refuses it.

/// A stock's trade does not say who the taker was: its aggressor is `buy` and means nothing.
wire::WireEvent read_trade(const Parts& parts, const Origin& origin);
/// A bid above its ask is refused. An equal pair (a locked market) is let through for stocks only.
wire::WireEvent read_quote(const Parts& parts, const Origin& origin);
/// A bar without volume was made of quotes.
wire::WireEvent read_bar(const Parts& parts, const Origin& origin, Duration length, bool is_over);
/// Levels of size zero are removed ones. The venue numbers nothing: all sequences are zero.
wire::WireEvent read_book(const Parts& parts, const Origin& origin, bool is_snapshot);
/// A halt or a resumption of a stock.
wire::WireEvent read_status(const Parts& parts, const Origin& origin);
/// {"T":"error"}: what the venue refuses, and why.
wire::WireEvent read_error(const Parts& parts);

/// A refusal of `key` without a reader at hand.
wire::Refused refused_at(const char* reason, std::size_t key, const wire::Members& members,
                         const char* frame);

}  // namespace plumb::venues::alpaca
