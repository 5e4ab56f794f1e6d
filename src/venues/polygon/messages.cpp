#include "venues/polygon/messages.hpp"

#include <array>

namespace plumb::venues::polygon {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using wire::Control;
using wire::DataKind;
using wire::Refusal;
using wire::WireEvent;

/// The number of a crypto trade, which the documents write bare and the venue's Go client reads as text; a
/// number for an id that is none is made of its bytes (FNV-1a).
std::uint64_t id_of(Reader& read) {
    if (!read.says(key::i)) return 0;
    const std::string_view token = read.token(key::i);
    if (const auto number = wire::number_of(token)) return *number;
    const std::optional<std::string_view> text = wire::text_of(token);
    if (!text) {
        read.refuse("expected a trade id", key::i);
        return 0;
    }
    if (const auto number = wire::number_of(*text)) return *number;
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : *text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

struct Topic {
    std::string_view prefix;
    DataKind kind;
};
constexpr auto kTopics = std::to_array<Topic>({
    {"XT", DataKind::trade},
    {"XQ", DataKind::quote},
    {"XA", DataKind::bar},
    {"XAS", DataKind::bar},
    {"T", DataKind::trade},
    {"Q", DataKind::quote},
    {"AM", DataKind::bar},
    {"A", DataKind::bar},
});

/// "subscribed to: XT.BTC-USD"
void name_topic(Control& control, std::string_view message, wire::SymbolMap& symbols) {
    const std::size_t colon = message.find(": ");
    if (colon == std::string_view::npos) return;
    const std::string_view topic = message.substr(colon + 2);
    const std::size_t point = topic.find('.');
    for (const Topic& each : kTopics)
        if (each.prefix == topic.substr(0, point)) control.data = each.kind;
    if (point != std::string_view::npos) control.instrument = symbols.find(topic.substr(point + 1));
}

bool speaks_of(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

Refusal refusal_of(std::string_view message) {
    if (speaks_of(message, "not authorized") || speaks_of(message, "entitle") ||
        speaks_of(message, "upgrade") || speaks_of(message, "plan"))
        return Refusal::not_entitled;
    if (speaks_of(message, "maximum number of websocket connections") ||
        speaks_of(message, "connection limit"))
        return Refusal::connection_limit;
    return Refusal::other;
}

}  // namespace

WireEvent read_trade(Reader& read, Market market, TakerSide side, InstrumentId instrument,
                     Timestamp received_at) {
    Trade trade;
    trade.instrument = instrument;
    trade.price = read.price(key::p);
    trade.quantity = read.quantity(key::s);
    // Ids of stocks are unique per exchange only; `q` is unique per symbol. Coins have no `q`.
    trade.trade_id = market == Market::stocks ? read.number(key::q) : id_of(read);
    trade.venue_time = read.time_of_count(key::t);
    trade.received_at = received_at;
    trade.aggressor = side == TakerSide::sell ? Side::sell : Side::buy;
    if (!read.ok()) return read.refused();
    return trade;
}

WireEvent read_quote(Reader& read, Market market, InstrumentId instrument, Timestamp received_at) {
    Quote quote;
    quote.instrument = instrument;
    quote.bid = read.price_or_zero(key::bp);
    quote.bid_quantity = read.quantity_or_zero(key::bs);
    quote.ask = read.price_or_zero(key::ap);
    quote.ask_quantity = read.quantity_or_zero(key::as);
    if (market == Market::stocks && read.says(key::q)) quote.sequence = read.number(key::q);
    quote.venue_time = read.time_of_count(key::t);
    quote.received_at = received_at;
    if (quote.bid.is_zero() != quote.bid_quantity.is_zero())
        read.refuse("a bid needs price and quantity", key::bp);
    if (quote.ask.is_zero() != quote.ask_quantity.is_zero())
        read.refuse("an ask needs price and quantity", key::ap);
    if (quote.bid.is_zero() && quote.ask.is_zero()) read.refuse("expected a bid or an ask", key::bp);
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", key::bp);
    if (!read.ok()) return read.refused();
    return quote;
}

WireEvent read_aggregate(Reader& read, InstrumentId instrument, Timestamp received_at) {
    const Timestamp start = read.time_of_count(key::s), end = read.time_of_count(key::e);
    Ohlcv values;
    values.open = read.price(key::o);
    values.high = read.price(key::h);
    values.low = read.price(key::l);
    values.close = read.price(key::c);
    values.volume = read.quantity_or_zero(key::v);
    // The length is what the times say: the documents' own aggregate of a second spans a minute.
    const Duration length = end - start;
    if (read.ok() && length != seconds{1} && length != minutes{1})
        read.refuse("the bar's times span neither a second nor a minute", key::e);
    if (read.ok() && start.time_since_epoch() % length != Duration{})
        read.refuse("the bar begins inside another", key::s);
    const bool over = end <= received_at + kClockSlack;
    if (over && read.ok() && !check_bar(values))
        read.refuse("the bar's high and low do not enclose its prices", key::h);
    if (!read.ok()) return read.refused();
    if (over) return ClosedBar{instrument, BarOrigin::traded, start, length, values};
    return OpenBar{instrument, BarOrigin::traded, start, length, values};
}

WireEvent read_status(Reader& read, wire::SymbolMap& symbols) {
    const std::string_view status = read.text(key::status);
    if (!read.ok()) return read.refused();
    // Words for people may hold escapes: they are passed on as they stand.
    std::string_view message = read.says(key::message) ? read.token(key::message) : std::string_view{};
    if (2 <= message.size() && message.front() == '"')
        message = message.substr(1, message.rfind('"') - 1);
    else
        message = {};
    Control control;
    control.text = message.substr(0, 96);
    if (status == "connected") return control;
    if (status == "auth_success") {
        control.kind = Control::Kind::authenticated;
    } else if (status == "success") {
        if (!message.starts_with("subscribed to")) return wire::Ignored{"unsubscribed"};
        control.kind = Control::Kind::acknowledged;
        name_topic(control, message, symbols);
    } else if (status == "auth_failed" || status == "auth_timeout") {
        control.kind = Control::Kind::refused;
        control.refusal = status == "auth_failed" ? Refusal::unauthorized : Refusal::other;
    } else if (status == "max_connections") {
        control.kind = Control::Kind::refused;
        control.refusal = Refusal::connection_limit;
    } else if (status == "error" || status == "not_authorized") {
        control.kind = Control::Kind::refused;
        control.refusal = status == "error" ? refusal_of(message) : Refusal::not_entitled;
        name_topic(control, message, symbols);
    } else {
        return wire::Ignored{"a status that is not known"};
    }
    return control;
}

}  // namespace plumb::venues::polygon
