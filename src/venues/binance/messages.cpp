#include "venues/binance/messages.hpp"

#include <array>

namespace plumb::venues::binance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Interval {
    std::string_view name;
    Duration length;
};
constexpr auto kIntervals = std::to_array<Interval>({
    {"1s", seconds{1}},
    {"1m", minutes{1}},
    {"3m", minutes{3}},
    {"5m", minutes{5}},
    {"15m", minutes{15}},
    {"30m", minutes{30}},
    {"1h", hours{1}},
    {"2h", hours{2}},
    {"4h", hours{4}},
    {"6h", hours{6}},
    {"8h", hours{8}},
    {"12h", hours{12}},
    {"1d", hours{24}},
    {"3d", hours{72}},
    {"1w", hours{168}},
});

template <class Event>
void give(const Reader& read, const Event& event, wire::WireSink& sink) {
    if (read.ok())
        sink.take(event);
    else
        sink.take(read.refused());
}

}  // namespace

std::optional<Duration> interval_of(std::string_view text) {
    // Two or three letters: compared in place, a call for each would be a twentieth of a bar's cost.
    const auto same = [text](std::string_view name) {
        return name.size() == text.size() && name[0] == text[0] && name[1] == text[1] &&
               (name.size() == 2 || name[2] == text[2]);
    };
    for (const Interval& interval : kIntervals)
        if (same(interval.name)) return interval.length;
    return std::nullopt;
}

std::string_view interval_name(Duration length) {
    for (const Interval& interval : kIntervals)
        if (interval.length == length) return interval.name;
    return {};
}

void read_trade(const Parts& parts, char id_key, const About& about, wire::WireSink& sink) {
    Reader read = parts.read();
    // USD-M marks what its insurance fund and deleveraging took over, at times with a price of zero.
    if (read.has(key('X')) && read.text(key('X')) != "MARKET") {
        if (read.ok())
            sink.take(wire::Ignored{"a transfer of a position, no trade of the market"});
        else
            sink.take(read.refused());
        return;
    }
    Trade trade;
    trade.instrument = about.instrument;
    trade.price = read.price(key('p'));
    trade.quantity = read.quantity(key('q'));
    trade.venue_time = read.time_of_count(key('T'));
    trade.aggressor = read.truth(key('m')) ? Side::sell : Side::buy;
    trade.trade_id = read.number(key(id_key));
    trade.received_at = about.received_at;
    give(read, trade, sink);
}

void read_quote(const Parts& parts, const About& about, wire::WireSink& sink) {
    Reader read = parts.read();
    Quote quote;
    quote.instrument = about.instrument;
    quote.bid = read.price_or_zero(key('b'));
    quote.bid_quantity = read.quantity_or_zero(key('B'));
    quote.ask = read.price_or_zero(key('a'));
    quote.ask_quantity = read.quantity_or_zero(key('A'));
    if (read.has(key('u'))) quote.sequence = read.number(key('u'));
    quote.received_at = about.received_at;
    // Spot sends no time.
    quote.venue_time = read.has(key('T')) ? read.time_of_count(key('T')) : about.received_at;
    if (quote.bid.is_zero() != quote.bid_quantity.is_zero())
        read.refuse("a bid needs price and quantity", key('b'));
    if (quote.ask.is_zero() != quote.ask_quantity.is_zero())
        read.refuse("an ask needs price and quantity", key('a'));
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", key('b'));
    give(read, quote, sink);
}

void read_mark_price(const Parts& parts, const About& about, wire::WireSink& sink) {
    Reader read = parts.read();
    MarkPrice price;
    price.instrument = about.instrument;
    price.mark = read.price(key('p'));
    price.index = read.price_or_zero(key('i'));
    price.venue_time = read.time_of_count(key('E'));  // T is the next funding time here
    price.received_at = about.received_at;
    give(read, price, sink);
}

void read_bar(Reader read, const BarShape& shape, InstrumentId instrument, wire::WireSink& sink) {
    const Timestamp open_time = read.time_of_count(key('t'));
    const Timestamp last_moment = read.time_of_count(key('T'));
    Ohlcv values;
    values.open = read.price(key('o'));
    values.high = read.price(key('h'));
    values.low = read.price(key('l'));
    values.close = read.price(key('c'));
    values.volume = read.quantity_or_zero(key('v'));
    // A bar without trades is the venue's repetition of the last close.
    const BarOrigin origin = read.number(key('n')) == 0 ? BarOrigin::filled : BarOrigin::traded;
    const Duration last = last_moment - open_time;
    if (last < shape.length - std::chrono::milliseconds{1} || shape.length <= last)
        read.refuse("the bar's times do not span its interval", key('T'));
    // The documents' own open kline has its low above its open, so only a bar that will be used must be
    // consistent.
    if (shape.closed && read.ok() && !check_bar(values))
        read.refuse("the bar's high and low do not enclose its prices", key('h'));
    if (!read.ok())
        sink.take(read.refused());
    else if (shape.closed)
        sink.take(ClosedBar{instrument, origin, open_time, shape.length, values});
    else
        sink.take(OpenBar{instrument, origin, open_time, shape.length, values});
}

void read_kline(const Parts& parts, const About& about, wire::WireSink& sink) {
    if (!parts.has_inner) return sink.take(wire::Refused{"a key is missing", std::string_view{"k"}, 0});
    Reader read = parts.read_inner();
    const bool closed = read.truth(key('x'));
    const std::string_view interval = read.text(key('i'));
    if (!read.ok()) return sink.take(read.refused());
    const std::optional<Duration> length = interval_of(interval);
    if (length) return read_bar(read, {*length, closed}, about.instrument, sink);
    if (interval == "1M") return sink.take(wire::Ignored{"bars of a month have no fixed length"});
    read.refuse("expected an interval of the venue", key('i'));
    sink.take(read.refused());
}

void read_depth_update(const Parts& parts, const About& about, wire::WireSink& sink) {
    Reader read = parts.read();
    BookDelta delta;
    delta.instrument = about.instrument;
    delta.first_sequence = read.number(key('U'));
    delta.last_sequence = read.number(key('u'));
    if (read.has(kPreviousUpdate)) delta.previous_sequence = read.number(kPreviousUpdate);
    delta.bids = parts.bids;
    delta.asks = parts.asks;
    delta.venue_time = read.time_of_count(read.has(key('T')) ? key('T') : key('E'));
    delta.received_at = about.received_at;
    if (!parts.has_bids) read.refuse("expected a list of levels", key('b'));
    if (!parts.has_asks) read.refuse("expected a list of levels", key('a'));
    if (delta.last_sequence < delta.first_sequence)
        read.refuse("expected the first update id not above the last", key('U'));
    give(read, delta, sink);
}

void read_depth_snapshot(const Parts& parts, const About& about, wire::WireSink& sink) {
    Reader read = parts.read();
    BookDelta delta;
    delta.instrument = about.instrument;
    delta.snapshot = true;
    delta.first_sequence = delta.last_sequence = read.number(kLastUpdateId);
    delta.bids = parts.bids;
    delta.asks = parts.asks;
    delta.received_at = about.received_at;
    // Spot sends no time.
    delta.venue_time = read.has(key('T')) ? read.time_of_count(key('T')) : about.received_at;
    if (read.ok() && !(parts.has_bids && parts.has_asks))
        return sink.take(wire::Refused{"expected a list of levels",
                                       std::string_view{parts.has_bids ? "asks" : "bids"}, 0});
    give(read, delta, sink);
}

}  // namespace plumb::venues::binance
