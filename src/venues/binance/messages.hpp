#pragma once

#include <optional>
#include <span>

#include "venues/binance/keys.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::binance {

/// One JSON object of the venue, taken apart but not yet understood. Arrays `bids`/`asks` (or `b`/`a`) are
/// levels.
struct Parts {
    wire::Members members;
    wire::Members inner;  // the object under "k" or "o"
    bool has_inner = false;
    bool has_bids = false, has_asks = false;
    std::span<const BookLevel> bids, asks;
    const char* frame = nullptr;  // first byte

    void clear() {
        members.clear();
        inner.clear();
        has_inner = has_bids = has_asks = false;
        bids = asks = {};
    }
    Reader read() const { return {kKeys, members, frame, wire::Decimals::quoted}; }
    Reader read_inner() const { return {kKeys, inner, frame, wire::Decimals::quoted}; }
};

/// Whom a message is about, and when it came.
struct About {
    InstrumentId instrument;
    Timestamp received_at;
};

// Each turns the parts of one kind of message into an event and gives it to the sink, or refuses. Letters are
// the venue's keys.
void read_trade(const Parts& parts, char id_key, const About& about, wire::WireSink& sink);
void read_quote(const Parts& parts, const About& about, wire::WireSink& sink);
void read_kline(const Parts& parts, const About& about, wire::WireSink& sink);
void read_mark_price(const Parts& parts, const About& about, wire::WireSink& sink);
void read_depth_update(const Parts& parts, const About& about, wire::WireSink& sink);
void read_depth_snapshot(const Parts& parts, const About& about, wire::WireSink& sink);

/// A bar from the members t T o h l c v n. `closed` says whether it is over.
struct BarShape {
    Duration length{};
    bool closed = false;
};
void read_bar(Reader read, const BarShape& shape, InstrumentId instrument, wire::WireSink& sink);

/// "1m" to "1w"; nothing for others ("1M" has no fixed length).
std::optional<Duration> interval_of(std::string_view text);
/// The venue's name of a bar length; empty where it has none.
std::string_view interval_name(Duration length);

}  // namespace plumb::venues::binance
