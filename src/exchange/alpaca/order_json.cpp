#include "exchange/alpaca/order_json.hpp"

#include <fmt/format.h>

#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

std::string_view time_in_force_text(TimeInForce value) {
    switch (value) {
        case TimeInForce::day: return "day";
        case TimeInForce::good_till_canceled: return "gtc";
        case TimeInForce::immediate_or_cancel: return "ioc";
        case TimeInForce::fill_or_kill: return "fok";
    }
    return "";
}

/// The best price that a trailing stop has seen, from where its stop stands now.
Decimal high_water_mark(const OrderRecord& order) {
    const Trail& trail = order.spec.trail;
    const Decimal one{1};
    const bool is_sell = order.spec.side == Side::sell;
    if (0 < trail.distance.sign()) {
        return is_sell ? order.trail_stop.value + trail.distance.value
                       : order.trail_stop.value - trail.distance.value;
    }
    return order.trail_stop.value / (is_sell ? one - trail.fraction : one + trail.fraction);
}

Decimal rounded(Decimal value) { return value.quantized(Decimal::power_of_ten(-9), Rounding::nearest); }

void write_prices(JsonOut& out, const OrderRecord& order) {
    const OrderSpec& spec = order.spec;
    const bool has_limit = spec.type == OrderType::limit || spec.type == OrderType::stop_limit;
    has_limit ? out.amount("limit_price", spec.limit.value) : out.null("limit_price");
    if (spec.type == OrderType::stop || spec.type == OrderType::stop_limit) {
        out.amount("stop_price", spec.stop.value);
    } else if (spec.type == OrderType::trailing_stop && 0 < order.trail_stop.sign()) {
        out.amount("stop_price", rounded(order.trail_stop.value));
    } else {
        out.null("stop_price");
    }
}

void write_trail(JsonOut& out, const OrderRecord& order) {
    const Trail& trail = order.spec.trail;
    0 < trail.fraction.sign() ? out.amount("trail_percent", trail.fraction * Decimal{100})
                              : out.null("trail_percent");
    0 < trail.distance.sign() ? out.amount("trail_price", trail.distance.value) : out.null("trail_price");
    order.spec.type == OrderType::trailing_stop && 0 < order.trail_stop.sign()
        ? out.amount("hwm", rounded(high_water_mark(order)))
        : out.null("hwm");
}

struct Ends {
    Timestamp filled, expired, canceled, failed, replaced;
};

Ends ends_of(const OrderRecord& order, std::string_view status) {
    Ends ends;
    if (status == "filled") ends.filled = order.ended_at;
    if (status == "expired") ends.expired = order.ended_at;
    if (status == "canceled") ends.canceled = order.ended_at;
    if (status == "rejected") ends.failed = order.ended_at;
    if (status == "replaced") ends.replaced = order.ended_at;
    return ends;
}

}  // namespace

std::string OrderNote::text() const {
    return fmt::format("{};{};{};{}", time_in_force, intent, extended_hours ? 1 : 0, notional.to_string());
}

OrderNote OrderNote::parse(std::string_view text) {
    OrderNote note;
    std::array<std::string_view, 4> parts;
    for (std::string_view& part : parts) {
        const std::size_t end = std::min(text.find(';'), text.size());
        part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    note.time_in_force = parts[0];
    note.intent = parts[1];
    note.extended_hours = parts[2] == "1";
    note.notional = parse_number(parts[3]).value_or(Decimal{});
    return note;
}

std::string_view status_text(const OrderRecord& order) {
    switch (order.status) {
        case OrderStatus::waiting:
        case OrderStatus::working: return "new";
        case OrderStatus::partially_filled: return "partially_filled";
        case OrderStatus::filled: return "filled";
        // The rest of an order that could not be filled at once is canceled here, not expired.
        case OrderStatus::canceled: return order.end_reason == EndReason::time_over ? "expired" : "canceled";
        case OrderStatus::expired: return order.end_reason == EndReason::time_over ? "expired" : "canceled";
        case OrderStatus::rejected: return "rejected";
        case OrderStatus::replaced: return "replaced";
    }
    return "";
}

std::string_view type_text(OrderType type) {
    switch (type) {
        case OrderType::market: return "market";
        case OrderType::limit: return "limit";
        case OrderType::stop: return "stop";
        case OrderType::stop_limit: return "stop_limit";
        case OrderType::trailing_stop: return "trailing_stop";
    }
    return "";
}

std::string order_id(const Desk& desk, OrderNumber number) { return desk.ids().text(IdKind::order, number); }

void write_order(JsonOut& out, const Desk& desk, const OrderRecord& order, OrderView view, bool is_stream) {
    const OrderSpec& spec = order.spec;
    const Asset& asset = desk.assets().of(spec.instrument);
    const OrderNote note = OrderNote::parse(spec.note);
    const bool is_pending = view == OrderView::pending;
    const std::string_view status = is_pending ? "pending_new" : status_text(order);
    const Ends ends = is_pending ? Ends{} : ends_of(order, status);
    const Timestamp updated_at = is_pending ? order.created_at : order.updated_at;
    out.begin_object();
    out.text("id", order_id(desk, order.number));
    out.text("client_order_id", spec.client_id);
    out.time("created_at", order.created_at);
    out.time("updated_at", updated_at);
    out.time("submitted_at", order.created_at);
    out.time_or_null("filled_at", ends.filled);
    out.time_or_null("expired_at", ends.expired);
    if (spec.expires_at != Timestamp{}) out.time("expires_at", spec.expires_at);
    if (is_stream) out.null("cancel_requested_at");
    out.time_or_null("canceled_at", ends.canceled);
    out.time_or_null("failed_at", ends.failed);
    out.time_or_null("replaced_at", ends.replaced);
    order.replaced_by != 0 ? out.text("replaced_by", order_id(desk, order.replaced_by))
                           : out.null("replaced_by");
    order.replaces != 0 ? out.text("replaces", order_id(desk, order.replaces)) : out.null("replaces");
    out.text("asset_id", asset.id);
    out.text("symbol", asset.symbol);
    out.text("asset_class", asset.is_crypto ? "crypto" : "us_equity");
    const bool by_value = 0 < note.notional.sign();
    by_value ? out.amount("notional", note.notional) : out.null("notional");
    by_value ? out.null("qty") : out.amount("qty", spec.quantity.value);
    out.amount("filled_qty", is_pending ? Decimal{} : order.filled.value);
    is_pending || order.filled.is_zero()
        ? out.null("filled_avg_price")
        : out.amount("filled_avg_price", rounded(order.average_price().value));
    out.text("order_class", "");
    out.text("order_type", type_text(spec.type));
    out.text("type", type_text(spec.type));
    out.text("side", to_string(spec.side));
    out.text("position_intent", note.intent);
    out.text("time_in_force", note.time_in_force.empty() ? time_in_force_text(spec.time_in_force)
                                                         : std::string_view{note.time_in_force});
    write_prices(out, order);
    out.text("status", status);
    out.boolean("extended_hours", note.extended_hours);
    out.null("legs");
    write_trail(out, order);
    out.null("subtag");
    out.text("source", "access_key");
    out.end_object();
}

}  // namespace plumb::exchange::alpaca
