#pragma once

#include <cstdint>
#include <span>

#include "core/market_event.hpp"

namespace plumb::strategy {

/// What is known of one instrument at this moment.
struct InstrumentView {
    Price last;        // last trade, close, or middle of the quote
    double price = 0;  // the same for statistics; 0 while there is none
    Timestamp updated_at;
    std::uint64_t updated_tick = 0;  // number of the tick it was updated in: ages of bars are counted in bars
    TradingStatus status = TradingStatus::open;

    bool has_price() const { return price > 0; }
};

/// The market as strategies see it: by instrument id, read only.
struct MarketView {
    std::span<const InstrumentView> instruments;
    Timestamp now;
    std::uint64_t tick = 0;
    Duration bar_length{};  // zero when prices come as quotes and trades

    const InstrumentView& operator[](InstrumentId id) const { return instruments[id.value]; }
    /// Time since the last price; between bars, the bars missed times their length, so that a weekend is no
    /// silence.
    Duration age(const InstrumentView& view) const {
        if (bar_length.count() > 0) {
            const std::uint64_t missed = tick > view.updated_tick ? tick - view.updated_tick : 0;
            return bar_length * static_cast<std::int64_t>(missed);
        }
        return now < view.updated_at ? Duration{} : now - view.updated_at;
    }
};

}  // namespace plumb::strategy
