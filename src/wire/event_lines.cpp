#include <fmt/format.h>

#include "codec/event_json.hpp"
#include "wire/decode_json.hpp"

namespace plumb::wire {
namespace {

std::string_view name_of(TradingStatus status) {
    switch (status) {
        case TradingStatus::open: return "open";
        case TradingStatus::halted: return "halted";
        case TradingStatus::closed: return "closed";
    }
    return "";
}

std::string_view name_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::none: return "";
        case Refusal::symbol_limit: return "symbol_limit";
        case Refusal::unknown_symbol: return "unknown_symbol";
        case Refusal::not_entitled: return "not_entitled";
        case Refusal::unauthorized: return "unauthorized";
        case Refusal::connection_limit: return "connection_limit";
        case Refusal::slow_client: return "slow_client";
        case Refusal::other: return "other";
    }
    return "";
}

std::string_view type_of(Control::Kind kind) {
    switch (kind) {
        case Control::Kind::welcome: return "welcome";
        case Control::Kind::authenticated: return "authenticated";
        case Control::Kind::acknowledged: return "ack";
        case Control::Kind::refused: return "subscription_refused";
        case Control::Kind::error: return "error";
        case Control::Kind::heartbeat: return "heartbeat";
        case Control::Kind::shutdown: return "shutdown";
    }
    return "";
}

/// Writes one line per event, two for an order's trade.
class Printer {
 public:
    Printer(std::string& out, std::string_view venue, const InstrumentTable& instruments, FramePlace place)
        : out_{out}, venue_{venue}, instruments_{instruments}, place_{place} {}

    template <class Event>
        requires requires(Event event, std::string text) { codec::append_json(text, event, {}); }
    void operator()(const Event& event) const {
        codec::append_json(out_, event, {venue_, instrument(event.instrument)});
        out_ += '\n';
    }
    void operator()(const Ignored& ignored) const {
        begin("ignored");
        codec::append_text(out_, "reason", ignored.reason);
        out_ += fmt::format(", \"line\": {}", place_.line);
        end();
    }
    void operator()(const Refused& refused) const {
        begin("refused");
        codec::append_text(out_, "reason", refused.reason);
        codec::append_text(out_, "field", refused.field.view());
        out_ += fmt::format(", \"line\": {}, \"offset\": {}", place_.line, place_.column + refused.offset);
        end();
    }
    void operator()(const Control& control) const {
        begin(type_of(control.kind));
        if (control.data) codec::append_text(out_, "data", to_string(*control.data));
        if (control.instrument) codec::append_text(out_, "instrument", instrument(*control.instrument));
        if (control.refusal != Refusal::none) codec::append_text(out_, "refusal", name_of(control.refusal));
        if (control.kind == Control::Kind::error || control.code != 0)
            out_ += fmt::format(", \"code\": {}", control.code);
        if (control.kind == Control::Kind::acknowledged)
            codec::append_text(out_, "id", control.text.view());
        else if (control.kind == Control::Kind::error || !control.text.empty())
            codec::append_text(out_, "message", control.text.view());
        end();
    }
    void operator()(const OrderUpdate& order) const {
        begin_order(order, "order");
        codec::append_text(out_, "order_type", order.type ? to_string(*order.type) : std::string_view{});
        codec::append_text(out_, "state", to_string(order.state));
        maybe("price", order.limit);
        maybe("stop_price", order.stop);
        maybe("average_price", order.average);
        maybe("quantity", order.quantity);
        maybe("filled_quantity", order.filled);
        if (!order.replaces.empty()) codec::append_text(out_, "replaces", order.replaces.view());
        codec::append_text(out_, "reason", order.reason.view());
        end();
        if (!order.fill) return;
        const VenueFill& fill = *order.fill;
        begin_order(order, "fill");
        codec::append_text(out_, "execution_id", fill.execution.view());
        codec::append_decimal(out_, "price", fill.price.value);
        codec::append_decimal(out_, "quantity", fill.quantity.value);
        if (fill.fee_known)
            codec::append_decimal(out_, "fee", fill.fee);
        else
            codec::append_text(out_, "fee", {});
        codec::append_text(out_, "fee_asset", fill.fee_asset.view());
        truth("maker", fill.maker);
        end();
    }
    void operator()(const Balance& balance) const {
        begin("balance");
        codec::append_text(out_, "asset", balance.asset.view());
        codec::append_decimal(out_, "total", balance.total);
        codec::append_decimal(out_, "available", balance.available);
        codec::append_time(out_, "received_at", balance.received_at);
        end();
    }
    void operator()(const VenuePosition& position) const {
        begin("position");
        named(position.instrument, position.symbol.view());
        codec::append_decimal(out_, "quantity", position.quantity.value);
        codec::append_decimal(out_, "available", position.available.value);
        codec::append_decimal(out_, "entry", position.entry.value);
        maybe("mark", position.mark);
        codec::append_time(out_, "received_at", position.received_at);
        end();
    }
    void operator()(const AccountFacts& facts) const {
        begin("account");
        codec::append_text(out_, "account", facts.account.view());
        codec::append_text(out_, "currency", facts.currency.view());
        maybe_truth("may_trade", facts.may_trade);
        maybe_truth("may_withdraw", facts.may_withdraw);
        maybe_truth("may_short", facts.may_short);
        maybe("equity", facts.equity);
        maybe("cash", facts.cash);
        maybe("buying_power", facts.buying_power);
        maybe("margin_used", facts.margin_used);
        codec::append_text(out_, "trouble", facts.trouble.view());
        codec::append_time(out_, "received_at", facts.received_at);
        end();
    }
    void operator()(const Listing& listing) const {
        begin("instrument");
        codec::append_text(out_, "symbol", listing.symbol.view());
        codec::append_text(out_, "base", listing.base.view());
        codec::append_text(out_, "quote", listing.quote.view());
        codec::append_text(out_, "status", name_of(listing.status));
        codec::append_decimal(out_, "tick", listing.tick.value);
        codec::append_decimal(out_, "lot", listing.lot.value);
        codec::append_decimal(out_, "quantity_min", listing.quantity_min.value);
        codec::append_decimal(out_, "quantity_max", listing.quantity_max.value);
        codec::append_decimal(out_, "notional_min", listing.notional_min.value);
        codec::append_decimal(out_, "notional_max", listing.notional_max.value);
        truth("can_short", listing.can_short);
        truth("fractional", listing.fractional);
        truth("is_derivative", listing.is_derivative);
        codec::append_decimal(out_, "contract_size", listing.contract_size.value);
        end();
    }
    void operator()(const ServerClock& clock) const {
        begin("clock");
        codec::append_time(out_, "venue_time", clock.venue_time);
        codec::append_time(out_, "received_at", clock.received_at);
        end();
    }
    void operator()(const StreamKey& key) const {  // a secret: said to be there, never shown
        begin("stream_key");
        truth("given", !key.key.empty());
        codec::append_time(out_, "received_at", key.received_at);
        end();
    }

