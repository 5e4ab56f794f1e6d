#include "venues/kraken/messages.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Ignored;
using wire::WireEvent;

/// Zero where the side has neither price nor size.
struct QuoteSide {
    Price price;
    Quantity quantity;
};

QuoteSide read_side(Reader& read, std::size_t price, std::size_t size, bool lite) {
    if (!read.says(price) && !read.says(size)) return {};  // nobody quotes
    QuoteSide side{read.price_or_zero(price), lite ? Quantity{} : read.quantity_or_zero(size)};
    if (!lite && side.price.is_zero() != side.quantity.is_zero())
        read.refuse("a side of a quote needs price and size", price);
    return side;
}

}  // namespace

WireEvent read_trade(Reader& read, InstrumentId instrument, Timestamp received_at) {
    Trade trade;
    trade.instrument = instrument;
    const std::string_view side = read.text(key::side);
    if (side != "buy" && side != "sell") read.refuse("expected buy or sell", key::side);
    trade.aggressor = side == "sell" ? Side::sell : Side::buy;  // the taker's
    trade.price = read.price(key::price);
    trade.quantity = read.quantity(key::qty);
    trade.trade_id = read.number(key::seq);  // one up per trade of the contract; `uid` is no number
    trade.venue_time = read.time_of_count(key::time);
    trade.received_at = received_at;
    const std::string_view type = read.text(key::type);
    if (!read.ok()) return read.refused();
    // A block is agreed off the book, a termination is settled at no market's price.
    if (type == "block") return Ignored{"a block trade is no price of the book"};
    if (type == "termination" || type == "assignment")
        return Ignored{"a termination is no price of the book"};
    return trade;
}

WireEvent read_quote(Reader& read, InstrumentId instrument, bool lite, Timestamp received_at) {
    const QuoteSide bid = read_side(read, key::bid, key::bid_size, lite);
    const QuoteSide ask = read_side(read, key::ask, key::ask_size, lite);
    Quote quote;
    quote.instrument = instrument;
    quote.bid = bid.price;
    quote.bid_quantity = bid.quantity;
    quote.ask = ask.price;
    quote.ask_quantity = ask.quantity;
    quote.venue_time = lite ? received_at : read.time_of_count(key::time);
    quote.received_at = received_at;
    if (quote.bid.is_zero() && quote.ask.is_zero()) read.refuse("expected a bid or an ask", key::bid);
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", key::bid);
    if (!read.ok()) return read.refused();
    return quote;
}

WireEvent read_mark_price(Reader& read, InstrumentId instrument, Timestamp received_at) {
    MarkPrice mark;
    mark.instrument = instrument;
    mark.mark = read.price(key::mark_of_market);
    if (read.says(key::index)) mark.index = read.price(key::index);
    mark.venue_time = read.time_of_count(key::time);
    mark.received_at = received_at;
    if (!read.ok()) return read.refused();
    return mark;
}

bool read_level(Reader& read, BookLevel& level) {
    level = {read.price(key::price), read.quantity_or_zero(key::qty)};
    return read.ok();
}

}  // namespace plumb::venues::kraken
