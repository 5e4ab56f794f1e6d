#include "venues/coinbase/rows.hpp"

#include <array>

namespace plumb::venues::coinbase {
namespace {

using wire::Decimals;
using wire::MemberReader;
using wire::Members;

template <class Event>
Row<Event> refused(const wire::Refused& refused) {
    return {{}, refused, nullptr};
}
template <class Event>
Row<Event> not_followed() {
    return {{}, {}, kNotFollowed};
}

template <std::size_t Count>
std::uint64_t read_digits(MemberReader<Count>& read, const Members& members, std::size_t key) {
    const auto digits = members.has(key) ? digits_of(members.token(key)) : std::nullopt;
    if (!digits) read.refuse(members.has(key) ? "expected digits" : "a key is missing", key);
    return digits.value_or(0);
}

template <std::size_t Count>
Side read_side(MemberReader<Count>& read, std::size_t key) {
    const std::string_view side = read.text(key);
    if (side != "BUY" && side != "SELL") read.refuse("expected BUY or SELL", key);
    return side == "SELL" ? Side::sell : Side::buy;
}

template <std::size_t Count>
void check_quote(MemberReader<Count>& read, const Quote& quote, std::size_t key) {
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", key);
}

struct StatusName {
    std::string_view name;
    OrderState state;
};
constexpr auto kStatuses = std::to_array<StatusName>({
    {"PENDING", OrderState::working},
    {"OPEN", OrderState::working},
    {"QUEUED", OrderState::working},
    {"CANCEL_QUEUED", OrderState::working},
    {"EDIT_QUEUED", OrderState::working},
    {"FILLED", OrderState::filled},
    {"CANCELLED", OrderState::canceled},
    {"EXPIRED", OrderState::canceled},
    {"FAILED", OrderState::rejected},
    {"UNKNOWN_ORDER_STATUS", OrderState::unknown},
});

/// "Limit" on the stream, "LIMIT" in REST, "Stop Limit" and "STOP_LIMIT"; nothing for types that are not ours
/// (brackets, TWAP).
std::optional<OrderType> order_type_of(std::string_view text) {
    const auto same = [text](std::string_view name) {
        if (text.size() != name.size()) return false;
        for (std::size_t i = 0; i < name.size(); ++i) {
            const char c = text[i] == ' ' ? '_' : text[i];
            if ((('A' <= c && c <= 'Z') ? static_cast<char>(c + 32) : c) != name[i]) return false;
        }
        return true;
    };
    if (same("limit")) return OrderType::limit;
    if (same("market")) return OrderType::market;
    if (same("stop_limit")) return OrderType::stop_limit;
    if (same("stop")) return OrderType::stop;
    return std::nullopt;
}

/// Of two spellings the one that is there.
std::size_t pick(const Members& members, std::size_t stream, std::size_t rest) {
    return members.has(stream) || !members.has(rest) ? stream : rest;
}

FixedText<96> reason_of(const Members& members) {
    for (const std::size_t key :
         {order::reject_message, order::cancel_message, order::reject_reason, order::cancel_reason}) {
        if (is_blank(members, key)) continue;
        const auto words = words_of<96>(members.token(key));
        if (words.view() != "REJECT_REASON_UNSPECIFIED") return words;
    }
    return {};
}

void settle_state(wire::OrderUpdate& update) {
    const bool some = update.filled && update.filled->sign() > 0;
    if (some && update.state == OrderState::working) update.state = OrderState::partially_filled;
    if (some && update.state == OrderState::rejected) update.state = OrderState::canceled;  // it lived before
}

}  // namespace

std::optional<std::uint64_t> digits_of(std::string_view token) {
    std::string_view text = token;
    if (!token.empty() && token.front() == '"') {
        const auto inner = wire::text_of(token);
        if (!inner) return std::nullopt;
        text = *inner;
    }
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    if (text.empty() || 19 < text.size()) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || '9' < c) return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number;
}

bool is_blank(const wire::Members& members, std::size_t key) {
    return !members.says(key) || members.token(key).starts_with("\"\"");
}

Row<Trade> read_trade(const Members& members, const Context& context, wire::SymbolMap& symbols) {
    MemberReader read{trade::kKeys, members, context.frame, Decimals::quoted};
    Trade print;
    const std::string_view symbol = read.text(trade::product_id);
    print.price = read.price(trade::price);
    print.quantity = read.quantity(trade::size);
    print.trade_id = read_digits(read, members, trade::trade_id);
    print.aggressor = read_side(read, trade::side);
    print.venue_time = read.time(trade::time);
    print.received_at = context.received_at;
    if (!read.ok()) return refused<Trade>(read.refused());
    const auto instrument = symbols.find(symbol);
    if (!instrument) return not_followed<Trade>();
    print.instrument = *instrument;
    return {print, {}, nullptr};
}

Row<Quote> read_ticker(const Members& members, const Context& context, wire::SymbolMap& symbols) {
    MemberReader read{ticker::kKeys, members, context.frame, Decimals::quoted};
    const std::string_view symbol = read.text(ticker::product_id);
    if (read.ok() && is_blank(members, ticker::best_bid) && is_blank(members, ticker::best_ask))
        return {{}, {}, "a ticker without bid and ask"};
    Quote quote;
    quote.bid = read.price_or_zero(ticker::best_bid);
    quote.ask = read.price_or_zero(ticker::best_ask);
    quote.bid_quantity = read.quantity_or_zero(ticker::best_bid_quantity);
    quote.ask_quantity = read.quantity_or_zero(ticker::best_ask_quantity);
    quote.sequence = context.sequence;
    quote.venue_time = context.sent_at;
    quote.received_at = context.received_at;
    check_quote(read, quote, ticker::best_bid);
    if (!read.ok()) return refused<Quote>(read.refused());
    if (quote.bid.is_zero() && quote.ask.is_zero()) return {{}, {}, "a ticker without bid and ask"};
    const auto instrument = symbols.find(symbol);
    if (!instrument) return not_followed<Quote>();
    quote.instrument = *instrument;
    return {quote, {}, nullptr};
}

