#include "venues/binance/messages.hpp"

#include <array>
#include <utility>

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

struct StateName {
    std::string_view name;
    OrderState state;
};
constexpr auto kStates = std::to_array<StateName>({
    {"NEW", OrderState::working},
    {"PENDING_NEW", OrderState::working},
    {"PENDING_CANCEL", OrderState::working},
    {"PARTIALLY_FILLED", OrderState::partially_filled},
    {"FILLED", OrderState::filled},
    {"CANCELED", OrderState::canceled},
    {"EXPIRED", OrderState::canceled},
    {"EXPIRED_IN_MATCH", OrderState::canceled},
    {"REJECTED", OrderState::rejected},
});

template <std::size_t Capacity>
FixedText<Capacity> number_text(std::uint64_t number) {
    std::array<char, 20> digits;
    std::size_t at = digits.size();
    do {
        digits[--at] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return std::string_view{digits.data() + at, digits.size() - at};
}

}  // namespace

std::optional<Duration> interval_of(std::string_view text) {
    for (const Interval& interval : kIntervals)
        if (interval.name == text) return interval.length;
    return std::nullopt;
}

void read_trade(const Parts& parts, char id_key, InstrumentId instrument, const Arrival& arrival,
                Decoded& out) {
    FieldReader read{parts.fields, parts.frame};
    Trade trade;
    trade.instrument = instrument;
    trade.price = read.price('p');
    trade.quantity = read.quantity('q');
    trade.trade_id = read.number(id_key);
    trade.venue_time = read.time('T');
    trade.aggressor = read.truth('m') ? Side::sell : Side::buy;  // m: the buyer's order was in the book
    trade.received_at = arrival.received_at;
    if (read.ok())
        out = trade;
    else
        out = read.refused();
}

void read_quote(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out) {
    FieldReader read{parts.fields, parts.frame};
    Quote quote;
    quote.instrument = instrument;
    quote.bid = read.price_or_zero('b');
    quote.bid_quantity = read.quantity_or_zero('B');
    quote.ask = read.price_or_zero('a');
    quote.ask_quantity = read.quantity_or_zero('A');
    if (parts.fields.has('u')) quote.sequence = read.number('u');
    quote.received_at = arrival.received_at;
    quote.venue_time = parts.fields.has('T') ? read.time('T') : arrival.received_at;  // spot sends no time
    if (quote.bid.is_zero() != quote.bid_quantity.is_zero())
        read.refuse("a bid needs price and quantity", 'b');
    if (quote.ask.is_zero() != quote.ask_quantity.is_zero())
        read.refuse("an ask needs price and quantity", 'a');
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", 'b');
    if (read.ok())
        out = quote;
    else
        out = read.refused();
}

void read_bar(const Fields& fields, const char* frame, Duration length, bool closed, InstrumentId instrument,
              Decoded& out) {
    FieldReader read{fields, frame};
    const Timestamp open_time = read.time('t');
    const Timestamp last_moment = read.time('T');
    Ohlcv values;
    values.open = read.price('o');
    values.high = read.price('h');
    values.low = read.price('l');
    values.close = read.price('c');
    values.volume = read.quantity_or_zero('v');
    // A bar without trades is the venue's repetition of the last close.
    const BarOrigin origin = read.number('n') == 0 ? BarOrigin::filled : BarOrigin::traded;
    const Duration last = last_moment - open_time;
    if (last < length - std::chrono::milliseconds{1} || length <= last)
        read.refuse("the bar's times do not span its interval", 'T');
    // The documents' own open kline has its low above its open, so only a bar that will be used must be
    // consistent.
    if (closed && read.ok() && !check_bar(values))
        read.refuse("the bar's high and low do not enclose its prices", 'h');
    if (!read.ok())
        out = read.refused();
    else if (closed)
        out = ClosedBar{instrument, origin, open_time, length, values};
    else
        out = OpenBar{instrument, origin, open_time, length, values};
}

