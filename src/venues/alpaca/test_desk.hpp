#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

#include "venues/alpaca/directory.hpp"
#include "wire/wire_event.hpp"

/// For this room's tests only.
namespace plumb::venues::alpaca::testing {

/// Instruments named "BTC/USD", with a grid of nine decimals.
inline InstrumentTable instruments_of(std::initializer_list<const char*> names) {
    InstrumentTable table;
    for (const char* name : names) {
        const auto split = parse_symbol(name);
        Instrument instrument;
        instrument.base = split->base;
        instrument.quote = split->quote;
        instrument.tick = Price{Decimal::power_of_ten(-9)};
        instrument.lot = Quantity{Decimal::power_of_ten(-9)};
        PLUMB_CHECK(table.add(instrument).has_value());
    }
    return table;
}

/// An event as one line of words, for golden files: kind, instrument, then what it says in a fixed order.
struct EventText {
    const InstrumentTable& instruments;

    std::string name(InstrumentId id) const { return instruments[id].name(); }
    std::string name(const std::optional<InstrumentId>& id) const { return id ? name(*id) : "-"; }
    template <class Value>
    static std::string text(const std::optional<Value>& value) {
        return value ? value->to_string() : "-";
    }
    static std::string levels(std::span<const BookLevel> all) {
        std::string out;
        for (const BookLevel& each : all)
            out += (out.empty() ? "" : ",") + each.price.to_string() + "x" + each.quantity.to_string();
        return out.empty() ? "-" : out;
    }
    static std::string words(std::string_view view) {
        return view.empty() ? "-" : "\"" + std::string{view} + "\"";
    }

