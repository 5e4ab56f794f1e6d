#pragma once

#include "venues/binance/decode.hpp"
#include "venues/binance/fields.hpp"

namespace plumb::venues::binance {

/// One JSON object of the venue, taken apart but not yet understood. Arrays `bids`/`asks` (or `b`/`a`) are
/// levels.
struct Parts {
    Fields fields;
    Fields kline;  // the object under "k"
    bool has_kline = false;
    bool has_bids = false, has_asks = false;
    std::span<const BookLevel> bids, asks;
    std::string_view last_update;  // token of lastUpdateId
    const char* frame = nullptr;   // first byte

    void clear() {
        fields.clear();
        kline.clear();
        has_kline = has_bids = has_asks = false;
        bids = asks = {};
        last_update = {};
    }
};

// Each turns the parts of one kind of message into an event, or refuses. Letters are the venue's keys.
void read_trade(const Parts& parts, char id_key, InstrumentId instrument, const Arrival& arrival,
                Decoded& out);
void read_quote(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out);
void read_kline(const Parts& parts, InstrumentId instrument, Decoded& out);
void read_depth_update(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out);
void read_depth_snapshot(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out);
void read_execution(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out);

/// A bar from the members t T o h l c v n of `fields`. `closed` says whether it is over.
void read_bar(const Fields& fields, const char* frame, Duration length, bool closed, InstrumentId instrument,
              Decoded& out);

}  // namespace plumb::venues::binance
