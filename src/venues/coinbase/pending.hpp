#pragma once

#include <vector>

#include "venues/coinbase/rows.hpp"

namespace plumb::venues::coinbase {

/// A bar of the stream, and whether the same frame holds a later one of its product.
struct PendingBar {
    OpenBar bar;
    bool followed = false;
};

/// What one frame came to, held back until its last byte was read, so that a broken frame gives nothing.
/// Allocates only while it grows.
class Pending {
 public:
    void clear();
    template <class Event>
    void add(std::vector<Event>& list, const Row<Event>& row) {
        if (row.event) list.push_back(*row.event);
        if (row.refused) refused.push_back(*row.refused);
        if (row.ignored) ignored = row.ignored;
    }
    void begin_book() { bids_from_ = bids.size(), asks_from_ = asks.size(); }
    /// The levels added since begin_book() are this book's.
    void add_book(const BookDelta& book);
    /// The levels added since begin_book() are dropped.
    void drop_book() { bids.resize(bids_from_), asks.resize(asks_from_); }
    /// Of candles of one product only the latest is open.
    void settle_bars();
    /// Trades oldest first, each once, whatever order the venue wrote them in.
    void settle_trades();
    /// Everything in a fixed order: control, data, refusals; Ignored when there is nothing else.
    void flush(wire::WireSink& sink);

    std::vector<Trade> trades;
    std::vector<Quote> quotes;
    std::vector<PendingBar> bars;
    std::vector<BookLevel> bids, asks;
    std::vector<MarketStatus> statuses;
    std::vector<wire::OrderUpdate> orders;
    std::vector<wire::Control> controls;
    std::vector<wire::Refused> refused;
    const char* ignored = nullptr;

 private:
    struct Book {
        BookDelta delta;
        std::size_t bids_from, bids_count, asks_from, asks_count;
    };
    std::vector<Book> books_;
    std::size_t bids_from_ = 0, asks_from_ = 0;
};

}  // namespace plumb::venues::coinbase