 private:
    std::string instrument(InstrumentId id) const {
        return id.value < instruments_.size() ? instruments_[id].name() : std::string{};
    }
    void begin(std::string_view type) const {
        out_ += '{';
        codec::append_text(out_, "type", type);
        codec::append_text(out_, "venue", venue_);
    }
    void end() const { out_ += "}\n"; }
    void named(std::optional<InstrumentId> id, std::string_view symbol) const {
        codec::append_text(out_, "instrument", id ? instrument(*id) : std::string{});
        if (!symbol.empty()) codec::append_text(out_, "symbol", symbol);
    }
    void begin_order(const OrderUpdate& order, std::string_view type) const {
        begin(type);
        named(order.instrument, order.symbol.view());
        codec::append_time(out_, "venue_time", order.venue_time);
        codec::append_time(out_, "received_at", order.received_at);
        codec::append_text(out_, "client_order_id", order.client_order.view());
        codec::append_text(out_, "venue_order_id", order.venue_order.view());
        codec::append_text(out_, "side", to_string(order.side));
    }
    void truth(std::string_view key, bool value) const { out_ += fmt::format(", \"{}\": {}", key, value); }
    void maybe_truth(std::string_view key, std::optional<bool> value) const {
        if (value)
            truth(key, *value);
        else
            codec::append_text(out_, key, {});
    }
    /// A decimal, or null where the venue did not say it.
    template <class Value>
    void maybe(std::string_view key, const std::optional<Value>& value) const {
        if (!value)
            codec::append_text(out_, key, {});
        else if constexpr (std::is_same_v<Value, Decimal>)
            codec::append_decimal(out_, key, *value);
        else
            codec::append_decimal(out_, key, value->value);
    }

    std::string& out_;
    std::string_view venue_;
    const InstrumentTable& instruments_;
    FramePlace place_;
};

}  // namespace

void append_json_lines(std::string& out, const WireEvent& event, std::string_view venue,
                       const InstrumentTable& instruments, FramePlace place) {
    std::visit(Printer{out, venue, instruments, place}, event);
}

}  // namespace plumb::wire
