#include "venues/binance/user_messages.hpp"

#include "venues/binance/order_words.hpp"

namespace plumb::venues::binance {
namespace {

using wire::OrderUpdate;

std::optional<Price> above_zero(Price price) { return price.is_zero() ? std::nullopt : std::optional{price}; }

void read_side(Reader& read, OrderUpdate& order) {
    const std::optional<Side> side = side_of(read.text(key('S')));
    if (side)
        order.side = *side;
    else
        read.refuse("expected BUY or SELL", key('S'));
}

std::optional<StatusWord> read_status(Reader& read) {
    const std::optional<StatusWord> status = status_of(read.text(key('X')));
    if (!status) read.refuse("expected an order status of the venue", key('X'));
    return status;
}

/// What both markets write alike: s S o X i q p z T.
void read_common(Reader& read, OrderUpdate& order) {
    order.symbol = read.fixed<32>(key('s'));
    read_side(read, order);
    order.type = type_of(read.text(key('o')));
    order.venue_order = venue_order_id(read.number(key('i')));
    order.quantity = read.quantity_or_zero(key('q'));
    order.filled = read.quantity_or_zero(key('z'));
    order.limit = above_zero(read.price_or_zero(key('p')));
    order.venue_time = read.time_of_count(key('T'));
    if (const auto status = read_status(read))
        order.state = state_of(*status, *order.filled, *order.quantity);
    // The quantity is zero for orders by value and for those that close a position, both strangers'.
    if (!order.quantity->is_zero() && *order.quantity < *order.filled)
        read.refuse("more is filled than was ordered", key('z'));
}

/// The trade of a report that tells one: t L l n N m.
void read_fill(Reader& read, OrderUpdate& order) {
    wire::VenueFill fill;
    fill.execution = execution_id(order.symbol.view(), read.number(key('t')), order.side);
    if (fill.execution.empty()) read.refuse("symbol and trade id are too long", key('t'));
    fill.price = read.price(key('L'));
    fill.quantity = read.quantity(key('l'));
    fill.maker = read.truth(key('m'));
    if (read.says(key('n'))) {
        fill.fee = read.decimal(key('n'));
        if (read.says(key('N'))) fill.fee_asset = read.fixed<16>(key('N'));
        fill.fee_known = fill.fee.is_zero() || !fill.fee_asset.empty();
    }
    if (*order.filled < fill.quantity) read.refuse("the fill is larger than their sum", key('l'));
    order.fill = fill;
}

void set_reason(OrderUpdate& order, std::string_view reason) {
    if (reason.empty() || reason == "NONE" || reason == "0") return;
    order.reason = reason.substr(0, 96);
}

void give(const Reader& read, const OrderUpdate& order, wire::WireSink& sink) {
    if (read.ok())
        sink.take(order);
    else
        sink.take(read.refused());
}

}  // namespace

void read_execution(const Parts& parts, std::optional<InstrumentId> instrument, Timestamp received_at,
                    wire::WireSink& sink) {
    Reader read = parts.read();
    OrderUpdate order;
    order.instrument = instrument;
    order.received_at = received_at;
    read_common(read, order);
    const std::string_view execution = read.text(key('x'));
    order.client_order = read.fixed<64>(key('c'));
    // A cancel has an id of its own under c; the order's is then under C. An amendment gives the order the
    // id under c and leaves the former one under C.
    const std::string_view former = read.has(key('C')) ? read.text(key('C')) : std::string_view{};
    if (!former.empty() && FixedText<64>::fits(former)) {
        if (execution == "REPLACED")
            order.replaces = former;
        else
            order.client_order = former;
    }
    order.stop = above_zero(read.price_or_zero(key('P')));
    if (read.has(key('Z'))) order.average = average_of(read.decimal(key('Z')), *order.filled);
    set_reason(order, read.text(key('r')));
    if (order.reason.empty() && read.has(kExpirySpot)) set_reason(order, read.text(kExpirySpot));
    if (order.reason.empty() && order.state == OrderState::canceled && execution != "CANCELED")
        set_reason(order, read.text(key('X')));
    const bool calculated = execution == "CALCULATED";  // a liquidation: no trade while it is pending
    if (execution == "TRADE" || (calculated && !read.quantity_or_zero(key('l')).is_zero()))
        read_fill(read, order);
    give(read, order, sink);
}

void read_order_trade(const Parts& parts, std::optional<InstrumentId> instrument, Timestamp received_at,
                      wire::WireSink& sink) {
    if (!parts.has_inner) return sink.take(wire::Refused{"a key is missing", std::string_view{"o"}, 0});
    Reader read = parts.read_inner();
    OrderUpdate order;
    order.instrument = instrument;
    order.received_at = received_at;
    read_common(read, order);
    const std::string_view execution = read.text(key('x'));
    order.client_order = read.fixed<64>(key('c'));
    if (read.has(kStopPrice)) order.stop = above_zero(read.price_or_zero(kStopPrice));
    if (read.has(kAveragePrice)) order.average = above_zero(read.price_or_zero(kAveragePrice));
    if (read.has(kExpiryFutures)) set_reason(order, read.text(kExpiryFutures));
    if (order.reason.empty() && order.state == OrderState::canceled && execution != "CANCELED")
        set_reason(order, read.text(key('X')));
    const bool calculated = execution == "CALCULATED";  // a liquidation: no trade while it is pending
    if (execution == "TRADE" || (calculated && !read.quantity_or_zero(key('l')).is_zero()))
        read_fill(read, order);
    if (calculated && order.reason.empty()) set_reason(order, "taken over by the venue (liquidation)");
    give(read, order, sink);
}

void read_algo(const Parts& parts, std::optional<InstrumentId> instrument, Timestamp received_at,
               wire::WireSink& sink) {
    if (!parts.has_inner) return sink.take(wire::Refused{"a key is missing", std::string_view{"o"}, 0});
    Reader read = parts.read_inner();
    const std::string_view state = read.text(key('X'));
    // From the trigger on an ordinary order of the same client id tells what happens.
    if (read.ok() && (state == "TRIGGERING" || state == "TRIGGERED" || state == "FINISHED"))
        return sink.take(wire::Ignored{"ALGO_UPDATE: the order it became tells the rest"});
    OrderUpdate order;
    order.instrument = instrument;
    order.received_at = received_at;
    order.symbol = read.fixed<32>(key('s'));
    read_side(read, order);
    order.type = type_of(read.text(key('o')));
    order.client_order = read.fixed<64>(kAlgoClientId);
    order.venue_order = algo_order_id(read.number(kAlgoId));
    order.quantity = read.quantity_or_zero(key('q'));
    order.filled = Quantity{};
    order.limit = above_zero(read.price_or_zero(key('p')));
    order.stop = above_zero(read.price_or_zero(kAlgoTrigger));
    order.venue_time = parts.read().time_of_count(key('T'));
    if (const auto status = read_status(read)) order.state = status->state;
    if (read.says(kAlgoReason) && is_final(order.state)) set_reason(order, read.text(kAlgoReason));
    give(read, order, sink);
}

}  // namespace plumb::venues::binance