    std::string operator()(const wire::Ignored&) const { return "ignored"; }
    std::string operator()(const wire::Refused& each) const {
        return fmt::format("refused {} {}", each.field.view().empty() ? "-" : each.field.view(), each.offset);
    }
    std::string operator()(const wire::Control& each) const {
        static constexpr const char* kKinds[] = {"welcome", "authenticated", "acknowledged", "refused",
                                                 "error",   "heartbeat",     "shutdown"};
        static constexpr const char* kRefusals[] = {"none",         "symbol_limit", "unknown_symbol",
                                                    "not_entitled", "unauthorized", "connection_limit",
                                                    "slow_client",  "other"};
        return fmt::format("control {} {} {} {} {} {}", kKinds[static_cast<int>(each.kind)],
                           kRefusals[static_cast<int>(each.refusal)],
                           each.data ? wire::to_string(*each.data) : "-", name(each.instrument), each.code,
                           words(each.text.view()));
    }
    std::string operator()(const Trade& each) const {
        return fmt::format("trade {} {} {} {} {} {}", name(each.instrument), to_iso(each.venue_time),
                           each.price.to_string(), each.quantity.to_string(), to_string(each.aggressor),
                           each.trade_id);
    }
    std::string operator()(const Quote& each) const {
        return fmt::format("quote {} {} {} {} {} {}", name(each.instrument), to_iso(each.venue_time),
                           each.bid.to_string(), each.bid_quantity.to_string(), each.ask.to_string(),
                           each.ask_quantity.to_string());
    }
    template <class Bar>
    std::string bar(const char* kind, const Bar& each) const {
        return fmt::format("{} {} {} {} {} {} {} {} {} {}", kind, name(each.instrument),
                           to_iso(each.open_time), granularity_name(each.length),
                           each.values.open.to_string(), each.values.high.to_string(),
                           each.values.low.to_string(), each.values.close.to_string(),
                           each.values.volume.to_string(), to_string(each.origin));
    }
    std::string operator()(const ClosedBar& each) const { return bar("bar", each); }
    std::string operator()(const OpenBar& each) const { return bar("open_bar", each); }
    std::string operator()(const BookDelta& each) const {
        return fmt::format("{} {} {} {} {}", each.snapshot ? "book" : "book_change", name(each.instrument),
                           to_iso(each.venue_time), levels(each.bids), levels(each.asks));
    }
    std::string operator()(const MarkPrice&) const { return "mark"; }
    std::string operator()(const MarketStatus& each) const {
        return fmt::format("status {} {}", name(each.instrument),
                           each.status == TradingStatus::open     ? "open"
                           : each.status == TradingStatus::halted ? "halted"
                                                                  : "closed");
    }
    std::string operator()(const wire::OrderUpdate& each) const {
        std::string line = fmt::format(
            "order {} {} {} {} {} {} {} qty={} filled={} limit={} stop={} average={} replaces={} {} {}",
            name(each.instrument), each.symbol.view(),
            each.client_order.view().empty() ? "-" : each.client_order.view(), each.venue_order.view(),
            to_string(each.side), each.type ? to_string(*each.type) : "-", to_string(each.state),
            text(each.quantity), text(each.filled), text(each.limit), text(each.stop), text(each.average),
            each.replaces.empty() ? "-" : each.replaces.view(), to_iso(each.venue_time),
            words(each.reason.view()));
        if (each.fill)
            line += fmt::format(" fill={} {} at {} fee in {}{}", each.fill->execution.view(),
                                each.fill->quantity.to_string(), each.fill->price.to_string(),
                                each.fill->fee_asset.empty() ? "-" : each.fill->fee_asset.view(),
                                each.fill->fee_known ? ", known" : "");
        return line;
    }
    std::string operator()(const wire::Balance& each) const {
        return fmt::format("balance {} {} {}", each.asset.view(), each.total.to_string(),
                           each.available.to_string());
    }
    std::string operator()(const wire::VenuePosition& each) const {
        return fmt::format("position {} {} {} {} {} {}", name(each.instrument), each.symbol.view(),
                           each.quantity.to_string(), each.available.to_string(), each.entry.to_string(),
                           text(each.mark));
    }
    static const char* truth(const std::optional<bool>& value) {
        return !value ? "-" : *value ? "yes" : "no";
    }
    std::string operator()(const wire::AccountFacts& each) const {
        return fmt::format(
            "account {} {} trade={} withdraw={} short={} equity={} cash={} power={} margin={} {}",
            each.account.view(), each.currency.view(), truth(each.may_trade), truth(each.may_withdraw),
            truth(each.may_short), text(each.equity), text(each.cash), text(each.buying_power),
            text(each.margin_used), words(each.trouble.view()));
    }
    std::string operator()(const wire::Listing& each) const {
        return fmt::format("listing {} {}/{} tick={} lot={} min={} value={}..{} {} short={} fractional={}",
                           each.symbol.view(), each.base.view(), each.quote.view(), each.tick.to_string(),
                           each.lot.to_string(), each.quantity_min.to_string(), each.notional_min.to_string(),
                           each.notional_max.to_string(),
                           each.status == TradingStatus::open ? "open" : "closed", each.can_short,
                           each.fractional);
    }
    std::string operator()(const wire::ServerClock& each) const { return "clock " + to_iso(each.venue_time); }
    std::string operator()(const wire::StreamKey&) const { return "key"; }
};

/// Writes each event down as a line.
class Recorder final : public wire::WireSink {
 public:
    explicit Recorder(const InstrumentTable& instruments) : text_{instruments} {}
    void take(const wire::WireEvent& event) override {
        lines.push_back(std::visit(text_, event));
        events.push_back(event);
    }
    template <class Event>
    std::vector<Event> all() const {
        std::vector<Event> found;
        for (const wire::WireEvent& event : events)
            if (const auto* each = std::get_if<Event>(&event)) found.push_back(*each);
        return found;
    }
    void clear() {
        lines.clear();
        events.clear();
    }

    std::vector<std::string> lines;
    std::vector<wire::WireEvent> events;

 private:
    EventText text_;
};

inline std::vector<std::string> lines_of(const std::string& name) {
    std::ifstream in{std::string{PLUMB_TESTDATA} + "/venues/alpaca/" + name};
    PLUMB_CHECK(in.good());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace plumb::venues::alpaca::testing