Row<OpenBar> read_candle(const Members& members, const Context& context, InstrumentId instrument,
                         Duration length) {
    MemberReader read{candle::kKeys, members, context.frame, Decimals::quoted};
    OpenBar bar;
    bar.instrument = instrument;
    bar.length = length;
    const std::uint64_t start = read_digits(read, members, candle::start);
    if (read.ok() && (start == 0 || 9'000'000'000ULL < start))
        read.refuse("expected seconds since 1970", candle::start);
    bar.values.open = read.price(candle::open);
    bar.values.high = read.price(candle::high);
    bar.values.low = read.price(candle::low);
    bar.values.close = read.price(candle::close);
    bar.values.volume = read.quantity_or_zero(candle::volume);
    if (read.ok()) {
        bar.open_time = Timestamp{std::chrono::seconds{start}};
        if (bar.open_time.time_since_epoch() % length != Duration::zero())
            read.refuse("expected a start on the grid of the bar's length", candle::start);
        else if (!check_bar(bar.values))
            read.refuse("the bar's high and low do not enclose its prices", candle::high);
    }
    if (!read.ok()) return refused<OpenBar>(read.refused());
    // Buckets nobody trades in are left out by the venue, so a row without volume repeats a price.
    bar.origin = bar.values.volume.is_zero() ? BarOrigin::filled : BarOrigin::traded;
    return {bar, {}, nullptr};
}

Row<MarketStatus> read_status(const Members& members, const Context& context, wire::SymbolMap& symbols) {
    MemberReader read{product::kKeys, members, context.frame, Decimals::quoted};
    const std::string_view symbol = read.text(pick(members, product::id, product::product_id));
    const std::string_view word = read.text(product::status);
    const auto is = [&](std::size_t key) { return read.says(key) && read.truth(key); };
    const bool halted = is(product::trading_disabled) || is(product::is_disabled) || is(product::cancel_only);
    MarketStatus status;
    if (word == "offline" || word == "delisted")
        status.status = TradingStatus::closed;
    else if (halted || word == "internal")
        status.status = TradingStatus::halted;
    else if (word != "online" && !word.empty())
        read.refuse("expected a status of the venue", product::status);
    status.received_at = context.received_at;
    if (!read.ok()) return refused<MarketStatus>(read.refused());
    const auto instrument = symbols.find(symbol);
    if (!instrument) return not_followed<MarketStatus>();
    status.instrument = *instrument;
    return {status, {}, nullptr};
}

Row<wire::OrderUpdate> read_order(const Members& members, const Context& context, wire::SymbolMap& symbols) {
    MemberReader read{order::kKeys, members, context.frame, Decimals::quoted};
    wire::OrderUpdate update;
    update.symbol = read.fixed<32>(order::product_id);
    update.venue_order = read.fixed<40>(order::order_id);
    if (read.ok() && update.venue_order.empty()) read.refuse("expected an order's id", order::order_id);
    if (read.says(order::client_order_id)) update.client_order = read.fixed<64>(order::client_order_id);
    update.side = read_side(read, pick(members, order::order_side, order::side));
    if (!is_blank(members, order::order_type)) update.type = order_type_of(read.text(order::order_type));

    const std::string_view status = read.text(order::status);
    const StatusName* known = nullptr;
    for (const StatusName& each : kStatuses)
        if (each.name == status) known = &each;
    if (known)
        update.state = known->state;
    else
        read.refuse("expected an order status of the venue", order::status);

    const std::size_t filled = pick(members, order::cumulative_quantity, order::filled_size);
    update.filled = read.quantity_or_zero(filled);
    const std::size_t average = pick(members, order::avg_price, order::average_filled_price);
    if (!is_blank(members, average)) {
        const Price price = read.price_or_zero(average);
        if (price.sign() > 0) update.average = price;
    }
    if (!is_blank(members, order::limit_price)) {
        const Price price = read.price_or_zero(order::limit_price);
        if (price.sign() > 0) update.limit = price;
    }
    if (!is_blank(members, order::stop_price)) {
        const Price price = read.price_or_zero(order::stop_price);
        if (price.sign() > 0) update.stop = price;
    }
    // When an order ends its leaves quantity becomes zero, and that of a market order may count quote units.
    const bool in_base = !update.type || *update.type != OrderType::market;
    if (!is_blank(members, order::leaves_quantity) && update.filled) {
        const Quantity leaves = read.quantity_or_zero(order::leaves_quantity);
        if (in_base && !is_final(update.state) && read.ok()) update.quantity = *update.filled + leaves;
    }
    if (update.state == OrderState::filled) update.quantity = update.filled;
    update.reason = reason_of(members);
    update.venue_time = context.sent_at;
    update.received_at = context.received_at;
    if (!read.ok()) return refused<wire::OrderUpdate>(read.refused());
    settle_state(update);
    update.instrument = symbols.find(update.symbol.view());
    return {update, {}, nullptr};
}

}  // namespace plumb::venues::coinbase
