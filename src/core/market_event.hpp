#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "core/bar.hpp"
#include "core/order.hpp"

namespace plumb {

/// A print in the market. `venue_time` is theirs, `received_at` ours, at the socket; their clocks may differ
/// (F: a recorded receive clock runs 1.26 s behind), so ages are never negative and never computed from one
/// minus the other.
struct Trade {
    InstrumentId instrument;
    Side aggressor = Side::buy;
    Price price;
    Quantity quantity;
    std::uint64_t trade_id = 0;
    Timestamp venue_time;
    Timestamp received_at;
};

/// Best bid and ask. A side nobody quotes has quantity zero. `venue_time` equals `received_at` where the
/// venue sends none.
struct Quote {
    InstrumentId instrument;
    Price bid, ask;
    Quantity bid_quantity, ask_quantity;
    std::uint64_t sequence = 0;
    Timestamp venue_time;
    Timestamp received_at;

    Price mid() const { return Price{(bid.value + ask.value) * Decimal::from_units(Decimal::kOne / 2)}; }
};

struct BookLevel {
    Price price;
    Quantity quantity;  // zero removes the level
};

/// Changes of a book, or all of it. The levels are borrowed from the decoder and live until its next call.
struct BookDelta {
    InstrumentId instrument;
    bool snapshot = false;
    std::uint64_t first_sequence = 0;
    std::uint64_t last_sequence = 0;
    std::uint64_t previous_sequence = 0;  // last of the message before, where the venue says it; else zero
    std::span<const BookLevel> bids;
    std::span<const BookLevel> asks;
    Timestamp venue_time;
    Timestamp received_at;
};

enum class TradingStatus : unsigned char { open, halted, closed };

struct MarketStatus {
    InstrumentId instrument;
    TradingStatus status = TradingStatus::open;
    Timestamp received_at;
};

/// The price a derivatives venue values positions and liquidates at, and the index beside it where it says
/// one (else zero). It is no print: nothing traded at it.
struct MarkPrice {
    InstrumentId instrument;
    Price mark;
    Price index;
    Timestamp venue_time;
    Timestamp received_at;
};

/// Time keeps arriving: one each second live, one after each group of bars that close together in history.
/// Cycles, deadlines and staleness run on it, so that silence is seen.
struct Tick {
    Timestamp now;
};

/// What a feed decodes to. A live feed gives a Tick when a second has passed and nothing came.
using MarketEvent = std::variant<Trade, Quote, ClosedBar, BookDelta, MarketStatus, MarkPrice, Tick>;

/// When the engine may know of it: the close of a bar, the receipt of everything else.
Timestamp known_at(const MarketEvent& event);
/// Nothing for a Tick.
std::optional<InstrumentId> instrument_of(const MarketEvent& event);

}  // namespace plumb
