#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "core/instrument.hpp"
#include "wire/wire_event.hpp"

/// For venues' tests: events as lines of words, and the golden files made of them.
namespace plumb::wire::testing {

/// An event as one line: kind, instrument, then what it says in a fixed order; "-" for what it does not say.
struct EventText {
    const InstrumentTable& instruments;

    std::string name(InstrumentId id) const {
        return id.value < instruments.size() ? instruments[id].name() : "?";
    }
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
    static std::string_view plain(std::string_view view) { return view.empty() ? "-" : view; }
    static const char* truth(const std::optional<bool>& value) {
        return !value ? "-" : *value ? "yes" : "no";
    }
    static const char* status(TradingStatus status) {
        return status == TradingStatus::open ? "open" : status == TradingStatus::halted ? "halted" : "closed";
    }

    std::string operator()(const Ignored&) const { return "ignored"; }
    std::string operator()(const Refused& each) const {
        return fmt::format("refused {} {}", plain(each.field.view()), each.offset);
    }
    std::string operator()(const Control& each) const {
        static constexpr const char* kKinds[] = {"welcome", "authenticated", "acknowledged", "refused",
                                                 "error",   "heartbeat",     "shutdown"};
        static constexpr const char* kRefusals[] = {"none",         "symbol_limit", "unknown_symbol",
                                                    "not_entitled", "unauthorized", "connection_limit",
                                                    "slow_client",  "other"};
        return fmt::format("control {} {} {} {} {}", kKinds[static_cast<int>(each.kind)],
                           kRefusals[static_cast<int>(each.refusal)], each.data ? to_string(*each.data) : "-",
                           name(each.instrument), words(each.text.view()));
    }
    std::string operator()(const Trade& each) const {
        return fmt::format("trade {} {} {} {} {} #{}", name(each.instrument), to_iso(each.venue_time),
                           to_string(each.aggressor), each.price.to_string(), each.quantity.to_string(),
                           each.trade_id);
    }
    std::string operator()(const Quote& each) const {
        return fmt::format("quote {} {} {} {} {} {} #{}", name(each.instrument), to_iso(each.venue_time),
                           each.bid.to_string(), each.bid_quantity.to_string(), each.ask.to_string(),
                           each.ask_quantity.to_string(), each.sequence);
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
        return fmt::format("{} {} {} #{} {} {}", each.snapshot ? "book" : "book_change",
                           name(each.instrument), to_iso(each.venue_time), each.last_sequence,
                           levels(each.bids), levels(each.asks));
    }
    std::string operator()(const MarkPrice& each) const {
        return fmt::format("mark {} {} {} {}", name(each.instrument), to_iso(each.venue_time),
                           each.mark.to_string(), each.index.to_string());
    }
    std::string operator()(const MarketStatus& each) const {
        return fmt::format("status {} {}", name(each.instrument), status(each.status));
    }
    std::string operator()(const OrderUpdate& each) const {
        std::string line = fmt::format(
            "order {} {} client={} venue={} {} {} {} quantity={} filled={} limit={} stop={} replaces={} {} "
            "{}",
            name(each.instrument), plain(each.symbol.view()), plain(each.client_order.view()),
            plain(each.venue_order.view()), to_string(each.side), each.type ? to_string(*each.type) : "-",
            to_string(each.state), text(each.quantity), text(each.filled), text(each.limit), text(each.stop),
            plain(each.replaces.view()), to_iso(each.venue_time), words(each.reason.view()));
        if (each.fill)
            line += fmt::format(
                " fill={} {} at {} {} fee={}", each.fill->execution.view(), each.fill->quantity.to_string(),
                each.fill->price.to_string(), each.fill->maker ? "maker" : "taker",
                each.fill->fee_known
                    ? each.fill->fee.to_string() + " " + std::string{each.fill->fee_asset.view()}
                    : "-");
        return line;
    }
    std::string operator()(const Balance& each) const {
        return fmt::format("balance {} {} {}", each.asset.view(), each.total.to_string(),
                           each.available.to_string());
    }
    std::string operator()(const VenuePosition& each) const {
        return fmt::format("position {} {} {} entry={} mark={}", name(each.instrument), each.symbol.view(),
                           each.quantity.to_string(), each.entry.to_string(), text(each.mark));
    }
    std::string operator()(const AccountFacts& each) const {
        return fmt::format("account {} {} trade={} withdraw={} equity={} power={} margin={} {}",
                           plain(each.account.view()), plain(each.currency.view()), truth(each.may_trade),
                           truth(each.may_withdraw), text(each.equity), text(each.buying_power),
                           text(each.margin_used), words(each.trouble.view()));
    }
    std::string operator()(const Listing& each) const {
        return fmt::format("listing {} {}/{} tick={} lot={} min={} max={} contract={} {}", each.symbol.view(),
                           each.base.view(), each.quote.view(), each.tick.to_string(), each.lot.to_string(),
                           each.quantity_min.to_string(), each.quantity_max.to_string(),
                           each.contract_size.to_string(), status(each.status));
    }
    std::string operator()(const ServerClock& each) const { return "clock " + to_iso(each.venue_time); }
    std::string operator()(const StreamKey&) const { return "key"; }
};

/// Writes each event down as a line.
class Recorder final : public WireSink {
 public:
    explicit Recorder(const InstrumentTable& instruments) : text_{instruments} {}
    void take(const WireEvent& event) override {
        lines.push_back(std::visit(text_, event));
        events.push_back(event);
    }
    template <class Event>
    std::vector<Event> all() const {
        std::vector<Event> found;
        for (const WireEvent& event : events)
            if (const auto* each = std::get_if<Event>(&event)) found.push_back(*each);
        return found;
    }
    void clear() {
        lines.clear();
        events.clear();
    }

    std::vector<std::string> lines;
    std::vector<WireEvent> events;

 private:
    EventText text_;
};

inline std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream in{path};
    PLUMB_CHECK(in.good());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Instruments named "BTC/USD", with a grid of nine decimals.
inline InstrumentTable instruments_of(std::initializer_list<const char*> names) {
    InstrumentTable table;
    for (const std::string_view name : names) {
        Instrument instrument;
        instrument.base = name.substr(0, name.find('/'));
        instrument.quote = name.substr(name.find('/') + 1);
        instrument.tick = Price{Decimal::power_of_ten(-9)};
        instrument.lot = Quantity{Decimal::power_of_ten(-9)};
        PLUMB_CHECK(table.add(instrument).has_value());
    }
    return table;
}

}  // namespace plumb::wire::testing
