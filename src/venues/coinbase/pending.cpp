#include "venues/coinbase/pending.hpp"

#include <algorithm>
#include <tuple>

namespace plumb::venues::coinbase {

void Pending::clear() {
    trades.clear();
    quotes.clear();
    bars.clear();
    bids.clear();
    asks.clear();
    statuses.clear();
    orders.clear();
    controls.clear();
    refused.clear();
    books_.clear();
    ignored = nullptr;
    bids_from_ = asks_from_ = 0;
}

void Pending::add_book(const BookDelta& book) {
    books_.push_back({book, bids_from_, bids.size() - bids_from_, asks_from_, asks.size() - asks_from_});
}

void Pending::settle_bars() {
    if (bars.empty()) return;
    std::sort(bars.begin(), bars.end(), [](const PendingBar& a, const PendingBar& b) {
        return std::tie(a.bar.instrument, a.bar.open_time) < std::tie(b.bar.instrument, b.bar.open_time);
    });
    for (std::size_t i = bars.size() - 1; i > 0; --i) {
        const PendingBar& later = bars[i];
        PendingBar& each = bars[i - 1];
        if (each.bar.instrument != later.bar.instrument) continue;
        each.followed = each.followed || later.followed || each.bar.open_time < later.bar.open_time;
    }
}

void Pending::settle_trades() {
    if (trades.size() < 2) return;
    std::sort(trades.begin(), trades.end(), [](const Trade& a, const Trade& b) {
        return std::tie(a.venue_time, a.trade_id, a.instrument) <
               std::tie(b.venue_time, b.trade_id, b.instrument);
    });
    const auto same = [](const Trade& a, const Trade& b) {
        return a.trade_id == b.trade_id && a.instrument == b.instrument;
    };
    trades.erase(std::unique(trades.begin(), trades.end(), same), trades.end());
}

void Pending::flush(wire::WireSink& sink) {
    std::size_t taken = 0;
    const auto give = [&](const wire::WireEvent& event) {
        sink.take(event);
        ++taken;
    };
    for (const wire::Control& control : controls) give(control);
    for (const Trade& trade : trades) give(trade);
    for (const Quote& quote : quotes) give(quote);
    for (const PendingBar& each : bars) {
        const OpenBar& bar = each.bar;
        if (each.followed)
            give(ClosedBar{bar.instrument, bar.origin, bar.open_time, bar.length, bar.values});
        else
            give(bar);
    }
    for (Book& book : books_) {
        book.delta.bids = std::span{bids}.subspan(book.bids_from, book.bids_count);
        book.delta.asks = std::span{asks}.subspan(book.asks_from, book.asks_count);
        give(book.delta);
    }
    for (const MarketStatus& status : statuses) give(status);
    for (const wire::OrderUpdate& order : orders) give(order);
    for (const wire::Refused& refusal : refused) give(refusal);
    if (taken == 0) give(wire::Ignored{ignored ? ignored : "nothing in it"});
}

}  // namespace plumb::venues::coinbase
