#include "venues/alpaca/messages.hpp"

#include <algorithm>

namespace plumb::venues::alpaca {
namespace {

using wire::Control;
using wire::Ignored;
using wire::Refusal;
using wire::WireEvent;

using Reader = wire::MemberReader<key::kCount>;

Reader reader_of(const Parts& parts) {
    return Reader{kMarketKeys, parts.members, parts.frame, wire::Decimals::bare};
}

struct ErrorRow {
    std::uint64_t code;
    Control::Kind kind;
    Refusal refusal;
};
// The venue's documents, "websocket streaming", and its SDKs where the documents lack a code.
constexpr auto kErrors = std::to_array<ErrorRow>({
    {401, Control::Kind::error, Refusal::other},               // subscribed before the login was answered
    {402, Control::Kind::refused, Refusal::unauthorized},      //
    {403, Control::Kind::authenticated, Refusal::none},        // already authenticated: harmless
    {404, Control::Kind::error, Refusal::other},               // no login within 10 s
    {405, Control::Kind::refused, Refusal::symbol_limit},      //
    {406, Control::Kind::refused, Refusal::connection_limit},  //
    {407, Control::Kind::error, Refusal::slow_client},         //
    {408, Control::Kind::refused, Refusal::not_entitled},      // v2 not enabled
    {409, Control::Kind::refused, Refusal::not_entitled},      // the plan does not have this feed
    {410, Control::Kind::refused, Refusal::other},             // a channel this feed does not have
    {411, Control::Kind::refused, Refusal::not_entitled},      // scope of an OAuth token
    {412, Control::Kind::refused, Refusal::other},             // options
    {413, Control::Kind::refused, Refusal::other},             //
    {500, Control::Kind::error, Refusal::other},               //
});

}  // namespace

wire::Refused refused_at(const char* reason, std::size_t key, const wire::Members& members,
                         const char* frame) {
    const std::size_t offset =
        members.has(key) ? static_cast<std::size_t>(members.token(key).data() - frame) : 0;
    return {reason, kMarketKeys.name(key), offset};
}

WireEvent read_trade(const Parts& parts, const Origin& origin) {
    Reader read = reader_of(parts);
    Trade trade;
    trade.instrument = origin.instrument;
    trade.price = read.price(key::p);
    trade.quantity = read.quantity(key::s);
    trade.trade_id = read.number(key::i);
    trade.venue_time = read.time(key::t);
    trade.received_at = origin.received_at;
    if (origin.is_pair || read.says(key::tks)) {
        const std::string_view taker = read.text(key::tks);
        if (taker != "B" && taker != "S") read.refuse("expected B or S", key::tks);
        trade.aggressor = taker == "S" ? Side::sell : Side::buy;
    }
    if (!read.ok()) return read.refused();
    if (read.says(key::u)) {  // rows of the past only
        const std::string_view update = read.text(key::u);
        if (update != "corrected") return Ignored{"a trade that was canceled or found incorrect"};
    }
    return trade;
}

WireEvent read_quote(const Parts& parts, const Origin& origin) {
    Reader read = reader_of(parts);
    Quote quote;
    quote.instrument = origin.instrument;
    quote.bid = read.price_or_zero(key::bp);
    quote.bid_quantity = read.quantity_or_zero(key::bs);
    quote.ask = read.price_or_zero(key::ap);
    quote.ask_quantity = read.quantity_or_zero(key::as);
    quote.venue_time = read.time(key::t);
    quote.received_at = origin.received_at;
    // The documents: a price of zero means that nobody quotes the side.
    if (quote.bid.is_zero()) quote.bid_quantity = Quantity{};
    if (quote.ask.is_zero()) quote.ask_quantity = Quantity{};
    if (!quote.bid.is_zero() && !quote.ask.is_zero()) {
        if (quote.ask < quote.bid) read.refuse("expected the bid below the ask", key::bp);
        if (origin.is_pair && quote.ask == quote.bid) read.refuse("expected the bid below the ask", key::bp);
    }
    if (!read.ok()) return read.refused();
    return quote;
}

WireEvent read_bar(const Parts& parts, const Origin& origin, Duration length, bool is_over) {
    Reader read = reader_of(parts);
    const Timestamp open_time = read.time(key::t);
    Ohlcv values;
    values.open = read.price(key::o);
    values.high = read.price(key::h);
    values.low = read.price(key::l);
    values.close = read.price(key::c);
    values.volume = read.quantity_or_zero(key::v);
    const BarOrigin made_of = values.volume.is_zero() ? BarOrigin::quoted : BarOrigin::traded;
    if (is_over && read.ok() && !check_bar(values))
        read.refuse("the bar's high and low do not enclose its prices", key::h);
    if (!read.ok()) return read.refused();
    if (is_over) return ClosedBar{origin.instrument, made_of, open_time, length, values};
    return OpenBar{origin.instrument, made_of, open_time, length, values};
}

WireEvent read_book(const Parts& parts, const Origin& origin, bool is_snapshot) {
    Reader read = reader_of(parts);
    BookDelta delta;
    delta.instrument = origin.instrument;
    delta.snapshot = is_snapshot;
    delta.bids = parts.bids;
    delta.asks = parts.asks;
    delta.venue_time = read.time(key::t);
    delta.received_at = origin.received_at;
    // An update may leave out the side that did not change; a whole book has both.
    const bool enough = is_snapshot ? parts.has_bids && parts.has_asks : parts.has_bids || parts.has_asks;
    if (!enough) read.refuse("expected a list of levels", parts.has_bids ? key::a : key::b);
    if (!read.ok()) return read.refused();
    return delta;
}

WireEvent read_status(const Parts& parts, const Origin& origin) {
    Reader read = reader_of(parts);
    const std::string_view code = read.text(key::sc);
    if (!read.ok()) return read.refused();
    // Tapes A and B (CTA): 2 halt, 3 resume. Tapes C and O (UTP): H halt, P volatility pause, T resume.
    MarketStatus status{origin.instrument, TradingStatus::open, origin.received_at};
    if (code == "2" || code == "H" || code == "P")
        status.status = TradingStatus::halted;
    else if (code != "3" && code != "T")
        return Ignored{"a notice that neither halts nor resumes trading"};
    return status;
}

WireEvent read_error(const Parts& parts) {
    Reader read = reader_of(parts);
    Control control;
    const std::uint64_t code = read.number(key::code);
    control.code = static_cast<std::int64_t>(code);
    const std::string_view text = read.text(key::msg);
    if (!read.ok()) return read.refused();
    control.text = text.substr(0, 96);
    control.kind = Control::Kind::error;
    control.refusal = Refusal::other;
    for (const ErrorRow& row : kErrors) {
        if (row.code != code) continue;
        control.kind = row.kind;
        control.refusal = row.refusal;
    }
    return control;
}

}  // namespace plumb::venues::alpaca