void read_kline(const Parts& parts, InstrumentId instrument, Decoded& out) {
    if (!parts.has_kline) {
        out = Refused{"a key is missing", std::string_view{"k"}, 0};
        return;
    }
    FieldReader read{parts.kline, parts.frame};
    const bool closed = read.truth('x');
    const std::string_view interval = read.text('i');
    if (!read.ok()) {
        out = read.refused();
        return;
    }
    const std::optional<Duration> length = interval_of(interval);
    if (length) return read_bar(parts.kline, parts.frame, *length, closed, instrument, out);
    if (interval == "1M") {
        out = Ignored{"bars of a month have no fixed length"};
        return;
    }
    read.refuse("expected an interval of the venue", 'i');
    out = read.refused();
}

void read_depth_update(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out) {
    FieldReader read{parts.fields, parts.frame};
    BookDelta delta;
    delta.instrument = instrument;
    delta.first_sequence = read.number('U');
    delta.last_sequence = read.number('u');
    delta.bids = parts.bids;
    delta.asks = parts.asks;
    delta.venue_time = read.time(parts.fields.has('T') ? 'T' : 'E');
    delta.received_at = arrival.received_at;
    if (!parts.has_bids) read.refuse("expected a list of levels", 'b');
    if (!parts.has_asks) read.refuse("expected a list of levels", 'a');
    if (delta.last_sequence < delta.first_sequence)
        read.refuse("expected the first update id not above the last", 'U');
    if (read.ok())
        out = delta;
    else
        out = read.refused();
}

void read_depth_snapshot(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out) {
    const auto offset = static_cast<std::size_t>(parts.last_update.data() - parts.frame);
    const std::optional<std::uint64_t> last = number_of(parts.last_update);
    if (!last || !parts.has_bids || !parts.has_asks) {
        out = Refused{last ? "expected a list of levels" : "expected a whole number without quotes",
                      std::string_view{last ? "bids" : "lastUpdateId"}, offset};
        return;
    }
    BookDelta delta;
    delta.instrument = instrument;
    delta.snapshot = true;
    delta.first_sequence = delta.last_sequence = *last;
    delta.bids = parts.bids;
    delta.asks = parts.asks;
    delta.venue_time = delta.received_at = arrival.received_at;  // the venue sends no time
    out = delta;
}

void read_execution(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out) {
    FieldReader read{parts.fields, parts.frame};
    ExecutionReport report;
    report.instrument = instrument;
    report.client_order = read.fixed<40>('c');
    // A cancel has an id of its own under c; the order's is then under C.
    if (parts.fields.has('C') && !read.text('C').empty()) report.client_order = read.fixed<40>('C');
    report.venue_order = number_text<40>(read.number('i'));
    const std::string_view side = read.text('S');
    if (side != "BUY" && side != "SELL") read.refuse("expected BUY or SELL", 'S');
    report.side = side == "SELL" ? Side::sell : Side::buy;
    report.type = read.fixed<24>('o');
    report.time_in_force = read.fixed<8>('f');
    report.execution = read.fixed<24>('x');
    const std::string_view state = read.text('X');
    const StateName* known = nullptr;
    for (const StateName& name : kStates)
        if (name.name == state) known = &name;
    if (known)
        report.state = known->state;
    else
        read.refuse("expected an order status of the venue", 'X');
    const std::string_view reason = read.text('r');
    if (reason != "NONE" && FixedText<96>::fits(reason)) report.reason = reason;
    report.price = read.price_or_zero('p');
    report.stop = read.price_or_zero('P');
    report.quantity = read.quantity_or_zero('q');
    report.filled = read.quantity_or_zero('z');
    report.venue_time = read.time('T');
    report.received_at = arrival.received_at;
    report.traded = report.execution.view() == "TRADE";
    if (report.traded) {
        report.trade = number_text<40>(read.number('t'));
        report.last_price = read.price('L');
        report.last_quantity = read.quantity('l');
        report.fee = read.decimal('n');
        if (parts.fields.has('N') && parts.fields.token('N').front() == '"')
            report.fee_asset = read.fixed<16>('N');
        report.maker = read.truth('m');
    }
    if (read.ok())
        out = report;
    else
        out = read.refused();
}

}  // namespace plumb::venues::binance
