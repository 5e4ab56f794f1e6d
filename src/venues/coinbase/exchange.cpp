#include "venues/coinbase/exchange.hpp"

#include <array>

#include "venues/coinbase/decode.hpp"

namespace plumb::venues::coinbase {
namespace {

using wire::Control;
using Reader = wire::MemberReader<23>;

/// Messages of the full and user channels, with the reason they are shown with.
constexpr auto kUnused = std::to_array<std::pair<std::string_view, const char*>>({
    {"received", "received: an order of the full channel, not used"},
    {"open", "open: an order of the full channel, not used"},
    {"done", "done: an order of the full channel, not used"},
    {"change", "change: an order of the full channel, not used"},
    {"activate", "activate: an order of the full channel, not used"},
    {"auction", "auction: not used"},
    {"rfq_match", "rfq_match: agreed off the book, not used"},
    {"balance", "balance: not used"},
});

std::optional<InstrumentId> instrument_of(Reader& read, const FlatMessage& message, Pending& pending) {
    const std::string_view symbol = read.text(root::product_id);
    if (!read.ok()) return std::nullopt;
    const auto instrument = message.symbols.find(symbol);
    if (!instrument) pending.ignored = kNotFollowed;
    return instrument;
}

/// `side` is the order's that was in the book, so the aggressor is the other one.
void read_match(Reader& read, const FlatMessage& message, Pending& pending) {
    Trade print;
    const auto id =
        message.members.has(root::trade_id) ? digits_of(message.members.token(root::trade_id)) : std::nullopt;
    if (!id) read.refuse("expected digits", root::trade_id);
    print.trade_id = id.value_or(0);
    print.price = read.price(root::price);
    print.quantity = read.quantity(root::size);
    const std::string_view side = read.text(root::side);
    if (side != "buy" && side != "sell") read.refuse("expected buy or sell", root::side);
    print.aggressor = side == "buy" ? Side::sell : Side::buy;
    print.venue_time = read.time(root::time);
    print.received_at = message.context.received_at;
    const auto instrument = instrument_of(read, message, pending);
    if (!read.ok() || !instrument) return;
    print.instrument = *instrument;
    pending.trades.push_back(print);
}

/// Frames before 2022 have no sizes: then the quantities are zero, which is "not said".
void read_flat_ticker(Reader& read, const FlatMessage& message, Pending& pending) {
    Quote quote;
    quote.bid = read.price_or_zero(root::best_bid);
    quote.ask = read.price_or_zero(root::best_ask);
    if (!is_blank(message.members, root::best_bid_size))
        quote.bid_quantity = read.quantity_or_zero(root::best_bid_size);
    if (!is_blank(message.members, root::best_ask_size))
        quote.ask_quantity = read.quantity_or_zero(root::best_ask_size);
    if (message.members.has(root::sequence)) quote.sequence = read.number(root::sequence);
    quote.received_at = message.context.received_at;
    quote.venue_time = message.members.has(root::time) ? read.time(root::time) : quote.received_at;
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", root::best_bid);
    const auto instrument = instrument_of(read, message, pending);
    if (!read.ok() || !instrument) return;
    if (quote.bid.is_zero() && quote.ask.is_zero()) {
        pending.ignored = "a ticker without bid and ask";
        return;
    }
    quote.instrument = *instrument;
    pending.quotes.push_back(quote);
}

void read_flat_book(Reader& read, const FlatMessage& message, bool snapshot, Pending& pending) {
    BookDelta delta;
    delta.snapshot = snapshot;
    delta.received_at = message.context.received_at;
    delta.venue_time = message.members.has(root::time) ? read.time(root::time) : delta.received_at;
    if (snapshot && !message.lists.bids) read.refuse("expected a list of levels", root::bids);
    if (snapshot && !message.lists.asks) read.refuse("expected a list of levels", root::asks);
    if (!snapshot && !message.lists.changes) read.refuse("expected a list of changes", root::changes);
    const auto instrument = instrument_of(read, message, pending);
    if (read.ok() && message.bad_book) {
        pending.refused.push_back(*message.bad_book);
    } else if (read.ok() && instrument) {
        delta.instrument = *instrument;
        return pending.add_book(delta);
    }
    pending.drop_book();
}

void read_heartbeat(Reader& read, const FlatMessage& message, Pending& pending) {
    Control control;
    control.kind = Control::Kind::heartbeat;
    if (message.members.has(root::sequence))
        control.code = static_cast<std::int64_t>(read.number(root::sequence));
    const auto instrument = instrument_of(read, message, pending);
    if (!read.ok() || !instrument) return;
    control.instrument = instrument;
    pending.controls.push_back(control);
}

template <std::size_t Capacity>
FixedText<Capacity> words(const wire::Members& members, std::size_t key) {
    return members.has(key) ? words_of<Capacity>(members.token(key)) : FixedText<Capacity>{};
}

}  // namespace

void read_flat(const FlatMessage& message, Pending& pending) {
    Reader read{root::kKeys, message.members, message.context.frame, wire::Decimals::quoted};
    const std::string_view type = read.text(root::type);
    if (type != "subscriptions") pending.controls.clear();
    if (type != "status") pending.statuses.clear();
    if (type != "snapshot" && type != "l2update") pending.drop_book();
    if (type == "match" || type == "last_match") {
        read_match(read, message, pending);
    } else if (type == "ticker") {
        read_flat_ticker(read, message, pending);
    } else if (type == "l2update" || type == "snapshot") {
        read_flat_book(read, message, type == "snapshot", pending);
    } else if (type == "heartbeat") {
        read_heartbeat(read, message, pending);
    } else if (type == "error") {
        pending.controls.push_back(control_of_error(words<96>(message.members, root::message).view(),
                                                    words<96>(message.members, root::reason).view()));
    } else if (type != "subscriptions" && type != "status" && read.ok()) {
        pending.ignored = "a type of message that is not known";
        for (const auto& [name, reason] : kUnused)
            if (name == type) pending.ignored = reason;
    }
    if (!read.ok()) pending.refused.push_back(read.refused());
}

}  // namespace plumb::venues::coinbase
